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
    let url: String?
  }

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
    if component.kind.isGenerated, component.kind != .job {
      ingress.append([
        "from": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "monitoring"]]]],
        "ports": [ports(adminPort, false)],
      ])
    }
    let egress = out.map { way -> YAML in
      if cluster.isDeployed(way.to) {
        return [
          "to": [["podSelector": ["matchLabels": cluster.selector(way.to)]]], "ports": [ports(way.port, way.isUDP)],
        ]
      }
      // Somewhere outside: the internet, and nothing private beside it.
      return [
        "to": [
          [
            "ipBlock": [
              "cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
            ]
          ]
        ],
        "ports": [ports(way.port, way.isUDP)],
      ]
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

  private static func ways(_ component: Component, _ cluster: Cluster) -> (into: [Way], out: [Way]) {
    var (into, out): ([Way], [Way]) = ([], [])
    var seen: Set<String> = []
    func add(_ way: Way) {
      guard seen.insert("\(way.from.name) \(way.to.name) \(way.port)").inserted else { return }
      if way.to.name == component.name { into.append(way) }
      if way.from.name == component.name { out.append(way) }
    }
    let system = cluster.system
    let touching = (cluster.incoming[component.name] ?? []) + (cluster.outgoing[component.name] ?? [])
    for connection in touching where connection.properties.bool("calls") {
      guard let from = system.component(connection.from.component), let to = system.component(connection.to.component),
        let port = to.port(connection.to.port)
      else { continue }
      if case .events = port.type {
        guard let broker = connection.properties.reference("via").flatMap({ system.component($0) }) else { continue }
        for end in [from, to] where end.name == component.name { add(way(from: end, to: broker)) }
        continue
      }
      let number = to.kind == .external ? Self.port(of: to.properties.text("url") ?? "") : to.target(port)
      add(Way(from: from, to: to, port: number, isUDP: port.type == .udp, url: to.properties.text("url")))
    }
    if component.kind.isBroker {
      for connection in system.connections where connection.properties.reference("via") == component.name {
        for name in [connection.from.component, connection.to.component] {
          if let end = system.component(name) { add(way(from: end, to: component)) }
        }
      }
    }
    return (into, out)
  }

  private static func way(from: Component, to broker: Component) -> Way {
    let port = broker.listening.first.map { broker.target($0) } ?? 6379
    return Way(from: from, to: broker, port: port, isUDP: false, url: nil)
  }

  /// The port of a URL: as said, else that of its scheme.
  private static func port(of url: String) -> Int64 {
    let rest = url.split(separator: "/").dropFirst().first.map(String.init) ?? url
    if let said = rest.split(separator: ":").dropFirst().last.flatMap({ Int64($0) }) { return said }
    return url.hasPrefix("http:") ? 80 : 443
  }
}
