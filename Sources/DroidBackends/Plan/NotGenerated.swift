import DroidSemantics

/// What the droidfile says about a component and its generated service does not do yet: each in a few words, so that the build
/// can say it in one line instead of dropping it silently.
package enum NotGenerated {
  /// A part of a service that one language has and another lacks.
  package enum Part: Sendable {
    /// Publishing and handling events.
    case events
    /// Events through Kafka.
    case kafka
    /// Asking others.
    case clients
    /// A gateway's passing on.
    case routes
    /// Who may ask, how often and how long.
    case guards
    /// Key-value stores that the user's code is given, and that kept answers are shared through.
    case caches
  }

  package static func parts(of plan: ServicePlan, lacking: Set<Part> = []) -> [String] {
    var parts: [String] = []
    let component = plan.component
    for port in component.ports {
      switch (port.type, port.direction) {
      case (.events, _) where lacking.contains(.events): parts.append("events on \(component.name).\(port.name)")
      case (.graphQL, .into) where !Planner.answersGraphQL(component):
        parts.append("GraphQL on \(component.name).\(port.name)")
      case (.grpc, .into): parts.append("gRPC on \(component.name).\(port.name)")
      case (.tcp, .into), (.udp, .into): parts.append("the listener \(component.name).\(port.name)")
      case (.graphQL, .out), (.grpc, .out): parts.append("the client \(component.name).\(port.name)")
      default: break
      }
    }
    for client in plan.clients {
      if client.operations.isEmpty && client.route == nil {
        parts.append("the client \(component.name).\(client.name): its contract is a file")
      } else if !client.operations.isEmpty && lacking.contains(.clients) {
        parts.append("the client \(component.name).\(client.name)")
      }
      if let route = client.route, lacking.contains(.routes) {
        parts.append("passing on `\(route.prefix)` of \(component.name)")
      }
    }
    for cache in plan.caches where lacking.contains(.caches) {
      parts.append("the client of \(cache.broker.component) in \(component.name)")
    }
    for broker in plan.brokers where broker.kind == .kafka && lacking.contains(.kafka) {
      parts.append("events of \(component.name) through \(broker.component)")
    }
    if lacking.contains(.guards) { parts += guards(of: plan) }
    return parts
  }

  private static func guards(of plan: ServicePlan) -> [String] {
    var parts = said(["auth", "limit", "cors"], plan.component.properties).map { "`\($0)` of \(plan.name)" }
    for port in plan.applications.flatMap(\.ports) {
      let name = "\(plan.name).\(port.name)"
      parts += said(["auth", "limit", "cors", "timeout"], port.port.properties).map { "`\($0)` of \(name)" }
      for operation in port.operations {
        parts += said(["limit", "scopes", "auth", "timeout"], operation.operation.properties)
          .map { "`\($0)` of \(name).\(operation.name)" }
      }
    }
    return parts
  }

  private static func said(_ names: [String], _ properties: Properties) -> [String] {
    names.filter { name in
      guard let value = properties.explicit(name) else { return false }
      return !value.isNone && value != .list([])
    }
  }
}
