import DroidSemantics

/// The PromQL of the signals of a system.
struct SignalQuery {
  let system: System

  init(_ system: System) { self.system = system }

  /// What measures a signal of an element; nil where nothing does.
  func value(_ signal: SignalUse, of target: Watch.Target) -> String? {
    if system.unmeasured(signal, of: target) != nil { return nil }
    let over = signal.named.first { $0.key == "over" }?.value.duration?.description ?? "5m"
    switch signal.origin {
    case .promQL: return signal.argument?.text.map { "(\($0))" }
    case .anomaly:
      return system.anomalies.first { $0.name == signal.name }.flatMap { AnomalyBand($0, self)?.condition }
    case .metric: return system.metrics.first { $0.name == signal.name }.flatMap { metric($0, signal, over) }
    case .builtIn: return builtIn(signal, target, over)
    }
  }

  private func metric(_ metric: Watch, _ signal: SignalUse, _ over: String) -> String? {
    let own = "{component=\"\(metric.target.component)\"}"
    switch metric.properties.choice("kind") {
    case "counter": return "sum(rate(\(metric.seriesName)_total\(own)[\(over)]))"
    case "gauge": return "avg(\(metric.seriesName)\(own))"
    default:
      return Self.quantile(signal).map {
        "histogram_quantile(\($0), sum by (le) (rate(\(metric.seriesName)_bucket\(own)[\(over)])))"
      }
    }
  }

  private static func quantile(_ signal: SignalUse) -> String? {
    ["p50": "0.5", "p90": "0.9", "p95": "0.95", "p99": "0.99", "p999": "0.999"][signal.argument?.choice ?? ""]
  }

  private func builtIn(_ signal: SignalUse, _ target: Watch.Target, _ over: String) -> String? {
    guard let component = system.component(target.component) else { return nil }
    func said(_ name: String) -> String? {
      signal.named.first { $0.key == name }.flatMap { $0.value.choice ?? $0.value.text }
    }
    switch signal.name {
    case "error_rate", "request_rate", "latency", "in_flight":
      guard let series = RequestSeries(target, system, operation: said("operation"), version: said("version")) else {
        return nil
      }
      switch signal.name {
      case "error_rate": return series.errorRate(over)
      case "request_rate": return series.rate(over, status: said("status"))
      case "latency": return Self.quantile(signal).flatMap { series.latency($0, over) }
      default: return "sum(http_server_active_requests{\(series.selector)})"
      }
    case "queue_depth", "queue_delay", "dead_letters": return queue(signal.name, target, over)
    case "pool", "breaker_open", "retry_rate": return call(signal.name, target, over)
    case "burn_rate", "budget_left": return budget(signal, target, said("slo"))
    case "down": return "absent(up{component=\"\(component.name)\"}) or max(up{component=\"\(component.name)\"}) == 0"
    case "saturation": return saturation(component, over)
    case "replication_lag":
      return "max(cnpg_pg_replication_lag{\(WorkloadSeries(component, system).pods)})"
    default: return WorkloadSeries(component, system, version: said("version")).value(signal.name, over)
    }
  }

  private func queue(_ signal: String, _ target: Watch.Target, _ over: String) -> String? {
    guard case .port(let port) = target else { return nil }
    let own = "component=\"\(port.component)\",port=\"\(port.port)\""
    switch signal {
    case "queue_depth": return "sum(droid_events_lag{\(own)})"
    case "queue_delay": return "max(droid_events_oldest_seconds{\(own)})"
    default: return "sum(rate(droid_events_dead_total{\(own)}[\(over)]))"
    }
  }

  private func call(_ signal: String, _ target: Watch.Target, _ over: String) -> String? {
    guard case .connection(let from, let to) = target else { return nil }
    let own = "component=\"\(from.component)\",peer=\"\(to.component)\""
    switch signal {
    case "pool": return pool("component=\"\(from.component)\",store=\"\(to.component)\"")
    case "breaker_open": return "max(droid_breaker_open{\(own)}) == 1"
    default:
      return
        "sum(rate(droid_attempts_total{\(own),attempt!=\"1\"}[\(over)])) / sum(rate(droid_attempts_total{\(own)}[\(over)]))"
    }
  }

  /// Of the replica that uses most.
  private func pool(_ own: String) -> String {
    "max(db_client_connection_count{\(own),state=\"used\"} / ignoring (state) db_client_connection_max{\(own)})"
  }

  private func budget(_ signal: SignalUse, _ target: Watch.Target, _ objective: String?) -> String {
    var own = "component=\"\(target.component)\""
    switch target {
    case .component: break
    case .port(let port): own += ",port=\"\(port.port)\""
    case .operation(let port, let operation): own += ",port=\"\(port.port)\",operation=\"\(operation)\""
    case .connection(_, let to): own += ",peer=\"\(to.component)\""
    }
    if let objective { own += ",slo=\"\(objective)\"" }
    if signal.name == "budget_left" { return "min(slo:period_error_budget_remaining:ratio{\(own)})" }
    let window = signal.argument?.duration?.description ?? "1h"
    return "max(slo:sli_error:ratio_rate\(window){\(own)} / on (sloth_id) slo:error_budget:ratio{\(own)})"
  }

  /// The greatest of what may run out: each is told apart by a label, so that none hides another.
  private func saturation(_ component: Component, _ over: String) -> String {
    let cpu = (name: "cpu", query: WorkloadSeries(component, system).value("cpu", over) ?? "")
    return Self.greatest([cpu] + bounded(component).filter { $0.name != "disk" }.map { ($0.name, $0.query) })
  }

  static func greatest(_ parts: [(name: String, query: String)]) -> String {
    let labelled = parts.map { "label_replace(\($0.query), \"of\", \"\($0.name)\", \"\", \"\")" }
    return "max(\(labelled.joined(separator: " or ")))"
  }

  /// What a component has so much of and no more: memory, volumes, connections.
  func bounded(_ component: Component) -> [(name: String, query: String, series: [SampleSeries])] {
    let workload = WorkloadSeries(component, system)
    var parts = ["memory", "disk"].filter {
      $0 == "memory" ? component.hasLimit(of: "memory") : component.hasClaims
    }.compactMap { name in
      workload.value(name, "5m").flatMap { query in
        SampleSeries.pods(name, component, system).map { (name: name, query: query, series: $0) }
      }
    }
    if component.kind.isGenerated, component.keepsInDatabase,
      system.connections.contains(where: {
        $0.from.component == component.name && system.component($0.to.component)?.kind == .postgres
      })
    {
      let own = "component=\"\(component.name)\""
      parts.append(("pool", pool(own), SampleSeries.pool(own)))
    }
    return parts
  }
}
