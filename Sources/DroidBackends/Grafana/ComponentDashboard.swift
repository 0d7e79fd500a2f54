import DroidSemantics

/// The dashboard of a component: what it is asked, what it asks, its events, its pods; each only where there is such a thing.
struct ComponentDashboard {
  let component: Component
  private let system: System
  private let place: DashboardPlace
  private let neighbours: Neighbours
  private let objectives: [Watch]
  /// The selector of its own series.
  private let own: String

  init(_ component: Component, _ system: System, _ place: DashboardPlace, _ neighbours: Neighbours) {
    self.component = component
    self.system = system
    self.place = place
    self.neighbours = neighbours
    objectives = neighbours.objectives[component.name] ?? []
    own = "component=\"\(component.name)\""
  }

  /// What there is to see; nothing of a bucket that nothing measures.
  var rows: [Dashboard.Row] {
    let rows = [
      ("Objectives", promises), ("Requests", requests), ("Calls", calls), ("Asked by others", asked),
      ("Events", events), ("Events that pass", passing), ("Databases", pools), ("Own metrics", metrics),
      ("Pods", pods),
    ]
    return rows.filter { !$0.1.isEmpty }.map { Dashboard.Row(title: $0.0, panels: $0.1) }
  }

  /// - Parameter shown: The components that have a dashboard.
  func dashboard(_ rows: [Dashboard.Row], shown: Set<String>) -> Dashboard {
    var links = [Dashboard.Link(title: system.name, target: .dashboard(uid: place.system))]
    if !objectives.isEmpty { links.append(.init(title: "Objectives", target: .dashboard(uid: place.objectives))) }
    links += neighbours.callers(of: component.name).filter(shown.contains).compactMap { link("from", $0) }
    links += neighbours.targets(of: component.name).filter(shown.contains).compactMap { link("to", $0) }
    return Dashboard(
      uid: place.uid(component), title: "\(system.name): \(component.name)",
      description: component.doc.map { $0.split(separator: "\n").joined(separator: " ") },
      tags: ["droid", system.name, "component"], links: links, rows: rows, namespaces: place.namespaces)
  }

  private func link(_ word: String, _ name: String) -> Dashboard.Link? {
    system.component(name).map { .init(title: "\(word) \(name)", target: .dashboard(uid: place.uid($0))) }
  }

  // MARK: What is promised.

  private var promises: [Panel] {
    objectives.map { objective in
      Panel(
        title: "Budget left: \(objective.name)", description: objective.doc, kind: .stat, unit: "percentunit",
        queries: [.init("slo:period_error_budget_remaining:ratio{sloth_id=\"\(system.name)-\(objective.name)\"}")],
        limits: [.init(value: "0", color: "orange"), .init(value: "0.25", color: "green")], isGoodAbove: true)
    }
  }

  /// The strictest share of failures that an objective allows.
  private var errorLimit: [Panel.Limit] {
    let budgets = objectives.compactMap { objective -> ExactDecimal? in
      guard objective.properties["good"].isNone, objective.properties.duration("latency") == nil else { return nil }
      return objective.properties.percent("objective").flatMap { ExactDecimal(100).minus($0)?.hundredth }
    }
    return budgets.min().map { [.init(value: $0.description)] } ?? []
  }

  private var latencyLimits: [Panel.Limit] {
    Set(objectives.compactMap { $0.properties.duration("latency")?.seconds }).sorted()
      .map { .init(value: $0.description) }
  }

  // MARK: What it is asked, and asks.

  private var requests: [Panel] {
    guard component.kind.isGenerated,
      component.ports.contains(where: { $0.direction == .into && $0.type == .rest })
    else { return [] }
    let server = "http_server_request_duration_seconds"
    let (labels, legend) = ("port, operation", "{{port}} {{operation}}")
    return [
      Panel(
        title: "Requests", unit: "reqps",
        queries: [.init(Expression.rate(server + "_count", own, by: labels), legend)]),
      Panel(
        title: "Share that fails", unit: "percentunit",
        queries: [
          .init(Expression.share(server + "_count", own, that: Expression.serverFailed, by: labels), legend)
        ], limits: errorLimit),
      Panel(
        title: "Under way", unit: "short",
        queries: [.init("sum by (port) (http_server_active_requests{\(own)})", "{{port}}")]),
      Panel(
        title: "Time to answer", unit: "s",
        queries: [("0.5", "50 %"), ("0.95", "95 %"), ("0.99", "99 %")].map { quantile, legend in
          .init(Expression.quantile(quantile, server, own, by: ""), legend)
        }, limits: latencyLimits),
      Panel(
        title: "Time to answer, 99 %", unit: "s",
        queries: [.init(Expression.quantile("0.99", server, own, by: labels), legend)], limits: latencyLimits, width: 16
      ),
    ]
  }

