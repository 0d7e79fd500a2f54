import DroidSyntax

/// Records, enums and errors.
extension Checker {
  func resolveTypes() {
    var defaults: [() -> Void] = []
    for unit in units {
      let scope = Scope(unit: unit)
      for name in unit.enumerationOrder { if let it = unit.enumerations[name] { addEnumeration(name, it, unit) } }
      for name in unit.recordOrder {
        guard let declaration = unit.records[name] else { continue }
        let full = unit.qualifier + name
        let (fields, nodes) = dataFields(declaration.syntax.block, owner: .named(name), in: scope)
        types.add(RecordType(name: full, doc: declaration.syntax.doc, fields: fields, range: declaration.nameRange))
        let keys = fields.filter(\.isKey)
        if keys.count > 1 {
          report(
            .badKey, "`\(name)` has two keys", at: keys[1].range, "a record is identified by one field",
            notes: [Label(keys[0].range, "the first key is here")])
        }
        if let key = keys.first, key.type.isOptional {
          report(.badKey, "a key is always there", at: key.range, "it cannot be optional")
        }
        defaults.append { [self] in
          for (index, node) in nodes.enumerated() {
            let (value, examples) = defaultAndExamples(node, fields[index], in: scope)
            if value != nil || !examples.isEmpty {
              types.setDefault(value, examples: examples, ofRecord: full, field: index)
            }
          }
        }
      }
      for name in unit.errorOrder {
        guard let declaration = unit.errors[name] else { continue }
        let full = unit.qualifier + name
        var status = 500
        if let node = declaration.syntax.child(.quantity) {
          let bounds = Bounds(lower: ExactDecimal(400), upper: ExactDecimal(599))
          if let said = quantity(node, as: .int(bounds), "the status of an error")?.integer { status = Int(said) }
        }
        let (fields, nodes) = dataFields(declaration.syntax.block, owner: .named(name), in: scope)
        for field in fields where ["type", "title", "status", "detail", "instance"].contains(field.wireName) {
          report(
            .nameTaken, "`\(field.wireName)` is a member of every problem document", at: field.range,
            "RFC 9457 gives it a meaning of its own; choose another name")
        }
        types.add(
          ErrorType(
            name: full, status: status, doc: declaration.syntax.doc, fields: fields, range: declaration.nameRange))
        defaults.append { [self] in
          for (index, node) in nodes.enumerated() {
            let (value, examples) = defaultAndExamples(node, fields[index], in: scope)
            if value != nil || !examples.isEmpty {
              types.setDefault(value, examples: examples, ofError: full, field: index)
            }
          }
        }
      }
    }
    for fill in defaults { fill() }
    checkRecursion()
  }

  private func addEnumeration(_ name: String, _ declaration: Unit.Declaration, _ unit: Unit) {
    var cases: [EnumerationType.Case] = []
    var seen: [String: SourceRange] = [:]
    for node in declaration.syntax.children() where node.kind == .enumCase {
      guard let caseName = node.name else { continue }
      if let earlier = seen.updateValue(caseName.range, forKey: caseName.text) {
        duplicate(caseName, "case", earlier)
        continue
      }
      let attributes = attributes(node, allowed: ["name", "deprecated"], in: Scope(unit: unit))
      cases.append(
        .init(
          name: caseName.text, wireName: attributes.wireName ?? caseName.text, doc: node.doc,
          deprecated: attributes.deprecated))
    }
    if cases.isEmpty, !declaration.syntax.isBroken {
      report(.emptyBlock, "`\(name)` has no cases", at: declaration.nameRange, "a value of it could never be written")
    }
    types.add(
      EnumerationType(
        name: unit.qualifier + name, doc: declaration.syntax.doc, cases: cases, range: declaration.nameRange))
  }

  /// The fields of a type, an error or the parameters of an operation, with their nodes.
  func dataFields(_ block: Syntax?, owner: Subject, in scope: Scope) -> ([DataField], [Syntax]) {
    guard let block else { return ([], []) }
    var fields: [DataField] = []
    var nodes: [Syntax] = []
    var seen: [String: SourceRange] = [:]
    for node in block.children() {
      if node.kind == .missing || node.kind == .unexpected { continue }
      guard node.kind == .field else {
        misplaced(node, in: "a type")
        continue
      }
      guard let name = node.name, let typeNode = node.typeNode else { continue }
      let text = name.text
      if let earlier = seen.updateValue(name.range, forKey: text) {
        duplicate(name, "field", earlier)
        continue
      }
      guard let type = valueType(typeNode, in: scope) else { continue }
      let attributes = attributes(
        node, allowed: ["personal", "secret", "deprecated", "example", "name", "header"], in: scope)
      fields.append(
        DataField(
          name: text, wireName: attributes.wireName ?? text, doc: node.doc, type: type, defaultValue: nil,
          isKey: node.keyword == "key" && node.keywordRange.start != name.range.start,
          isPersonal: attributes.isPersonal,
          isSecret: attributes.isSecret, deprecated: attributes.deprecated, examples: [], header: attributes.header,
          range: name.range))
      nodes.append(node)
    }
    if fields.contains(where: { $0.wireName != $0.name }) { checkWireNames(fields, owner) }
    return (fields, nodes)
  }

