import DroidSemantics

/// Alerts that the droidfile declares.
enum AlertRule {
  static func rule(_ alert: Watch, _ system: System) -> YAML? {
    var expressions: [String] = []
    var hold: TimeSpan?
    for condition in alert.properties.conditions("when") {
      guard let expression = Self.expression(condition, alert.target, system) else { return nil }
      expressions.append(expression)
      hold = [hold, condition.hold].compactMap { $0 }.max()
    }
    guard !expressions.isEmpty else { return nil }
    let name = alert.name.split { $0 == "-" || $0 == "_" || $0 == "." }.map {
      $0.prefix(1).uppercased() + $0.dropFirst()
    }.joined()
    let owner =
      alert.properties.reference("team") ?? system.component(alert.target.component)?.properties.reference("team")
    return .map([
      "alert": .string(name),
      "expr": .string(
        expressions.count == 1 ? expressions[0] : expressions.map { "(\($0))" }.joined(separator: "\nand on ()\n")),
      "for": hold.map { .string($0.description) },
      "labels": .map([
        "component": .string(alert.target.component),
        "severity": .string(alert.properties.choice("severity") ?? "ticket"),
        "team": owner.map { .string($0) },
      ]),
      "annotations": .map([
        "summary": .string(alert.doc.map { $0.split(separator: "\n").joined(separator: " ") } ?? alert.name),
        "runbook_url": alert.properties.text("runbook").map { .string($0) },
      ]),
    ])
  }

  private static func expression(_ condition: Condition, _ target: Watch.Target, _ system: System) -> String? {
    guard let value = SignalQuery(system).value(condition.signal, of: target) else { return nil }
    guard let comparison = condition.comparison else { return value }
    guard let threshold = number(comparison.threshold) else { return nil }
    return "\(value) \(comparison.sign.rawValue) \(threshold)"
  }

  /// A threshold in the unit of Prometheus: seconds, fractions, per second.
  private static func number(_ value: Value) -> String? {
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
