import DroidSemantics

/// The JSON Schemas (2020-12) of the types that travel.
struct ContractSchemas {
  private let examples: Examples

  init(_ examples: Examples) { self.examples = examples }

  static let decimalPattern = #"^-?[0-9]+(\.[0-9]+)?$"#
  static let base64Pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
  static let emailPattern =
    #"^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]+)*"#
    + #"@[a-zA-Z0-9]([a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?"#
    + #"(\.[a-zA-Z0-9]([a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])?)*$"#

  /// A name, a pointer to its schema.
  static func reference(_ name: String) -> JSONTree { .object([("$ref", .string("#/components/schemas/\(name)"))]) }

  func record(_ record: RecordType) -> JSONTree {
    let key = record.key
    return object(doc: record.doc, members: record.fields.map { field in (field, field.name == key?.name) })
  }

  func enumeration(_ enumeration: EnumerationType) -> JSONTree {
    var members: [(String, JSONTree)] = [("type", .string("string"))]
    var doc = enumeration.doc.map { [$0] } ?? []
    for each in enumeration.cases {
      let note = each.deprecated.map { $0.isEmpty ? "deprecated." : "deprecated: \($0)" }
      if let text = [each.doc, note].compactMap({ $0 }).first { doc.append("* `\(each.wireName)`: \(text)") }
    }
    if !doc.isEmpty { members.append(("description", .string(doc.joined(separator: "\n")))) }
    members.append(("enum", .array(enumeration.cases.map { .string($0.wireName) })))
    return .object(members)
  }

  /// A declared error, as the problem that the caller gets.
  func error(_ error: ErrorType) -> JSONTree {
    var properties: [(String, JSONTree)] = [
      ("type", .object([("const", .string(Problems.type(of: error)))])),
      ("title", .object([("const", .string(Problems.title(of: error)))])),
      ("status", .object([("const", .integer(error.status))])),
    ]
    var required = ["type", "title", "status"]
    properties.append(("detail", .object([("type", .string("string"))])))
    for field in error.fields {
      properties.append((field.wireName, self.field(field)))
      if isRequired(field) { required.append(field.wireName) }
    }
    return Self.object(doc: error.doc, properties, required: required)
  }

  /// The schema of a field, with what is said beside its type.
  func field(_ field: DataField, isKey: Bool = false) -> JSONTree {
    var members: [(String, JSONTree)] = []
    if let doc = Self.description(field) { members.append(("description", .string(doc))) }
    if field.deprecated != nil { members.append(("deprecated", .bool(true))) }
    if let value = field.defaultValue, let tree = examples.json(value, field.type) { members.append(("default", tree)) }
    let written = field.examples.compactMap { examples.json($0, field.type) }
    if !written.isEmpty { members.append(("examples", .array(written))) }
    guard case .object(var schema) = type(field.type) else { return type(field.type) }
    if isKey, case .string(let rules) = field.type, rules.pattern == nil {
      schema.append(("pattern", .string(Problems.keyPattern)))
    }
    return .object(schema + members)
  }

  /// The schema of a parameter, without what OpenAPI says beside it.
  func parameter(_ field: DataField) -> JSONTree {
    guard case .object(var schema) = type(field.type.unwrapped) else { return type(field.type.unwrapped) }
    if let value = field.defaultValue, let tree = examples.json(value, field.type) { schema.append(("default", tree)) }
    return .object(schema)
  }

  func type(_ type: ValueType) -> JSONTree {
    switch type {
    case .bool: Self.plain("boolean")
    case .int(let bounds):
      .object([("type", .string("integer")), ("format", .string("int64"))] + Self.range(bounds))
    case .float(let bounds): .object([("type", .string("number"))] + Self.range(bounds))
    case .duration(let bounds):
      .object([("type", .string("number")), ("description", .string("Seconds."))] + Self.range(Self.inSeconds(bounds)))
    case .decimal(let bounds):
      .object(
        [("type", .string("string")), ("format", .string("decimal")), ("pattern", .string(Self.decimalPattern))]
          + Self.spoken(bounds))
    case .string(let rules):
      .object(
        [("type", .string("string"))] + Self.sizes(rules.length, "Length")
          + (rules.pattern.map { [("pattern", .string($0))] } ?? []))
    case .uuid: Self.plain("string", format: "uuid")
    case .date: Self.plain("string", format: "date")
    case .time: Self.plain("string", format: "date-time")
    case .url: Self.plain("string", format: "uri")
    case .email:
      .object([
        ("type", .string("string")), ("format", .string("email")), ("maxLength", .integer(254)),
        ("pattern", .string(Self.emailPattern)),
      ])
    case .binary(let bounds):
      .object(
        [("type", .string("string")), ("contentEncoding", .string("base64")), ("pattern", .string(Self.base64Pattern))]
          + Self.sizes(Self.encoded(bounds), "Length"))
    case .json:
      .object([("type", .array(["object", "array", "string", "number", "boolean"].map { .string($0) }))])
    case .list(let element, let bounds):
      .object([("type", .string("array")), ("items", self.type(element))] + Self.sizes(bounds, "Items"))
    case .map(let element, let bounds):
      .object(
        [("type", .string("object")), ("additionalProperties", self.type(element))] + Self.sizes(bounds, "Properties"))
    case .optional(let inner): Self.nullable(self.type(inner))
    case .record(let name), .enumeration(let name): Self.reference(name)
    default: .object([])
    }
  }

