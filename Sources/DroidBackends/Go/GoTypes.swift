import DroidSemantics

/// How values are typed in Go, and what says how they travel.
struct GoTypes {
  let names: GoNames
  let system: System

  // MARK: Go's types

  /// The type of a field, parameter or result. What is absent is nil.
  func type(_ type: ValueType, in file: inout GoFile) -> String {
    guard case .optional(let inner) = type else { return plain(type, in: &file) }
    return Self.isNilable(inner) ? plain(inner, in: &file) : "*" + plain(inner, in: &file)
  }

  /// Types that are nil when they are absent, without a pointer.
  static func isNilable(_ type: ValueType) -> Bool {
    switch type {
    case .list, .map, .json, .binary: true
    default: false
    }
  }

  private func plain(_ type: ValueType, in file: inout GoFile) -> String {
    switch type {
    case .bool: return "bool"
    case .int: return "int64"
    case .float: return "float64"
    case .string, .url, .email: return "string"
    case .decimal: return wire("Decimal", &file)
    case .uuid: return wire("UUID", &file)
    case .date: return wire("Date", &file)
    case .time:
      file.use("time")
      return "time.Time"
    case .duration:
      file.use("time")
      return "time.Duration"
    case .binary: return "[]byte"
    case .json:
      file.use("encoding/json")
      return "json.RawMessage"
    case .list(let element, _): return "[]" + self.element(element, in: &file)
    case .map(let element, _): return "map[string]" + self.element(element, in: &file)
    case .record(let name), .enumeration(let name): return names.type(name)
    default: return "any"
    }
  }

  /// The type of an element: there is no name to leave out, so an absent one is a nil pointer.
  private func element(_ type: ValueType, in file: inout GoFile) -> String {
    if case .optional(let inner) = type { return "*" + plain(inner, in: &file) }
    return plain(type, in: &file)
  }

  private func wire(_ name: String, _ file: inout GoFile) -> String {
    file.use("gen/runtime/wire")
    return "wire." + name
  }

  /// The zero value, for a function that fails.
  func zero(_ type: ValueType, in file: inout GoFile) -> String {
    switch type {
    case .optional, .list, .map, .json, .binary: "nil"
    case .bool: "false"
    case .int, .float, .duration: "0"
    case .string, .url, .email, .enumeration: "\"\""
    default: plain(type, in: &file) + "{}"
    }
  }

  // MARK: How values travel

  /// The expression that says how values of a type travel; of an optional type, those that are there.
  func travels(_ type: ValueType, isKey: Bool = false, in file: inout GoFile) -> String {
    switch type.unwrapped {
    case .bool: return wire("BoolType", &file)
    case .int(let bounds): return wire("IntType", &file) + Self.range(bounds) { $0.description }
    case .float(let bounds): return wire("FloatType", &file) + Self.range(bounds) { $0.description }
    case .decimal(let bounds):
      return wire("DecimalType", &file) + Self.range(bounds) { "wire.MustDecimal(\"\($0)\")" }
    case .duration(let bounds):
      if bounds != .none { file.use("time") }
      return wire("DurationType", &file)
        + Self.range(bounds) { GoLiteral.duration(TimeSpan(nanoseconds: $0.integer ?? 0)) }
    case .string(let rules): return text(rules, isKey: isKey, in: &file)
    case .uuid: return wire("UUIDType", &file)
    case .date: return wire("DateType", &file)
    case .time: return wire("TimeType", &file)
    case .url: return wire("URLType", &file)
    case .email: return wire("EmailType", &file)
    case .binary(let bounds): return wire("BinaryType", &file) + Self.size(bounds)
    case .json: return wire("JSONType", &file)
    case .list(let element, let bounds):
      return wire("List(\(self.traveling(element, in: &file)))", &file) + Self.size(bounds)
    case .map(let element, let bounds):
      return wire("Map(\(self.traveling(element, in: &file)))", &file) + Self.size(bounds)
    case .record(let name), .enumeration(let name): return names.variable(name)
    default: return wire("JSONType", &file)
    }
  }

  private func traveling(_ element: ValueType, in file: inout GoFile) -> String {
    let code = travels(element, in: &file)
    return element.isOptional ? "wire.Nullable(\(code))" : code
  }

  private func text(_ rules: TextRules, isKey: Bool, in file: inout GoFile) -> String {
    var code = wire("StringType", &file) + Self.size(rules.length)
    if let pattern = rules.pattern {
      code = "wire.Matching(\(code), \(GoLiteral.string(GoPattern.spelled(pattern))))"
    } else if isKey {
      code = "wire.Key(\(code))"
    }
    return code
  }

  private static func range(_ bounds: Bounds, _ spell: (ExactDecimal) -> String) -> String {
    (bounds.lower.map { ".Min(\(spell($0)))" } ?? "") + (bounds.upper.map { ".Max(\(spell($0)))" } ?? "")
  }

  private static func size(_ bounds: Bounds) -> String {
    if bounds == .none { return "" }
    return ".Sized(\(bounds.lower ?? .zero), \(bounds.upper?.description ?? "wire.Unbounded"))"
  }

  /// Made once for a service, when it has rules of its own.
  func isNamed(_ type: ValueType) -> Bool {
    switch type.unwrapped {
    case .int(let bounds), .float(let bounds), .decimal(let bounds), .duration(let bounds), .binary(let bounds):
      bounds != .none
    case .string(let rules): rules != .none
    case .list, .map: true
    default: false
    }
  }
}

/// Regular expressions, as Go's `regexp` reads them.
enum GoPattern {
  /// Go has another form of `\u00e9`; the rest is the same.
  static func spelled(_ pattern: String) -> String {
    var result = ""
    var rest = Substring(pattern)
    while let escape = rest.firstIndex(of: "\\") {
      result += rest[..<escape]
      rest = rest[rest.index(after: escape)...]
      let digits = rest.dropFirst().prefix(4)
      if rest.first == "u", digits.count == 4, digits.allSatisfy(\.isHexDigit) {
        result += "\\x{\(digits)}"
        rest = rest.dropFirst(5)
      } else {
        result += "\\" + rest.prefix(1)
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }
}
