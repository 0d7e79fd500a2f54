import DroidSyntax

/// Components, and the opening of templates.
extension Checker {
  /// More boxes than anyone means: templates in templates grow without bound.
  static let mostComponents = 200_000

  /// Whether a component is the first of its name.
  func claimName(_ node: Syntax, in scope: Scope) -> Bool {
    guard let name = node.name else { return false }
    let full = scope.prefix + name.text
    guard let earlier = builder.nameRanges[full] else {
      builder.nameRanges[full] = name.range
      return true
    }
    duplicate(name, "component", earlier)
    return false
  }

  func declareComponent(_ node: Syntax, in scope: Scope) {
    guard let name = node.name else { return }
    let full = scope.prefix + name.text
    guard let path = node.child(.path), let kind = lookUpKind(path, in: scope) else {
      builder.poisoned.insert(full)
      return
    }
    guard builder.components.count < Self.mostComponents else {
      report(
        .tooManyComponents, "this system has more than \(Self.mostComponents) components", at: name.range,
        "templates inside templates probably grow without bound")
      return
    }
    if kind.isWrong {
      builder.poisoned.insert(full)
      return
    }
    if kind.isTemplate {
      openTemplate(kind, node, full, name.range, in: scope)
    } else if let primitive = kind.primitive {
      addComponent(primitive, kind, node, full, name.range, kindName: path.text, in: scope)
    } else {
      report(
        .unknownKind, "`\(kind.name)` is what several kinds have in common", at: path.range,
        "choose one of them, such as `Service`", in: scope)
      builder.poisoned.insert(full)
    }
  }

  private func addComponent(
    _ primitive: PrimitiveKind, _ kind: Kind, _ node: Syntax, _ full: String, _ range: SourceRange, kindName: String,
    in scope: Scope
  ) {
    let settings = settle(kind, node, full, range, in: scope)
    var component = Component(
      name: full, doc: node.doc, kind: primitive, kindName: kindName, properties: settings.properties, ports: [],
      versions: [], sidecars: [], range: range)
    for (link, linkScope) in settings.scopes.reversed() {
      for port in link.ports { addPort(port, to: &component, in: linkScope) }
    }
    if let block = node.block {
      for member in block.children() {
        switch member.kind {
        case .port: addPort(member, to: &component, in: scope)
        case .version: addVersion(member, to: &component, in: scope)
        case .component: addSidecar(member, to: &component, in: scope)
        case .property, .missing, .unexpected: break
        case .operation, .resource: misplaced(member, in: "a component", belongs: "in one of its `in` ports")
        default: misplaced(member, in: "a component")
        }
      }
    }
    checkVersions(component)
    builder.components.append(component)
  }

  private func openTemplate(_ kind: Kind, _ node: Syntax, _ full: String, _ range: SourceRange, in scope: Scope) {
    if builder.opening.contains(where: { $0 === kind }) {
      report(
        .kindCycle, "`\(kind.name)` contains itself", at: node.child(.path)?.range ?? range,
        notes: [Label(kind.nameRange, "`\(kind.name)` is declared here")])
      builder.poisoned.insert(full)
      return
    }
    builder.opening.append(kind)
    defer { builder.opening.removeLast() }
    builder.instances[full] = Builder.Instance(kind: kind, range: range)
    let settings = settle(kind, node, full, range, in: scope)
    openMembers(settings.scopes, of: full)
    for member in node.block.map({ Array($0.children()) }) ?? [] {
      switch member.kind {
      case .property, .missing, .unexpected: break
      default:
        misplaced(
          member, in: "a component of the template `\(kind.name)`",
          belongs: "in the kind itself; a component of it sets its parameters, and by a dotted path what is inside")
      }
    }
  }

