import DroidSyntax

/// Lists, maps, records, constructors.
extension Checker {
  func list(_ node: Syntax, of element: ValueType, _ bounds: Bounds, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .list else {
      if case .union = element { return evaluate(node, as: element, subject, in: scope).map { .list([$0]) } }
      let fits = node.kind == .path || node.kind == .string || node.kind == .quantity || node.kind == .call
      mismatch(node, .list(element, bounds), subject, fix: fits ? "[\(node.text)]" : nil)
      return nil
    }
    var values: [Value] = []
    var isWhole = true
    for item in node.children() {
      if let value = evaluate(item, as: element, subject, in: scope) {
        values.append(value)
      } else {
        isWhole = false
      }
    }
    guard isWhole else { return nil }
    if !bounds.contains(ExactDecimal(Int64(values.count))) {
      report(.outOfRange, "\(subject) has \(values.count) elements", at: node.range, bounds.spokenSize("element"))
      return nil
    }
    return .list(values)
  }

  /// `{ name = value }` where any name may stand.
  func map(_ node: Syntax, of element: ValueType, _ bounds: Bounds, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .record else {
      mismatch(node, .map(element, bounds), subject)
      return nil
    }
    var entries: [MapEntry] = []
    var ranges: [String: SourceRange] = [:]
    var isWhole = true
    for field in recordFields(node) {
      if let earlier = ranges.updateValue(field.keyRange, forKey: field.key) {
        report(
          .duplicateProperty, "`\(field.key)` is set twice", at: field.keyRange,
          notes: [Label(earlier, "set here first")])
        isWhole = false
      } else if let value = evaluate(field.value, as: element, .named(field.key), in: scope) {
        entries.append(MapEntry(field.key, value))
      } else {
        isWhole = false
      }
    }
    if !bounds.contains(ExactDecimal(Int64(entries.count))), isWhole {
      report(.outOfRange, "\(subject) has \(entries.count) entries", at: node.range, bounds.spokenSize("entry"))
      return nil
    }
    return isWhole ? .map(entries) : nil
  }

  struct RecordField {
    let key: String
    let keyRange: SourceRange
    let value: Syntax
  }

  /// The fields of a record node that are whole.
  func recordFields(_ node: Syntax) -> [RecordField] {
    node.children().compactMap { field in
      guard field.kind == .recordField else { return nil }
      var parts = field.children().makeIterator()
      guard let key = parts.next(), let value = parts.next(), key.kind == .name || key.kind == .string else {
        return nil
      }
      return RecordField(key: key.kind == .string ? string(key) : key.text, keyRange: key.range, value: value)
    }
  }

  /// A record of options; a leading field may stand alone.
  func options(_ node: Syntax, _ schema: Schema, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .record else {
      if let leading = schema.leading, let value = evaluate(node, as: leading.type, subject, in: scope) {
        var properties = Properties(schema)
        properties.set(leading.name, value)
        return .record(properties)
      }
      if schema.leading == nil { mismatch(node, .options(schema), subject) }
      return nil
    }
    note(node.range, sets: schema)
    var properties = Properties(schema)
    var ranges: [String: SourceRange] = [:]
    var isWhole = true
    for field in recordFields(node) {
      guard let index = schema.index(of: field.key) else {
        let guess = suggestion(field.key, among: schema.fields.map(\.name), at: field.keyRange)
        report(
          .unknownProperty, "\(subject) has no `\(field.key)`", at: field.keyRange, guess.label,
          help: schema.fields.isEmpty ? nil : "it has \(Suggestion.list(schema.fields.map(\.name), limit: 12))",
          fixes: guess.fixes, in: scope)
        isWhole = false
        continue
      }
      if let earlier = ranges.updateValue(field.keyRange, forKey: field.key) {
        report(
          .duplicateProperty, "`\(field.key)` is set twice", at: field.keyRange,
          notes: [Label(earlier, "set here first")])
        continue
      }
      note(field.keyRange, schema.fields[index].range)
      if let value = evaluate(field.value, as: schema.fields[index].type, .named(field.key), in: scope) {
        properties.set(index, value)
      } else {
        isWhole = false
      }
    }
    return isWhole ? .record(properties) : nil
  }

