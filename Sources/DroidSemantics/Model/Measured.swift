/// What is measured, of which elements.
extension System {
  /// Why nothing measures a signal of an element, as a part of a sentence; nil where something does.
  package func unmeasured(_ signal: SignalUse, of target: Watch.Target) -> String? {
    switch signal.origin {
    case .promQL, .metric: nil
    case .anomaly:
      anomalies.first { $0.name == signal.name }.flatMap { anomaly in
        guard case .signal(let watched) = anomaly.properties["signal"] else { return nil }
        return unmeasured(watched, of: anomaly.target)
      }
    case .builtIn: unmeasured(signal.name, of: target) ?? unrecorded(signal)
    }
  }

  /// Asked and answered, rather than told by events.
  package func isAsked(_ target: Watch.Target) -> Bool {
    switch target {
    case .component(let name): component(name)?.ports.contains { $0.direction == .into && $0.type.isAsked } ?? false
    case .port(let port), .operation(let port, _): self.port(port)?.type.isAsked ?? false
    case .connection(_, let to): self.port(to)?.type.isAsked ?? false
    }
  }

  /// Events are handled here.
  package func isTold(_ target: Watch.Target) -> Bool {
    switch target {
    case .component(let name): component(name)?.ports.contains { $0.direction == .into && $0.type.isEvents } ?? false
    case .port(let port): self.port(port).map { $0.direction == .into && $0.type.isEvents } ?? false
    case .operation, .connection: false
    }
  }

  /// The connection that a target names.
  package func connection(_ target: Watch.Target) -> Connection? {
    guard case .connection(let from, let to) = target else { return nil }
    return connections.first { $0.from == from && $0.to == to }
  }

  /// The windows over which the shares of bad events are recorded.
  package static let recordedWindows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]

  private func unrecorded(_ signal: SignalUse) -> String? {
    guard signal.name == "burn_rate", let window = signal.argument?.duration?.description else { return nil }
    return Self.recordedWindows.contains(window)
      ? nil : "a burn rate is recorded over \(Self.recordedWindows.joined(separator: ", "))"
  }

  private func port(_ address: PortAddress) -> Port? { component(address.component)?.port(address.port) }

  private func unmeasured(_ signal: String, of target: Watch.Target) -> String? {
    guard let component = component(target.component) else { return nil }
    let name = "`\(component.name)`"
    switch signal {
    case "error_rate", "request_rate": return requestsUnmeasured(component, target)
    case "latency":
      if isTold(target), !isAsked(target) { return "events have no latency: `queue_delay` tells how long they wait" }
      return requestsUnmeasured(component, target)
    case "in_flight":
      if component.kind.isGenerated, isAsked(target) { return nil }
      return "only what is generated counts what it is answering, and \(name) answers no requests of ours"
    case "memory", "throttled":
      let resource = signal == "memory" ? "memory" : "cpu"
      if component.hasLimit(of: resource) { return nil }
      return "\(name) may use as much as it likes: its `\(resource)` has no upper end"
    case "replicas": return component.kind == .job ? "a job has runs, and no replicas" : nil
    case "disk": return component.hasClaims ? nil : "\(name) keeps nothing in a volume of ours"
    case "down": return isScraped(component) ? nil : "nobody asks \(name) for its metrics"
    case "queue_depth", "queue_delay", "dead_letters":
      guard component.kind.isGenerated else { return "only what is generated counts its events" }
      guard signal == "dead_letters", case .port(let address) = target, let port = port(address) else { return nil }
      return port.properties.bool("dead-letter") ? nil : "`\(port.name)` puts nothing away: it has no `dead-letter`"
    case "burn_rate", "budget_left":
      return objectives.contains { $0.target.isWithin(target) } ? nil : "it has no `slo`, and so no error budget"
    case "saturation":
      let runs = component.kind.runs || component.kind.isStore && component.kind != .bucket
      return runs && !component.isRunElsewhere ? nil : "\(name) does not run in the cluster"
    case "pool", "breaker_open", "retry_rate": return connection(target).flatMap { callUnmeasured(signal, $0) }
    case "replication_lag":
      guard component.isManaged(in: self) else { return "no operator runs \(name) that would measure it" }
      return (component.properties.integer("replicas") ?? 1) > 1 ? nil : "\(name) has no replica: `replicas` is 1"
    case "last_success":
      return component.properties.text("schedule") == nil ? "\(name) is run by hand: it has no `schedule`" : nil
    default: return nil
    }
  }

  /// Somebody asks it for its metrics, in the cluster.
  private func isScraped(_ component: Component) -> Bool {
    if component.kind.isStore { return component.kind == .postgres && component.isManaged(in: self) }
    guard component.kind.runs, component.kind != .job else { return false }
    return component.kind.isGenerated || !component.properties["metrics"].isNone
  }

  private func requestsUnmeasured(_ component: Component, _ target: Watch.Target) -> String? {
    guard component.kind.isGenerated else {
      return settings.choice("mesh") == "istio" && component.kind == .container && isAsked(target)
        ? nil
        : "`\(component.name)` has no code of ours, and no mesh watches its requests: `promql(…)` can name a series"
    }
    if isAsked(target) || isTold(target) { return nil }
    if case .connection = target { return "what this connection carries is counted by no client of ours" }
    return "`\(component.name)` answers no requests there"
  }

  private func callUnmeasured(_ signal: String, _ connection: Connection) -> String? {
    let (caller, callee) = (connection.from.component, connection.to.component)
    guard let from = component(caller), from.kind.isGenerated else {
      return "only what is generated counts it, and `\(caller)` has no code of ours"
    }
    if signal == "pool" {
      guard component(callee)?.kind == .postgres else { return "`\(callee)` is no PostgreSQL, and has no pool" }
      return from.keepsInDatabase ? nil : "`\(caller)` keeps nothing in `\(callee)` by code that is generated"
    }
    guard port(connection.to)?.type.isAsked == true else { return "nothing is asked on this connection" }
    let option = signal == "breaker_open" ? "breaker" : "retry"
    if connection.properties.record(option) == nil { return "the connection has no `\(option)`" }
    return settings.choice("mesh") == "istio" ? "under Istio the mesh does that, and tells no series of it" : nil
  }
}

extension Watch.Target {
  /// Is it the other, or a part of it?
  func isWithin(_ other: Watch.Target) -> Bool {
    switch (self, other) {
    case (_, .component(let name)): component == name
    case (.operation(let port, _), .port(let whole)): port == whole
    default: self == other
    }
  }
}

extension PortType {
  /// Requests over HTTP that generated code answers.
  var isAsked: Bool { self == .rest || self == .graphQL }
}
