import DroidSyntax

/// What can only be seen in the whole system.
extension Checker {
  func checkSystem(_ system: System) {
    checkOutPorts(system)
    checkSpellings(system)
    checkResources(system)
    checkEvents(system)
    checkWaiting(system)
    checkPatterns(system)
  }

  /// A declared `out` port that nothing connects is an error, unless it is optional.
  private func checkOutPorts(_ system: System) {
    for index in system.components.indices {
      for number in system.components[index].ports.indices
      where system.components[index].ports[number].mustBeConnected {
        let place = Builder.PortPlace(component: index, port: number)
        let component = system.components[index]
        let port = component.ports[number]
        if builder.connectedOut[place] == nil, !builder.exposed.contains(place), !builder.excused.contains(place) {
          report(
            .unconnectedPort, "`\(component.name).\(port.name)` asks, and nothing answers", at: port.range,
            "an `out` port has a connection, or is `optional out`",
            help: "connect it: `connect \(component.name).\(port.name) -> …`")
        }
      }
    }
  }

  /// Names that meet in a target, and names that are too long for one.
  private func checkSpellings(_ system: System) {
    var seen = Dictionary<String, Int>(minimumCapacity: system.components.count)
    for index in system.components.indices {
      let spelled = Self.spelled(system.components[index].name)
      let other = seen.updateValue(index, forKey: spelled)
      if other == nil, spelled.utf8.count <= 52 { continue }
      let component = system.components[index]
      if let earlier = other.map({ system.components[$0] }) {
        report(
          .namesMeet, "`\(component.name)` and `\(earlier.name)` are both `\(spelled)` in Kubernetes",
          at: component.range,
          "give one of them another name", notes: [Label(earlier.range, "the first is here")])
      }
      if spelled.utf8.count > 52 {
        report(
          .nameTooLong, "`\(component.name)` has \(spelled.utf8.count) characters", at: component.range,
          "52 at most: Kubernetes adds up to 11 to the name of a pod, and a label has 63")
      }
    }
    for index in system.components.indices where !system.components[index].versions.isEmpty {
      let component = system.components[index]
      for version in component.versions {
        let spelled = Self.spelled(component.name + "." + version.name)
        if let other = seen[spelled].map({ system.components[$0] }) {
          report(
            .namesMeet,
            "the version `\(version.name)` of `\(component.name)` and `\(other.name)` are both `\(spelled)` in Kubernetes",
            at: version.range, "give one of them another name", notes: [Label(other.range, "the other is here")])
        }
        if spelled.utf8.count > 52 {
          report(
            .nameTooLong, "`\(spelled)` has \(spelled.utf8.count) characters", at: version.range,
            "52 at most: Kubernetes adds up to 11 to the name of a pod, and a label has 63")
        }
      }
    }
    var records: [String: SourceRange] = [:]
    for record in system.records { meet(record.name, record.range, &records) }
    for enumeration in system.enumerations { meet(enumeration.name, enumeration.range, &records) }
    for error in system.errors { meet(error.name, error.range, &records) }
    for record in system.records {
      var fields: [String: DataField] = [:]
      for field in record.fields {
        let spelled = String(field.name.lowercased().filter { $0 != "-" && $0 != "_" })
        if let earlier = fields.updateValue(field, forKey: spelled) {
          report(
            .namesMeet, "`\(field.name)` and `\(earlier.name)` are one name in a generated language", at: field.range,
            notes: [Label(earlier.range, "the first is here")])
        }
      }
    }
  }