  private func isCalled(_ connection: Connection) -> Bool {
    connection.properties.bool("calls")
      && system.component(connection.to.component)?.port(connection.to.port)?.type == .rest
  }

  /// From a side of calls: requests, failures and times, by the other side.
  private func calls(_ selector: String, by label: String) -> [Panel] {
    let client = "http_client_request_duration_seconds"
    let legend = "{{\(label)}}"
    return [
      Panel(
        title: "Calls", unit: "reqps",
        queries: [.init(Expression.rate(client + "_count", selector, by: label), legend)]),
      Panel(
        title: "Share of calls that fail", unit: "percentunit",
        queries: [.init(Expression.share(client + "_count", selector, that: Expression.callFailed, by: label), legend)]),
      Panel(
        title: "Time of calls, 99 %", unit: "s",
        queries: [.init(Expression.quantile("0.99", client, selector, by: label), legend)]),
    ]
  }

  private var calls: [Panel] {
    let called = (neighbours.outgoing[component.name] ?? []).filter { isCalled($0) }
    guard component.kind.isGenerated, !called.isEmpty else { return [] }
    var panels = calls(own, by: "peer")
    if called.contains(where: { $0.properties.record("retry") != nil }) {
      panels.append(
        Panel(
          title: "Share of attempts that are retries", unit: "percentunit",
          queries: [
            .init(Expression.share("droid_attempts_total", own, that: "attempt!=\"1\"", by: "peer"), "{{peer}}")
          ]))
    }
    if called.contains(where: { $0.properties.record("breaker") != nil }) {
      panels.append(
        Panel(
          title: "Open breakers", unit: "bool_yes_no",
          queries: [.init("max by (peer) (droid_breaker_open{\(own)})", "{{peer}}")], limits: [.init(value: "1")]))
    }
    return panels
  }

  /// What does not measure itself is measured by those who ask it.
  private var asked: [Panel] {
    let isAsked = (neighbours.incoming[component.name] ?? []).contains { connection in
      isCalled(connection) && system.component(connection.from.component)?.kind.isGenerated == true
    }
    return isAsked && !component.kind.isGenerated ? calls("peer=\"\(component.name)\"", by: "component") : []
  }

  private var events: [Panel] {
    let handles = component.ports.contains { port in
      if case .events = port.type { return port.direction == .into }
      return false
    }
    guard handles, component.kind.isGenerated else { return [] }
    return [
      Panel(
        title: "Events handled", unit: "eps",
        queries: [
          .init(Expression.rate("droid_events_handled_total", own, by: "port, outcome"), "{{port}} {{outcome}}")
        ]),
      Panel(
        title: "Events that wait", unit: "short",
        queries: [.init("sum by (port) (droid_events_lag{\(own)})", "{{port}}")]),
      Panel(
        title: "Age of the oldest", unit: "s",
        queries: [.init("max by (port) (droid_events_oldest_seconds{\(own)})", "{{port}}")]),
      Panel(
        title: "Events that could not be handled", unit: "eps",
        queries: [.init(Expression.rate("droid_events_dead_total", own, by: "port"), "{{port}}")]),
    ]
  }

  /// Of a broker: what its subscribers have not handled yet.
  private var passing: [Panel] {
    let subscribers = (neighbours.passing[component.name] ?? []).filter {
      system.component($0)?.kind.isGenerated == true
    }
    guard !subscribers.isEmpty else { return [] }
    return [
      Panel(
        title: "Events that wait", unit: "short",
        queries: [
          .init("sum by (component, port) (droid_events_lag{\(Expression.any(subscribers))})", "{{component}} {{port}}")
        ], width: 12),
      Panel(
        title: "Age of the oldest", unit: "s",
        queries: [
          .init(
            "max by (component, port) (droid_events_oldest_seconds{\(Expression.any(subscribers))})",
            "{{component}} {{port}}")
        ], width: 12),
    ]
  }

  // MARK: Databases, own metrics, pods.

