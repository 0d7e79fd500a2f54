import DroidSemantics

/// Series that make a signal have a value: what tests of alerts are played with.
struct SampleSeries {
  let name: String
  /// What it is at a value of the signal; of a counter, by how much it grows each second.
  let at: @Sendable (Double) -> Double
  let isCounter: Bool

  private static func gauge(_ name: String, _ at: @escaping @Sendable (Double) -> Double = { $0 }) -> SampleSeries {
    SampleSeries(name: name, at: at, isCounter: false)
  }

  private static func counter(_ name: String, _ at: @escaping @Sendable (Double) -> Double = { $0 }) -> SampleSeries {
    SampleSeries(name: name, at: at, isCounter: true)
  }

  /// Of a signal of an element; nil where a test would have to know more than the signal: of PromQL, of anomalies.
  static func all(_ signal: SignalUse, _ target: Watch.Target, _ system: System) -> [SampleSeries]? {
    guard signal.origin == .builtIn, signal.named.allSatisfy({ $0.key == "over" }),
      let component = system.component(target.component)
    else { return nil }
    switch signal.name {
    case "error_rate", "request_rate", "latency", "in_flight":
      return RequestSeries(target, system).flatMap { requests(signal, $0) }
    case "queue_depth", "queue_delay", "dead_letters":
      guard case .port(let port) = target else { return nil }
      let own = "{component=\"\(port.component)\",port=\"\(port.port)\"}"
      switch signal.name {
      case "queue_depth": return [gauge("droid_events_lag\(own)")]
      case "queue_delay": return [gauge("droid_events_oldest_seconds\(own)")]
      default: return [counter("droid_events_dead_total\(own)")]
      }
    case "pool", "breaker_open", "retry_rate":
      guard case .connection(let from, let to) = target else { return nil }
      let own = "component=\"\(from.component)\",peer=\"\(to.component)\""
      switch signal.name {
      case "pool": return pool("component=\"\(from.component)\",store=\"\(to.component)\"")
      case "breaker_open": return [gauge("droid_breaker_open{\(own)}")]
      default:
        return [
          counter("droid_attempts_total{\(own),attempt=\"1\"}") { 1000 * (1 - $0) },
          counter("droid_attempts_total{\(own),attempt=\"2\"}") { 1000 * $0 },
        ]
      }
    case "down": return [gauge("up{component=\"\(component.name)\"}") { 1 - $0 }]
    default: return pods(signal.name, component, system)
    }
  }

  static func pool(_ own: String) -> [SampleSeries] {
    [gauge("db_client_connection_count{\(own),state=\"used\"}"), gauge("db_client_connection_max{\(own)}") { _ in 1 }]
  }

  private static func requests(_ signal: SignalUse, _ series: RequestSeries) -> [SampleSeries]? {
    switch signal.name {
    case "in_flight": return [gauge("http_server_active_requests{\(series.selector)}")]
    case "request_rate": return [counter("\(series.count){\(series.selector)}")]
    case "error_rate":
      return [
        counter("\(series.count){\(series.selector),\(series.goodSample)}") { 1000 * (1 - $0) },
        counter("\(series.count){\(series.selector),\(series.badSample)}") { 1000 * $0 },
      ]
    // The bounds of a histogram are labels, which do not change with time.
    default: return nil
    }
  }

  static func pods(_ signal: String, _ component: Component, _ system: System) -> [SampleSeries]? {
    let managed = component.isManaged(in: system) && component.kind == .kafka
    let controller = component.versions.first.map { component.spelled($0) } ?? component.spelled
    let pod = managed ? "\(controller)-\(controller)-0" : "\(controller)-0"
    let namespace = "namespace=\"\(system.namespace)\""
    let own = "\(namespace),pod=\"\(pod)\""
    switch signal {
    case "cpu":
      return [
        counter("container_cpu_usage_seconds_total{\(own),container=\"it\"}"),
        gauge("kube_pod_container_resource_requests{\(own),resource=\"cpu\"}") { _ in 1 },
      ]
    case "throttled":
      return [
        counter("container_cpu_cfs_throttled_periods_total{\(own)}"),
        counter("container_cpu_cfs_periods_total{\(own)}") { _ in 1 },
      ]
    case "memory":
      return [
        gauge("container_memory_working_set_bytes{\(own),container=\"it\"}"),
        gauge("kube_pod_container_resource_limits{\(own),resource=\"memory\"}") { _ in 1 },
      ]
    case "disk":
      let claim =
        component.kind == .postgres && component.isManaged(in: system)
        ? pod : component.kind == .job ? "\(controller)-data" : "data-\(pod)"
      let volume = "\(namespace),persistentvolumeclaim=\"\(claim)\""
      return [
        gauge("kubelet_volume_stats_used_bytes{\(volume)}"),
        gauge("kubelet_volume_stats_capacity_bytes{\(volume)}") { _ in 1 },
      ]
    case "replication_lag": return [gauge("cnpg_pg_replication_lag{\(own)}")]
    case "pending": return [gauge("kube_pod_status_unschedulable{\(own)}")]
    case "crash_loop":
      return [gauge("kube_pod_container_status_waiting_reason{\(own),reason=\"CrashLoopBackOff\"}")]
    case "unhealthy":
      return [
        gauge("kube_pod_status_ready{\(own),condition=\"true\"}") { 1 - $0 },
        gauge("kube_pod_status_phase{\(own),phase=\"Running\"}") { _ in 1 },
      ]
    default: return nil
    }
  }
}
