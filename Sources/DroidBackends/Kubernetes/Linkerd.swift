import DroidSemantics

/// What Linkerd does with the graph: a Server for each port that someone may ask, and a policy for each who may.
enum Linkerd {
  /// Proxies that know each other talk at this port where what they carry is none of HTTP.
  static let proxyPort: Int64 = 4143

  /// Proxies reach their control plane: who someone is, where someone is, who may ask.
  static func defaults(_ cluster: Cluster) -> [YAML] {
    [
      cluster.object(
        "networking.k8s.io/v1", "NetworkPolicy", name: "allow-linkerd",
        [
          "podSelector": [:], "policyTypes": ["Egress"],
          "egress": [
            [
              "to": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "linkerd"]]]],
              "ports": [NetworkRules.port(8080), NetworkRules.port(8086), NetworkRules.port(8090)],
            ]
          ],
        ])
    ]
  }

  static func access(_ component: Component, _ cluster: Cluster) -> [YAML] {
    var callers: [Int64: [String]] = [:]
    func allow(_ caller: Component, _ port: Int64) {
      let account = cluster.account(of: caller)
      if callers[port]?.contains(account) != true { callers[port, default: []].append(account) }
    }
    for (way, peer) in Way.all(component, cluster) where way.isInto && !way.isUDP && cluster.isMeshed(peer) {
      allow(peer, way.port)
    }
    if component.isNATSCluster { allow(component, natsClusterPort) }
    // Who comes from outside of the mesh has no certificate of it; network policies say who that may be.
    let open = Set(NetworkRules.portsFromOutside(component, cluster))
    return Set(callers.keys).union(open).sorted().flatMap { port -> [YAML] in
      let name = "\(component.spelled)-\(port)"
      let server = cluster.object(
        "policy.linkerd.io/v1beta3", "Server", component, name: name,
        .map([
          "podSelector": cluster.pods(component), "port": .int(port),
          "proxyProtocol": .string(proxyProtocol(component, port)),
          "accessPolicy": open.contains(port) ? "all-unauthenticated" : nil,
        ]))
      let accounts = open.contains(port) ? [] : callers[port] ?? []
      return [server]
        + accounts.map { account in
          cluster.object(
            "policy.linkerd.io/v1alpha1", "AuthorizationPolicy", component, name: "\(name)-from-\(account)",
            [
              "targetRef": ["group": "policy.linkerd.io", "kind": "Server", "name": .string(name)],
              "requiredAuthenticationRefs": [["kind": "ServiceAccount", "name": .string(account)]],
            ])
        }
    }
  }

  /// What is spoken at a port of its pods, so that no proxy has to guess.
  private static func proxyProtocol(_ component: Component, _ number: Int64) -> String {
    guard let port = component.listening.first(where: { $0.type != .udp && component.target($0) == number }) else {
      return number == adminPort && component.kind.isGenerated ? "HTTP/1" : "unknown"
    }
    switch port.type {
    case .grpc: return "gRPC"
    case .rest, .graphQL: return "HTTP/1"
    default: return "opaque"
    }
  }
}

/// How requests come to a component through Linkerd. It holds one timeout, one number of tries and one breaker for all who ask
/// a port: where callers differ, what cuts off the fewest and repeats the least of them.
struct LinkerdTraffic {
  private let component: Component
  private let cluster: Cluster
  /// What the callers of each port say.
  private let ports: [(port: Port, callers: [ResiliencePlan])]

  init(_ component: Component, _ cluster: Cluster) {
    self.component = component
    self.cluster = cluster
    var ports: [(port: Port, callers: [ResiliencePlan])] = []
    for (connection, port) in Mesh.connections(to: component, cluster) {
      let plan = ResiliencePlan(connection.properties)
      if let at = ports.firstIndex(where: { $0.port.number == port.number }) {
        ports[at].callers.append(plan)
      } else {
        ports.append((port, [plan]))
      }
    }
    self.ports = ports
  }

  /// Those that may be repeated have a route of their own.
  var objects: [YAML] {
    ports.flatMap { port, callers -> [YAML] in
      let name = "\(component.spelled)-\(Pod.portName(port))-mesh"
      let timeout = TimeSpan(nanoseconds: callers.map(\.timeout.nanoseconds).max() ?? 0)
      let limits: [YAML.Entry] = [("timeout.linkerd.io/request", .string(Routes.spelled(timeout)))]
      guard let retry = retry(callers), port.type != .graphQL else { return [route(port, name, limits)] }
      let retries = limits + annotations(retry, isGRPC: port.type == .grpc)
      if port.type == .grpc { return [route(port, name, retries)] }
      return [
        route(port, "\(name)-repeatable", retries, methods: Mesh.idempotentMethods), route(port, name, limits),
      ]
    }
  }

