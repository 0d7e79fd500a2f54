import DroidSyntax

/// Regions that components name.
extension Checker {
  /// A component is in regions of the system: of its settings, or of what an environment sets.
  func checkRegions(_ draft: Draft) {
    let overrides = draft.environments.flatMap(\.overrides)
    let settings = draft.system.settings
    var known = draft.system.regions
    for override in overrides {
      if case .settings = override.place, override.index == settings.schema.index(of: "regions") {
        known += override.value.list.compactMap(\.choice)
      }
    }
    func check(_ component: Component, _ regions: [Value]) {
      for case let name? in regions.map(\.choice) where !known.contains(name) {
        let guess = Suggestion.nearest(to: name, among: known)
        report(
          .unknownRegion, "`\(component.name)` is in the region `\(name)`, and the system is not", at: component.range,
          guess.map { "did you mean `\($0)`?" }
            ?? (known.isEmpty ? "the system has no regions" : "there are \(Suggestion.list(known))"),
          help: known.isEmpty ? "name them in the settings of the system: `regions = [\(name)]`" : nil)
      }
    }
    for index in draft.system.components.indices {
      let regions = draft.system.components[index].properties.list("regions")
      if !regions.isEmpty { check(draft.system.components[index], regions) }
    }
    for override in overrides {
      guard case .component(let name) = override.place, let component = draft.system.component(name),
        override.index == component.properties.schema.index(of: "regions")
      else { continue }
      check(component, override.value.list)
    }
  }
}