  /// What a component sets, over what each kind of its chain sets; and the scopes of the bodies of those kinds.
  private func settle(
    _ kind: Kind, _ node: Syntax?, _ full: String, _ range: SourceRange, in scope: Scope
  ) -> (
    properties: Properties, scopes: [(Kind, Scope)]
  ) {
    let owner = Subject.named(scope.local(full))
    var total = Properties(kind.schema)
    var said = Said(kind.schema)
    if let block = node?.block {
      said = set(&total, from: block, owner: owner, component: full, in: scope)
    }
    let prefix = full + "."
    var scopes: [(Kind, Scope)] = []
    for link in kind.chain {
      if link.unit.isStandard {
        if let presets = link.presets, !presets.isEmpty { total = total.over(presets.moved(to: kind.schema)) }
        for standard in link.chain where !standard.ports.isEmpty {
          scopes.append((standard, Scope(unit: standard.unit, prefix: prefix)))
        }
        break
      }
      var parameters: [String: Scope.Parameter] = [:]
      for name in link.ownParameters {
        guard let index = kind.schema.index(of: name) else { continue }
        let field = kind.schema.fields[index]
        let isUnknown = (said.contains(index) || field.isRequired) && total.explicit(at: index) == nil
        parameters[name] = Scope.Parameter(type: field.type, value: isUnknown ? nil : total[name], range: field.range)
      }
      let inside = Scope(
        unit: link.unit, prefix: prefix, parameters: parameters,
        instance: scope.isAbstract ? nil : scope.instance ?? Scope.Instance(name: full, range: range),
        isAbstract: scope.isAbstract, isInsideKind: true)
      scopes.append((link, inside))
      guard let block = link.syntax.block else { continue }
      let presets = presets(of: link, to: kind.schema, from: block, component: full, in: inside)
      said.formUnion(presets.said)
      if !presets.properties.isEmpty { total = total.over(presets.properties) }
    }
    if node != nil { require(total, said, owner, range, in: scope) }
    return (total, scopes)
  }

  /// What the body of a kind sets. Most bodies say the same of every component, and are read once for each schema.
  private func presets(
    of link: Kind, to schema: Schema, from block: Syntax, component: String, in scope: Scope
  ) -> Presets {
    let place = Presets.Place(kind: ObjectIdentifier(link), schema: schema)
    if let known = knownPresets[place] { return known }
    let waiting = builder.pendingPaths.count + builder.pendingReferences.count
    var properties = Properties(schema)
    let said = set(&properties, from: block, owner: .named(link.name), component: component, in: scope)
    let presets = Presets(properties: properties, said: said)
    // What speaks of a parameter or of what is inside is another thing in each component.
    if scope.parameters.isEmpty, builder.pendingPaths.count + builder.pendingReferences.count == waiting {
      knownPresets[place] = presets
    }
    return presets
  }

  /// What the body of a kind sets, and what it says, right or wrong.
  struct Presets {
    let properties: Properties
    let said: Said

    struct Place: Hashable {
      let kind: ObjectIdentifier
      let schema: Schema
    }
  }

  static func firstSentence(_ doc: String) -> String {
    let line = doc.split(separator: "\n").first.map(String.init) ?? doc
    return line.hasSuffix(".") ? String(line.dropLast()) : line
  }

