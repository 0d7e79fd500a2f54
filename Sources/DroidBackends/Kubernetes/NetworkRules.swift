import DroidSemantics

/// Who may talk to whom: nobody, but for DNS and the connections of the graph.
enum NetworkRules {
  static func defaults(_ cluster: Cluster) -> [YAML] {
    func policy(_ name: String, _ spec: YAML) -> YAML {
      .map([
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": cluster.metadata(name), "spec": spec,
      ])
    }
    return [
      policy("default-deny", ["podSelector": [:], "policyTypes": ["Ingress", "Egress"]]),
      policy(
        "allow-dns",
        [
          "podSelector": [:], "policyTypes": ["Egress"],
          "egress": [
            [
              "to": [
                [
                  "namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "kube-system"]],
                  "podSelector": ["matchLabels": ["k8s-app": "kube-dns"]],
                ]
              ], "ports": [["protocol": "UDP", "port": 53], ["protocol": "TCP", "port": 53]],
            ]
          ],
        ]),
    ]
  }

  /// A way that the graph opens: to a port of a component, or to a port of another. Two connections may open the same one.
  private struct Way: Hashable {
    /// The component at the other end.
    let peer: String
    let isInto: Bool
    let port: Int64
    let isUDP: Bool
  }

  /// Addresses that are nobody's on the internet; those of clouds for instances and their metadata among them.
  private static let privateRanges: YAML = [
    "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
  ]

  static func policies(_ component: Component, _ cluster: Cluster) -> [YAML] {
    var (ingress, egress): ([YAML], [YAML]) = ([], [])
    for (way, peer) in ways(component, cluster) {
      let ports: YAML = [ports(way.port, way.isUDP)]
      let isDeployed = cluster.isDeployed(peer)
      if way.isInto {
        if isDeployed {
          ingress.append(["from": [["podSelector": ["matchLabels": cluster.selector(peer)]]], "ports": ports])
        }
      } else if isDeployed {
        egress.append(["to": [["podSelector": ["matchLabels": cluster.selector(peer)]]], "ports": ports])
      } else {
        // Somewhere outside. An API is on the internet; a store that someone else runs may be in a network beside this one.
        let except = peer.kind == .external ? privateRanges : ["169.254.0.0/16"]
        egress.append(["to": [["ipBlock": ["cidr": "0.0.0.0/0", "except": except]]], "ports": ports])
      }
    }
    for port in component.listening
    where port.properties.list("public").contains(where: { ["balancer", "node"].contains($0.call?.name) }) {
      ingress.append(["ports": [ports(component.target(port), port.type == .udp)]])
    }
    if let port = metricsPort(component) {
      ingress.append([
        "from": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "monitoring"]]]],
        "ports": [ports(port, false)],
      ])
    }
    guard !ingress.isEmpty || !egress.isEmpty else { return [] }
    return [
      .map([
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": cluster.metadata(component),
        "spec": .map([
          "podSelector": ["matchLabels": cluster.selector(component)],
          "policyTypes": .list((ingress.isEmpty ? [] : ["Ingress"]) + (egress.isEmpty ? [] : ["Egress"])),
          "ingress": YAML.list(ingress).unlessEmpty, "egress": YAML.list(egress).unlessEmpty,
        ]),
      ])
    ]
  }

  private static func ports(_ number: Int64, _ isUDP: Bool) -> YAML {
    ["protocol": .string(isUDP ? "UDP" : "TCP"), "port": .int(number)]
  }

  /// Where Prometheus asks.
  private static func metricsPort(_ component: Component) -> Int64? {
    guard component.kind.runs, component.kind != .job else { return nil }
    if component.kind.isGenerated { return adminPort }
    guard let (_, arguments) = component.properties["metrics"].call else { return nil }
    return arguments.integer("port") ?? component.listening.first.map { component.target($0) }
  }

  private static func ways(_ component: Component, _ cluster: Cluster) -> [(way: Way, peer: Component)] {
    var ways: [(Way, Component)] = []
    var seen: Set<Way> = []
    func add(_ peer: Component, _ port: Int64, isUDP: Bool = false, isInto: Bool) {
      let way = Way(peer: peer.name, isInto: isInto, port: port, isUDP: isUDP)
      if seen.insert(way).inserted { ways.append((way, peer)) }
    }
    let system = cluster.system
    func add(_ connection: Connection, isInto: Bool) {
      // Who waits for another asks it, even where nothing else is ever asked.
      guard connection.properties.bool("calls") || connection.properties.bool("wait"),
        let peer = system.component(isInto ? connection.from.component : connection.to.component),
        let port = (isInto ? component : peer).port(connection.to.port)
      else { return }
      if case .events = port.type {
        guard let broker = connection.properties.reference("via").flatMap({ system.component($0) }) else { return }
        return add(broker, brokerPort(broker), isInto: false)
      }
      let to = isInto ? component : peer
      let number = to.kind == .external ? Address(url: to.properties.text("url") ?? "").port : to.target(port)
      add(peer, number, isUDP: port.type == .udp, isInto: isInto)
    }
    for connection in cluster.incoming[component.name] ?? [] { add(connection, isInto: true) }
    for connection in cluster.outgoing[component.name] ?? [] { add(connection, isInto: false) }
    for connection in cluster.passing[component.name] ?? [] where connection.properties.bool("calls") {
      for name in [connection.from.component, connection.to.component] {
        if let end = system.component(name) { add(end, brokerPort(component), isInto: true) }
      }
    }
    for sender in cluster.traced[component.name] ?? [] {
      if let (_, port) = Cluster.telemetry(of: sender, system) { add(sender, component.target(port), isInto: true) }
    }
    if let (collector, port) = Cluster.telemetry(of: component, system) {
      add(collector, collector.target(port), isInto: false)
    }
    return ways
  }

  private static func brokerPort(_ broker: Component) -> Int64 {
    broker.listening.first.map { broker.target($0) } ?? 6379
  }
}
