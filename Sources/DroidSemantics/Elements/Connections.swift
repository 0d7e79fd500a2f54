import DroidSyntax

/// Connections: their ends, and whether these fit.
extension Checker {
  /// Where a path leads.
  struct End {
    var component: String
    var version: String?
    var port: String?
    /// The port is one that a template shows: the address is inside.
    var isExposed = false
  }

  /// The element that a path names, as an end of a connection or what a policy is on; nil where it is wrong or was
  /// reported before. What follows the component and its port is left in `rest`.
  func resolve(_ path: Syntax, in scope: Scope) -> (end: End, rest: ArraySlice<Syntax.Segment>)? {
    let segments = path.segments
    guard let first = segments.first else { return nil }
    var full = scope.prefix + first.text
    var rest = segments.dropFirst()
    var last = first
    while true {
      if builder.poisoned.contains(full) { return nil }
      if builder.componentIndex[full] != nil { break }
      guard let instance = builder.instances[full] else {
        reportUnknown(last, full, isFirst: last.range == first.range, in: scope)
        return nil
      }
      guard let next = rest.first else { return (End(component: full), rest) }
      rest = rest.dropFirst()
      if let address = instance.ports[next.text] {
        return (End(component: address.component, port: address.port, isExposed: true), rest)
      }
      last = next
      full += "." + next.text
    }
    guard let next = rest.first, let component = builder.component(full) else { return (End(component: full), rest) }
    if component.port(next.text) != nil { return (End(component: full, port: next.text), rest.dropFirst()) }
    if builder.poisoned.contains(full + "." + next.text) { return nil }
    if component.versions.contains(where: { $0.name == next.text }) {
      rest = rest.dropFirst()
      guard let port = rest.first else { return (End(component: full, version: next.text), rest) }
      guard component.port(port.text) != nil else {
        reportUnknownPort(port, component, in: scope)
        return nil
      }
      return (End(component: full, version: next.text, port: port.text), rest.dropFirst())
    }
    if component.sidecars.contains(where: { $0.name == full + "." + next.text }) {
      return (End(component: full), rest.dropFirst())
    }
    reportUnknownPort(next, component, in: scope)
    return nil
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
    let paths = node.children().filter { $0.kind == .path }
    guard paths.count == 2 else { return }
    let from = resolve(paths[0], in: scope)
    let to = resolve(paths[1], in: scope)
    guard let from, let to else { return }
    for (path, rest) in [(paths[0], from.rest), (paths[1], to.rest)] where !rest.isEmpty {
      report(
        .portTypesDiffer, "a connection joins ports", at: rest.first?.range ?? path.range,
        "`\(path.text)` is something inside one", in: scope)
      return
    }
    if let asking = builder.component(from.end.component), !asking.kind.runs {
      report(
        .wrongDirection, "`\(paths[0].text)` asks nobody", at: paths[0].range, "a `\(asking.kindName)` only answers",
        in: scope)
      return
    }
    guard let callee = builder.component(to.end.component),
      let answering = inPort(of: callee, to.end, from.end, paths, in: scope),
      let fromIndex = builder.componentIndex[from.end.component]
    else {
      if builder.instances[to.end.component] != nil { templateEnd(paths[1], to.end.component, in: scope) }
      return
    }
    let caller = PortAddress(
      from.end.component,
      from.end.port ?? implied(from: fromIndex, to: to.end, callee, answering, node, paths, in: scope) ?? "")
    guard !caller.port.isEmpty, let asking = builder.components[fromIndex].port(caller.port) else { return }
    let target = PortAddress(callee.name, answering.name)
    guard fits(asking, answering, paths, in: scope) else {
      builder.excused.insert(caller)
      return
    }
    let key = Builder.ConnectionEnds(from: caller, to: target)
    if let earlier = builder.connected.updateValue(node.range, forKey: key) {
      report(
        .duplicateConnection, "`\(paths[0].text)` and `\(paths[1].text)` are connected already",
        at: SourceRange(paths[0].range.file, paths[0].range.start, paths[1].range.end),
        notes: [
          Label(SourceRange(earlier.file, earlier.start, min(earlier.end, earlier.start + 7)), "the first is here")
        ], in: scope)
      return
    }
    if case .events = asking.type {
    } else if let earlier = builder.connectedOut[caller] {
      report(
        .portTaken, "`\(paths[0].text)` is connected already", at: paths[0].range,
        "an `out` port has one connection; declare another for this one",
        notes: [
          Label(SourceRange(earlier.file, earlier.start, min(earlier.end, earlier.start + 7)), "the first is here")
        ], in: scope)
      return
    }
    builder.connectedOut[caller] = node.range
    var connection = Connection(
      name: "\(scope.prefix)\(paths[0].text) -> \(scope.prefix)\(paths[1].text)", doc: node.doc,
      version: from.end.version,
      from: caller, to: target, properties: Properties(connectionSchema),
      range: SourceRange(paths[0].range.file, paths[0].range.start, paths[1].range.end))
    if let block = node.block {
      set(&connection.properties, from: block, owner: "this connection", in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        misplaced(member, in: "a connection")
      }
    }
    builder.connections.append(connection)
  }

  private func templateEnd(_ path: Syntax, _ name: String, in scope: Scope) {
    let ports = (builder.instances[name]?.ports.keys).map { $0.sorted() } ?? []
    report(
      .ambiguousPort, "`\(path.text)` is a template; name one of its ports", at: path.range,
      ports.isEmpty ? "it shows none" : "it shows \(Suggestion.list(ports))",
      fixes: ports.count == 1
        ? [Fix("write `\(path.text).\(ports[0])`", replacing: path.range, with: "\(path.text).\(ports[0])")] : [],
      in: scope)
  }