  private func checkWireNames(_ fields: [DataField], _ owner: Subject) {
    var wires: [String: SourceRange] = [:]
    for field in fields {
      if let earlier = wires.updateValue(field.range, forKey: field.wireName) {
        report(
          .namesMeet, "two fields of \(owner) are called `\(field.wireName)` on the wire", at: field.range,
          notes: [Label(earlier, "the first is here")])
      }
    }
  }

  func defaultAndExamples(_ node: Syntax, _ field: DataField, in scope: Scope) -> (Value?, [Value]) {
    var value: Value?
    if let written = node.valueNode { value = evaluate(written, as: field.type, .named(field.name), in: scope) }
    var examples: [Value] = []
    for attribute in node.children() where attribute.kind == .attribute && attribute.name?.text == "example" {
      for argument in (attribute.child(.arguments)?.children()).map(Array.init) ?? [] {
        guard let written = argument.children().first(where: { $0.kind != .name }) else { continue }
        if let example = evaluate(written, as: field.type, "the example", in: scope) { examples.append(example) }
      }
    }
    return (value, examples)
  }

  struct Attributes {
    var isPersonal = false
    var isSecret = false
    var deprecated: String?
    var wireName: String?
    var header: String?
  }

  func attributes(_ node: Syntax, allowed: [String], in scope: Scope) -> Attributes {
    var result = Attributes()
    for attribute in node.children() where attribute.kind == .attribute {
      guard let name = attribute.name else { continue }
      guard allowed.contains(name.text) else {
        let guess = suggestion(name.text, among: allowed, at: name.range)
        report(
          .unknownAttribute, "`@\(name.text)` means nothing here", at: attribute.range, guess.label,
          help: "there are \(Suggestion.list(allowed.map { "@" + $0 }))", fixes: guess.fixes, in: scope)
        continue
      }
      let argument = attribute.child(.arguments)?.children().first { $0.kind == .argument }?.child(.string).map(string)
      switch name.text {
      case "personal": result.isPersonal = true
      case "secret": result.isSecret = true
      case "deprecated": result.deprecated = argument ?? ""
      case "name": result.wireName = argument
      case "header": result.header = argument ?? ""
      default: break
      }
      if name.text == "name", argument == nil {
        report(
          .missingProperty, "`@name` needs the name on the wire", at: attribute.range, "such as `@name(\"order-id\")`")
      }
    }
    return result
  }

  /// A record that contains itself other than through `?` or a list could never be written down.
  private func checkRecursion() {
    var state: [String: Int] = [:]
    for record in types.records where state[record.name] == nil {
      var stack: [(name: String, next: Int)] = [(record.name, 0)]
      state[record.name] = 1
      while let (name, next) = stack.last {
        guard let current = types.record(name), next < current.fields.count else {
          state[name] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let field = current.fields[next]
        guard case .record(let inner) = field.type else { continue }
        if state[inner] == 1 {
          report(
            .recursiveType, "a `\(inner)` would contain itself without end", at: field.range,
            "make it optional (`\(inner)?`) or a list (`[\(inner)]`)")
        } else if state[inner] == nil {
          state[inner] = 1
          stack.append((inner, 0))
        }
      }
    }
  }
}

extension NodeKind {
  var isType: Bool { self == .namedType || self == .listType || self == .mapType || self == .optionalType }

  /// A declaration about an element.
  var isWatch: Bool { self == .slo || self == .anomaly || self == .alert || self == .metric }

  var isValue: Bool {
    switch self {
    case .condition, .quantity, .range, .string, .list, .record, .call, .path: true
    default: false
    }
  }
}

extension Syntax {
  /// The type of a field, port or parameter.
  var typeNode: Syntax? { children().first { $0.kind.isType } }

  /// The value behind `=`.
  var valueNode: Syntax? {
    var last: Syntax?
    var rest = children()
    // The key of a property is a path too.
    if kind == .property { _ = rest.next() }
    while let child = rest.next() {
      if child.kind.isValue { last = child }
    }
    return last
  }
}
