extension System {
  /// Leaves out components, with all that is theirs: their connections, but for optional ones of others, what watches them, and
  /// their patches.
  mutating func keep(_ isIn: (Component) -> Bool) {
    let all = components
    components = all.filter(isIn)
    index.components = [:]
    for (place, component) in components.enumerated() { index.components[component.name] = place }
    let names = index.components
    unanswered = (unanswered + connections.filter { $0.properties.bool("optional") && names[$0.to.component] == nil })
      .filter { names[$0.from.component] != nil }
    let missing = Set(unanswered.map(\.to.component))
    if !missing.isEmpty {
      for component in all where missing.contains(component.name) { absent[component.name] = component }
    }
    connections = connections.filter { names[$0.from.component] != nil && names[$0.to.component] != nil }
    for keyPath in [\System.objectives, \System.anomalies, \System.alerts, \System.metrics] {
      self[keyPath: keyPath] = self[keyPath: keyPath].filter { watch in
        if case .connection(_, let to) = watch.target, names[to.component] == nil { return false }
        return names[watch.target.component] != nil
      }
    }
    patches = patches.filter { names[$0.component] != nil }
  }

  /// The regions that the output is built for; none where nothing is said.
  package var regions: [String] { settings.list("regions").compactMap(\.choice) }

  /// What of it is in a region.
  package func inRegion(_ region: String) -> System {
    var system = self
    system.keep { component in
      let own = component.properties.list("regions").compactMap(\.choice)
      return own.isEmpty || own.contains(region)
    }
    return system
  }
}
