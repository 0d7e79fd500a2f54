import DroidSemantics

/// An alert as all outputs know it: the rule, the route and the runbook.
struct PlannedAlert {
  /// `OrdersBurnsFast`, `OddOrders`.
  let name: String
  let component: String
  let severity: String
  let team: String?
  let summary: String
  /// Where people read what to do.
  let runbook: String
  let expression: String
  let hold: TimeSpan?
  /// Those of its series, before severity and team.
  let labels: [YAML.Entry]
  let origin: Origin

  /// What it comes from.
  enum Origin {
    case objective(ObjectiveRules)
    case alert(Watch)
    /// Nothing of a component can be scraped.
    case down(String)
    /// Of what a component has so much, little is left.
    case full([(name: String, query: String, series: [SampleSeries])])
  }

  var allLabels: [YAML.Entry] {
    labels + [("severity", .string(severity))] + (team.map { [("team", .string($0))] } ?? [])
  }

  var annotations: YAML { ["summary": .string(summary), "runbook_url": .string(runbook)] }

  var rule: YAML {
    .map([
      "alert": .string(name), "expr": .string(expression), "for": hold.map { .string($0.description) },
      "labels": .map(allLabels), "annotations": annotations,
    ])
  }

  /// `odd-orders` is `OddOrders`.
  static func name(_ name: String) -> String {
    name.split { $0 == "-" || $0 == "_" || $0 == "." }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The page that is generated for an alert: below a place that the droidfile names, else beside the rules' folder.
  static func runbook(_ name: String, _ system: System) -> String {
    let place = system.settings.text("runbooks").map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? "runbooks/"
    return "\(place)\(name).md"
  }

  /// An alert that the droidfile declares; nil where a runtime of its own would have to measure.
  init?(_ alert: Watch, _ system: System) {
    var expressions: [String] = []
    var hold: TimeSpan?
    for condition in alert.properties.conditions("when") {
      guard let expression = Self.expression(condition, alert.target, system) else { return nil }
      expressions.append(expression)
      hold = [hold, condition.hold].compactMap { $0 }.max()
    }
    guard !expressions.isEmpty else { return nil }
    name = Self.name(alert.name)
    component = alert.target.component
    severity = alert.properties.choice("severity") ?? "ticket"
    team =
      alert.properties.reference("team") ?? system.component(alert.target.component)?.properties.reference("team")
    summary = alert.doc.map { $0.split(separator: "\n").joined(separator: " ") } ?? alert.name
    runbook = alert.properties.text("runbook") ?? Self.runbook(name, system)
    expression =
      expressions.count == 1 ? expressions[0] : expressions.map { "(\($0))" }.joined(separator: "\nand on ()\n")
    self.hold = hold
    labels = [("component", .string(component))]
    origin = .alert(alert)
  }

  /// One of the alerts of an objective.
  init(_ rules: ObjectiveRules, _ severity: String, _ expression: String, _ system: System) {
    name = Self.name(rules.objective.name) + (severity == "page" ? "BurnsFast" : "BurnsSlowly")
    component = rules.objective.target.component
    self.severity = severity
    team = system.component(component)?.properties.reference("team")
    summary = rules.summary
    runbook = Self.runbook(name, system)
    self.expression = expression
    hold = nil
    labels = rules.labels
    origin = .objective(rules)
  }

  /// What every component has: it is there, and it does not run full. Absence wakes someone where an objective does, because without
  /// series no objective is ever missed.
  static func standing(_ component: Component, _ system: System) -> [PlannedAlert] {
    guard component.kind != .job, !component.isRunElsewhere else { return [] }
    let queries = SignalQuery(system)
    var alerts: [PlannedAlert] = []
    let isPaged = system.objectives.contains {
      $0.target.component == component.name && $0.properties.bool("page")
    }
    let mayBeNone = component.properties.range("replicas")?.lower.integer == 0
    let down = SignalUse(builtIn: "down")
    if !mayBeNone, let query = queries.value(down, of: .component(component.name)) {
      alerts.append(
        PlannedAlert(
          component, system, "Down", isPaged ? "page" : "ticket",
          "`\(component.name)` answers nobody who asks for its metrics.",
          query, TimeSpan(seconds: 120), .down(component.name)))
    }
    let parts = queries.bounded(component)
    if !parts.isEmpty {
      let names = parts.map { ["memory": "memory", "disk": "its volume", "pool": "connections"][$0.name] ?? $0.name }
      alerts.append(
        PlannedAlert(
          component, system, "RunsFull", "ticket",
          "`\(component.name)` has less than a tenth left of what it has: \(names.joined(separator: " or ")).",
          SignalQuery.greatest(parts.map { ($0.name, $0.query) }) + " > 0.9", TimeSpan(seconds: 900), .full(parts)))
    }
    return alerts
  }

  private init(
    _ component: Component, _ system: System, _ suffix: String, _ severity: String, _ summary: String,
    _ expression: String, _ hold: TimeSpan, _ origin: Origin
  ) {
    name = Self.name(component.name) + suffix
    self.component = component.name
    self.severity = severity
    team = component.properties.reference("team")
    self.summary = summary
    runbook = Self.runbook(name, system)
    self.expression = expression
    self.hold = hold
    labels = [("component", .string(component.name))]
    self.origin = origin
  }

  static func expression(_ condition: Condition, _ target: Watch.Target, _ system: System) -> String? {
    guard let value = SignalQuery(system).value(condition.signal, of: target) else { return nil }
    guard let comparison = condition.comparison else { return value }
    return number(comparison.threshold).map { "\(value) \(comparison.sign.rawValue) \($0)" }
  }

  /// A threshold in the unit of Prometheus: seconds, fractions, per second.
  static func number(_ value: Value) -> String? {
    switch value {
    case .percent(let percent): percent.hundredth?.description
    case .duration(let span): span.seconds.description
    case .rate(let rate): ObjectiveRules.text(rate.perSecond)
    case .integer(let number): String(number)
    case .number(let number): number.description
    case .bytes(let count): String(count.bytes)
    default: nil
    }
  }
}

/// The alerts of a system.
struct AlertList {
  private(set) var objectives: [ObjectiveRules] = []
  /// Those that the droidfile declares.
  private(set) var declared: [PlannedAlert] = []
  private(set) var notGenerated: [String] = []

  /// Those that every component has, but for names that the droidfile has given away.
  private(set) var standing: [PlannedAlert] = []

  var all: [PlannedAlert] { objectives.flatMap(\.alerts) + declared + standing }

  init(_ system: System) {
    for objective in system.objectives {
      if let rules = ObjectiveRules(objective, system) {
        objectives.append(rules)
      } else {
        notGenerated.append("the objective `\(objective.name)`")
      }
    }
    for alert in system.alerts {
      if let planned = PlannedAlert(alert, system) {
        declared.append(planned)
      } else {
        notGenerated.append("the alert `\(alert.name)`")
      }
    }
    let taken = Set(all.map(\.name))
    for component in system.components {
      standing += PlannedAlert.standing(component, system).filter { !taken.contains($0.name) }
    }
  }
}
