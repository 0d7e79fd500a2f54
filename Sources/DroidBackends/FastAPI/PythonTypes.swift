import DroidSemantics

/// How values are typed in Python, and what a module must import for it.
struct PythonTypes {
  let system: System
  /// Where the package's own modules are from here: `.` or `..`; for tests and for `src`, `orders_service.`.
  let root: String
  /// A module that declares the types does not import them.
  var declaresTypes = false

  /// Where a value stands: a parameter is text on the wire, a body is JSON.
  enum Place { case body, text }

  /// The type of a field, with its rules and with what is said beside it.
  func field(_ field: DataField, in module: inout PythonModule, isKey: Bool = false) -> PythonCode {
    var options: [PythonCode] = []
    var extra: [PythonCode] = []
    if PythonSpelling.field(field.name) != field.wireName {
      options.append(.text("alias=" + PythonLiteral.string(field.wireName)))
    }
    if let reason = field.deprecated {
      options.append(.text("deprecated=" + PythonLiteral.string(reason.isEmpty ? "Deprecated." : reason)))
    }
    let examples = field.examples.compactMap { Examples(system).json($0, field.type) }
    if !examples.isEmpty { options.append(PythonLiteral.json(.array(examples)).wrapped("examples=")) }
    if field.isPersonal || field.isSecret {
      module.use(root + "runtime.wire", "MASKED")
      extra.append(.text("MASKED"))
    }
    return annotated(
      isKey ? Self.key(field.type) : field.type, options: options, extra: extra, with: "Field", in: &module, .body)
  }

