import DroidSyntax

/// What the names of types mean.
extension Checker {
  static let dataTypeNames: Set<String> = [
    "Bool", "Int", "Float", "Decimal", "String", "UUID", "Date", "Time", "Duration", "URL", "Email", "Binary", "JSON",
  ]

  /// The type that is written; nil where it is wrong (and reported) or a parameter that is not known.
  func valueType(_ node: Syntax, in scope: Scope) -> ValueType? {
    switch node.kind {
    case .optionalType:
      guard let inner = node.firstChild else { return nil }
      return valueType(inner, in: scope).map { .optional($0) }
    case .listType:
      guard let element = node.children().first(where: { $0.kind != .typeArguments }),
        let type = valueType(element, in: scope)
      else { return nil }
      return .list(type, sizes(node.child(.typeArguments)))
    case .mapType:
      let parts = node.children().filter { $0.kind != .typeArguments }
      guard parts.count == 2, let value = valueType(parts[1], in: scope) else { return nil }
      guard parts[0].text == "String" else {
        report(.typeMismatch, "the keys of a map are texts", at: parts[0].range, "`[String: …]` is the only map")
        return nil
      }
      return .map(value, sizes(node.child(.typeArguments)))
    case .namedType: return namedType(node, in: scope)
    default: return nil
    }
  }

  private func namedType(_ node: Syntax, in scope: Scope) -> ValueType? {
    guard let path = node.child(.path) else { return nil }
    let arguments = node.child(.typeArguments)
    let name = path.text
    switch name {
    case "Bool": return .bool
    case "Int": return .int(bounds(arguments, of: .int(.none)))
    case "Float": return .float(bounds(arguments, of: .float(.none)))
    case "Decimal": return .decimal(bounds(arguments, of: .decimal(.none)))
    case "String": return .string(textRules(arguments))
    case "UUID": return .uuid
    case "Date": return .date
    case "Time": return .time
    case "Duration": return .duration(bounds(arguments, of: .duration(.none)))
    case "URL": return .url
    case "Email": return .email
    case "Binary": return .binary(sizes(arguments))
    case "JSON": return .json
    default: break
    }
    if let type = namedDataType(path, in: scope, quietly: true) { return type }
    if scope.isInsideKind || scope.unit.isStandard, let type = propertyType(name, arguments, in: scope) { return type }
    return namedDataType(path, in: scope)
  }

  /// Types that only the parameters of kinds and the standard library have.
  private func propertyType(_ name: String, _ arguments: Syntax?, in scope: Scope) -> ValueType? {
    switch name {
    case "Bytes": return .bytes(bounds(arguments, of: .bytes(.none)))
    case "Percent": return .percent(bounds(arguments, of: .percent(.none)))
    case "Rate": return .rate
    case "Secret": return .secret
    case "Type": return .type
    case "Language": return (standardTypes?.type(name) ?? standard.choices[name].map { .choice($0) })
    case "Team", "Healing", "Scaling", "Resilience": return ReferenceKind(rawValue: name).map { .reference($0) }
    case "Range":
      guard let element = arguments?.firstChild else { return nil }
      return valueType(element, in: scope).map { .range($0) }
    default: break
    }
    guard scope.unit.isStandard else { return nil }
    switch name {
    case "Condition": return .condition
    case "Signal": return .signal
    case "Name": return .name
    case "Broker", "Store", "Answer", "Version": return ReferenceKind(rawValue: name).map { .reference($0) }
    default: return standardTypes?.type(name)
    }
  }

