import DroidSyntax

/// From declarations to a system.
extension Checker {
  /// Every kind is checked once by itself, with parameters that have no value: what is wrong in it is said there, not where
  /// it is used.
  func checkKindBodies() {
    for unit in units {
      for name in unit.kindOrder {
        guard let kind = unit.kinds[name], !kind.isPoisoned, let block = kind.syntax.block else { continue }
        for member in block.children() {
          switch member.kind {
          case .property where kind.base == nil:
            report(
              .unknownProperty,
              "`\(kind.name)` has nothing that `\(member.child(.path)?.text ?? "this")` could be set of",
              at: member.range, "a parameter is declared with its type: `size: Bytes = 10Gi`")
          case .property, .field, .port, .component, .connect, .slo, .anomaly, .alert, .metric, .missing, .unexpected:
            break
          default: misplaced(member, in: "a kind")
          }
        }
        let saved = builder
        builder = Builder()
        let scope = Scope(unit: unit, isAbstract: true)
        checkBody(of: kind, in: scope)
        builder = saved
      }
    }
  }

  private func checkBody(of kind: Kind, in scope: Scope) {
    openBody(kind, in: scope)
    finishElements()
  }

  /// Builds the unit that is checked; nil for a library or where there is nothing to build.
  func buildSystem() -> System? {
    let unit = main
    guard !unit.isLibrary, let header = unit.headers.first, let name = header.name else { return nil }
    for other in unit.headerNames where other.name != name.text {
      report(
        .duplicateName, "the files of this unit bear different names", at: other.range, "`\(name.text)` elsewhere",
        notes: [Label(name.range, "here")])
    }
    let scope = Scope(unit: unit)
    // Signals and components first: everything else may speak of them.
    for member in unit.members where member.kind.isWatch { registerSignal(member, in: scope) }
    declareComponents(unit.members.filter { $0.kind == .component }, in: scope)
    wait(for: unit.members, in: scope)
    var system = System(
      name: name.text, doc: header.doc, environment: nil, settings: settings(of: unit, in: scope),
      records: types.records,
      enumerations: types.enumerations, errors: types.errors, components: [], connections: [], resiliences: [],
      healings: [],
      scalings: [], teams: [], objectives: [], anomalies: [], alerts: [], metrics: [], patches: [],
      index: types.index)
    addPolicies(to: &system)
    let watches = finishElements()
    for watch in watches { watch.add(to: &system) }
    for member in unit.members where member.kind == .raw { addPatch(member, to: &system, in: scope) }
    checkLayout(unit, scope)
    system.components = builder.components
    system.connections = builder.connections
    system.index.components = builder.componentIndex
    checkSystem(system)
    return system
  }

  private func settings(of unit: Unit, in scope: Scope) -> Properties {
    var settings = Properties(standard.schema("SystemSettings"))
    var earlier: SourceRange?
    for header in unit.headers {
      guard let block = header.block else { continue }
      if let earlier {
        report(
          .duplicateProperty, "the settings of the system stand in two files", at: header.name?.range ?? header.range,
          "keep them in one", notes: [Label(earlier, "the others are here")])
        continue
      }
      earlier = header.name?.range ?? header.range
      if unit.isLibrary { misplaced(header, in: "a library") }
      set(&settings, from: block, owner: "the system", in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        misplaced(member, in: "the settings")
      }
    }
    return settings
  }

  /// Once all components are there: ports that stand for others, references, connections, dotted properties, watches.
  @discardableResult
  func finishElements() -> [BuiltWatch] {
    builder.closeDeclarations()
    // The innermost templates were opened last: their ports are known before those that stand for them.
    for (node, instance, scope) in builder.pendingPorts.reversed() { exposePort(node, instance, in: scope) }
    builder.reserve(builder.pendingConnections.reduce(0) { $0 + $1.nodes.count })
    for (nodes, scope) in builder.pendingConnections {
      for node in nodes { addConnection(node, in: scope) }
    }
    for pending in builder.pendingReferences { check(pending) }
    for pending in builder.pendingPaths { apply(pending) }
    return builder.pendingWatches.flatMap { nodes, scope in nodes.compactMap { watch($0, in: scope) } }
  }

  /// Connections and watches speak of components that may be declared later.
  func wait(for members: some Sequence<Syntax>, in scope: Scope) {
    let connections = members.filter { $0.kind == .connect }
    let watches = members.filter { $0.kind.isWatch }
    if !connections.isEmpty { builder.pendingConnections.append((connections, scope)) }
    if !watches.isEmpty { builder.pendingWatches.append((watches, scope)) }
  }

  private func exposePort(_ node: Syntax, _ instance: String, in scope: Scope) {
    guard let name = node.name, let typeNode = node.typeNode else { return }
    guard let path = node.child(.path) else {
      report(
        .missingPart, "`\(name.text)` is a port of a template, and stands for nothing", at: name.range,
        "say which port inside it is: `= service.api`", in: scope)
      return
    }
    guard let type = portType(typeNode, in: scope), let (end, rest) = resolve(path, in: scope) else { return }
    guard rest.isEmpty, let component = end.place, let inner = end.port else {
      report(
        .ambiguousPort, "`\(path.text)` is no port", at: path.range, "name a port of a component inside", in: scope)
      return
    }
    let place = Builder.PortPlace(component: component, port: inner)
    let port = builder.port(place)
    let wanted: Port.Direction = node.keyword == "in" ? .into : .out
    guard port.direction == wanted, port.type == type else {
      report(
        .portTypesDiffer, "`\(name.text)` cannot stand for `\(path.text)`", at: path.range,
        "it is an `\(port.direction.rawValue)` port of \(port.type.spoken)",
        notes: [Label(port.range, "declared here")],
        in: scope)
      return
    }
    builder.exposed.insert(place)
    builder.instances[instance]?.ports[name.text] = place
  }

