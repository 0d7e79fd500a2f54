import DroidSyntax

/// What conditions, anomalies and objectives are told by is measured.
extension Checker {
  /// A condition on what nothing measures would never hold. An element is looked at in the first system that it is in: the base, or
  /// an environment.
  func checkSignals(_ draft: Draft) {
    let declared = draft.system
    guard !(declared.alerts.isEmpty && declared.anomalies.isEmpty && declared.objectives.isEmpty) else { return }
    var seen: Set<String> = []
    let environments = declared.components.contains { !$0.isIn(nil) } ? draft.environments : []
    for system in [Self.base(declared)] + environments.map({ draft.system(in: $0) }) {
      for alert in system.alerts where seen.insert("alert \(alert.name)").inserted {
        for condition in alert.properties.conditions("when") { check(condition.signal, alert, system) }
      }
      for anomaly in system.anomalies where seen.insert(anomaly.name).inserted {
        if case .signal(let signal) = anomaly.properties["signal"] { check(signal, anomaly, system) }
      }
      for objective in system.objectives where seen.insert(objective.name).inserted { check(objective, system) }
    }
  }

  /// As much of the base as is watched: a check alone never makes the whole of it.
  private static func base(_ declared: System) -> System {
    var watched: Set<String> = []
    for watch in declared.alerts + declared.anomalies + declared.objectives + declared.metrics {
      watched.insert(watch.target.component)
      if case .connection(_, let to) = watch.target { watched.insert(to.component) }
    }
    var system = declared
    system.keep { watched.contains($0.name) }
    return Draft.finished(system, environment: nil)
  }

  private func check(_ signal: SignalUse, _ watch: Watch, _ system: System) {
    // An anomaly is looked at where it is declared.
    guard signal.origin == .builtIn, let reason = system.unmeasured(signal, of: watch.target) else { return }
    report(
      .notMeasured, "nothing measures `\(signal.name)` of what `\(watch.name)` is on", at: watch.signalRange, reason)
  }

  /// What an objective counts is counted.
  private func check(_ objective: Watch, _ system: System) {
    for name in ["good", "total"] {
      guard case .signal(let signal) = objective.properties[name], signal.origin != .promQL else { continue }
      let metric = system.metrics.first { signal.origin == .metric && $0.name == signal.name }
      if metric?.properties.choice("kind") == "counter" { continue }
      report(
        .notMeasured, "`\(signal.name)` counts no events, and `\(name)` of `\(objective.name)` is a count",
        at: objective.range, "name a `metric` of the kind `counter`, or write `promql(\"…\")`")
      return
    }
    guard objective.properties["good"].isNone else { return }
    let name = objective.properties.duration("latency") == nil ? "error_rate" : "latency"
    let signal = SignalUse(builtIn: name)
    guard let reason = system.unmeasured(signal, of: objective.target) else { return }
    report(.notMeasured, "nothing measures what `\(objective.name)` promises", at: objective.range, reason)
  }
}