  /// A record or enum of a unit, or the parameter of a kind that names one.
  func namedDataType(_ path: Syntax, in scope: Scope, quietly: Bool = false) -> ValueType? {
    let segments = path.segments
    guard let last = segments.last else { return nil }
    if segments.count == 1, let parameter = scope.parameters[last.text] {
      if case .type(let name)? = parameter.value { return .record(name) }
      if case .type = parameter.type { return nil }
    }
    if quietly {
      let unit = segments.count == 1 ? scope.unit : scope.unit.imports[segments[0].text]
      guard let unit, segments.count <= 2, !unit.isStandard else { return nil }
      if segments.count == 2 { note(segments[0].range, scope.unit.importRanges[segments[0].text]) }
      return declaredType(last, of: unit)
    }
    guard let unit = unit(of: segments, in: scope) else { return nil }
    if let type = declaredType(last, of: unit) { return type }
    if let kind = unit.kinds[last.text] ?? standardKind(last.text) {
      report(
        .unknownType, "`\(last.text)` is a kind of component, not a type of data", at: last.range,
        notes: kind.unit.isStandard ? [] : [Label(kind.nameRange, "declared here")], in: scope)
      return nil
    }
    if let error = unit.errors[last.text] {
      report(
        .unknownType, "`\(last.text)` is an error, not a type of data", at: last.range, "errors stand behind `throws`",
        notes: [Label(error.nameRange, "declared here")], in: scope)
      return nil
    }
    let foreign = [
      "string": "String", "int": "Int", "integer": "Int", "Integer": "Int", "number": "Float", "float": "Float",
      "double": "Float", "bool": "Bool", "boolean": "Bool", "Boolean": "Bool", "uuid": "UUID", "datetime": "Time",
      "DateTime": "Time", "Timestamp": "Time", "str": "String", "Text": "String", "bytes": "Binary", "Any": "JSON",
    ]
    if let meant = foreign[last.text] {
      report(
        .unknownType, "no type is called `\(last.text)`", at: last.range, "it is called `\(meant)` here",
        fixes: [Fix("write `\(meant)`", replacing: last.range, with: meant)], in: scope)
      return nil
    }
    let names = Array(unit.records.keys) + Array(unit.enumerations.keys) + Array(Self.dataTypeNames)
    let guess = suggestion(last.text, among: names.sorted(), at: last.range)
    report(
      .unknownType, "no type is called `\(last.text)`", at: last.range, guess.label,
      help: guess.fixes.isEmpty ? "declare it: `type \(last.text) { … }`" : nil, fixes: guess.fixes, in: scope)
    return nil
  }

  private func declaredType(_ name: Syntax.Segment, of unit: Unit) -> ValueType? {
    let text = name.text
    if let record = unit.records[text] {
      note(name.range, record.nameRange)
      return .record(unit.qualifier + text)
    }
    guard let enumeration = unit.enumerations[text] else { return nil }
    note(name.range, enumeration.nameRange)
    return .enumeration(unit.qualifier + text)
  }

  func standardKind(_ name: String) -> Kind? { standardTypes == nil ? standard.unit.kinds[name] : nil }

  /// `(1..100)`, in the unit of the type.
  private func bounds(_ arguments: Syntax?, of type: ValueType) -> Bounds {
    guard let arguments else { return .none }
    for argument in arguments.children() {
      switch argument.kind {
      case .range, .quantity:
        guard let value = range(argument, of: type, "the bound"), let (lower, upper) = value.range else { return .none }
        return Bounds(lower: lower.order, upper: upper?.order)
      case .missing, .unexpected: return .none
      default:
        report(
          .badRefinement, "\(type.spoken) is refined by a range", at: argument.range, "such as `(1..100)`")
        return .none
      }
    }
    return .none
  }

  /// How many.
  private func sizes(_ arguments: Syntax?) -> Bounds {
    let bounds = bounds(arguments, of: .int(Bounds(lower: .zero)))
    return bounds
  }

  /// `(1..40, pattern: "[A-Z]+")`.
  private func textRules(_ arguments: Syntax?) -> TextRules {
    guard let arguments else { return .none }
    var length = Bounds.none
    var pattern: String?
    for argument in arguments.children() {
      switch argument.kind {
      case .range, .quantity:
        if let (lower, upper) = range(argument, of: .int(Bounds(lower: .zero)), "the length")?.range {
          length = Bounds(lower: lower.order, upper: upper?.order)
        }
      case .namedTypeArgument where argument.name?.text == "pattern":
        guard let value = argument.child(.string) else { continue }
        let text = string(value)
        if (try? Regex(text)) == nil {
          report(.badRefinement, "this is no regular expression", at: value.range)
        } else {
          pattern = text
          if PatternReach.looksAround(text) { patternsThatLook.append((text, value.range)) }
        }
      case .missing, .unexpected: continue
      default:
        report(
          .badRefinement, "a text is refined by its length and a pattern", at: argument.range,
          "such as `String(1..40, pattern: \"[A-Z]+\")`")
      }
    }
    return TextRules(length: length, pattern: pattern)
  }
}
