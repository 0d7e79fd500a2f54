import DroidSemantics

/// What runs in pods of its own: a component, or one version of it behind the component's name.
struct Deployable {
  /// With the properties of the version.
  let component: Component
  let version: Version?

  static func all(of component: Component) -> [Deployable] {
    if component.versions.isEmpty { return [Deployable(component: component, version: nil)] }
    return component.versions.map { version in
      var component = component
      component.properties = version.properties
      return Deployable(component: component, version: version)
    }
  }

  /// `ranker`, or `ranker-v2`.
  var name: String { version.map { component.spelled($0) } ?? component.spelled }

  /// How many run.
  var range: (lower: Int64, upper: Int64) {
    guard component.kind.runs || component.kind == .nats else { return (1, 1) }
    if let fixed = component.properties.integer("replicas") { return (fixed, fixed) }
    guard let range = component.properties.range("replicas") else { return (1, 1) }
    let lower = range.lower.integer ?? 1
    return (lower, range.upper?.integer ?? max(lower, 10))
  }

  var isScaled: Bool { range.upper > range.lower }

  /// Does a connection of the component begin here? One may begin at one of the versions alone.
  func makes(_ connection: Connection) -> Bool {
    connection.version == nil || version == nil || connection.version == version?.name
  }
}