  /// May a field be left out?
  func isRequired(_ field: DataField) -> Bool { field.defaultValue == nil && !field.type.isOptional }

  static func description(_ field: DataField) -> String? {
    let reason = field.deprecated.flatMap { $0.isEmpty ? nil : "Deprecated: \($0)" }
    let parts = [field.doc, reason].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  static func object(doc: String?, _ properties: [(String, JSONTree)], required: [String]) -> JSONTree {
    var members: [(String, JSONTree)] = [("type", .string("object"))]
    if let doc { members.append(("description", .string(doc))) }
    members.append(("properties", .object(properties)))
    if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
    members.append(("additionalProperties", .bool(false)))
    return .object(members)
  }

  private func object(doc: String?, members: [(field: DataField, isKey: Bool)]) -> JSONTree {
    Self.object(
      doc: doc, members.map { ($0.field.wireName, field($0.field, isKey: $0.isKey)) },
      required: members.map(\.field).filter(isRequired).map(\.wireName))
  }

  private static func plain(_ type: String, format: String? = nil) -> JSONTree {
    .object([("type", .string(type))] + (format.map { [("format", .string($0))] } ?? []))
  }

  private static func nullable(_ schema: JSONTree) -> JSONTree {
    guard case .object(var members) = schema, let index = members.firstIndex(where: { $0.0 == "type" }) else {
      return .object([("anyOf", .array([schema, plain("null")]))])
    }
    switch members[index].1 {
    case .array(let types): members[index].1 = .array(types + [.string("null")])
    case let one: members[index].1 = .array([one, .string("null")])
    }
    return .object(members)
  }

  private static func range(_ bounds: Bounds) -> [(String, JSONTree)] {
    var members: [(String, JSONTree)] = []
    if let lower = bounds.lower { members.append(("minimum", .number(lower.description))) }
    if let upper = bounds.upper { members.append(("maximum", .number(upper.description))) }
    return members
  }

  /// The bounds of a number that is written as text, for people: JSON Schema has no words for them.
  private static func spoken(_ bounds: Bounds) -> [(String, JSONTree)] {
    switch (bounds.lower, bounds.upper) {
    case (let lower?, let upper?): [("description", .string("From \(lower) to \(upper)."))]
    case (let lower?, nil): [("description", .string("At least \(lower)."))]
    case (nil, let upper?): [("description", .string("At most \(upper)."))]
    case (nil, nil): []
    }
  }

  private static func sizes(_ bounds: Bounds, _ what: String) -> [(String, JSONTree)] {
    var members: [(String, JSONTree)] = []
    if let lower = bounds.lower { members.append(("min\(what)", .number(lower.description))) }
    if let upper = bounds.upper { members.append(("max\(what)", .number(upper.description))) }
    return members
  }

  /// In seconds; at most 100,000 days, which every language can count.
  private static func inSeconds(_ bounds: Bounds) -> Bounds {
    let seconds = bounds.inSeconds
    let most = ExactDecimal(8_640_000_000)
    return Bounds(lower: seconds.lower ?? ExactDecimal(-most.mantissa), upper: seconds.upper ?? most)
  }

  /// Four characters for three bytes.
  private static func encoded(_ bounds: Bounds) -> Bounds {
    func characters(_ bytes: ExactDecimal) -> ExactDecimal { ExactDecimal(((bytes.integer ?? 0) + 2) / 3 * 4) }
    return Bounds(lower: bounds.lower.map(characters), upper: bounds.upper.map(characters))
  }
}

extension Bounds {
  /// Those of durations, which are counted in nanoseconds.
  package var inSeconds: Bounds {
    func seconds(_ bound: ExactDecimal) -> ExactDecimal {
      bound.integer.map { ExactDecimal($0, scale: 9) } ?? bound
    }
    return Bounds(lower: lower.map(seconds), upper: upper.map(seconds))
  }
}

/// How problem details (RFC 9457) are spelled, in contracts and in every language.
package enum Problems {
  package static func type(of error: ErrorType) -> String { "urn:problem-type:" + Names.kebab(error.name) }

  /// A title is short: the name, as a person says it. What the doc comment tells is the description.
  package static func title(of error: ErrorType) -> String { Names.sentence(error.name) }

  /// A key is part of a path, so it is no empty text, and holds no slash.
  package static let keyPattern = "^[^/\\u0000]+$"
}