  private var pools: [Panel] {
    func pool(_ selector: String, by label: String) -> Panel {
      Panel(
        title: "Connections in use", unit: "percentunit",
        queries: [
          .init(
            "sum by (\(label)) (db_client_connection_count{\(selector),state=\"used\"}) / sum by (\(label)) (db_client_connection_max{\(selector)})",
            "{{\(label)}}")
        ], limits: [.init(value: "0.9")])
    }
    if component.kind == .postgres {
      return neighbours.incoming[component.name] == nil ? [] : [pool("store=\"\(component.name)\"", by: "component")]
    }
    let hasStore = component.ports.contains { port in port.resources.contains { $0.store != nil } }
    return hasStore && component.kind.isGenerated ? [pool(own, by: "store")] : []
  }

  private var metrics: [Panel] {
    (neighbours.metrics[component.name] ?? []).map { metric in
      let name = metric.seriesName
      let labels = metric.properties.list("labels").compactMap { $0.choice ?? $0.text }
      let legend = labels.map { "{{\($0)}}" }.joined(separator: " ")
      let by = labels.joined(separator: ", ")
      let unit = metric.properties.text("unit")
      let (expression, grafanaUnit) =
        switch metric.properties.choice("kind") {
        case "counter": (Expression.rate(name + "_total", own, by: by), "cps")
        case "gauge": ("avg\(by.isEmpty ? "" : " by (\(by)) ")(\(name){\(own)})", Self.unit(unit))
        default: (Expression.quantile("0.99", name, own, by: by), Self.unit(unit))
        }
      let share = metric.properties.choice("kind") == "histogram" ? ", 99 %" : ""
      return Panel(
        title: metric.name + share, description: metric.doc, unit: grafanaUnit, queries: [.init(expression, legend)])
    }
  }

  private static func unit(_ said: String?) -> String {
    ["seconds": "s", "bytes": "bytes", "ratio": "percentunit"][said ?? ""] ?? "short"
  }

  /// What matches its containers: operators call them and their pods as they do.
  private var container: String {
    switch component.kind {
    case .postgres, .kafka:
      guard component.isManaged(in: system) else { break }
      let container = component.kind == .postgres ? "postgres" : "kafka"
      return "container=\"\(container)\",pod=~\"\(component.podPattern(in: system))\""
    default: break
    }
    return "container=\"\(component.spelled)\""
  }

  private var pods: [Panel] {
    guard component.kind != .bucket, !component.isRunElsewhere else { return [] }
    let container = "\(place.namespace),\(self.container)"
    func share(_ used: String, of resource: String, _ bound: String) -> String {
      "\(used) / sum by (pod) (kube_pod_container_resource_\(bound){\(container),resource=\"\(resource)\"})"
    }
    var panels = [
      Panel(
        title: "Cores, of what is requested", unit: "percentunit",
        queries: [
          .init(
            share(Expression.rate("container_cpu_usage_seconds_total", container, by: "pod"), of: "cpu", "requests"),
            "{{pod}}")
        ])
    ]
    if component.properties.range("memory")?.upper != nil {
      panels.append(
        Panel(
          title: "Memory, of its limit", unit: "percentunit",
          queries: [
            .init(
              share("sum by (pod) (container_memory_working_set_bytes{\(container)})", of: "memory", "limits"),
              "{{pod}}")
          ], limits: [.init(value: "0.9")]))
    }
    if component.kind == .job { return panels + runs }
    panels.append(
      Panel(
        title: "Replicas", unit: "short",
        queries: [
          .init("count(kube_pod_container_status_ready{\(container)})", "all"),
          .init("sum(kube_pod_container_status_ready{\(container)})", "ready"),
        ]))
    panels.append(
      Panel(
        title: "Restarts in an hour", unit: "short",
        queries: [
          .init("sum by (pod) (increase(kube_pod_container_status_restarts_total{\(container)}[1h]))", "{{pod}}")
        ], limits: [.init(value: "1")]))
    if component.kind.isStore, component.properties.bytes("storage") != nil {
      let claim = "\(place.namespace),persistentvolumeclaim=~\"\(component.claimPattern(in: system))\""
      panels.append(
        Panel(
          title: "Volumes", unit: "percentunit",
          queries: [
            .init(
              "kubelet_volume_stats_used_bytes{\(claim)} / kubelet_volume_stats_capacity_bytes{\(claim)}",
              "{{persistentvolumeclaim}}")
          ], limits: [.init(value: "0.8")]))
    }
    return panels
  }

  private var runs: [Panel] {
    guard component.properties.text("schedule") != nil else { return [] }
    let selector = "\(place.namespace),cronjob=\"\(component.spelled)\""
    return [
      Panel(
        title: "Since the last run that succeeded", unit: "s",
        queries: [.init("time() - max(kube_cronjob_status_last_successful_time{\(selector)})")])
    ]
  }
}
