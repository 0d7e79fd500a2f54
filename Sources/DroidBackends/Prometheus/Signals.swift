import DroidSemantics

/// The series that tell of an element.
enum Selector {
  /// The histogram of requests and its selector.
  static func requests(_ target: Watch.Target, _ system: System) -> (metric: String, selector: String)? {
    let server = "http_server_request_duration_seconds"
    guard let component = system.component(target.component) else { return nil }
    switch target {
    case .component(let name): return component.kind.isGenerated ? (server, "component=\"\(name)\"") : nil
    case .port(let port):
      guard component.kind.isGenerated else { return nil }
      return (server, "component=\"\(port.component)\",port=\"\(port.port)\"")
    case .operation(let port, let operation):
      guard component.kind.isGenerated else { return nil }
      return (server, "component=\"\(port.component)\",port=\"\(port.port)\",operation=\"\(operation)\"")
    case .connection(let from, let to):
      guard component.kind.isGenerated else { return nil }
      return ("http_client_request_duration_seconds", "component=\"\(from.component)\",peer=\"\(to.component)\"")
    }
  }

  /// `COMPONENT_NAME_unit[_total]`.
  static func wireName(_ metric: Watch) -> String {
    let parts = [metric.target.component, metric.name] + (metric.properties.text("unit").map { [$0] } ?? [])
    let name = parts.joined(separator: "_").map { $0 == "-" || $0 == "." ? "_" : $0 }
    return String(name) + (metric.properties.choice("kind") == "counter" ? "_total" : "")
  }
}

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
    guard let value = value(condition.signal, target, system) else { return nil }
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

  /// The PromQL of a signal of an element; nil where this edition has none.
  static func value(_ signal: SignalUse, _ target: Watch.Target, _ system: System) -> String? {
    let over = signal.named.first { $0.key == "over" }?.value.duration?.description ?? "5m"
    switch signal.origin {
    case .promQL: return signal.argument?.text.map { "(\($0))" }
    case .anomaly:
      guard let anomaly = system.anomalies.first(where: { $0.name == signal.name }) else { return nil }
      return Self.anomaly(anomaly, system)
    case .metric:
      guard let metric = system.metrics.first(where: { $0.name == signal.name }) else { return nil }
      let name = Selector.wireName(metric)
      switch metric.properties.choice("kind") {
      case "counter": return "sum(rate(\(name)[\(over)]))"
      case "gauge": return "avg(\(name))"
      default:
        guard let quantile = quantile(signal) else { return nil }
        return "histogram_quantile(\(quantile), sum by (le) (rate(\(name)_bucket[\(over)])))"
      }
    case .builtIn: return builtIn(signal, target, system, over)
    }
  }

  private static func quantile(_ signal: SignalUse) -> String? {
    ["p50": "0.5", "p90": "0.9", "p95": "0.95", "p99": "0.99", "p999": "0.999"][signal.argument?.choice ?? ""]
  }

  private static func builtIn(_ signal: SignalUse, _ target: Watch.Target, _ system: System, _ over: String) -> String?
  {
    let component = system.component(target.component)
    let spelled = component?.spelled ?? target.component
    let pods = "namespace=\"\(system.namespace)\",pod=~\"\(component?.podPattern ?? spelled)\""
    let own = "component=\"\(target.component)\""
    if ["error_rate", "latency", "request_rate", "in_flight"].contains(signal.name) {
      guard let (metric, selector) = Selector.requests(target, system) else { return nil }
      let status =
        signal.named.first { $0.key == "status" }?.value.text.map {
          ",http_response_status_code=~\"\($0.replacingAll("x", with: "."))\""
        } ?? ""
      switch signal.name {
      case "error_rate":
        return
          "sum(rate(\(metric)_count{\(selector),http_response_status_code=~\"5..\"}[\(over)])) / sum(rate(\(metric)_count{\(selector)}[\(over)]))"
      case "latency":
        return quantile(signal).map {
          "histogram_quantile(\($0), sum by (le) (rate(\(metric)_bucket{\(selector)}[\(over)])))"
        }
      case "request_rate": return "sum(rate(\(metric)_count{\(selector)\(status)}[\(over)]))"
      default: return "sum(http_server_active_requests{\(selector)})"
      }
    }
    switch signal.name {
    case "cpu":
      return
        "sum(rate(container_cpu_usage_seconds_total{\(pods),container!=\"\"}[\(over)])) / sum(kube_pod_container_resource_requests{\(pods),resource=\"cpu\"})"
    case "throttled":
      return
        "sum(rate(container_cpu_cfs_throttled_periods_total{\(pods)}[\(over)])) / sum(rate(container_cpu_cfs_periods_total{\(pods)}[\(over)]))"
    case "memory":
      return
        "max(max by (pod) (container_memory_working_set_bytes{\(pods),container!=\"\"}) / on (pod) max by (pod) (kube_pod_container_resource_limits{\(pods),resource=\"memory\"}))"
    case "replicas":
      return "sum(kube_deployment_status_replicas_ready{namespace=\"\(system.namespace)\",deployment=\"\(spelled)\"})"
    case "unhealthy":
      return
        "min by (pod) (kube_pod_status_ready{\(pods),condition=\"true\"}) == 0 and on (pod) kube_pod_status_phase{\(pods),phase=\"Running\"} == 1"
    case "crash_loop":
      return "max by (pod) (kube_pod_container_status_waiting_reason{\(pods),reason=\"CrashLoopBackOff\"}) == 1"
    case "oom_killed":
      return
        "max by (pod) (kube_pod_container_status_last_terminated_reason{\(pods),reason=\"OOMKilled\"}) == 1 and on (pod) increase(kube_pod_container_status_restarts_total{\(pods)}[\(over)]) > 0"
    case "restarts": return "max(increase(kube_pod_container_status_restarts_total{\(pods)}[1h]))"
    case "down": return "absent(up{\(own)}) or max(up{\(own)}) == 0"
    case "pending": return "max(kube_pod_status_unschedulable{\(pods)}) == 1"
    case "last_success":
      return
        "time() - max(kube_cronjob_status_last_successful_time{namespace=\"\(system.namespace)\",cronjob=\"\(spelled)\"})"
    case "failed":
      return "max(kube_job_status_failed{namespace=\"\(system.namespace)\",job_name=~\"\(spelled).*\"}) > 0"
    case "burn_rate":
      return
        "max(slo:sli_error:ratio_rate\(signal.argument?.duration?.description ?? "1h"){\(own)} / on (sloth_id) slo:error_budget:ratio{\(own)})"
    case "budget_left": return "min(slo:period_error_budget_remaining:ratio{\(own)})"
    default: return nil
    }
  }

  /// A z-score or a percentile over the past; the others need the runtime.
  private static func anomaly(_ anomaly: Watch, _ system: System) -> String? {
    guard case .signal(let signal) = anomaly.properties["signal"], let value = value(signal, anomaly.target, system),
      let train = anomaly.properties.duration("train"), anomaly.properties["alarms"].isNone
    else { return nil }
    let past = "(\(value))[\(train):5m]"
    guard let (method, arguments) = anomaly.properties["method"].call else {
      return "abs((\(value)) - avg_over_time(\(past))) > 3 * stddev_over_time(\(past))"
    }
    switch method {
    case "zscore":
      let k = arguments.number("k")?.description ?? "3"
      guard let season = arguments.duration("season") else {
        return "abs((\(value)) - avg_over_time(\(past))) > \(k) * stddev_over_time(\(past))"
      }
      let length = max(train.nanoseconds / max(season.nanoseconds, 1), 1)
      let around = { (index: Int64) -> String in
        "avg_over_time((\(value))[1h:5m] offset \(TimeSpan(nanoseconds: season.nanoseconds * index)))"
      }
      let seasons = (1...min(length, 4)).map { around($0) }
      let mean = "(\(seasons.joined(separator: " + "))) / \(seasons.count)"
      return "abs((\(value)) - \(mean)) > \(k) * stddev_over_time((\(value))[\(season):5m])"
    case "percentile":
      let p = arguments.percent("p")?.hundredth?.description ?? "0.99"
      return "(\(value)) > quantile_over_time(\(p), \(past))"
    default: return nil
    }
  }
}
