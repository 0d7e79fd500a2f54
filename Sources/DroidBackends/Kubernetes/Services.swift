import DroidSemantics

/// The Services of a component: one for the cluster with all its ports, one for each of several versions, and one for each way
/// in from outside that is no host name.
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
      return seen.insert(port.type == .udp ? -port.number : port.number).inserted
    }
  }

  /// Servers of NATS write to each other by these names.
  var headlessName: String {
    inside.isEmpty && !component.isNATSCluster ? component.spelled : component.spelled + "-peers"
  }

  var objects: [YAML] {
    var result: [YAML] = []
    let inside = inside
    if !inside.isEmpty {
      result.append(service(component.spelled, inside.map { servicePort($0) } + monitor))
      if hasPeers { result.append(headless(inside.map { servicePort($0) })) }
      for unit in Deployable.all(of: component) where unit.version != nil {
        result.append(service(unit.name, inside.map { servicePort($0) }, of: unit))
      }
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
    return result + outside.map { service($0.name, $0.ports, type: $0.type) }
  }

  /// Where NATS tells how long its queues are.
  private var monitor: [YAML] {
    component.kind == .nats ? [["name": "monitor", "port": .int(natsMonitorPort), "targetPort": "monitor"]] : []
  }

  private func servicePort(_ port: Port, nodePort: Int64? = nil) -> YAML {
    // The container names a number once, after the first port that has it.
    let named = component.listening.first {
      component.target($0) == component.target(port) && ($0.type == .udp) == (port.type == .udp)
    }
    return .map([
      "name": .string(Pod.portName(port)), "port": .int(port.number),
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

  private func service(_ name: String, _ ports: [YAML], type: String? = nil, of unit: Deployable? = nil) -> YAML {
    let unit = unit ?? Deployable(component: component, version: nil)
    var metadata = unit.version == nil ? cluster.metadata(component, name: name) : cluster.metadata(unit)
    if cluster.mesh == .linkerd, name == component.spelled {
      let breaker = LinkerdTraffic(component, cluster).breaker
      if !breaker.isEmpty { metadata = metadata.adding([("annotations", .map(breaker))]) }
    }
    return .map([
      "apiVersion": "v1", "kind": "Service", "metadata": metadata,
      "spec": .map([
        "type": type.map { .string($0) }, "selector": cluster.selector(unit), "ports": .list(ports),
      ]),
    ])
  }

  private func headless(_ ports: [YAML]) -> YAML {
    let isCluster = component.isNATSCluster
    let own: [YAML] =
      isCluster ? [["name": "cluster", "port": .int(natsClusterPort), "targetPort": "cluster"]] : []
    return cluster.object(
      "v1", "Service", component, name: headlessName,
      .map([
        "clusterIP": "None",
        // They look for each other before they are ready.
        "publishNotReadyAddresses": isCluster ? true : nil,
        "selector": cluster.selector(Deployable(component: component, version: nil)), "ports": .list(ports + own),
      ]))
  }
}

extension Component {
  /// Said where not all are TCP: kustomize tells two ports of one number apart only if each says what it speaks.
  func protocolName(_ port: Port) -> YAML? {
    port.type == .udp ? "UDP" : listening.contains { $0.type == .udp } ? "TCP" : nil
  }
}
