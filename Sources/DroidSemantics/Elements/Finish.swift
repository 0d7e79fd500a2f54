/// What a system is once its environment is known: who is in it, and what falls back to what.
extension Draft {
  static func finished(_ system: System, environment: String?) -> System {
    var system = system
    system.environment = environment
    sort(&system)
    system.keep { $0.isIn(environment) }

    for index in system.components.indices {
      fallBack(&system.components[index].properties, to: system.settings)
      let properties = system.components[index].properties
      for version in system.components[index].versions.indices {
        let own = system.components[index].versions[version].properties
        system.components[index].versions[version].properties = own.over(properties.moved(to: own.schema))
      }
      for sidecar in system.components[index].sidecars.indices {
        fallBack(&system.components[index].sidecars[sidecar].properties, to: system.settings)
      }
    }
    let policies = Dictionary(
      system.resiliences.map { ($0.name, $0.properties) }, uniquingKeysWith: { first, _ in first })
    for index in system.connections.indices {
      // Only events pass through a broker: the system's is nothing to those who ask.
      if !system.settings["via"].isNone, !system.carriesEvents(system.connections[index]) {
        system.connections[index].properties.set("via", .none)
      }
      fallBack(&system.connections[index].properties, to: system.settings)
      let own = system.connections[index].properties
      guard let name = own.reference("resilience"), let policy = policies[name] else { continue }
      system.connections[index].properties = own.over(policy.moved(to: own.schema))
    }
    resolveStores(&system)
    return system
  }

  /// How large `base` is: what `finished` leaves in, counted.
  var summary: CheckResult.Summary {
    let absent = Set(
      system.components.indices.lazy.filter { !system.components[$0].isIn(nil) }.map { system.components[$0].name })
    let connections = system.connections
    let kept =
      absent.isEmpty
      ? connections.count
      : connections.count { !absent.contains($0.from.component) && !absent.contains($0.to.component) }
    return .init(name: system.name, components: system.components.count - absent.count, connections: kept)
  }

  /// The order of declarations means nothing, so backends never see it: everything that has a name stands by its name. What
  /// is ordered inside a declaration (fields, operations, the rules of a policy) stays as it was written.
  private static func sort(_ system: inout System) {
    system.components.sort { $0.name < $1.name }
    for index in system.components.indices {
      // The ports that connections made come in the order of the connections.
      let ports = system.components[index].ports
      system.components[index].ports =
        ports.filter { !$0.isImplied } + ports.filter(\.isImplied).sorted { $0.name < $1.name }
    }
    system.connections.sort { $0.name < $1.name }
    system.records.sort { $0.name < $1.name }
    system.enumerations.sort { $0.name < $1.name }
    system.errors.sort { $0.name < $1.name }
    for keyPath in [\System.resiliences, \System.scalings, \System.teams] {
      system[keyPath: keyPath].sort { $0.name < $1.name }
    }
    system.healings.sort { $0.name < $1.name }
    for keyPath in [\System.objectives, \System.anomalies, \System.alerts, \System.metrics] {
      system[keyPath: keyPath].sort { $0.name < $1.name }
    }
    system.patches.sort { ($0.component, $0.kind, $0.object ?? "") < ($1.component, $1.kind, $1.object ?? "") }
    let places = { (names: [String]) in
      Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
    system.index.records = places(system.records.map(\.name))
    system.index.enumerations = places(system.enumerations.map(\.name))
    system.index.errors = places(system.errors.map(\.name))
  }

  private static func fallBack(_ properties: inout Properties, to settings: Properties) {
    for index in properties.schema.settingFields where properties.explicit(at: index) == nil {
      let value = settings[properties.schema.fields[index].name]
      if !value.isNone { properties.set(index, value) }
    }
  }

  /// Where each resource is kept: as said, else in the one SQL store that its component is connected to.
  private static func resolveStores(_ system: inout System) {
    var stores: [String: [String]] = [:]
    for connection in system.connections {
      guard let target = system.component(connection.to.component), target.port(connection.to.port)?.type == .sql else {
        continue
      }
      stores[connection.from.component, default: []].append(target.name)
    }
    for index in system.components.indices {
      for port in system.components[index].ports.indices {
        for resource in system.components[index].ports[port].resources.indices
        where system.components[index].ports[port].resources[resource].store == nil {
          if let known = stores[system.components[index].name], known.count == 1 {
            system.components[index].ports[port].resources[resource].store = known[0]
          }
        }
      }
    }
  }
}

extension Component {
  /// `only = [staging]` keeps it out of all others; nil is `base`.
  func isIn(_ environment: String?) -> Bool {
    let only = properties.list("only")
    return only.isEmpty || only.contains { $0.choice == environment ?? "base" }
  }
}

extension System {
  fileprivate func carriesEvents(_ connection: Connection) -> Bool {
    if case .events = component(connection.to.component)?.port(connection.to.port)?.type { true } else { false }
  }
}
