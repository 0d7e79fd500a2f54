import DroidSemantics

/// A course of events that `promtool` plays to an objective, in minutes: health, a burn of the error budget, health again.
/// Looks are taken just before and just after an alert must fire or end, where a wrong factor, window or comparison shows.
struct Scenario {
  let name: String
  /// How long all is well at first: as long as the windows that are looked at.
  let before: Int
  /// How many times the traffic is greater before.
  var crowd = 1
  /// How many times faster than allowed the budget is spent.
  let burn: Double
  let lasting: Int
  let looks: [Look]
  /// Minutes between two samples.
  let interval: Int

  /// What fires, minutes after the burn began.
  struct Look {
    let minute: Int
    let severity: String
    let fires: Bool

    init(_ minute: Int, _ severity: String, _ fires: Bool) {
      self.minute = minute
      self.severity = severity
      self.fires = fires
    }
  }

  var end: Int { before + (looks.map(\.minute).max() ?? 0) }

  /// What is played to an objective. Rates are looked at in steps of five minutes.
  static func all(_ rules: ObjectiveRules) -> [Scenario] {
    let healthy = Scenario(
      name: "healthy traffic is silent", before: 360, burn: 0, lasting: 0,
      looks: [Look(0, "page", false), Look(0, "ticket", false)], interval: 1)
    return [healthy] + [fast(rules), steady(rules), fewer(rules), slow(rules)].compactMap { $0 }
  }

  /// The page of one hour and five minutes.
  private static func fast(_ rules: ObjectiveRules) -> Scenario? {
    let factor = rules.factor(ObjectiveRules.pairs[0])
    guard let times = times(factor, rules) else { return nil }
    // It ends between two looks, so that the last five minutes hold some of it at 60, and none at 65.
    return Scenario(
      name: "an outage pages within the hour, and not for longer than it lasts", before: 360, burn: factor * times,
      lasting: 58,
      looks: [
        Look(step(51 / times, up: false), "page", false), Look(step(66 / times, up: true), "page", true),
        Look(60, "page", false), Look(65, "page", false),
      ], interval: 1)
  }

  /// The page of six hours and thirty minutes: too slow for the other one.
  private static func steady(_ rules: ObjectiveRules) -> Scenario? {
    let factor = rules.factor(ObjectiveRules.pairs[1])
    guard let times = times(factor, rules) else { return nil }
    // Of the last half hour, so much may be well while the alert still holds.
    let rest = 30 * (1 - 1 / times)
    return Scenario(
      name: "a steady burn pages within hours", before: 360, burn: factor * times, lasting: 350,
      looks: [
        Look(step(324 / times, up: false), "page", false), Look(step(378 / times, up: true), "page", true),
        Look(350 + step(rest - 1, up: false), "page", true), Look(350 + step(rest + 1, up: true), "page", false),
      ], interval: 1)
  }

  /// The ticket of one day and two hours. With even traffic the other ticket is there first; after a crowd of healthy requests it
  /// is not.
  private static func fewer(_ rules: ObjectiveRules) -> Scenario? {
    let burn = rules.factor(ObjectiveRules.pairs[2]) * 1.6
    guard burn * rules.budget.double < 1 else { return nil }
    return Scenario(
      name: "a burn after the crowd has gone makes a ticket", before: 1_440, crowd: 20, burn: burn, lasting: 1_500,
      looks: [
        Look(1_320, "ticket", false), Look(1_460, "ticket", true), Look(1_460, "page", false),
        Look(1_530, "ticket", true), Look(1_560, "ticket", false), Look(1_625, "ticket", false),
      ], interval: 2)
  }

  /// The ticket of three days and six hours, which wakes nobody. A day of health comes first, so that three days are not one.
  private static func slow(_ rules: ObjectiveRules) -> Scenario? {
    let burn = rules.factor(ObjectiveRules.pairs[3]) * 2.5
    guard burn * rules.budget.double < 1 else { return nil }
    return Scenario(
      name: "a slow burn makes a ticket, and wakes nobody", before: 1_440, burn: burn, lasting: 1_440,
      looks: [
        Look(720, "ticket", false), Look(1_080, "ticket", true), Look(1_080, "page", false),
        Look(1_620, "ticket", true), Look(1_690, "ticket", false),
      ], interval: 2)
  }

