import DroidSyntax

/// Connections: their ends, and whether these fit.
extension Checker {
  /// The two paths of a connection.
  struct PathPair {
    let from: Syntax
    let to: Syntax

    init?(_ node: Syntax) {
      var paths = node.children().lazy.filter { $0.kind == .path }.makeIterator()
      guard let from = paths.next(), let to = paths.next() else { return nil }
      self.from = from
      self.to = to
    }

    var range: SourceRange { SourceRange(from.range.file, from.range.start, to.range.end) }

    /// The name of the connection.
    func name(in scope: Scope) -> String { "\(scope.prefix)\(from.text) -> \(scope.prefix)\(to.text)" }
  }

  /// Where a path leads.
  struct End {
    let component: String
    /// The place of the component; nil for a template.
    var place: Int?
    var version: String?
    /// The place of the port in its component.
    var port: Int?
    /// The port is one that a template shows: the address is inside.
    var isExposed = false
  }

  /// The element that a path names, as an end of a connection or what a policy is on; nil where it is wrong or was
  /// reported before. What follows the component and its port is left in `rest`.
  func resolve(_ path: Syntax, in scope: Scope) -> (end: End, rest: Syntax.Segments)? {
    let segments = path.segments
    guard let first = segments.first else { return nil }
    var full = scope.prefix + first.text
    var rest = segments.dropFirst()
    var last = first
    var known = builder.componentIndex[full]
    note(first.range, declaration(full))
    while known == nil {
      if builder.poisoned.contains(full) { return nil }
      guard let instance = builder.instances[full] else {
        reportUnknown(last, full, isFirst: last.range == first.range, in: scope)
        return nil
      }
      guard let next = rest.first else { return (End(component: full), rest) }
      rest = rest.dropFirst()
      if let inner = instance.ports[next.text] {
        let name = builder.components[inner.component].name
        note(next.range, exposedPort(next.text, of: instance))
        return (End(component: name, place: inner.component, port: inner.port, isExposed: true), rest)
      }
      last = next
      full += "." + next.text
      known = builder.componentIndex[full]
      note(next.range, declaration(full))
    }
    guard let place = known, let next = rest.first else { return (End(component: full, place: known), rest) }
    if let port = builder.components[place].portIndex(next.text) {
      note(next.range, builder.components[place].ports[port].declaration)
      return (End(component: full, place: place, port: port), rest.dropFirst())
    }
    if builder.poisoned.contains(full + "." + next.text) { return nil }
    let component = builder.components[place]
    if let version = component.versions.first(where: { $0.name == next.text }) {
      note(next.range, version.range)
      rest = rest.dropFirst()
      guard let name = rest.first else { return (End(component: full, place: place, version: next.text), rest) }
      guard let port = component.portIndex(name.text) else {
        reportUnknownPort(name, component, in: scope)
        return nil
      }
      note(name.range, component.ports[port].declaration)
      return (End(component: full, place: place, version: next.text, port: port), rest.dropFirst())
    }
    if let sidecar = component.sidecars.first(where: { $0.name == full + "." + next.text }) {
      note(next.range, sidecar.range)
      return (End(component: full, place: place), rest.dropFirst())
    }
    reportUnknownPort(next, component, in: scope)
    return nil
  }

  /// Where a template declares a port that it shows.
  func exposedPort(_ name: String, of instance: Builder.Instance) -> SourceRange? {
    instance.kind.chain.lazy.flatMap(\.ports).compactMap(\.name).first { $0.text == name }?.range
  }

  private func reportUnknown(_ segment: Syntax.Segment, _ full: String, isFirst: Bool, in scope: Scope) {
    let prefix = isFirst ? scope.prefix : String(full.dropLast(segment.text.count))
    let names = (Array(builder.componentIndex.keys) + Array(builder.instances.keys)).compactMap { name -> String? in
      guard name.hasPrefix(prefix) else { return nil }
      let rest = name.dropFirst(prefix.count)
      return rest.contains(".") ? nil : String(rest)
    }
    let guess = suggestion(segment.text, among: names.sorted(), at: segment.range)
    report(
      .unknownComponent,
      isFirst
        ? "no component is called `\(segment.text)`" : "there is no `\(segment.text)` inside `\(prefix.dropLast())`",
      at: segment.range, guess.label,
      help: guess.fixes.isEmpty
        ? (names.isEmpty ? "nothing is declared there" : "there are \(Suggestion.list(names.sorted(), limit: 8))")
        : nil,
      fixes: guess.fixes, in: scope)
  }

  func reportUnknownPort(_ segment: Syntax.Segment, _ component: Component, in scope: Scope) {
    let names = component.ports.filter { !$0.isImplied }.map(\.name) + component.versions.map(\.name)
    let guess = suggestion(segment.text, among: names, at: segment.range)
    report(
      .unknownPort, "`\(scope.local(component.name))` has no port `\(segment.text)`", at: segment.range, guess.label,
      notes: [Label(component.range, "declared here")],
      help: guess.fixes.isEmpty
        ? (names.isEmpty
          ? "it has no ports; declare one: `in \(segment.text): REST`" : "it has \(Suggestion.list(names))") : nil,
      fixes: guess.fixes, in: scope)
  }

