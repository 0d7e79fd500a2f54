import DroidSemantics

/// Multi-window, multi-burn-rate rules of one objective, after "Alerting on SLOs" in Google's SRE Workbook, in the names
/// that Sloth gave them.
struct ObjectiveRules {
  let objective: Watch
  let labels: [YAML.Entry]
  /// The share that may fail, as a fraction: 0.001.
  let budget: ExactDecimal
  let window: TimeSpan
  let series: Series
  let summary: String
  private(set) var alerts: [PlannedAlert] = []

  /// What is counted, by window.
  struct Series {
    let counted: Counted
    /// The expression of how often all events happen over `W`.
    let total: String
    /// The parts of the selector that tests give their series.
    let good: TestSeries?

    enum Counted {
      case good(String)
      case bad(String)
    }

    /// The expression of the share of bad events over `W`.
    var bad: String {
      switch counted {
      case .good(let good): "1 - (\(good) / \(total))"
      case .bad(let bad): "(\(bad) or vector(0)) / \(total)"
      }
    }

    /// The series that tests write: one of good events and one of bad ones, or of all and of fast ones.
    struct TestSeries {
      let all: [String]
      let bad: [String]
      let isLatency: Bool
    }
  }

  /// A pair of windows, and the share of the budget that may be spent in the long one before someone hears of it.
  struct Pair {
    let short: String
    let long: String
    let longHours: Int64
    let budgetPercent: Int64
    let severity: String
  }

  static let pairs = [
    Pair(short: "5m", long: "1h", longHours: 1, budgetPercent: 2, severity: "page"),
    Pair(short: "30m", long: "6h", longHours: 6, budgetPercent: 5, severity: "page"),
    Pair(short: "2h", long: "1d", longHours: 24, budgetPercent: 10, severity: "ticket"),
    Pair(short: "6h", long: "3d", longHours: 72, budgetPercent: 10, severity: "ticket"),
  ]

  /// How many times faster than allowed the budget is spent: budget % × period hours / 100 / long window hours, in that order.
  func factor(_ pair: Pair) -> Double {
    Double(pair.budgetPercent) * (Double(window.nanoseconds) / 3_600_000_000_000) / 100 / Double(pair.longHours)
  }

  init?(_ objective: Watch, _ system: System) {
    guard let promised = objective.properties.percent("objective"),
      let window = objective.properties.duration("window"),
      let budget = ExactDecimal(100).minus(promised)?.hundredth, let series = Self.series(objective, system)
    else { return nil }
    self.objective = objective
    self.budget = budget
    self.window = window
    self.series = series
    var labels: [YAML.Entry] = [
      ("sloth_id", .string("\(system.name)-\(objective.name)")),
      ("slo", .string(objective.name)),
      ("component", .string(objective.target.component)),
    ]
    switch objective.target {
    case .port(let port): labels.append(("port", .string(port.port)))
    case .operation(let port, let operation):
      labels.append(("port", .string(port.port)))
      labels.append(("operation", .string(operation)))
    case .connection(_, let to): labels.append(("peer", .string(to.component)))
    case .component: break
    }
    self.labels = labels
    summary =
      objective.doc.map { String($0.split(separator: "\n").first ?? "") }
      ?? "\(objective.name) spends its error budget too fast: \(promised) % over \(window) is promised."
    alerts = ["page", "ticket"].filter { objective.properties.bool($0) }.map {
      PlannedAlert(self, $0, condition($0), system)
    }
  }