  /// How far above a factor the burn is: enough to see when an alert is early, and never more than all requests.
  private static func times(_ factor: Double, _ rules: ObjectiveRules) -> Double? {
    let most = 0.98 / (factor * rules.budget.double)
    return most > 1.2 ? min(most, 1.6) : nil
  }

  /// To the next look before or after.
  private static func step(_ minutes: Double, up: Bool) -> Int {
    5 * Int((minutes / 5).rounded(up ? .up : .down))
  }
}

/// The `promtool` tests of all objectives. A test evaluates every rule, so one test plays its scenario to as many objectives
/// as it can: one of each component, since the others count some of the same requests.
struct ObjectiveTests {
  private struct Played {
    let rules: ObjectiveRules
    let series: ObjectiveRules.Series.TestSeries
    let scenario: Scenario
  }

  private struct Key: Hashable {
    let scenario: String
    let turn: Int
    let minutes: [Int]
  }

  static func all(_ objectives: [ObjectiveRules]) -> [YAML] {
    var order: [[Played]] = []
    var position: [Key: Int] = [:]
    var turns: [String: Int] = [:]
    for rules in objectives {
      guard let series = rules.series.good else { continue }
      let turn = turns[rules.objective.target.component, default: 0]
      turns[rules.objective.target.component] = turn + 1
      for scenario in Scenario.all(rules) {
        // Objectives that look at the same times are played together.
        let key = Key(scenario: scenario.name, turn: turn, minutes: scenario.looks.map(\.minute))
        if position[key] == nil {
          position[key] = order.count
          order.append([])
        }
        order[position[key] ?? 0].append(Played(rules: rules, series: series, scenario: scenario))
      }
    }
    return order.map { test($0) }
  }

  private static func test(_ played: [Played]) -> YAML {
    let scenario = played[0].scenario
    return .map([
      "name": .string(scenario.name), "interval": .string("\(scenario.interval)m"),
      "input_series": .list(played.flatMap { inputs($0) }), "alert_rule_test": .list(played.flatMap { looks($0) }),
    ])
  }

  /// Counters that grow by a million a minute.
  private static func inputs(_ played: Played) -> [YAML] {
    let scenario = played.scenario
    let step = 1_000_000 * scenario.interval
    let bad = Int((Double(step) * scenario.burn * played.rules.budget.double).rounded())
    let counts = (
      before: scenario.before / scenario.interval, during: scenario.lasting / scenario.interval,
      after: (scenario.end - scenario.before - scenario.lasting) / scenario.interval
    )
    func input(_ series: String, healthy: Int, burning: Int) -> YAML {
      var value = healthy * scenario.crowd * counts.before
      var text = "0+\(healthy * scenario.crowd)x\(counts.before)"
      for (step, count) in [(burning, counts.during), (healthy, counts.after)] where count > 0 {
        text += " \(value + step)+\(step)x\(count - 1)"
        value += step * count
      }
      return ["series": .string(series), "values": .string(text)]
    }
    return played.series.isLatency
      ? played.series.all.map { input($0, healthy: step, burning: step) }
        + played.series.bad.map { input($0, healthy: step, burning: step - bad) }
      : played.series.all.map { input($0, healthy: step, burning: step - bad) }
        + played.series.bad.map { input($0, healthy: 0, burning: bad) }
  }

  private static func looks(_ played: Played) -> [YAML] {
    played.scenario.looks.flatMap { look in
      played.rules.alerts.filter { $0.severity == look.severity }.map { alert -> YAML in
        let firing: YAML = ["exp_labels": .map(alert.allLabels), "exp_annotations": alert.annotations]
        return [
          "eval_time": .string("\(played.scenario.before + look.minute)m"), "alertname": .string(alert.name),
          "exp_alerts": .list(look.fires ? [firing] : []),
        ]
      }
    }
  }
}
