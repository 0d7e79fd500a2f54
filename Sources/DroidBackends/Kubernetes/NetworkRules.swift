import DroidSemantics

/// Who may talk to whom: nobody, but for DNS and the connections of the graph.
enum NetworkRules {
  static func defaults(_ cluster: Cluster) -> [YAML] {
    func policy(_ name: String, _ spec: YAML) -> YAML {
      .map([
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": [
          "name": .string(name), "namespace": .string(cluster.system.namespace),
          "labels": [
            "app.kubernetes.io/part-of": .string(cluster.system.name.lowercased()),
            "app.kubernetes.io/managed-by": "droid",
          ],
        ], "spec": spec,
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

  /// A way that the graph opens: from one component to a port of another.
  private struct Way {
    let from: Component
    let to: Component
    let port: Int64
    let isUDP: Bool
  }

  /// Addresses that are nobody's on the internet; those of clouds for instances and their metadata among them.
  private static let privateRanges: YAML = [
    "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
  ]

  static func policies(_ component: Component, _ cluster: Cluster) -> [YAML] {
    let (into, out) = ways(component, cluster)
    var ingress = into.filter { cluster.isDeployed($0.from) }.map { way in
      YAML.map([
        "from": [["podSelector": ["matchLabels": cluster.selector(way.from)]]], "ports": [ports(way.port, way.isUDP)],
      ])
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
    let egress = out.map { way -> YAML in
      if cluster.isDeployed(way.to) {
        return [
          "to": [["podSelector": ["matchLabels": cluster.selector(way.to)]]], "ports": [ports(way.port, way.isUDP)],
        ]
      }
      // Somewhere outside. An API is on the internet; a store that someone else runs may be in a network beside this one.
      let except = way.to.kind == .external ? privateRanges : ["169.254.0.0/16"]
      return ["to": [["ipBlock": ["cidr": "0.0.0.0/0", "except": except]]], "ports": [ports(way.port, way.isUDP)]]
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

  private static func ways(_ component: Component, _ cluster: Cluster) -> (into: [Way], out: [Way]) {
    var (into, out): ([Way], [Way]) = ([], [])
    var seen: Set<String> = []
    func add(_ from: Component, _ to: Component, _ port: Int64, isUDP: Bool = false) {
      guard seen.insert("\(from.name) \(to.name) \(port) \(isUDP)").inserted else { return }
      let way = Way(from: from, to: to, port: port, isUDP: isUDP)
      if to.name == component.name { into.append(way) }
      if from.name == component.name { out.append(way) }
    }
    let system = cluster.system
    let touching = (cluster.incoming[component.name] ?? []) + (cluster.outgoing[component.name] ?? [])
    // Who waits for another asks it, even where nothing else is ever asked.
    for connection in touching where connection.properties.bool("calls") || connection.properties.bool("wait") {
      guard let from = system.component(connection.from.component), let to = system.component(connection.to.component),
        let port = to.port(connection.to.port)
      else { continue }
      if case .events = port.type {
        guard let broker = connection.properties.reference("via").flatMap({ system.component($0) }) else { continue }
        for end in [from, to] where end.name == component.name { add(end, broker, brokerPort(broker)) }
        continue
      }
      let number = to.kind == .external ? Address(url: to.properties.text("url") ?? "").port : to.target(port)
      add(from, to, number, isUDP: port.type == .udp)
    }
    for connection in cluster.passing[component.name] ?? [] where connection.properties.bool("calls") {
      for name in [connection.from.component, connection.to.component] {
        if let end = system.component(name) { add(end, component, brokerPort(component)) }
      }
    }
    for sender in cluster.traced[component.name] ?? [] {
      if let (_, port) = Cluster.telemetry(of: sender, system) { add(sender, component, component.target(port)) }
    }
    if let (collector, port) = Cluster.telemetry(of: component, system) {
      add(component, collector, collector.target(port))
    }
    return (into, out)
  }

  private static func brokerPort(_ broker: Component) -> Int64 {
    broker.listening.first.map { broker.target($0) } ?? 6379
  }
}