  private static func series(_ objective: Watch, _ system: System) -> Series? {
    if case .signal(let good) = objective.properties["good"], case .signal(let total) = objective.properties["total"] {
      guard let goodRate = rate(good, objective, system), let totalRate = rate(total, objective, system) else {
        return nil
      }
      let series = [total, good].compactMap { Self.counter($0, system) }
      return Series(
        counted: .good(goodRate), total: totalRate,
        good: series.count == 2 ? .init(all: [series[0]], bad: [series[1]], isLatency: true) : nil)
    }
    guard let requests = RequestSeries(objective.target, system) else { return nil }
    let total = requests.rate("W")
    guard let latency = objective.properties.duration("latency") else {
      let all = "\(requests.count){\(requests.selector)"
      return Series(
        counted: .bad(requests.failures("W")), total: total,
        good: .init(
          all: ["\(all),\(requests.goodSample)}"], bad: ["\(all),\(requests.badSample)}"], isLatency: false))
    }
    guard let buckets = requests.buckets else { return nil }
    let seconds = latency.seconds
    let length = requests.isInMilliseconds ? ExactDecimal(latency.nanoseconds / 1_000_000) : seconds
    // Whole numbers are spelled `1.0` by some clients and `1` by others.
    let bound = length.integer.map { requests.isInMilliseconds ? "\($0)" : "\($0).0" } ?? length.description
    let match = length.integer.map { "=~\"\($0)(\\\\.0)?\"" } ?? "=\"\(bound)\""
    return Series(
      counted: .good("sum(rate(\(buckets){\(requests.selector),le\(match)}[W]))"), total: total,
      good: .init(
        all: ["\(requests.count){\(requests.selector)}"],
        bad: ["\(buckets){\(requests.selector),le=\"\(bound)\"}"], isLatency: true))
  }

  private static func rate(_ signal: SignalUse, _ objective: Watch, _ system: System) -> String? {
    if signal.origin == .promQL { return signal.argument?.text.map { "(\($0))" } }
    return counter(signal, system).map { "sum(rate(\($0)[W]))" }
  }

  /// The series of a counter that the droidfile declares.
  private static func counter(_ signal: SignalUse, _ system: System) -> String? {
    guard signal.origin == .metric, let metric = system.metrics.first(where: { $0.name == signal.name }) else {
      return nil
    }
    return "\(metric.seriesName)_total{component=\"\(metric.target.component)\"}"
  }

  var recordings: [YAML] {
    func rule(_ name: String, _ expression: String) -> YAML {
      ["record": .string(name), "expr": .string(expression), "labels": .map(labels)]
    }
    let id = "{\(labels.map { "\($0.0)=\"\($0.1.text ?? "")\"" }.joined(separator: ","))}"
    let ratio = ExactDecimal(1).minus(budget) ?? .zero
    let days = ExactDecimal(window.nanoseconds / 3_600_000_000_000)
    var rules = System.recordedWindows.map {
      rule("slo:sli_error:ratio_rate\($0)", series.bad.replacingAll("[W]", with: "[\($0)]"))
    }
    let period = Self.text(days.double / 24)
    if !System.recordedWindows.contains(window.description) {
      rules.append(
        rule("slo:sli_error:ratio_rate\(window)", "avg_over_time(slo:sli_error:ratio_rate5m\(id)[\(window)])"))
    }
    rules.append(rule("slo:objective:ratio", "vector(\(ratio))"))
    rules.append(rule("slo:error_budget:ratio", "vector(\(budget))"))
    rules.append(rule("slo:time_period:days", "vector(\(period))"))
    rules.append(
      rule(
        "slo:current_burn_rate:ratio",
        "slo:sli_error:ratio_rate5m\(id) / on (sloth_id) group_left () slo:error_budget:ratio\(id)"))
    rules.append(
      rule(
        "slo:period_burn_rate:ratio",
        "slo:sli_error:ratio_rate\(window)\(id) / on (sloth_id) group_left () slo:error_budget:ratio\(id)"))
    rules.append(rule("slo:period_error_budget_remaining:ratio", "1 - slo:period_burn_rate:ratio\(id)"))
    return rules
  }

  /// When an alert of a severity fires: in both windows of a pair.
  private func condition(_ severity: String) -> String {
    let id = labels[0].1.text ?? ""
    return Self.pairs.filter { $0.severity == severity }.map { pair in
      let threshold = "(\(Self.text(factor(pair))) * \(budget))"
      func over(_ window: String) -> String {
        "max(slo:sli_error:ratio_rate\(window){sloth_id=\"\(id)\"} > \(threshold))"
      }
      return "(\n  \(over(pair.short))\n  and\n  \(over(pair.long))\n)"
    }.joined(separator: "\nor\n")
  }

  /// The shortest text of a factor: 14.4, 6, 3, 1.
  static func text(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
  }
}