  private func meet(_ name: String, _ range: SourceRange, _ seen: inout [String: SourceRange]) {
    let spelled = String(name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." })
    if let earlier = seen.updateValue(range, forKey: spelled) {
      report(
        .namesMeet, "`\(name)` is spelled like another type in a generated language", at: range,
        notes: [Label(earlier, "the other is here")])
    }
  }

  /// `catalog.service` is `catalog-service` in Kubernetes.
  static func spelled(_ name: String) -> String {
    let isSpelled = name.utf8.allSatisfy {
      $0 == UInt8(ascii: "-") || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")
        || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
    }
    if isSpelled { return name }
    return String(
      decoding: name.lowercased().utf8.map {
        $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0
      },
      as: UTF8.self)
  }

  /// A resource is kept in one place, and by one component.
  private func checkResources(_ system: System) {
    var sqlStores: [Int: [String]] = [:]
    for ends in builder.ends where builder.type(of: ends.to) == .sql {
      sqlStores[ends.from.component, default: []].append(system.components[ends.to.component].name)
    }
    var owners: [String: (component: String, range: SourceRange)] = [:]
    for index in system.components.indices where system.components[index].ports.contains(where: \.keepsResources) {
      let component = system.components[index]
      for port in component.ports {
        for resource in port.resources {
          let stores = sqlStores[index] ?? []
          if resource.store == nil, stores.count > 1 {
            report(
              .ambiguousStore, "`\(component.name)` is connected to \(stores.count) stores", at: resource.range,
              "say which keeps it: `{ store = \(stores[0]) }`")
            continue
          }
          if let store = resource.store, !stores.contains(store) {
            report(
              .ambiguousStore, "`\(component.name)` keeps `\(resource.type)` in `\(store)`, and is not connected to it",
              at: resource.range, "add `connect \(component.name) -> \(store)`")
            continue
          }
          guard let store = resource.store ?? stores.first else { continue }
          if let owner = owners.updateValue((component.name, resource.range), forKey: store + " " + resource.type) {
            report(
              .resourceTwice, "`\(resource.type)` is kept in `\(store)` by `\(owner.component)` already",
              at: resource.range,
              "the component that declares a resource owns its table", notes: [Label(owner.range, "there")])
          }
        }
      }
    }
  }

  /// Events pass through a broker.
  private func checkEvents(_ system: System) {
    guard let via = connectionSchema.index(of: "via") else { return }
    for index in system.connections.indices {
      let connection = system.connections[index]
      guard builder.type(of: builder.ends[index].from).isEvents else {
        if connection.properties.explicit(at: via) != nil {
          report(
            .badOption, "`via` is for events", at: connection.range, "this connection asks and is answered directly")
        }
        continue
      }
      if connection.properties["via"].isNone, system.settings["via"].isNone {
        let brokers = system.components.filter { $0.kind.isBroker }.map(\.name)
        report(
          .noBroker, "nothing says which broker carries these events", at: connection.range,
          brokers.isEmpty ? "declare one: `component bus: Redis`" : "add `{ via = \(brokers[0]) }`",
          help: "`via` on the connection, or in the settings of the system")
      }
    }
  }

  /// Components that wait for each other never start.
  private func checkWaiting(_ system: System) {
    var waits: [String: [(target: String, range: SourceRange)]] = [:]
    guard let wait = connectionSchema.index(of: "wait") else { return }
    for connection in system.connections where connection.properties[wait].bool == true {
      waits[connection.from.component, default: []].append((connection.to.component, connection.range))
    }
    var state: [String: Int] = [:]
    for start in waits.keys.sorted() where state[start] == nil {
      var stack: [(name: String, next: Int)] = [(start, 0)]
      state[start] = 1
      while let (name, next) = stack.last {
        guard let edges = waits[name], next < edges.count else {
          state[name] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let edge = edges[next]
        if state[edge.target] == 1 {
          let from = stack.firstIndex { $0.name == edge.target } ?? 0
          let way = (stack[from...].map(\.name) + [edge.target]).joined(separator: " → ")
          report(.waitCycle, "these components wait for each other and never start", at: edge.range, way)
        } else if state[edge.target] == nil {
          state[edge.target] = 1
          stack.append((edge.target, 0))
        }
      }
    }
  }
}

extension Port {
  /// A declared port that asks: of those that connections make there is a connection.
  fileprivate var mustBeConnected: Bool { direction == .out && !isImplied && !isOptional }
}
