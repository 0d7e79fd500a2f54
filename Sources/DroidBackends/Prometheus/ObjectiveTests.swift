import DroidSemantics

/// What `promtool` simulates for an objective, in minutes of traffic at a hundred requests each.
struct ObjectiveTests {
  private let rules: ObjectiveRules

  init(_ rules: ObjectiveRules) { self.rules = rules }

  var all: [YAML] {
    guard let series = rules.series.good else { return [] }
    let budget = rules.budget.double
    let pages = rules.objective.properties.bool("page") ? ["page"] : []
    var tests = [test("healthy traffic is silent", series, badShare: 0, minutes: 360, fires: [])]
    // Each pair of windows just above its factor, and just below it where the other pair is silent too.
    let (fast, steady) = (rules.factor(ObjectiveRules.pairs[0]), rules.factor(ObjectiveRules.pairs[1]))
    if fast * 1.1 * budget < 1 {
      tests.append(
        test(
          "an outage pages within the hour", series, badShare: fast * 1.1 * budget, after: 295, minutes: 65,
          fires: pages))
      tests.append(
        test(
          "a little less does not, so soon", series, badShare: fast * 0.9 * budget, after: 295, minutes: 65, fires: []))
    }
    if steady * 1.1 * budget < 1 {
      tests.append(
        test("a steady burn pages within hours", series, badShare: steady * 1.1 * budget, minutes: 365, fires: pages))
      tests.append(test("a little less does not", series, badShare: steady * 0.9 * budget, minutes: 365, fires: []))
    }
    let slow = rules.factor(ObjectiveRules.pairs[2]) * 1.2
    if slow * budget < 1, slow < steady {
      let tickets = rules.objective.properties.bool("ticket") ? ["ticket"] : []
      tests.append(
        test(
          "a slow burn makes a ticket, and wakes nobody", series, badShare: slow * budget, minutes: 1_460,
          fires: tickets))
    }
    return tests
  }

  /// Counters that grow by a share each minute. The alerts are looked at in the last minute.
  private func test(
    _ name: String, _ series: ObjectiveRules.Series.TestSeries, badShare: Double, after healthy: Int = 0, minutes: Int,
    fires: [String]
  ) -> YAML {
    let perMinute = 1_000_000
    let bad = Int((Double(perMinute) * badShare).rounded())
    func input(_ series: String, _ before: Int, _ step: Int) -> YAML {
      let start = healthy == 0 ? "0" : "0+\(before)x\(healthy) \(before * healthy + step)"
      return ["series": .string(series), "values": .string("\(start)+\(step)x\(healthy == 0 ? minutes : minutes - 1)")]
    }
    let inputs: [YAML] =
      series.isLatency
      ? series.all.map { input($0, perMinute, perMinute) } + series.bad.map { input($0, perMinute, perMinute - bad) }
      : series.all.map { input($0, perMinute, perMinute - bad) } + series.bad.map { input($0, 0, bad) }
    let expected = ["page", "ticket"].filter { rules.objective.properties.bool($0) }.compactMap { severity -> YAML? in
      // Short outages burn for tickets too, once their long windows have seen enough; here only what is asked is told.
      guard severity == "page" || minutes > 1_000 || fires.isEmpty else { return nil }
      if fires.isEmpty, badShare > 0, severity == "ticket" { return nil }
      let isFiring = fires.contains(severity)
      return .map([
        "eval_time": .string("\(healthy + minutes)m"), "alertname": .string(rules.alertName(severity)),
        "exp_alerts": isFiring
          ? [
            [
              "exp_labels": .map(rules.alertLabels(severity)),
              "exp_annotations": ["summary": .string(rules.summaryText())],
            ]
          ] : [],
      ])
    }
    return .map([
      "name": .string("\(rules.objective.name): \(name)"), "interval": "1m", "input_series": .list(inputs),
      "alert_rule_test": .list(expected),
    ])
  }
}
