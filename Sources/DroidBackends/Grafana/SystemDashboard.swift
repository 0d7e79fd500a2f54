import DroidSemantics

/// The whole system at a glance: a line for each component, and the way to each.
enum SystemDashboard {
  static func make(_ system: System, _ place: DashboardPlace) -> Dashboard {
    let answering = system.components.filter { component in
      component.kind.isGenerated && component.ports.contains { $0.direction == .into && $0.type == .rest }
    }
    let calls = system.connections.contains { connection in
      connection.properties.bool("calls") && system.component(connection.from.component)?.kind.isGenerated == true
        && system.component(connection.to.component)?.port(connection.to.port)?.type == .rest
    }
    var links = [Dashboard.Link(title: "Components", target: .tagged(["droid", system.name, "component"]))]
    if !system.objectives.isEmpty {
      links.insert(.init(title: "Objectives", target: .dashboard(uid: place.objectives)), at: 0)
    }
    var rows: [Dashboard.Row] = []
    if !system.objectives.isEmpty { rows.append(.init(title: "Objectives", panels: promises(system))) }
    // A table can lead on only where a name is the end of its dashboard's.
    let isLinked = answering.allSatisfy { place.uid($0) == "\(place.system)_\($0.name)" }
    let link = (
      column: "component", title: "Dashboard", url: "/d/\(place.system)_${__value.text}?${datasource:queryparam}"
    )
    if !answering.isEmpty {
      let own = Expression.any(answering.map(\.name))
      rows.append(.init(title: "Components", panels: [table(own)], dataLink: isLinked ? link : nil))
      rows.append(.init(title: "Requests", panels: requests(own)))
    }
    if calls { rows.append(.init(title: "Calls between components", panels: self.calls(system))) }
    rows.append(.init(title: "Pods", panels: pods(place)))
    return Dashboard(
      uid: place.system, title: system.name,
      description: system.doc.map { $0.split(separator: "\n").joined(separator: " ") },
      tags: ["droid", system.name], links: links, rows: rows, namespaces: place.namespaces)
  }

  private static let server = "http_server_request_duration_seconds"

  private static func promises(_ system: System) -> [Panel] {
    let ours = "sloth_id=~\"\(system.name)-.*\""
    return [
      Panel(
        title: "Least budget left", kind: .stat, unit: "percentunit",
        queries: [.init("min(slo:period_error_budget_remaining:ratio{\(ours)})")],
        limits: [.init(value: "0", color: "orange"), .init(value: "0.25", color: "green")], isGoodAbove: true, width: 6),
      Panel(
        title: "Error budgets left", unit: "percentunit",
        queries: [.init("slo:period_error_budget_remaining:ratio{\(ours)}", "{{slo}}")], width: 18),
    ]
  }

  private static func table(_ own: String) -> Panel {
    let over = own + "}[5m]"
    let all = "sum by (component) (rate(\(server)_count{\(over)))"
    let failed = "sum by (component) (rate(\(server)_count{\(own),\(Expression.serverFailed)}[5m]))"
    return Panel(
      title: "Components that answer, over five minutes", kind: .table, unit: "short",
      queries: [
        .init(all), .init("(\(failed) or 0 * \(all)) / \(all)"),
        .init("histogram_quantile(0.99, sum by (le, component) (rate(\(server)_bucket{\(over))))"),
      ],
      columns: [
        .init(title: "Requests", unit: "reqps"), .init(title: "Share that fails", unit: "percentunit"),
        .init(title: "Time to answer, 99 %", unit: "s"),
      ], width: 24)
  }

  private static func requests(_ own: String) -> [Panel] {
    let legend = "{{component}}"
    return [
      Panel(
        title: "Requests", unit: "reqps",
        queries: [.init(Expression.rate(server + "_count", own, by: "component"), legend)]),
      Panel(
        title: "Share that fails", unit: "percentunit",
        queries: [
          .init(Expression.share(server + "_count", own, that: Expression.serverFailed, by: "component"), legend)
        ]),
      Panel(
        title: "Time to answer, 99 %", unit: "s",
        queries: [.init(Expression.quantile("0.99", server, own, by: "component"), legend)]),
    ]
  }

  private static func calls(_ system: System) -> [Panel] {
    let client = "http_client_request_duration_seconds"
    let (labels, legend) = ("component, peer", "{{component}} to {{peer}}")
    let callers = Set(system.connections.map(\.from.component)).filter {
      system.component($0)?.kind.isGenerated == true
    }
    let own = Expression.any(callers.sorted())
    return [
      Panel(
        title: "Calls", unit: "reqps",
        queries: [.init(Expression.rate(client + "_count", own, by: labels), legend)]),
      Panel(
        title: "Share of calls that fail", unit: "percentunit",
        queries: [.init(Expression.share(client + "_count", own, that: Expression.callFailed, by: labels), legend)]),
      Panel(
        title: "Time of calls, 99 %", unit: "s",
        queries: [.init(Expression.quantile("0.99", client, own, by: labels), legend)]),
    ]
  }

  private static func pods(_ place: DashboardPlace) -> [Panel] {
    let pods = place.namespace
    return [
      Panel(
        title: "Pods that run and are not ready", kind: .stat, unit: "short",
        queries: [
          .init(
            "sum(kube_pod_status_ready{\(pods),condition=\"false\"} and on (pod) kube_pod_status_phase{\(pods),phase=\"Running\"} == 1)"
          )
        ], limits: [.init(value: "1")], width: 6),
      Panel(
        title: "Restarts in an hour", unit: "short",
        queries: [
          .init("sum by (container) (increase(kube_pod_container_status_restarts_total{\(pods)}[1h]))", "{{container}}")
        ], width: 9),
      Panel(
        title: "Cores", unit: "short",
        queries: [
          .init(
            Expression.rate("container_cpu_usage_seconds_total", "\(pods),container!=\"\"", by: "container"),
            "{{container}}")
        ], width: 9),
    ]
  }
}