  /// For the Service: after so many failures in a row a pod is left alone for a while.
  var breaker: [YAML.Entry] {
    let breakers = ports.flatMap(\.callers).map(\.breaker)
    guard !breakers.isEmpty, !breakers.contains(where: { $0 == nil }),
      let breaker = breakers.compactMap({ $0 }).max(by: { $0.failures < $1.failures })
    else { return [] }
    let open = YAML.string(Routes.spelled(breaker.open))
    return [
      ("balancer.linkerd.io/failure-accrual", "consecutive"),
      ("balancer.linkerd.io/failure-accrual-consecutive-max-failures", .string(String(breaker.failures))),
      ("balancer.linkerd.io/failure-accrual-consecutive-min-penalty", open),
      ("balancer.linkerd.io/failure-accrual-consecutive-max-penalty", open),
    ]
  }

  /// Each caller said something of its own.
  var differ: Bool {
    func isSame(_ one: ResiliencePlan, _ other: ResiliencePlan) -> Bool {
      one.timeout == other.timeout && one.retry?.attempts == other.retry?.attempts
        && one.retry?.timeout == other.retry?.timeout && one.breaker?.failures == other.breaker?.failures
        && one.breaker?.open == other.breaker?.open
    }
    return ports.contains { _, callers in callers.dropFirst().contains { !isSame($0, callers[0]) } }
  }

  private func retry(_ callers: [ResiliencePlan]) -> ResiliencePlan.Retry? {
    let retries = callers.map(\.retry)
    guard !retries.contains(where: { $0 == nil }) else { return nil }
    return retries.compactMap { $0 }.min { $0.attempts < $1.attempts }.flatMap { $0.attempts > 1 ? $0 : nil }
  }

  /// A proxy answers 502 for whom it cannot reach, and 504 for whom it has waited for too long.
  private func annotations(_ retry: ResiliencePlan.Retry, isGRPC: Bool) -> [YAML.Entry] {
    let statuses = retry.failures.map { failure in
      switch failure {
      case .timeout: isGRPC ? "deadline-exceeded" : "504"
      case .unavailable: isGRPC ? "unavailable" : "503"
      case .reset, .refused: isGRPC ? "unavailable" : "502"
      }
    }
    let words = Set(statuses + (isGRPC ? [] : retry.statuses.map(String.init))).sorted()
    return [
      ("retry.linkerd.io/\(isGRPC ? "grpc" : "http")", .string(words.joined(separator: ","))),
      ("retry.linkerd.io/limit", .string(String(retry.attempts - 1))),
      ("retry.linkerd.io/timeout", .string(Routes.spelled(retry.timeout))),
    ]
  }

  private func route(_ port: Port, _ name: String, _ annotations: [YAML.Entry], methods: [String] = []) -> YAML {
    let isGRPC = port.type == .grpc
    guard case .map(let metadata) = cluster.metadata(component, name: name) else { return .null }
    return [
      "apiVersion": "gateway.networking.k8s.io/v1", "kind": isGRPC ? "GRPCRoute" : "HTTPRoute",
      "metadata": .map(metadata + [("annotations", .map(annotations))]),
      "spec": [
        "parentRefs": [
          ["group": "", "kind": "Service", "name": .string(component.spelled), "port": .int(port.number)]
        ],
        "rules": .list(
          component.versions.compactMap { rule(port, methods, $0) } + [rule(port, methods, nil)].compactMap { $0 }),
      ],
    ]
  }

  private func rule(_ port: Port, _ methods: [String], _ version: Version?) -> YAML? {
    var headers: YAML?
    if let version {
      guard let header = version.properties["match"].call?.arguments, let name = header.text("name") else { return nil }
      headers = [["name": .string(name), "value": .string(header.text("value") ?? "")]]
    }
    let matches =
      methods.isEmpty
      ? headers.map { [["headers": $0]] } ?? []
      : methods.map { method in YAML.map(["method": .string(method), "headers": headers]) }
    let backends = version.map { [Routes.backend(component, port, $0)] } ?? Routes.backends(component, port)
    return .map(["matches": YAML.list(matches).unlessEmpty, "backendRefs": .list(backends)])
  }
}
