import DroidSemantics

/// The Services of a component: one for the cluster with all its ports, and one for each way in from outside.
struct Services {
  let component: Component
  let cluster: Cluster
  /// Its pods have names of their own, which a headless Service tells.
  let hasPeers: Bool

  /// Of ports at the same number only the first is seen.
  private var inside: [Port] {
    var seen: Set<Int64> = []
    return component.ports.filter { port in
      guard port.listens, port.properties.bool("service") else { return false }
      return seen.insert(port.type == .udp ? -number(port) : number(port)).inserted
    }
  }

  var headlessName: String { inside.isEmpty ? component.spelled : component.spelled + "-peers" }

  var objects: [YAML] {
    var result: [YAML] = []
    let inside = inside
    if !inside.isEmpty {
      result.append(service(component.spelled, type: nil, inside.map { servicePort($0) }))
      if hasPeers { result.append(service(headlessName, type: nil, inside.map { servicePort($0) }, isHeadless: true)) }
    }
    var outside: [(name: String, type: String, ports: [YAML])] = []
    for port in component.listening {
      for entry in port.properties.list("public") {
        guard let (form, arguments) = entry.call else { continue }
        let name: String
        switch form {
        case "balancer": name = arguments.text("name") ?? component.spelled + "-external"
        case "node": name = component.spelled + "-node"
        default: continue
        }
        let ports = servicePort(port, nodePort: arguments.integer("port"))
        if let at = outside.firstIndex(where: { $0.name == name }) {
          outside[at].ports.append(ports)
        } else {
          outside.append((name, form == "balancer" ? "LoadBalancer" : "NodePort", [ports]))
        }
      }
    }
    return result + outside.map { service($0.name, type: $0.type, $0.ports) }
  }

  private func number(_ port: Port) -> Int64 { port.properties.integer("port") ?? 80 }

  private func servicePort(_ port: Port, nodePort: Int64? = nil) -> YAML {
    // The container names a number once, after the first port that has it.
    let named = component.listening.first {
      component.target($0) == component.target(port) && ($0.type == .udp) == (port.type == .udp)
    }
    return .map([
      "name": .string(Pod.portName(port)), "port": .int(number(port)),
      "targetPort": .string(Pod.portName(named ?? port)),
      "nodePort": nodePort.map { .int($0) }, "protocol": component.protocolName(port), "appProtocol": appProtocol(port),
    ])
  }

  private func appProtocol(_ port: Port) -> YAML? {
    switch port.type {
    case .grpc: "kubernetes.io/h2c"
    case .rest, .graphQL: "http"
    default: nil
    }
  }

  private func service(_ name: String, type: String?, _ ports: [YAML], isHeadless: Bool = false) -> YAML {
    .map([
      "apiVersion": "v1", "kind": "Service", "metadata": cluster.metadata(component, name: name),
      "spec": .map([
        "type": type.map { .string($0) }, "clusterIP": isHeadless ? "None" : nil,
        "selector": cluster.selector(component),
        "ports": .list(ports),
      ]),
    ])
  }
}

extension Component {
  /// Said where not all are TCP: kustomize tells two ports of one number apart only if each says what it speaks.
  func protocolName(_ port: Port) -> YAML? {
    port.type == .udp ? "UDP" : listening.contains { $0.type == .udp } ? "TCP" : nil
  }
}
