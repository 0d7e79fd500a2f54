/// What a check has understood: the system as it is declared, and what each environment sets over it. A `System` is made of
/// it when one is asked for, which a check alone never does.
struct Draft: Sendable {
  let system: System
  /// By their names.
  let environments: [Environment]

  struct Environment: Sendable {
    let name: String
    /// Later ones win.
    let overrides: [Override]
  }

  /// One thing that an environment sets.
  struct Override: Sendable {
    let place: Place
    let index: Int
    let value: Value

    enum Place: Sendable {
      case settings
      case component(String)
      case port(PortAddress)
      case version(String, String)
      case connection(Int)
    }
  }

  /// The system without any environment.
  var base: System { Self.finished(system, environment: nil) }

  /// The system in one of its environments.
  func system(in environment: Environment) -> System {
    var system = system
    for override in environment.overrides { Self.apply(override, to: &system) }
    return Self.finished(system, environment: environment.name)
  }

  private static func apply(_ override: Override, to system: inout System) {
    switch override.place {
    case .settings: system.settings.set(override.index, override.value)
    case .component(let name):
      guard let at = system.index.components[name] else { return }
      system.components[at].properties.set(override.index, override.value)
    case .port(let address):
      guard let at = system.index.components[address.component],
        let port = system.components[at].ports.firstIndex(where: { $0.name == address.port })
      else { return }
      system.components[at].ports[port].properties.set(override.index, override.value)
    case .version(let name, let version):
      guard let at = system.index.components[name],
        let index = system.components[at].versions.firstIndex(where: { $0.name == version })
      else { return }
      system.components[at].versions[index].properties.set(override.index, override.value)
    case .connection(let index): system.connections[index].properties.set(override.index, override.value)
    }
  }
}