  /// Sets the properties of a block; dotted ones wait until what they name is there. Returns what was said, also where the
  /// value was wrong.
  @discardableResult
  func set(
    _ properties: inout Properties, from block: Syntax, owner: Subject, component: String? = nil, in scope: Scope
  ) -> Said {
    let schema = properties.schema
    note(block.range, sets: schema)
    var said = Said(schema)
    if !scope.isInsideKind {
      for member in block.children() where member.kind == .field {
        guard let name = member.name, let index = schema.index(of: name.text) else { continue }
        // The habit of YAML and JSON: one mistake, and the property is not missing besides.
        _ = said.insert(name.text, at: index, name.range)
        let value = member.typeNode?.text ?? member.valueNode?.text ?? "…"
        report(
          .misplacedMember, "`\(name.text)` is a property, and is set by `=`", at: member.range, "`:` is for types",
          fixes: [Fix("write `\(name.text) = \(value)`", replacing: member.range, with: "\(name.text) = \(value)")],
          in: scope)
      }
    }
    for member in block.children() where member.kind == .property {
      guard let key = member.children().first(where: { $0.kind == .path || $0.kind == .string }) else { continue }
      let name = key.kind == .string ? string(key) : key.text
      if key.kind == .path, key.tree.tokenIndices(key.id).count > 1 {
        if let component {
          builder.pendingPaths.append(.init(syntax: member, component: component, scope: scope))
        } else if let first = key.segments.first, let index = schema.index(of: first.text) {
          note(first.range, schema.fields[index].range)
          setDeep(&properties, index, Array(key.segments.dropFirst()), member, in: scope)
        } else {
          unknownProperty(key.segments.first?.text ?? name, key.range, schema, owner, in: scope)
        }
        continue
      }
      let index = schema.index(of: name)
      if let earlier = said.insert(name, at: index, key.range) {
        report(
          .duplicateProperty, "`\(name)` is set twice", at: key.range,
          "the two say different things, or one is not needed",
          notes: [Label(earlier, "set here first")], in: scope)
        continue
      }
      guard let index else {
        unknownProperty(name, key.range, schema, owner, in: scope)
        continue
      }
      note(key.range, schema.fields[index].range)
      guard let node = member.valueNode else { continue }
      if let value = evaluate(node, as: schema.fields[index].type, .named(name), in: scope) {
        properties.set(index, value)
      }
    }
    return said
  }

  func unknownProperty(_ name: String, _ range: SourceRange, _ schema: Schema, _ owner: Subject, in scope: Scope) {
    let names = schema.fields.map(\.name)
    let guess = suggestion(name, among: names, at: range)
    report(
      .unknownProperty, "\(owner) has no property `\(name)`", at: range, guess.label,
      help: guess.fixes.isEmpty && !names.isEmpty ? "it has \(Suggestion.list(names, limit: 12))" : nil,
      fixes: guess.fixes,
      in: scope)
  }

  /// `env.LOG_LEVEL = "debug"`: a field of a record, a key of a map.
  func setDeep(
    _ properties: inout Properties, _ index: Int, _ rest: [Syntax.Segment], _ member: Syntax, in scope: Scope
  ) {
    guard let node = member.valueNode else { return }
    if let value = deepValue(properties.schema.fields[index].type, rest[...], node, in: scope) {
      properties.set(index, value)
    }
  }

  func deepValue(_ type: ValueType, _ rest: ArraySlice<Syntax.Segment>, _ node: Syntax, in scope: Scope) -> Value? {
    guard let next = rest.first else { return evaluate(node, as: type, "this", in: scope) }
    switch type.unwrapped {
    case .options(let schema):
      guard let index = schema.index(of: next.text) else {
        unknownProperty(next.text, next.range, schema, "this record", in: scope)
        return nil
      }
      note(next.range, schema.fields[index].range)
      guard let value = deepValue(schema.fields[index].type, rest.dropFirst(), node, in: scope) else { return nil }
      var properties = Properties(schema)
      properties.set(index, value)
      return .record(properties)
    case .map(let element, _):
      return deepValue(element, rest.dropFirst(), node, in: scope).map { .map([MapEntry(next.text, $0)]) }
    default:
      report(.unknownProperty, "there is no `\(next.text)` inside", at: next.range, "this is \(type.spoken)", in: scope)
      return nil
    }
  }

  /// Checks the body of a kind by itself, as if a component of it had been declared that sets nothing.
  func openBody(_ kind: Kind, in scope: Scope) {
    let full = kind.syntax.name?.text ?? kind.name
    let settings = settle(kind, nil, full, kind.nameRange, in: scope)
    guard kind.isTemplate else {
      guard let primitive = kind.primitive else { return }
      var component = Component(
        name: full, doc: nil, kind: primitive, kindName: kind.name, properties: settings.properties, ports: [],
        versions: [],
        sidecars: [], range: kind.nameRange)
      for (link, linkScope) in settings.scopes.reversed() {
        for port in link.ports { addPort(port, to: &component, in: linkScope) }
      }
      builder.components.append(component)
      return
    }
    builder.opening.append(kind)
    builder.instances[full] = Builder.Instance(kind: kind, range: kind.nameRange)
    openMembers(settings.scopes, of: full)
    builder.opening.removeLast()
  }

