import DroidSemantics

/// Who may talk to whom: nobody, but for DNS and the connections of the graph.
enum NetworkRules {
  static func defaults(_ cluster: Cluster) -> [YAML] {
    [
      cluster.object(
        "networking.k8s.io/v1", "NetworkPolicy", name: "default-deny",
        ["podSelector": [:], "policyTypes": ["Ingress", "Egress"]]),
      cluster.object(
        "networking.k8s.io/v1", "NetworkPolicy", name: "allow-dns",
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

  /// Addresses that are nobody's on the internet; those of clouds for instances and their metadata among them.
  private static let privateRanges: YAML = [
    "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
  ]

  static func policies(_ component: Component, _ cluster: Cluster) -> [YAML] {
    var (ingress, egress): ([YAML], [YAML]) = ([], [])
    /// What only one version asks, by the version.
    var versions: [(name: String, egress: [YAML])] = []
    for (way, peer) in Way.all(component, cluster) {
      let isDeployed = cluster.isDeployed(peer)
      var ports: YAML = [port(way.port, way.isUDP)]
      if cluster.mesh == .linkerd, !way.isUDP, cluster.isMeshed(peer), cluster.isMeshed(component) {
        ports = [port(way.port), port(Linkerd.proxyPort)]
      }
      if way.isInto {
        if isDeployed {
          ingress.append(["from": [["podSelector": cluster.pods(peer, version: way.version)]], "ports": ports])
        }
        continue
      }
      // Somewhere outside. An API is on the internet; a store that someone else runs may be in a network beside this one.
      let except = peer.kind == .external ? privateRanges : ["169.254.0.0/16"]
      let end: YAML =
        isDeployed
        ? ["podSelector": cluster.pods(peer)] : ["ipBlock": ["cidr": "0.0.0.0/0", "except": except]]
      let rule: YAML = ["to": [end], "ports": ports]
      if let version = way.version {
        if let at = versions.firstIndex(where: { $0.name == version }) {
          versions[at].egress.append(rule)
        } else {
          versions.append((version, [rule]))
        }
      } else {
        egress.append(rule)
      }
    }
    ingress += fromOutside(component, cluster)
    let own = operatorRules(component, cluster)
    ingress += own.ingress
    egress += own.egress
    var policies: [YAML] = []
    if !ingress.isEmpty || !egress.isEmpty {
      policies.append(policy(component, cluster, version: nil, ingress, egress))
    }
    for version in versions { policies.append(policy(component, cluster, version: version.name, [], version.egress)) }
    return policies
  }

  private static func policy(
    _ component: Component, _ cluster: Cluster, version: String?, _ ingress: [YAML], _ egress: [YAML]
  ) -> YAML {
    let version = component.versions.first { $0.name == version }
    return cluster.object(
      "networking.k8s.io/v1", "NetworkPolicy", component, name: version.map { component.spelled($0) },
      .map([
        "podSelector": cluster.pods(component, version: version?.name),
        "policyTypes": .list((ingress.isEmpty ? [] : ["Ingress"]) + (egress.isEmpty ? [] : ["Egress"])),
        "ingress": YAML.list(ingress).unlessEmpty, "egress": YAML.list(egress).unlessEmpty,
      ]))
  }

  static func port(_ number: Int64, _ isUDP: Bool = false) -> YAML {
    ["protocol": .string(isUDP ? "UDP" : "TCP"), "port": .int(number)]
  }

  private static func from(namespace: String, _ ports: [YAML]) -> YAML {
    [
      "from": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": .string(namespace)]]]],
      "ports": .list(ports),
    ]
  }

  /// Who may come from other namespaces: everybody at a balancer, the Gateway, Prometheus, and KEDA where it looks at a queue.
  private static func fromOutside(_ component: Component, _ cluster: Cluster) -> [YAML] {
    var rules: [YAML] = []
    for one in component.listening
    where one.properties.list("public").contains(where: { ["balancer", "node"].contains($0.call?.name) }) {
      rules.append(["ports": [port(component.target(one), one.type == .udp)]])
    }
    var routed: [YAML] = []
    for door in cluster.doors where door.component.name == component.name && door.isRouted {
      let rule = port(component.target(door.port))
      if !routed.contains(rule) { routed.append(rule) }
    }
    if !routed.isEmpty { rules.append(from(namespace: Gateway.namespace(cluster), routed)) }
    if let number = metricsPort(component, cluster) { rules.append(from(namespace: "monitoring", [port(number)])) }
    if Triggers.watches(component, cluster) {
      let number = component.kind == .nats ? natsMonitorPort : component.listening.first.map { component.target($0) }
      rules.append(from(namespace: "keda", [port(number ?? 6379)]))
    }
    return rules
  }

  /// The ports that someone comes to who is none of the system.
  static func portsFromOutside(_ component: Component, _ cluster: Cluster) -> [Int64] {
    var numbers: Set<Int64> = []
    for rule in fromOutside(component, cluster) {
      for port in rule["ports"]?.items ?? [] where port["protocol"]?.text == "TCP" {
        if case .int(let number)? = port["port"] { numbers.insert(number) }
      }
    }
    return numbers.sorted()
  }

  /// Where Prometheus asks.
  private static func metricsPort(_ component: Component, _ cluster: Cluster) -> Int64? {
    if component.kind == .postgres, cluster.isManaged(component) { return 9187 }
    guard component.kind.runs, component.kind != .job else { return nil }
    if component.kind.isGenerated { return adminPort }
    guard let (_, arguments) = component.properties["metrics"].call else { return nil }
    return arguments.integer("port") ?? component.listening.first.map { component.target($0) }
  }

  /// What several servers of one store say to each other, and to and from the operator that runs them.
  private static func operatorRules(_ component: Component, _ cluster: Cluster) -> (ingress: [YAML], egress: [YAML]) {
    let own: YAML = [["podSelector": cluster.pods(component)]]
    // The cluster's API is no pod: only its port is known.
    let api: YAML = ["ports": [port(443), port(6443)]]
    switch component.kind {
    case .nats where component.isNATSCluster:
      let ports: YAML = [port(natsClusterPort)]
      return ([["from": own, "ports": ports]], [["to": own, "ports": ports]])
    case .postgres where cluster.isManaged(component):
      let ports: YAML = [port(5432), port(8000)]
      return (
        [["from": own, "ports": ports], from(namespace: "cnpg-system", [port(5432), port(8000)])],
        [["to": own, "ports": ports], api]
      )
    case .kafka where cluster.isManaged(component):
      let ports: YAML = [port(9090), port(9091)]
      return (
        [["from": own, "ports": ports], from(namespace: "strimzi", [port(9090), port(9091), port(8443)])],
        [["to": own, "ports": ports], api]
      )
    default: return ([], [])
    }
  }
}

/// A way that the graph opens: to a port of a component, or to a port of another. Two connections may open the same one.
struct Way: Hashable {
  /// The component at the other end.
  let peer: String
  /// The one version of the caller that goes it.
  let version: String?
  let isInto: Bool
  let port: Int64
  let isUDP: Bool

  static func all(_ component: Component, _ cluster: Cluster) -> [(way: Way, peer: Component)] {
    var ways: [(Way, Component)] = []
    var seen: Set<Way> = []
    func add(_ peer: Component, _ port: Int64, isUDP: Bool = false, version: String? = nil, isInto: Bool) {
      let way = Way(peer: peer.name, version: version, isInto: isInto, port: port, isUDP: isUDP)
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
        return add(broker, cluster.storePort(broker), isInto: false)
      }
      let to = isInto ? component : peer
      let number =
        to.kind == .external
        ? Address(url: to.properties.text("url") ?? "").port
        : cluster.isManaged(to) ? cluster.storePort(to) : to.target(port)
      add(peer, number, isUDP: port.type == .udp, version: connection.version, isInto: isInto)
    }
    for connection in cluster.incoming[component.name] ?? [] { add(connection, isInto: true) }
    for connection in cluster.outgoing[component.name] ?? [] { add(connection, isInto: false) }
    for connection in cluster.passing[component.name] ?? [] where connection.properties.bool("calls") {
      for name in [connection.from.component, connection.to.component] {
        if let end = system.component(name) { add(end, cluster.storePort(component), isInto: true) }
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
}

extension Cluster {
  /// The port of the pods of a store.
  fileprivate func storePort(_ store: Component) -> Int64 {
    if isManaged(store) { return store.kind == .kafka ? 9092 : 5432 }
    return store.listening.first.map { store.target($0) } ?? 6379
  }
}
