import DroidSemantics

/// How requests come to a component through Istio: shares of its versions, and what each connection says of timeouts, retries,
/// breakers and bulkheads.
struct Traffic {
  let component: Component
  let cluster: Cluster

  var objects: [YAML] {
    let connections = Mesh.connections(to: component, cluster)
    guard !connections.isEmpty else { return [] }
    let routes = connections.flatMap { self.routes(of: $0.connection, $0.port) }
    var ports: [Port] = []
    for (_, port) in connections where !ports.contains(where: { $0.number == port.number }) { ports.append(port) }
    let others = ports.map { port -> YAML in
      .map([
        "match": [["port": .int(port.number)]], "mirrors": mirrors(port), "route": .list(destinations(port)),
        "retries": ["attempts": 0],
      ])
    }
    let host = YAML.string(component.spelled)
    let service: [YAML] = [
      cluster.object(
        "networking.istio.io/v1", "VirtualService", component, ["hosts": [host], "http": .list(routes + others)]),
      cluster.object(
        "networking.istio.io/v1", "DestinationRule", component,
        .map(["host": host, "trafficPolicy": ["tls": ["mode": "ISTIO_MUTUAL"]], "subsets": subsets])),
    ]
    return service + rules(connections)
  }

  /// One for each caller, whichever of the ports it asks.
  private func rules(_ connections: [(connection: Connection, port: Port)]) -> [YAML] {
    var seen: Set<String> = []
    return connections.compactMap { rule(for: $0.connection) }.filter { rule in
      seen.insert(rule["metadata"]?["name"]?.text ?? "").inserted
    }
  }

  private func routes(of connection: Connection, _ port: Port) -> [YAML] {
    guard let caller = cluster.system.component(connection.from.component) else { return [] }
    let resilience = ResiliencePlan(connection.properties)
    let labels = YAML.map([
      "app.kubernetes.io/name": .string(caller.spelled),
      "app.kubernetes.io/version": connection.version.map { .string($0) },
    ])
    // What may not be repeated comes last, where no method is asked for.
    let isOnce = (resilience.retry?.attempts ?? 1) > 1 && port.type == .rest
    func route(to version: Version?, isRepeatable: Bool) -> YAML? {
      var headers: YAML?
      if let version {
        guard let match = version.properties["match"].call?.arguments, let name = match.text("name") else { return nil }
        headers = [name: ["exact": .string(match.text("value") ?? "")]]
      }
      return .map([
        "match": [
          .map([
            "sourceLabels": labels, "port": .int(port.number), "headers": headers,
            "method": isOnce && isRepeatable
              ? ["regex": .string(Mesh.idempotentMethods.joined(separator: "|"))] : nil,
          ])
        ],
        "fault": fault(connection), "mirrors": version == nil ? mirrors(port) : nil,
        "route": .list(version.map { [destination(port, $0)] } ?? destinations(port)),
        "timeout": .string(Routes.spelled(resilience.timeout)),
        "retries": retries(isRepeatable ? resilience.retry : nil),
      ])
    }
    return (isOnce ? [true, false] : [port.type != .graphQL]).flatMap { isRepeatable in
      (component.versions + [nil]).compactMap { route(to: $0, isRepeatable: isRepeatable) }
    }
  }

  private func destination(_ port: Port, _ version: Version?) -> YAML {
    [
      "destination": .map([
        "host": .string(component.spelled), "subset": version.map { .string($0.name) },
        "port": ["number": .int(port.number)],
      ])
    ]
  }

  private func destinations(_ port: Port) -> [YAML] {
    if component.versions.isEmpty { return [destination(port, nil)] }
    return zip(component.versions, Routes.weights(component)).map { version, weight in
      guard case .map(let entries) = destination(port, version) else { return .null }
      return .map(entries + [("weight", .int(weight))])
    }
  }

  private func mirrors(_ port: Port) -> YAML? {
    let mirrors = component.versions.compactMap { version -> YAML? in
      guard let share = version.properties.percent("mirror"), share.double > 0,
        case .map(let entries) = destination(port, version)
      else { return nil }
      return .map(entries + [("percentage", ["value": .decimal(share.description)])])
    }
    return YAML.list(mirrors).unlessEmpty
  }

  private var subsets: YAML? {
    YAML.list(
      component.versions.map { version in
        ["name": .string(version.name), "labels": ["app.kubernetes.io/version": .string(version.name)]]
      }
    ).unlessEmpty
  }

  /// Istio tries twice more unless it is told how often.
  private func retries(_ retry: ResiliencePlan.Retry?) -> YAML {
    guard let retry, retry.attempts > 1 else { return ["attempts": 0] }
    let words = retry.failures.map { failure in
      switch failure {
      case .timeout: "gateway-error"
      case .unavailable: "unavailable,503"
      case .reset: "reset"
      case .refused: "connect-failure,refused-stream"
      }
    }
    return [
      "attempts": .int(Int64(retry.attempts - 1)), "perTryTimeout": .string(Routes.spelled(retry.timeout)),
      "retryOn": .string((words + retry.statuses.map(String.init)).joined(separator: ",")),
    ]
  }

  private func fault(_ connection: Connection) -> YAML? {
    var entries: [YAML.Entry] = []
    for (form, arguments) in connection.properties.list("fault").compactMap(\.call) {
      let share: YAML = ["value": .decimal((arguments.percent("share") ?? ExactDecimal(100)).description)]
      if form == "delay", let time = arguments.duration("time") {
        entries.append(
          ("delay", ["percentage": share, "fixedDelay": .string(Routes.spelled(time))]))
      } else if form == "abort", let status = arguments.integer("status") {
        entries.append(("abort", ["percentage": share, "httpStatus": .int(status)]))
      }
    }
    return YAML.map(entries).unlessEmpty
  }

  /// A breaker or bulkhead holds for the caller's sidecars alone.
  private func rule(for connection: Connection) -> YAML? {
    let resilience = ResiliencePlan(connection.properties)
    guard resilience.breaker != nil || resilience.bulkhead != nil,
      let caller = cluster.system.component(connection.from.component)
    else { return nil }
    let eject = connection.properties.record("breaker")?.percent("eject")?.integer ?? 50
    let outliers: YAML? = resilience.breaker.map { breaker in
      [
        "consecutive5xxErrors": .int(Int64(breaker.failures)), "interval": .string(Routes.spelled(breaker.window)),
        "baseEjectionTime": .string(Routes.spelled(breaker.open)), "maxEjectionPercent": .int(eject),
      ]
    }
    let pool: YAML? = resilience.bulkhead.map { bulkhead in
      let calls = YAML.int(Int64(bulkhead.calls))
      return [
        "tcp": ["maxConnections": calls],
        "http": ["http2MaxRequests": calls, "http1MaxPendingRequests": .int(Int64(max(1, bulkhead.queue)))],
      ]
    }
    return cluster.object(
      "networking.istio.io/v1", "DestinationRule", component, name: "\(component.spelled)-from-\(caller.spelled)",
      .map([
        "host": .string(component.spelled),
        "workloadSelector": ["matchLabels": ["app.kubernetes.io/name": .string(caller.spelled)]],
        "trafficPolicy": .map([
          "connectionPool": pool, "outlierDetection": outliers, "tls": ["mode": "ISTIO_MUTUAL"],
        ]), "subsets": subsets,
      ]))
  }
}
