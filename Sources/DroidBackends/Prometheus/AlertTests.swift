import DroidSemantics

/// The `promtool` tests of alerts with a threshold: far from it, a little beyond it, at it, in minutes. Looks are taken where a wrong
/// threshold, window, hold or comparison shows.
enum AlertTests {
  static func all(_ alerts: [PlannedAlert], _ system: System) -> [YAML] {
    alerts.flatMap { alert in alert.samples(system).map { test(alert, $0) } }
  }

  /// One way in which an alert comes to fire.
  struct Sample {
    /// What runs full, or what the alert is told by.
    let name: String
    let series: [SampleSeries]
    /// What is far from the threshold.
    let quiet: Double
    /// What is as close to the threshold as can be, and well; and what is not.
    let well: Double
    let bad: Double
    /// Over how many minutes rates are taken; 0 of a value that is there at once.
    let window: Int
    let pod: String?
  }

  private static func test(_ alert: PlannedAlert, _ sample: Sample) -> YAML {
    let hold = Int(((alert.hold?.seconds.double ?? 0) / 60).rounded(.up))
    let window = max(sample.window, 1)
    let (before, lasting, after) = (2 * window + 2, window + hold + 2, window + 2)
    func look(_ minute: Int, _ fires: Bool) -> YAML {
      let pod = sample.pod.map { [("pod", YAML.string($0))] } ?? []
      let firing: YAML = ["exp_labels": .map(alert.allLabels + pod), "exp_annotations": alert.annotations]
      return [
        "eval_time": .string("\(minute)m"), "alertname": .string(alert.name),
        "exp_alerts": .list(fires ? [firing] : []),
      ]
    }
    // From nothing, a rate is at the threshold only near the end of its window.
    let early = before + window * 17 / 20 - 1 + hold
    let looks = [
      look(before - 1, false), look(early, false), look(before + lasting - 1, true),
      look(before + lasting + after - 1, false),
    ]
    return [
      "name": .string("\(alert.name): \(sample.name)"), "interval": "1m",
      "input_series": .list(
        sample.series.map { input($0, sample, [(sample.quiet, before), (sample.bad, lasting), (sample.well, after)]) }),
      "alert_rule_test": .list(looks),
    ]
  }

  private static func input(_ series: SampleSeries, _ sample: Sample, _ phases: [(value: Double, minutes: Int)]) -> YAML
  {
    var parts: [String] = []
    var total = 0.0
    for (value, minutes) in phases {
      if series.isCounter {
        let step = series.at(value) * 60
        parts.append("\(number(total + step))+\(number(step))x\(minutes - 1)")
        total += step * Double(minutes)
      } else {
        parts.append("\(number(series.at(value)))+0x\(minutes - 1)")
      }
    }
    return ["series": .string(series.name), "values": .string(parts.joined(separator: " "))]
  }

  /// Without what binary fractions leave behind.
  private static func number(_ value: Double) -> String {
    ObjectiveRules.text((value * 1_000_000).rounded() / 1_000_000)
  }
}

extension PlannedAlert {
  fileprivate func samples(_ system: System) -> [AlertTests.Sample] {
    switch origin {
    case .objective: []
    case .alert(let alert): Self.sample(alert, system).map { [$0] } ?? []
    case .down(let component):
      SampleSeries.all(
        SignalUse(builtIn: "down"), .component(component), system
      )
      .map { [.init(name: "it is away", series: $0, quiet: 0, well: 0, bad: 1, window: 0, pod: nil)] } ?? []
    case .full(let parts):
      parts.map {
        .init(name: "\($0.name) runs full", series: $0.series, quiet: 0, well: 0.9, bad: 0.92, window: 0, pod: nil)
      }
    }
  }

  /// Of one condition: what several together mean is the droidfile's own.
  private static func sample(_ alert: Watch, _ system: System) -> AlertTests.Sample? {
    let conditions = alert.properties.conditions("when")
    guard conditions.count == 1, let condition = conditions.first,
      let series = SampleSeries.all(condition.signal, alert.target, system)
    else { return nil }
    let name = "`\(condition.signal.name)`"
    guard let comparison = condition.comparison else {
      let pod =
        ["unhealthy", "crash_loop"].contains(condition.signal.name)
        ? series.first?.name.split(separator: "\"").dropFirst(3).first.map(String.init) : nil
      return .init(name: name, series: series, quiet: 0, well: 0, bad: 1, window: 0, pod: pod)
    }
    guard let threshold = Self.number(comparison.threshold).flatMap(Double.init), threshold > 0 else { return nil }
    let isRate = series.contains { $0.isCounter }
    let span = condition.signal.named.first { $0.key == "over" }?.value.duration?.seconds.double ?? 300
    let window = isRate ? Int((span / 60).rounded(.up)) : 0
    // A rate is a little off its value for what binary fractions do to it.
    let near = isRate ? 0.02 : 0
    func sample(_ quiet: Double, _ well: Double, _ bad: Double) -> AlertTests.Sample {
      .init(
        name: name, series: series, quiet: quiet * threshold, well: well * threshold, bad: bad * threshold,
        window: window, pod: nil)
    }
    return switch comparison.sign.rawValue {
    case ">": sample(0, 1 - near, 1.03)
    case ">=": sample(0, 0.97, 1 + near)
    case "<": sample(1.2, 1 + near, 0.97)
    case "<=": sample(1.2, 1.03, 1 - near)
    default: nil
    }
  }
}