  func addConnection(_ node: Syntax, in scope: Scope) {
    guard let paths = PathPair(node) else { return }
    let from = resolve(paths.from, in: scope)
    guard let to = resolve(paths.to, in: scope), let from else { return }
    let (path, rest) = from.rest.isEmpty ? (paths.to, to.rest) : (paths.from, from.rest)
    guard rest.isEmpty else {
      report(
        .portTypesDiffer, "a connection joins ports", at: rest.first?.range ?? path.range,
        "`\(path.text)` is something inside one", in: scope)
      return
    }
    connect(node, paths, from.end, to.end, in: scope)
  }

  private func connect(_ node: Syntax, _ paths: PathPair, _ from: End, _ to: End, in scope: Scope) {
    if let place = from.place, !builder.components[place].kind.runs {
      report(
        .wrongDirection, "`\(paths.from.text)` asks nobody", at: paths.from.range,
        "a `\(builder.components[place].kindName)` only answers", in: scope)
      return
    }
    guard let callee = to.place else { return templateEnd(paths.to, to.component, .into, in: scope) }
    guard let asking = from.place else { return templateEnd(paths.from, from.component, .out, in: scope) }
    guard let answering = inPort(of: callee, to, from, paths, in: scope) else { return }
    let target = Builder.PortPlace(component: callee, port: answering)
    guard let port = from.port ?? implied(from: asking, to: target, to.isExposed, paths, in: scope) else {
      return
    }
    let caller = Builder.PortPlace(component: asking, port: port)
    guard fits(caller, target, paths, in: scope) else {
      builder.excused.insert(caller)
      return
    }
    let ends = Builder.ConnectionEnds(from: caller, to: target)
    if let earlier = builder.connected.updateValue(node.range, forKey: ends) {
      report(
        .duplicateConnection, "`\(paths.from.text)` and `\(paths.to.text)` are connected already", at: paths.range,
        notes: [
          Label(SourceRange(earlier.file, earlier.start, min(earlier.end, earlier.start + 7)), "the first is here")
        ], in: scope)
      return
    }
    if let earlier = builder.connectedOut.updateValue(node.range, forKey: caller), !builder.type(of: caller).isEvents {
      builder.connectedOut[caller] = earlier
      report(
        .portTaken, "`\(paths.from.text)` is connected already", at: paths.from.range,
        "an `out` port has one connection; declare another for this one",
        notes: [
          Label(SourceRange(earlier.file, earlier.start, min(earlier.end, earlier.start + 7)), "the first is here")
        ], in: scope)
      return
    }
    var properties = Properties(connectionSchema)
    if let block = node.block {
      set(&properties, from: block, owner: "this connection", in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        misplaced(member, in: "a connection")
      }
    }
    builder.add(
      Connection(
        name: paths.name(in: scope), doc: node.doc,
        version: from.version, from: builder.address(caller), to: builder.address(target), properties: properties,
        range: paths.range), ends)
  }

  private func templateEnd(_ path: Syntax, _ name: String, _ direction: Port.Direction, in scope: Scope) {
    let shown = builder.instances[name]?.ports ?? [:]
    let ports = shown.filter { builder.port($0.value).direction == direction }.keys.sorted()
    report(
      .ambiguousPort, "`\(path.text)` is a template; name one of its ports", at: path.range,
      ports.isEmpty
        ? "it shows none that \(direction == .into ? "answers" : "asks")" : "it shows \(Suggestion.list(ports))",
      fixes: ports.count == 1
        ? [Fix("write `\(path.text).\(ports[0])`", replacing: path.range, with: "\(path.text).\(ports[0])")] : [],
      in: scope)
  }

  /// The in port a connection ends at: the named one, or the only one there is.
  private func inPort(of callee: Int, _ end: End, _ from: End, _ paths: PathPair, in scope: Scope) -> Int? {
    if let named = end.port, builder.components[callee].ports[named].direction == .into { return named }
    let ports = builder.components[callee].ports
    var candidates = ports.indices.filter { ports[$0].direction == .into }
    if let named = end.port {
      let name = builder.components[callee].name
      report(
        .portTypesDiffer,
        ports[named].type.isEvents
          ? "`\(paths.to.text)` publishes events, and a connection ends where they are received"
          : "`\(paths.to.text)` asks, and a connection ends at what answers", at: paths.to.range,
        "an `out` port is where a connection begins", notes: [Label(ports[named].range, "declared here")],
        help: candidates.count == 1
          ? "`\(name)` has one port that answers: `\(name).\(ports[candidates[0]].name)`" : nil, in: scope)
      return nil
    }
    if candidates.count > 1, let place = from.place, let port = from.port {
      let type = builder.components[place].ports[port].type
      let fitting = candidates.filter { ports[$0].type == type }
      if fitting.count == 1 { candidates = fitting }
    }
    if candidates.count == 1 { return candidates[0] }
    let names = candidates.map { "\(paths.to.text).\(ports[$0].name)" }
    report(
      .ambiguousPort,
      candidates.isEmpty
        ? "`\(paths.to.text)` has no port that answers"
        : "`\(paths.to.text)` has \(candidates.count) ports that answer",
      at: paths.to.range, candidates.isEmpty ? "declare one: `in api: REST`" : "say which: \(Suggestion.list(names))",
      notes: [Label(builder.components[callee].range, "declared here")],
      fixes: names.map { Fix("write `\($0)`", replacing: paths.to.range, with: $0) }, in: scope)
    return nil
  }

