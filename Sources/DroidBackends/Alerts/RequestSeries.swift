import DroidSemantics

/// The series that tell of the requests, or the events, of an element.
struct RequestSeries {
  /// The counter of all of them.
  let count: String
  let selector: String
  /// What matches those that failed besides.
  let failed: String
  /// The label of the status; nil of events.
  let status: String?
  /// The histogram of their times; nil of events.
  let buckets: String?
  /// Seconds, but for Istio.
  let isInMilliseconds: Bool

  /// - Parameters:
  ///   - operation: Of the port, where the signal names one.
  ///   - version: Of the component, where the signal names one.
  init?(_ target: Watch.Target, _ system: System, operation: String? = nil, version: String? = nil) {
    guard let component = system.component(target.component) else { return nil }
    let isGenerated = component.kind.isGenerated
    let isAsked = system.isAsked(target)
    guard isAsked || isGenerated && system.isTold(target) else { return nil }
    var own: [String]
    if isGenerated {
      own = ["component=\"\(component.name)\""]
      switch target {
      case .component: break
      case .port(let port): own.append("port=\"\(port.port)\"")
      case .operation(let port, let operation): own += ["port=\"\(port.port)\"", "operation=\"\(operation)\""]
      case .connection(_, let to): own.append("peer=\"\(to.component)\"")
      }
      if let version { own.append("version=\"\(version)\"") }
    } else if system.settings.choice("mesh") == "istio" {
      own = ["reporter=\"destination\"", "destination_workload_namespace=\"\(system.namespace)\""]
      switch target {
      case .component, .port, .operation: own.append("destination_workload=\"\(component.spelled)\"")
      case .connection(_, let to):
        let callee = system.component(to.component)?.spelled ?? to.component
        own += ["source_workload=\"\(component.spelled)\"", "destination_workload=\"\(callee)\""]
      }
      if let version { own.append("destination_version=\"\(version)\"") }
    } else {
      return nil
    }
    if let operation { own.append("operation=\"\(operation)\"") }
    selector = own.joined(separator: ",")
    isInMilliseconds = !isGenerated
    if !isAsked {
      (count, status, buckets) = ("droid_events_handled_total", nil, nil)
      failed = "outcome=\"failed\""
    } else if !isGenerated {
      (count, status) = ("istio_requests_total", "response_code")
      buckets = "istio_request_duration_milliseconds_bucket"
      failed = "response_code=~\"5..\""
    } else {
      let isCall = if case .connection = target { true } else { false }
      let histogram = "http_\(isCall ? "client" : "server")_request_duration_seconds"
      (count, status, buckets) = (histogram + "_count", "http_response_status_code", histogram + "_bucket")
      // A caller also sees that there was no answer, as 0.
      failed = "http_response_status_code=~\"\(isCall ? "0|5.." : "5..")\""
    }
  }

  /// A label of one that went well, and of one that failed.
  var goodSample: String { status.map { "\($0)=\"200\"" } ?? "outcome=\"handled\"" }
  var badSample: String { status.map { "\($0)=\"503\"" } ?? "outcome=\"failed\"" }

  func rate(_ over: String, status said: String? = nil) -> String {
    let digits = said.map { String($0.map { $0 == "x" ? "." : $0 }) }
    let match = status.flatMap { label in digits.map { ",\(label)=~\"\($0)\"" } } ?? ""
    return "sum(rate(\(count){\(selector)\(match)}[\(over)]))"
  }

  /// How often one of them fails.
  func failures(_ over: String) -> String { "sum(rate(\(count){\(selector),\(failed)}[\(over)]))" }

  func errorRate(_ over: String) -> String { "\(failures(over)) / \(rate(over))" }

  func latency(_ quantile: String, _ over: String) -> String? {
    buckets.map { buckets in
      "histogram_quantile(\(quantile), sum by (le) (rate(\(buckets){\(selector)}[\(over)])))"
        + (isInMilliseconds ? " / 1000" : "")
    }
  }
}
