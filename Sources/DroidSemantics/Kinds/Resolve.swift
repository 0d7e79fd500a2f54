import DroidSyntax

/// Kinds: what they are based on, what can be set.
extension Checker {
  func resolveKinds() {
    for unit in units {
      for name in unit.kindOrder {
        guard let kind = unit.kinds[name], let path = kind.syntax.child(.path) else { continue }
        kind.base = lookUpKind(path, in: Scope(unit: unit))
        kind.isPoisoned = kind.base == nil
      }
    }
    for unit in units {
      for name in unit.kindOrder { if let kind = unit.kinds[name] { breakCycles(kind) } }
    }
    var done: Set<ObjectIdentifier> = []
    for unit in units {
      for name in unit.kindOrder {
        guard let kind = unit.kinds[name] else { continue }
        for link in kind.chain.reversed() where done.insert(ObjectIdentifier(link)).inserted && !isStandard(link) {
          makeSchema(link)
        }
      }
    }
  }

  /// A kind of the standard library is complete when another unit is checked.
  private func isStandard(_ kind: Kind) -> Bool { kind.unit.isStandard && standardTypes == nil }

  /// The kind that is named; nil where there is none (and that is reported).
  func lookUpKind(_ path: Syntax, in scope: Scope) -> Kind? {
    let segments = path.segments
    guard let last = segments.last, let unit = unit(of: segments, in: scope) else { return nil }
    if let kind = unit.kinds[last.text] ?? (segments.count == 1 ? standardKind(last.text) : nil) {
      note(last.range, kind.nameRange)
      return kind
    }
    if unit.records[last.text] != nil || unit.enumerations[last.text] != nil {
      report(
        .unknownKind, "`\(last.text)` is a type of data, not a kind of component", at: last.range,
        notes: unit.capitalDeclaration(last.text).map { [Label($0, "declared here")] } ?? [], in: scope)
      return nil
    }
    let foreign = [
      "PostgreSQL": "Postgres", "Postgresql": "Postgres", "Database": "Postgres", "MySQL": "Postgres", "Cache": "Redis",
      "Queue": "Redis", "NATS": "Nats", "S3": "Bucket", "API": "Service", "Microservice": "Service", "CronJob": "Job",
      "Function": "Service", "Image": "Container", "Frontend": "Gateway", "Ingress": "Gateway", "Server": "Service",
    ]
    if let meant = foreign[last.text] {
      report(
        .unknownKind, "no kind is called `\(last.text)`", at: last.range, "did you mean `\(meant)`?",
        fixes: [Fix("write `\(meant)`", replacing: last.range, with: meant)], in: scope)
      return nil
    }
    var names = Array(unit.kinds.keys)
    if segments.count == 1, standardTypes == nil { names += PrimitiveKind.allCases.map(\.rawValue) }
    let guess = suggestion(last.text, among: names.sorted(), at: last.range)
    report(
      .unknownKind, "no kind is called `\(last.text)`", at: last.range, guess.label,
      help: guess.fixes.isEmpty
        ? "there are \(Suggestion.list(PrimitiveKind.allCases.map(\.rawValue), limit: 12)), and your own" : nil,
      fixes: guess.fixes, in: scope)
    return nil
  }

  /// A kind that is its own base, or contains itself, by whatever way, is reported once and cut there.
  private func breakCycles(_ kind: Kind) {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(kind)]
    var current = kind
    while let base = current.base {
      guard seen.insert(ObjectIdentifier(base)).inserted else {
        report(
          .kindCycle, "`\(current.name)` is based on itself",
          at: current.syntax.child(.path)?.range ?? current.nameRange,
          notes: [Label(base.nameRange, "`\(base.name)` is declared here")])
        current.base = nil
        current.isPoisoned = true
        return
      }
      current = base
    }
  }

  private func makeSchema(_ kind: Kind) {
    let scope = Scope(unit: kind.unit, isInsideKind: true)
    let block = kind.syntax.block
    let own = block.map { schemaFields(in: $0, of: scope) } ?? []
    kind.ownParameters = own.map(\.name)
    var fields = kind.base?.schema.fields ?? []
    for field in own {
      if let earlier = fields.first(where: { $0.name == field.name }) {
        if kind.unit.isStandard || earlier.range == field.range { continue }
        report(
          .duplicateName, "`\(field.name)` is there already", at: field.range,
          "`\(kind.base?.name ?? kind.name)` has a property of this name")
      } else {
        fields.append(field)
      }
    }
    kind.schema = Schema(name: kind.name, doc: kind.syntax.doc, fields: fields)
    kind.isTemplate = kind.base?.isTemplate ?? false
    if let block, block.children().contains(where: { $0.kind == .component }), !kind.unit.isStandard {
      if let base = kind.base, !base.isTemplate {
        report(
          .misplacedMember, "`\(kind.name)` is based on `\(base.name)` and has components inside", at: kind.nameRange,
          "a template has no base, and a refinement nothing inside")
        kind.isPoisoned = true
      }
      kind.isTemplate = true
    }
    if kind.unit.isStandard {
      var presets = Properties(kind.schema)
      if let block {
        for member in block.children() where member.kind == .property {
          guard let name = member.child(.path)?.text, let index = kind.schema.index(of: name),
            let node = member.valueNode
          else { continue }
          if let value = evaluate(node, as: kind.schema.fields[index].type, .named(name), in: scope) {
            presets.set(index, value)
          }
        }
      }
      kind.presets = kind.base?.presets.map { presets.over($0.moved(to: kind.schema)) } ?? presets
    } else if kind.base == nil, !kind.isTemplate, !kind.isPoisoned {
      report(
        .emptyTemplate, "`\(kind.name)` is based on nothing and has nothing inside", at: kind.nameRange,
        "a refinement names its base (`kind \(kind.name): Service { … }`), a template has components")
      kind.isPoisoned = true
    }
  }

  /// The fields of a kind or of a type of the standard library, as what may be set.
  func schemaFields(in block: Syntax, of scope: Scope) -> [SchemaField] {
    var fields: [SchemaField] = []
    for node in block.children() where node.kind == .field {
      guard let name = node.name, let typeNode = node.typeNode, let type = valueType(typeNode, in: scope) else {
        continue
      }
      var (isLeading, fallsBack, form) = (false, false, SchemaField.Form.property)
      for attribute in node.children() where attribute.kind == .attribute {
        switch attribute.name?.text {
        case "leading" where scope.unit.isStandard: isLeading = true
        case "setting" where scope.unit.isStandard: fallsBack = true
        case "constructor" where scope.unit.isStandard: form = .constructor
        case "literal" where scope.unit.isStandard: form = .literal
        case "on", "quantile", "window": if scope.unit.isStandard { continue }
        default:
          report(.unknownAttribute, "a parameter of a kind has no attributes", at: attribute.range)
        }
      }
      var value: Value?
      if let written = node.valueNode { value = evaluate(written, as: type, .named(name.text), in: scope) }
      if fields.contains(where: { $0.name == name.text }) {
        report(.duplicateName, "`\(name.text)` is declared twice", at: name.range)
        continue
      }
      fields.append(
        SchemaField(
          name: name.text, type: type, defaultValue: value,
          isRequired: node.valueNode == nil && !type.isOptional && form == .property, isLeading: isLeading,
          fallsBackToSetting: fallsBack, form: form, doc: node.doc, range: name.range))
    }
    return fields
  }
}

extension Properties {
  /// The same values over a larger schema that begins with the fields of this one.
  func moved(to schema: Schema) -> Properties {
    var result = Properties(schema)
    for name in explicitNames { result.set(name, self[name]) }
    return result
  }
}
