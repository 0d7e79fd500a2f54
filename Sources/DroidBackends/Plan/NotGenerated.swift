import DroidSemantics

/// What the droidfile says about a component and its generated service does not do yet: each in a few words, so that the build
/// can say it in one line instead of dropping it silently.
package enum NotGenerated {
  /// Of a component that is generated; not every language has a client of Kafka.
  package static func parts(of plan: ServicePlan, hasKafka: Bool = true) -> [String] {
    var parts: [String] = []
    let component = plan.component
    for port in component.ports {
      switch (port.type, port.direction) {
      case (.graphQL, .into) where !Planner.answersGraphQL(component):
        parts.append("GraphQL on \(component.name).\(port.name)")
      case (.grpc, .into): parts.append("gRPC on \(component.name).\(port.name)")
      case (.tcp, .into), (.udp, .into): parts.append("the listener \(component.name).\(port.name)")
      case (.graphQL, .out), (.grpc, .out): parts.append("the client \(component.name).\(port.name)")
      default: break
      }
    }
    for client in plan.clients where client.operations.isEmpty && client.route == nil {
      parts.append("the client \(component.name).\(client.name): its contract is a file")
    }
    for broker in plan.brokers where broker.kind == .kafka && !hasKafka {
      parts.append("events of \(component.name) through \(broker.component)")
    }
    return parts
  }
}
