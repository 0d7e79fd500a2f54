extension System {
  /// The regions that the output is built for; none where nothing is said.
  package var regions: [String] { settings.list("regions").compactMap { $0.choice ?? $0.text } }

  /// What of it is in a region.
  package func inRegion(_ region: String) -> System {
    var system = self
    system.components = components.filter { component in
      let own = component.properties.list("regions").compactMap { $0.choice ?? $0.text }
      return own.isEmpty || own.contains(region)
    }
    system.index.components = [:]
    for (index, component) in system.components.enumerated() { system.index.components[component.name] = index }
    let names = system.index.components
    for connection in connections where connection.properties.bool("optional") {
      guard names[connection.from.component] != nil, names[connection.to.component] == nil else { continue }
      system.unanswered.append(connection)
      system.absent[connection.to.component] = component(connection.to.component)
    }
    system.connections = connections.filter { names[$0.from.component] != nil && names[$0.to.component] != nil }
    system.unanswered = system.unanswered.filter { names[$0.from.component] != nil }
    system.patches = patches.filter { names[$0.component] != nil }
    return system
  }
}
