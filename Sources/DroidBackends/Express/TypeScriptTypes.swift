import DroidSemantics

/// How values are typed in TypeScript, and how they travel.
struct TypeScriptTypes {
  let plan: ServicePlan
  /// Where the generated modules are from here: `./`, `../`, `../gen/`.
  let root: String
  /// The record whose codec is written here: those that come later are reached when they are there.
  var declaring: String?

  /// 2^53 − 1: the largest integer that a number holds exactly, with all below it.
  static let largestNumber: UInt64 = 9_007_199_254_740_991

  init(_ plan: ServicePlan, root: String, declaring: String? = nil) {
    self.plan = plan
    self.root = root
    self.declaring = declaring
  }

  /// The type of a value.
  func type(_ type: ValueType, in module: inout TypeScriptModule) -> String {
    switch type {
    case .bool: return "boolean"
    case .int(let bounds): return Self.isNumber(bounds) ? "number" : "bigint"
    case .float, .duration: return "number"
    case .string, .url, .email: return "string"
    case .decimal: return value("Decimal", &module)
    case .uuid: return value("UUID", &module)
    case .date: return value("PlainDate", &module)
    case .time: return value("Time", &module)
    case .binary: return "Uint8Array"
    case .json:
      module.use(type: "JSONValue", from: root + "runtime/json.js")
      return "JSONValue"
    case .list(let element, _):
      let inner = self.type(element, in: &module)
      return inner.contains(" ") ? "readonly (\(inner))[]" : "readonly \(inner)[]"
    case .map(let element, _): return "Readonly<Record<string, \(self.type(element, in: &module))>>"
    case .optional(let inner): return self.type(inner, in: &module) + " | undefined"
    case .record(let name), .enumeration(let name):
      let spelled = TypeScriptSpelling.type(name)
      if declaring == nil { module.use(type: spelled, from: root + "models.js") }
      return spelled
    default: return "unknown"
    }
  }

  private func value(_ name: String, _ module: inout TypeScriptModule) -> String {
    module.use(type: name, from: root + "runtime/values.js")
    return name
  }

  /// An integer whose bounds a number holds.
  static func isNumber(_ bounds: Bounds) -> Bool {
    guard let lower = bounds.lower?.integer, let upper = bounds.upper?.integer else { return false }
    return lower.magnitude <= largestNumber && upper.magnitude <= largestNumber
  }

  /// The codec of a type.
  func codec(_ type: ValueType, in module: inout TypeScriptModule) -> TypeScriptCode {
    switch type {
    case .bool: return named("bool", &module)
    case .int(let bounds):
      let isNumber = Self.isNumber(bounds)
      return call(isNumber ? "int" : "bigInt", Self.range(bounds) { isNumber ? $0 : $0 + "n" }, &module)
    case .float(let bounds): return call("float", Self.range(bounds) { $0 }, &module)
    case .duration(let bounds): return call("duration", Self.range(bounds.inSeconds) { $0 }, &module)
    case .decimal(let bounds): return call("decimal", Self.range(bounds) { TypeScriptLiteral.string($0) }, &module)
    case .string(let rules):
      let pattern = rules.pattern.map { [TypeScriptCode.member("pattern", .text(TypeScriptLiteral.pattern($0)))] } ?? []
      return call("text", Self.sizes(rules.length) + pattern, &module)
    case .uuid: return named("uuid", &module)
    case .date: return named("date", &module)
    case .time: return named("time", &module)
    case .url: return named("url", &module)
    case .email: return named("email", &module)
    case .binary(let bounds): return call("binary", Self.sizes(bounds), &module)
    case .json: return named("json", &module)
    case .list(let element, let bounds): return collection("list", element, bounds, &module)
    case .map(let element, let bounds): return collection("map", element, bounds, &module)
    case .optional(let inner): return .call(use("optional", &module), [codec(inner, in: &module)])
    case .record(let name):
      let spelled = reference(name, &module)
      return comesLater(name) ? .call(use("later", &module), [.text("() => \(spelled)")]) : .text(spelled)
    case .enumeration(let name): return .text(reference(name, &module))
    default: return named("json", &module)
    }
  }