  private func openMembers(_ scopes: [(Kind, Scope)], of full: String) {
    for (link, linkScope) in scopes.reversed() {
      guard let block = link.syntax.block else { continue }
      wait(for: block.children(), in: linkScope)
      for member in block.children() {
        switch member.kind {
        case .component: if claimName(member, in: linkScope) { declareComponent(member, in: linkScope) }
        case .slo, .anomaly, .alert, .metric: registerSignal(member, in: linkScope)
        case .port: builder.pendingPorts.append((member, full, linkScope))
        default: break
        }
      }
    }
  }

  private func addVersion(_ node: Syntax, to component: inout Component, in scope: Scope) {
    guard let name = node.name else { return }
    guard component.kind.runs else {
      return misplaced(node, in: "a `\(component.kindName)`", belongs: "in a component that runs")
    }
    if let earlier = component.versions.first(where: { $0.name == name.text }) {
      return duplicate(name, "version", earlier.range)
    }
    let options = standard.schema("VersionOptions")
    let schema = Schema(name: component.kindName, fields: component.properties.schema.fields + options.fields)
    var own = Properties(schema)
    if let block = node.block {
      let said = set(&own, from: block, owner: .words("the version `\(name.text)`"), in: scope)
      if schema.index(of: "share").map(said.contains) != true {
        report(
          .missingProperty, "the version `\(name.text)` needs its `share` of the traffic", at: name.range,
          "the shares of all versions together are 100 %")
      }
      for member in block.children()
      where member.kind != .property && member.kind != .missing && member.kind != .unexpected {
        misplaced(member, in: "a version")
      }
    }
    component.versions.append(Version(name: name.text, doc: node.doc, properties: own, range: name.range))
  }

  private func checkVersions(_ component: Component) {
    guard let first = component.versions.first else { return }
    var sum = ExactDecimal.zero
    for version in component.versions {
      guard let share = version.properties.percent("share"), let next = sum.plus(share) else { return }
      sum = next
    }
    if sum != ExactDecimal(100) {
      report(
        .sharesNotWhole, "the versions of `\(component.name)` take \(sum) % of the traffic together", at: first.range,
        component.versions.map { "\($0.name) \($0.properties.percent("share").map { "\($0)" } ?? "?") %" }
          .joined(separator: ", "), help: "let the shares add up to 100 %")
    }
  }

  private func addSidecar(_ node: Syntax, to component: inout Component, in scope: Scope) {
    guard let name = node.name, let path = node.child(.path), let kind = lookUpKind(path, in: scope) else { return }
    guard component.kind.runs || component.kind.isStore, kind.primitive == .container, !kind.isTemplate else {
      report(
        .misplacedMember, "a sidecar is a Container in a component that runs", at: node.headRange,
        kind.primitive == .container
          ? "`\(component.name)` runs in no pod of ours" : "`\(name.text)` is a `\(kind.name)`")
      return
    }
    let full = component.name + "." + name.text
    if let earlier = builder.nameRanges.updateValue(name.range, forKey: full) {
      return duplicate(name, "component", earlier)
    }
    let settings = settle(kind, node, full, name.range, in: scope)
    var sidecar = Component(
      name: full, doc: node.doc, kind: .container, kindName: path.text, properties: settings.properties, ports: [],
      versions: [], sidecars: [], range: name.range)
    for member in node.block.map({ Array($0.children()) }) ?? [] {
      switch member.kind {
      case .port: addPort(member, to: &sidecar, in: scope)
      case .property, .missing, .unexpected: break
      default: misplaced(member, in: "a sidecar")
      }
    }
    component.sidecars.append(sidecar)
  }
}
