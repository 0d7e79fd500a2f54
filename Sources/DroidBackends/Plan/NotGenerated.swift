import DroidSemantics

/// What the droidfile says about a component and no generated service does yet: each in a few words, so that the build can say
/// it in one line instead of dropping it silently.
package enum NotGenerated {
  /// `done` are the properties that a language does generate.
  package static func parts(of plan: ServicePlan, done: Set<String> = []) -> [String] {
    var parts: [String] = []
    func says(_ names: [String], _ properties: Properties) -> [String] {
      Self.says(names.filter { !done.contains($0) }, properties)
    }
    let component = plan.component
    for port in component.ports {
      switch (port.type, port.direction) {
      case (.events, _): parts.append("events on \(component.name).\(port.name)")
      case (.graphQL, .into): parts.append("GraphQL on \(component.name).\(port.name)")
      case (.grpc, .into): parts.append("gRPC on \(component.name).\(port.name)")
      case (.tcp, .into), (.udp, .into): parts.append("the listener \(component.name).\(port.name)")
      case (.rest, .out) where done.contains("clients"): break
      case (.rest, .out), (.graphQL, .out), (.grpc, .out): parts.append("the client \(component.name).\(port.name)")
      default: break
      }
    }
    parts += says(["auth", "limit", "cors"], component.properties).map { "`\($0)` of \(component.name)" }
    for application in plan.applications {
      for port in application.ports {
        let name = "\(component.name).\(port.name)"
        parts += says(["auth", "limit", "cors", "timeout"], port.port.properties).map { "`\($0)` of \(name)" }
        for operation in port.operations {
          var said = says(["limit", "scopes", "auth", "timeout"], operation.operation.properties)
          // That it may be done twice is for callers to know; keeping the answer for a key is our work.
          if !done.contains("idempotent"), operation.operation.properties["idempotent"].call?.name == "key" { said.append("idempotent = key") }
          parts += said.map { "`\($0)` of \(name).\(operation.name)" }
        }
      }
    }
    return parts
  }

  private static func says(_ names: [String], _ properties: Properties) -> [String] {
    names.filter { name in
      guard let value = properties.explicit(name) else { return false }
      return !value.isNone && value != .list([])
    }
  }
}