  /// One of several forms: a constructor, or a literal.
  func union(_ node: Syntax, _ schema: Schema, _ subject: Subject, in scope: Scope) -> Value? {
    let literals = schema.fields.filter { $0.form == .literal }
    switch node.kind {
    case .path, .call:
      let path = node.kind == .path ? node : (node.child(.path) ?? node)
      let name = path.text
      if let field = schema[name], field.form == .constructor {
        note(path.range, field.range)
        return construct(node, name, field.type, in: scope).map { .call(name, $0) }
      }
      if let literal = literals.first(where: { $0.type.takes(node.kind, name) }) {
        return evaluate(node, as: literal.type, subject, in: scope)
      }
      let names = schema.fields.filter { $0.form == .constructor }.map(\.name)
      let guess = suggestion(name, among: names, at: path.range)
      report(
        .unknownChoice, "\(subject) cannot be `\(name)`", at: path.range, guess.label,
        help: "it is \(ValueType.union(schema).spoken)", fixes: guess.fixes, in: scope)
      return nil
    default:
      if let literal = literals.first(where: { $0.type.takes(node.kind, node.text) }) ?? literals.first {
        return evaluate(node, as: literal.type, subject, in: scope)
      }
      if node.kind == .string, let field = schema[string(node)], field.form == .constructor {
        mismatch(node, .union(schema), subject, fix: string(node))
      } else {
        mismatch(node, .union(schema), subject)
      }
      return nil
    }
  }

  /// The arguments of a constructor: positional ones first, in the order of the fields, then named ones.
  private func construct(_ node: Syntax, _ name: String, _ type: ValueType, in scope: Scope) -> Properties? {
    guard case .options(let schema) = type else { return nil }
    if let arguments = node.child(.arguments) { note(arguments.range, sets: schema) }
    var properties = Properties(schema)
    var (position, isWhole, sawNamed) = (0, true, false)
    for argument in (node.child(.arguments)?.children()).map(Array.init) ?? [] where argument.kind == .argument {
      guard let value = argument.children().first(where: { $0.kind != .name }) else {
        isWhole = false
        continue
      }
      let index: Int
      if let named = argument.child(.name) {
        sawNamed = true
        guard let known = schema.index(of: named.text) else {
          let guess = suggestion(named.text, among: schema.fields.map(\.name), at: named.range)
          report(
            .unknownArgument, "`\(name)` takes no `\(named.text)`", at: named.range, guess.label,
            help: schema.fields.isEmpty ? "it takes nothing" : "it takes \(Suggestion.list(schema.fields.map(\.name)))",
            fixes: guess.fixes, in: scope)
          isWhole = false
          continue
        }
        index = known
        note(named.range, schema.fields[known].range)
      } else {
        guard !sawNamed, position < schema.fields.count else {
          report(
            .unknownArgument,
            sawNamed ? "positional arguments come before named ones" : "`\(name)` takes no more arguments",
            at: argument.range,
            sawNamed || schema.fields.isEmpty ? "" : "it takes \(Suggestion.list(schema.fields.map(\.name)))",
            in: scope)
          isWhole = false
          continue
        }
        index = position
        position += 1
      }
      if properties.explicit(at: index) != nil {
        report(.duplicateProperty, "`\(schema.fields[index].name)` is given twice", at: argument.range)
        isWhole = false
        continue
      }
      if let value = evaluate(value, as: schema.fields[index].type, .named(schema.fields[index].name), in: scope) {
        properties.set(index, value)
      } else {
        isWhole = false
      }
    }
    guard isWhole else { return nil }
    let missing = schema.fields.filter { $0.isRequired && properties.explicit($0.name) == nil }
    if !missing.isEmpty {
      report(
        .missingProperty, "`\(name)` needs \(Suggestion.list(missing.map(\.name)))", at: node.range,
        "such as `\(name)(\(missing.map { "\($0.name): …" }.joined(separator: ", ")))`", in: scope)
      return nil
    }
    return properties
  }