  private func check(_ pending: PendingReference) {
    let full = pending.scope.prefix + pending.syntax.segments.map(\.text).joined(separator: ".")
    let path = pending.syntax
    switch pending.kind {
    case .broker, .store:
      guard let (end, rest) = resolve(path, in: pending.scope), let place = end.place else { return }
      let component = builder.components[place]
      let fits = pending.kind == .broker ? component.kind.isBroker : component.kind.isStore
      if !fits || !rest.isEmpty {
        report(
          .wrongReference,
          "\(pending.subject) is \(pending.kind.spoken), and `\(path.text)` is a `\(component.kindName)`",
          at: path.range, notes: [Label(component.range, "declared here")], in: pending.scope)
      }
    case .answer:
      guard let (end, rest) = resolve(path, in: pending.scope), rest.isEmpty, let place = end.place else { return }
      let answering = builder.components[place].ports.filter { $0.direction == .into }
      if end.port == nil, answering.count != 1 || !full.isEmpty && end.port == nil && answering.isEmpty {
        report(
          .ambiguousPort, "\(pending.subject) is a port that answers", at: path.range,
          answering.isEmpty
            ? "`\(path.text)` has none" : "say which: \(Suggestion.list(answering.map { "\(path.text).\($0.name)" }))",
          in: pending.scope)
      }
    default: break
    }
  }

  /// `api.public = …` of a component, `service.replicas = …` of a template's inside.
  private func apply(_ pending: Builder.PendingPath) {
    guard let key = pending.syntax.child(.path), let node = pending.syntax.valueNode else { return }
    let segments = Array(key.segments)
    guard let place = place(segments, within: pending.component, in: pending.scope) else { return }
    set(place, segments, node, in: pending.scope)
  }

  /// Where a dotted path is set: the properties it reaches, and how many of its segments lead there.
  enum Place {
    case component(String, used: Int)
    case port(Builder.PortPlace, used: Int)
    case version(String, String, used: Int)
  }

  func place(_ segments: [Syntax.Segment], within component: String, in scope: Scope) -> Place? {
    var full = component
    var used = 0
    while let next = used < segments.count ? segments[used] : nil {
      if let instance = builder.instances[full] {
        if let place = instance.ports[next.text] {
          note(next.range, exposedPort(next.text, of: instance))
          return .port(place, used: used + 1)
        }
        full += "." + next.text
        note(next.range, declaration(full))
        used += 1
        if builder.poisoned.contains(full) { return nil }
        if builder.instances[full] == nil, builder.componentIndex[full] == nil {
          report(
            .unknownComponent,
            "there is no `\(next.text)` inside `\(scope.local(String(full.dropLast(next.text.count + 1))))`",
            at: next.range, in: scope)
          return nil
        }
        continue
      }
      guard let component = builder.componentIndex[full] else { return nil }
      let found = builder.components[component]
      if builder.poisoned.contains(full + "." + next.text) { return nil }
      if found.properties.schema.index(of: next.text) == nil || used + 1 < segments.count {
        if let port = found.portIndex(next.text) {
          note(next.range, found.ports[port].declaration)
          return .port(.init(component: component, port: port), used: used + 1)
        }
        if let version = found.versions.first(where: { $0.name == next.text }) {
          note(next.range, version.range)
          return .version(full, next.text, used: used + 1)
        }
      }
      return .component(full, used: used)
    }
    return .component(full, used: used)
  }

  private func set(_ place: Place, _ segments: [Syntax.Segment], _ node: Syntax, in scope: Scope) {
    // Values may speak of other components, so the properties are taken out while they are set.
    switch place {
    case .component(let name, let used):
      guard let at = builder.componentIndex[name] else { return }
      var properties = builder.components[at].properties
      setPath(&properties, segments, used, node, .named(scope.local(name)), in: scope)
      builder.components[at].properties = properties
    case .port(let place, let used):
      var port = builder.port(place)
      setPath(&port.properties, segments, used, node, .named(port.name), in: scope)
      builder.components[place.component].ports[place.port] = port
    case .version(let component, let version, let used):
      guard let at = builder.componentIndex[component],
        let index = builder.components[at].versions.firstIndex(where: { $0.name == version })
      else { return }
      var properties = builder.components[at].versions[index].properties
      setPath(&properties, segments, used, node, .named(version), in: scope)
      builder.components[at].versions[index].properties = properties
    }
  }

  func setPath(
    _ properties: inout Properties, _ segments: [Syntax.Segment], _ used: Int, _ node: Syntax, _ owner: Subject,
    in scope: Scope
  ) {
    guard used < segments.count else {
      report(
        .typeMismatch, "\(owner) is no property", at: segments.last?.range ?? node.range, "name one of its properties",
        in: scope)
      return
    }
    let key = segments[used]
    guard let index = properties.schema.index(of: key.text) else {
      unknownProperty(key.text, key.range, properties.schema, owner, in: scope)
      return
    }
    note(key.range, properties.schema.fields[index].range)
    if let value = deepValue(properties.schema.fields[index].type, segments[(used + 1)...], node, in: scope) {
      properties.set(index, value)
    }
  }
}