  /// The out port that a connection makes, named after its target.
  private func implied(
    from asking: Int, to target: Builder.PortPlace, _ isExposed: Bool, _ paths: PathPair, in scope: Scope
  ) -> Int? {
    // A declared port that bears the name of the target is the one that is meant; of events, the only one that fits. Which
    // other connections there are does not matter: their order means nothing.
    let name =
      isExposed
      ? paths.to.segments.dropLast().map(\.text).joined(separator: "-")
      : builder.components[target.component].name.lastSegment
    let type = builder.type(of: target)
    var declared: [Int] = []
    let ports = builder.components[asking].ports
    for index in ports.indices
    where ports[index].direction == .out && !ports[index].isImplied && ports[index].type == type {
      if ports[index].name == name { return index }
      declared.append(index)
    }
    if type.isEvents, declared.count == 1 { return declared[0] }
    if type.isEvents {
      report(
        .ambiguousPort, "`\(paths.from.text)` has no port that publishes `\(type.spoken)`", at: paths.from.range,
        "declare one: `out placed: \(type.spoken)`", notes: [Label(builder.port(target).range, "received here")],
        in: scope)
      return nil
    }
    if let earlier = builder.components[asking].port(name) {
      if earlier.isImplied {
        report(
          .ambiguousPort, "`\(paths.from.text)` asks `\(paths.to.text)` a second time", at: paths.from.range,
          "two connections to one component need declared ports: `out \(name)-2: \(type.spoken)`",
          notes: [Label(earlier.range, "the first connection is here")], in: scope)
      } else {
        report(
          .portTypesDiffer, "`\(paths.from.text).\(name)` cannot ask `\(paths.to.text)`", at: paths.from.range,
          "the port is there, and speaks \(earlier.type.spoken)", notes: [Label(earlier.range, "declared here")],
          in: scope)
      }
      return nil
    }
    builder.components[asking].ports.append(
      Port(
        name: name, direction: .out, isOptional: false, isImplied: true, type: type, doc: nil,
        properties: Properties(standard.ports.schema(.out, type)), operations: [], resources: [],
        range: paths.from.range))
    return builder.components[asking].ports.count - 1
  }

  private func fits(
    _ caller: Builder.PortPlace, _ target: Builder.PortPlace, _ paths: PathPair, in scope: Scope
  ) -> Bool {
    let (asked, answered) = (builder.type(of: caller), builder.type(of: target))
    if builder.components[caller.component].ports[caller.port].direction == .out, asked == answered { return true }
    let (asking, answering) = (builder.port(caller), builder.port(target))
    guard asking.direction == .out else {
      report(
        .wrongDirection, "`\(paths.from.text)` answers, and a connection begins at what asks", at: paths.from.range,
        "an `in` port is where a connection ends", notes: [Label(asking.range, "declared here")],
        fixes: answering.direction == .out
          ? [
            Fix(
              "turn it round", [TextEdit(paths.from.range, paths.to.text), TextEdit(paths.to.range, paths.from.text)])
          ]
          : [],
        in: scope)
      return false
    }
    let message: String
    switch (asked, answered) {
    case (.events(let a), .events(let b)):
      message = "`\(paths.from.text)` publishes `\(a)`, but `\(paths.to.text)` receives `\(b)`"
    case (.events, _):
      message = "`\(paths.from.text)` publishes events, but `\(paths.to.text)` speaks \(answering.type.spoken)"
    case (_, .events):
      message = "`\(paths.from.text)` asks for \(asking.type.spoken), but `\(paths.to.text)` receives events"
    default:
      message =
        "`\(paths.from.text)` asks for \(asking.type.spoken), but `\(paths.to.text)` speaks \(answering.type.spoken)"
    }
    report(
      .portTypesDiffer, message, at: paths.range,
      notes: [
        Label(asking.range, "`\(asking.type.spoken)` here"), Label(answering.range, "`\(answering.type.spoken)` here"),
      ], in: scope)
    return false
  }

  /// What a connection may say: its own, and all of resilience.
  var connectionSchema: Schema {
    if let schema = cachedConnectionSchema { return schema }
    let schema = Schema(
      name: "connect", fields: standard.schema("ResilienceOptions").fields + standard.schema("Connection").fields)
    cachedConnectionSchema = schema
    return schema
  }
}

extension String {
  /// Of a path, the name of what it leads to.
  fileprivate var lastSegment: String {
    guard let dot = utf8.lastIndex(of: UInt8(ascii: ".")) else { return self }
    return String(self[utf8.index(after: dot)...])
  }
}

extension PortType {
  var isEvents: Bool {
    if case .events = self { return true }
    return false
  }
}