  /// A value of a record type of the system: a default or an example.
  func recordValue(_ node: Syntax, of name: String, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .record, let record = types.record(name) else {
      if types.record(name) != nil { mismatch(node, .record(name), subject) }
      return nil
    }
    var entries: [MapEntry] = []
    var isWhole = true
    for field in recordFields(node) {
      guard let declared = record.fields.first(where: { $0.name == field.key }) else {
        let guess = suggestion(field.key, among: record.fields.map(\.name), at: field.keyRange)
        report(
          .unknownProperty, "`\(name)` has no field `\(field.key)`", at: field.keyRange, guess.label, fixes: guess.fixes
        )
        isWhole = false
        continue
      }
      note(field.keyRange, declared.range)
      if let value = evaluate(field.value, as: declared.type, .named(field.key), in: scope) {
        entries.append(MapEntry(field.key, value))
      } else {
        isWhole = false
      }
    }
    let missing = record.fields.filter { field in
      !field.type.isOptional && field.defaultValue == nil && !entries.contains { $0.key == field.name }
    }
    if isWhole, !missing.isEmpty {
      report(.missingProperty, "this `\(name)` lacks \(Suggestion.list(missing.map(\.name)))", at: node.range)
      return nil
    }
    return isWhole ? .map(entries) : nil
  }

  func enumerationCase(_ node: Syntax, of name: String, _ subject: Subject) -> Value? {
    guard let enumeration = types.enumeration(name) else { return nil }
    let words = enumeration.cases.map(\.name)
    let word = node.kind == .string ? string(node) : node.text
    guard node.kind == .path || node.kind == .string, words.contains(word) else {
      let guess = suggestion(word, among: words, at: node.range)
      report(
        .unknownChoice, "`\(name)` has no case `\(word)`", at: node.range, guess.label,
        help: "it has \(Suggestion.list(words, limit: 12))", fixes: guess.fixes)
      return nil
    }
    if node.kind == .string {
      mismatch(node, .enumeration(name), subject, fix: word)
      return nil
    }
    return .choice(word)
  }

  /// Data of any shape: a raw patch, a JSON value.
  func rawValue(_ node: Syntax, in scope: Scope) -> Value? {
    switch node.kind {
    case .string: return .text(string(node))
    case .quantity:
      let token = node.tree.tokenIndices(node.id).lowerBound
      guard case .value(let literal) = QuantityLiteral.read(node.tree.bytes(ofToken: token)) else { return nil }
      guard literal.unit == .none, literal.scale <= 18 else { return .text(node.text) }
      let number = ExactDecimal(literal.mantissa, scale: UInt8(literal.scale))
      return number.integer.map { .integer($0) } ?? .number(number)
    case .list: return .list(node.children().compactMap { rawValue($0, in: scope) })
    case .record: return map(node, of: .raw, .none, "this", in: scope)
    case .path:
      switch node.text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "none": return Value.none
      default: return .text(node.text)
      }
    case .call where node.child(.path)?.text == "secret": return secret(node, "this")
    case .missing, .unexpected: return nil
    default:
      report(
        .typeMismatch, "raw data has texts, numbers, lists and records", at: node.range,
        "and this is \(node.spokenForm)")
      return nil
    }
  }
}

extension ValueType {
  /// Could a value of this syntactic form be a literal of this type?
  fileprivate func takes(_ form: NodeKind, _ text: String) -> Bool {
    switch self {
    case .optional(let inner): inner.takes(form, text)
    case .bool: form == .path && (text == "true" || text == "false")
    case .string, .url, .email: form == .string
    case .secret: form == .call && text == "secret"
    case .percent: form == .quantity && text.hasSuffix("%")
    case .int, .float: form == .quantity && !text.hasSuffix("%")
    case .bytes, .duration, .rate: form == .quantity
    default: false
    }
  }
}