  /// The in port a connection ends at: the named one, or the only one there is.
  private func inPort(of callee: Component, _ end: End, _ from: End, _ paths: [Syntax], in scope: Scope) -> Port? {
    if let name = end.port {
      guard let port = callee.port(name) else { return nil }
      guard port.direction == .into else {
        let answering = callee.ports.filter { $0.direction == .into }
        report(
          .portTypesDiffer,
          port.type.isEvents
            ? "`\(paths[1].text)` publishes events, and a connection ends where they are received"
            : "`\(paths[1].text)` asks, and a connection ends at what answers", at: paths[1].range,
          "an `out` port is where a connection begins", notes: [Label(port.range, "declared here")],
          help: answering.count == 1
            ? "`\(callee.name)` has one port that answers: `\(callee.name).\(answering[0].name)`" : nil, in: scope)
        return nil
      }
      return port
    }
    var candidates = callee.ports.filter { $0.direction == .into }
    if let asked = from.port, let type = builder.component(from.component)?.port(asked)?.type, candidates.count > 1 {
      let fitting = candidates.filter { $0.type == type }
      if fitting.count == 1 { candidates = fitting }
    }
    if candidates.count == 1 { return candidates[0] }
    let names = candidates.map { "\(paths[1].text).\($0.name)" }
    report(
      .ambiguousPort,
      candidates.isEmpty
        ? "`\(paths[1].text)` has no port that answers"
        : "`\(paths[1].text)` has \(candidates.count) ports that answer",
      at: paths[1].range, candidates.isEmpty ? "declare one: `in api: REST`" : "say which: \(Suggestion.list(names))",
      notes: [Label(callee.range, "declared here")],
      fixes: names.map { Fix("write `\($0)`", replacing: paths[1].range, with: $0) }, in: scope)
    return nil
  }

  /// The out port that a connection makes, named after its target.
  private func implied(
    from index: Int, to end: End, _ callee: Component, _ answering: Port, _ node: Syntax, _ paths: [Syntax],
    in scope: Scope
  ) -> String? {
    // A declared port that bears the name of the target is the one that is meant; of events, the only one that fits. Which
    // other connections there are does not matter: their order means nothing.
    let name =
      end.isExposed
      ? paths[1].segments.dropLast().map(\.text).joined(separator: "-")
      : callee.name.split(separator: ".").last.map(String.init) ?? callee.name
    let declared = builder.components[index].ports.filter { port in
      port.direction == .out && !port.isImplied && port.type == answering.type
    }
    if let same = declared.first(where: { $0.name == name }) { return same.name }
    if answering.type.isEvents, declared.count == 1 { return declared[0].name }
    if answering.type.isEvents {
      report(
        .ambiguousPort, "`\(paths[0].text)` has no port that publishes `\(answering.type.spoken)`", at: paths[0].range,
        "declare one: `out placed: \(answering.type.spoken)`", notes: [Label(answering.range, "received here")],
        in: scope)
      return nil
    }
    if let earlier = builder.components[index].port(name) {
      if earlier.isImplied {
        report(
          .ambiguousPort, "`\(paths[0].text)` asks `\(paths[1].text)` a second time", at: paths[0].range,
          "two connections to one component need declared ports: `out \(name)-2: \(answering.type.spoken)`",
          notes: [Label(earlier.range, "the first connection is here")], in: scope)
      } else {
        report(
          .portTypesDiffer, "`\(paths[0].text).\(name)` cannot ask `\(paths[1].text)`", at: paths[0].range,
          "the port is there, and speaks \(earlier.type.spoken)", notes: [Label(earlier.range, "declared here")],
          in: scope)
      }
      return nil
    }
    builder.components[index].ports.append(
      Port(
        name: name, direction: .out, isOptional: false, isImplied: true, type: answering.type, doc: nil,
        properties: Properties(standard.ports.schema(.out, answering.type)), operations: [], resources: [],
        range: paths[0].range))
    return name
  }

  private func fits(_ asking: Port, _ answering: Port, _ paths: [Syntax], in scope: Scope) -> Bool {
    guard asking.direction == .out else {
      report(
        .wrongDirection, "`\(paths[0].text)` answers, and a connection begins at what asks", at: paths[0].range,
        "an `in` port is where a connection ends", notes: [Label(asking.range, "declared here")],
        fixes: answering.direction == .out
          ? [Fix("turn it round", [TextEdit(paths[0].range, paths[1].text), TextEdit(paths[1].range, paths[0].text)])]
          : [],
        in: scope)
      return false
    }
    if asking.type == answering.type { return true }
    let message: String
    switch (asking.type, answering.type) {
    case (.events(let a), .events(let b)):
      message = "`\(paths[0].text)` publishes `\(a)`, but `\(paths[1].text)` receives `\(b)`"
    case (.events, _):
      message = "`\(paths[0].text)` publishes events, but `\(paths[1].text)` speaks \(answering.type.spoken)"
    case (_, .events):
      message = "`\(paths[0].text)` asks for \(asking.type.spoken), but `\(paths[1].text)` receives events"
    default:
      message =
        "`\(paths[0].text)` asks for \(asking.type.spoken), but `\(paths[1].text)` speaks \(answering.type.spoken)"
    }
    report(
      .portTypesDiffer, message, at: SourceRange(paths[0].range.file, paths[0].range.start, paths[1].range.end),
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

extension PortType {
  var isEvents: Bool {
    if case .events = self { return true }
    return false
  }
}