  /// The codec of a field, with what is said about it.
  func field(
    _ field: DataField, in module: inout TypeScriptModule, isKey: Bool = false, called wireName: String? = nil
  ) -> TypeScriptCode {
    let wireName = wireName ?? field.wireName
    var code = codec(isKey ? Self.key(field.type) : field.type, in: &module)
    if let fallback = fallback(field, in: &module) { code = .call(use("withDefault", &module), [code, fallback]) }
    if TypeScriptSpelling.member(field.name) != wireName {
      code = .call(use("named", &module), [.text(TypeScriptLiteral.string(wireName)), code])
    }
    return code
  }

  /// The type of a key: as a part of a path, it is no empty text and holds no slash.
  static func key(_ type: ValueType) -> ValueType {
    guard case .string(let rules) = type, rules.pattern == nil else { return type }
    return .string(TextRules(length: rules.length, pattern: "^[^/]+$"))
  }

  /// Does a record reach itself through one that comes later?
  func reachesLater(_ record: RecordType) -> Bool { record.fields.contains { reaches($0.type) } }

  private func reaches(_ type: ValueType) -> Bool {
    switch type {
    case .optional(let inner), .list(let inner, _), .map(let inner, _): reaches(inner)
    case .record(let name): comesLater(name)
    default: false
    }
  }

  private func comesLater(_ name: String) -> Bool {
    guard let declaring, plan.types.hasCycles else { return false }
    let names = plan.types.records.map(\.name)
    guard let here = names.firstIndex(of: declaring), let there = names.firstIndex(of: name) else { return false }
    return there >= here
  }

  // MARK: Defaults

  func fallback(_ field: DataField, in module: inout TypeScriptModule) -> TypeScriptCode? {
    guard let value = field.defaultValue, !value.isNone else { return nil }
    let type = field.type.unwrapped
    guard let tree = plan.examples.json(value, type) else { return nil }
    switch (type, tree) {
    case (.int(let bounds), .number(let digits)): return .text(Self.isNumber(bounds) ? digits : digits + "n")
    case (.bool, _), (.float, _), (.duration, _), (.string, _), (.enumeration, _), (.url, _), (.email, _):
      return TypeScriptLiteral.json(tree)
    case (.list, .array(let elements)) where elements.isEmpty: return .text("[]")
    case (.map, .object(let members)) where members.isEmpty: return .text("{}")
    default:
      return .call(use("valueFrom", &module), [codec(type, in: &module), TypeScriptLiteral.json(tree)])
    }
  }

  // MARK: Parts

  private func reference(_ name: String, _ module: inout TypeScriptModule) -> String {
    let spelled = TypeScriptSpelling.type(name)
    if declaring == nil { module.use(root + "models.js", spelled) }
    return spelled
  }

  func use(_ name: String, _ module: inout TypeScriptModule) -> String {
    module.use(root + "runtime/values.js", name)
    return name
  }

  private func named(_ name: String, _ module: inout TypeScriptModule) -> TypeScriptCode { .text(use(name, &module)) }

  private func call(
    _ name: String, _ options: [TypeScriptCode], _ module: inout TypeScriptModule
  ) -> TypeScriptCode {
    .call(use(name, &module), options.isEmpty ? [] : [.object(options)])
  }

  private func collection(
    _ name: String, _ element: ValueType, _ bounds: Bounds, _ module: inout TypeScriptModule
  ) -> TypeScriptCode {
    let sizes = Self.sizes(bounds)
    return .call(use(name, &module), [codec(element, in: &module)] + (sizes.isEmpty ? [] : [.object(sizes)]))
  }

  private static func range(_ bounds: Bounds, _ spell: (String) -> String) -> [TypeScriptCode] {
    let lower = bounds.lower.map { TypeScriptCode.member("min", .text(spell($0.description))) }
    let upper = bounds.upper.map { TypeScriptCode.member("max", .text(spell($0.description))) }
    return [lower, upper].compactMap { $0 }
  }

  private static func sizes(_ bounds: Bounds) -> [TypeScriptCode] {
    range(Bounds(lower: bounds.lower == .zero ? nil : bounds.lower, upper: bounds.upper)) { $0 }
  }
}