  /// The type of a key: as a part of a path, it is no empty text and holds no slash.
  static func key(_ type: ValueType) -> ValueType {
    guard case .string(let rules) = type, rules.pattern == nil else { return type }
    return .string(TextRules(length: rules.length, pattern: #"^[^/\x00]+$"#))
  }

  /// A type with its rules, where nothing is said beside it.
  func plain(_ type: ValueType, in module: inout PythonModule, _ place: Place = .body) -> PythonCode {
    annotated(type, options: [], extra: [], with: "Field", in: &module, place)
  }

  /// A type with its rules and options, `Annotated` only if it has some.
  func annotated(
    _ type: ValueType, options: [PythonCode], extra: [PythonCode], with call: String, in module: inout PythonModule,
    _ place: Place, always: Bool = false
  ) -> PythonCode {
    // The rules of a text hold for the text of an optional one; those of other types need a type of their own.
    var base: PythonCode
    var rules: [PythonCode]
    if case .optional(let inner) = type {
      if case .string = inner {
        (base, rules) = self.base(inner, in: &module, place)
        base = base.wrapped("", " | None")
      } else {
        (base, rules) = (plain(inner, in: &module, place).wrapped("", " | None"), [])
      }
    } else {
      (base, rules) = self.base(type, in: &module, place)
    }
    rules += options
    var parts = [base]
    if !rules.isEmpty || always {
      module.use(call == "Field" ? "pydantic" : "fastapi", call)
      parts.append(.call(call, rules))
    }
    parts += extra
    if parts.count == 1 { return base }
    module.use("typing", "Annotated")
    return .group("Annotated", .square, parts)
  }

  /// The type itself, and its rules.
  private func base(_ type: ValueType, in module: inout PythonModule, _ place: Place) -> (PythonCode, [PythonCode]) {
    switch type {
    case .bool: return (wire(place == .text ? "BoolText" : "Bool", &module), [])
    case .int(let bounds): return (wire(place == .text ? "IntText" : "Int", &module), Self.range(bounds))
    case .float(let bounds): return (wire(place == .text ? "FloatText" : "Float", &module), Self.range(bounds))
    case .decimal(let bounds): return (wire("Decimal", &module), range(bounds, decimalIn: &module))
    case .duration(let bounds):
      return (wire(place == .text ? "DurationText" : "Duration", &module), range(bounds.inSeconds, secondsIn: &module))
    case .string(let rules):
      let pattern = rules.pattern.map { [PythonCode.text("pattern=" + PythonLiteral.pattern($0))] } ?? []
      return (.text("str"), Self.sizes(rules.length) + pattern)
    case .uuid: return (wire("UUID", &module), [])
    case .date: return (wire("Date", &module), [])
    case .time: return (wire("Time", &module), [])
    case .url: return (wire("URL", &module), [])
    case .email: return (wire("Email", &module), [])
    case .binary(let bounds): return (wire("Binary", &module), Self.sizes(bounds))
    case .json: return (wire("JSON", &module), [])
    case .list(let element, let bounds):
      return (.group("list", .square, [plain(element, in: &module, place)]), Self.sizes(bounds))
    case .map(let element, let bounds):
      return (.group("dict", .square, [.text("str"), plain(element, in: &module)]), Self.sizes(bounds))
    case .optional(let inner):
      return (plain(inner, in: &module, place).wrapped("", " | None"), [])
    case .record(let name), .enumeration(let name):
      let spelled = PythonSpelling.type(name)
      if !declaresTypes { module.use(root + "models", spelled) }
      return (.text(spelled), [])
    default:
      module.use("typing", "Any")
      return (.text("Any"), [])
    }
  }

  private func wire(_ name: String, _ module: inout PythonModule) -> PythonCode {
    module.use(root + "runtime.wire", name)
    return .text(name)
  }

  private static func range(_ bounds: Bounds, _ spell: (ExactDecimal) -> String = { $0.description }) -> [PythonCode] {
    [bounds.lower.map { .text("ge=" + spell($0)) }, bounds.upper.map { .text("le=" + spell($0)) }].compactMap { $0 }
  }

  private static func sizes(_ bounds: Bounds) -> [PythonCode] {
    [
      bounds.lower.flatMap { $0 == .zero ? nil : .text("min_length=\($0)") },
      bounds.upper.map { .text("max_length=\($0)") },
    ].compactMap { $0 }
  }

  /// Exact: no bound of a decimal number goes through a binary one.
  private func range(_ bounds: Bounds, decimalIn module: inout PythonModule) -> [PythonCode] {
    if bounds != .none { module.use(module: "decimal") }
    return Self.range(bounds) { "decimal.Decimal(\"\($0)\")" }
  }

  private func range(_ bounds: Bounds, secondsIn module: inout PythonModule) -> [PythonCode] {
    if bounds != .none { module.use(module: "datetime") }
    return Self.range(bounds) { "datetime.timedelta(seconds=\($0))" }
  }

  /// The default of a field or parameter, as Python code; nil where there is none. A list or record is made anew each time.
  func defaultValue(_ field: DataField, in module: inout PythonModule) -> String? {
    guard let value = field.defaultValue else { return field.type.isOptional ? "None" : nil }
    return literal(value, field.type.unwrapped, in: &module)
  }

  private func literal(_ value: Value, _ type: ValueType, in module: inout PythonModule) -> String? {
    switch (type, value) {
    case (_, .none): return "None"
    case (_, .bool(let flag)): return flag ? "True" : "False"
    case (.decimal, _):
      guard let number = value.number else { return nil }
      module.use(module: "decimal")
      return "decimal.Decimal(\"\(number.written)\")"
    case (.float, .integer(let number)): return "\(number).0"
    case (_, .integer(let number)): return String(number)
    case (_, .number(let number)): return number.description
    case (.duration, .duration(let span)):
      module.use(module: "datetime")
      return "datetime.timedelta(seconds=\(span.seconds))"
    case (.enumeration(let name), .choice(let word)):
      let spelled = PythonSpelling.type(name)
      if !declaresTypes { module.use(root + "models", spelled) }
      return "\(spelled).\(PythonSpelling.member(word))"
    case (.uuid, .text(let text)):
      module.use(module: "uuid")
      return "uuid.UUID(\(PythonLiteral.string(text)))"
    case (.date, .text(let text)):
      module.use(module: "datetime")
      return "datetime.date.fromisoformat(\(PythonLiteral.string(text)))"
    case (.time, .text(let text)):
      module.use(module: "datetime")
      return "datetime.datetime.fromisoformat(\(PythonLiteral.string(text)))"
    case (.binary, .text(let text)):
      module.use(module: "base64")
      return "base64.b64decode(\(PythonLiteral.string(text)))"
    case (_, .text(let text)): return PythonLiteral.string(text)
    case (.list(let element, _), .list(let values)):
      var parts: [String] = []
      for value in values { if let part = literal(value, element, in: &module) { parts.append(part) } }
      return "[" + parts.joined(separator: ", ") + "]"
    case (.map(let element, _), .map(let entries)):
      var parts: [String] = []
      for entry in entries {
        guard let part = literal(entry.value, element, in: &module) else { continue }
        parts.append(PythonLiteral.string(entry.key) + ": " + part)
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case (.record(let name), .record):
      guard let tree = Examples(system).json(value, type) else { return nil }
      return "\(PythonSpelling.type(name)).model_validate(\(PythonLiteral.json(tree).flat))"
    default: return nil
    }
  }
}
