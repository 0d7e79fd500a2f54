import DroidSemantics

/// What was promised: for each objective its budget, how fast that is spent, and the share of bad events.
enum ObjectiveDashboard {
  static func make(_ system: System, _ place: DashboardPlace) -> Dashboard {
    let rows = system.objectives.compactMap { objective in ObjectiveRules(objective, system).map { row($0) } }
    let owners = Set(system.objectives.map(\.target.component)).sorted().compactMap { system.component($0) }
    let links =
      [Dashboard.Link(title: system.name, target: .dashboard(uid: place.system))]
      + owners.map { .init(title: $0.name, target: .dashboard(uid: place.uid($0))) }
    return Dashboard(
      uid: place.objectives, title: "\(system.name): objectives", description: nil,
      tags: ["droid", system.name, "objectives"], links: links, rows: rows, namespaces: place.namespaces)
  }

  private static func row(_ rules: ObjectiveRules) -> Dashboard.Row {
    let id = "{sloth_id=\"\(rules.labels[0].1.text ?? "")\"}"
    let promised = rules.objective.properties.percent("objective")?.description ?? ""
    let pages = ObjectiveRules.pairs.filter { rules.objective.properties.bool($0.severity) }
    return Dashboard.Row(
      title: "\(rules.objective.name): \(promised) % over \(rules.window)",
      panels: [
        Panel(
          title: "Budget left", description: rules.objective.doc, kind: .stat, unit: "percentunit",
          queries: [.init("slo:period_error_budget_remaining:ratio\(id)")],
          limits: [.init(value: "0", color: "orange"), .init(value: "0.25", color: "green")], isGoodAbove: true,
          width: 4),
        Panel(
          title: "How many times faster than allowed the budget is spent",
          description: pages.map {
            "Over \($0.long) and \($0.short), \(ObjectiveRules.text(rules.factor($0))) makes a \($0.severity)."
          }.joined(separator: " "), unit: "short",
          queries: ["5m", "1h", "6h", "3d"].map { window in
            .init("slo:sli_error:ratio_rate\(window)\(id) / on (sloth_id) slo:error_budget:ratio\(id)", window)
          }, limits: [.init(value: "1", color: "orange")] + fastest(rules), width: 10),
        Panel(
          title: "Share of bad events", unit: "percentunit",
          queries: ["1h", rules.window.description].map { .init("slo:sli_error:ratio_rate\($0)\(id)", $0) },
          limits: [.init(value: rules.budget.description)], width: 10),
      ])
  }

  /// The factor that pages first.
  private static func fastest(_ rules: ObjectiveRules) -> [Panel.Limit] {
    rules.objective.properties.bool("page")
      ? [.init(value: ObjectiveRules.text(rules.factor(ObjectiveRules.pairs[0])))] : []
  }
}
