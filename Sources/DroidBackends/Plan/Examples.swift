import DroidSemantics

/// Values as they travel, right by the rules of their types: for contracts and for tests.
package struct Examples: Sendable {
  private let system: System
  /// Of records that reach no record twice: the example is the same wherever they stand.
  private var known: [String: JSONTree?] = [:]

  package init(_ system: System) { self.system = system }

  /// Makes the examples of a service once; they are asked for often.
  init(_ system: System, for types: TypePlan) {
    self.system = system
    if types.hasCycles { return }
    for record in types.records { known[record.name] = self.record(record.name) }
  }

  /// An example of a record with all that may be there, except where it would never end. Nil if a pattern is beyond us.
  package func record(_ name: String, within open: [String] = []) -> JSONTree? {
    if let example = known[name] { return example }
    guard let record = system.record(name), !open.contains(name) else { return nil }
    var members: [(String, JSONTree)] = []
    for field in record.fields {
      if let value = self.field(field, within: open + [name]) {
        members.append((field.wireName, value))
      } else if !field.type.isOptional {
        return nil
      }
    }
    return .object(members)
  }

  /// The example that was written, the default, or one that we make.
  package func field(_ field: DataField, within open: [String] = []) -> JSONTree? {
    if let example = field.examples.first, let tree = json(example, field.type) { return tree }
    if let value = field.defaultValue, let tree = json(value, field.type) { return tree }
    return value(of: field.type, named: field.wireName, within: open)
  }

  package func value(of type: ValueType, named name: String, within open: [String] = []) -> JSONTree? {
    switch type {
    case .bool: return .bool(true)
    case .int(let bounds): return .number(Self.number(in: bounds))
    case .float(let bounds): return .number(Self.number(in: bounds, whole: "1.5"))
    case .duration(let bounds): return .number(Self.number(in: bounds.inSeconds, whole: "1.5"))
    case .decimal(let bounds): return .string(Self.number(in: bounds, whole: "1.00"))
    case .string(let rules): return Self.text(by: rules, named: name).map { .string($0) }
    case .uuid: return .string("00000000-0000-4000-8000-000000000001")
    case .date: return .string("2026-01-31")
    case .time: return .string("2026-01-31T12:00:00Z")
    case .url: return .string("https://example.com/")
    case .email: return .string("someone@example.com")
    case .binary(let bounds): return Self.bytes(bounds)
    case .json: return .object([("any", .string("value"))])
    case .list(let element, let bounds):
      let least = bounds.lower?.integer ?? 0
      guard let value = value(of: element, named: name, within: open) else { return least == 0 ? .array([]) : nil }
      return .array(Array(repeating: value, count: Int(max(1, min(least, 1_000)))))
    case .map(let element, let bounds):
      let least = max(1, min(bounds.lower?.integer ?? 0, 1_000))
      guard let value = value(of: element, named: name, within: open) else {
        return (bounds.lower?.integer ?? 0) == 0 ? .object([]) : nil
      }
      return .object((1...least).map { ("key\($0 == 1 ? "" : String($0))", value) })
    case .optional(let inner): return value(of: inner, named: name, within: open)
    case .record(let record): return self.record(record, within: open)
    case .enumeration(let enumeration):
      return system.enumeration(enumeration)?.cases.first.map { .string($0.wireName) }
    default: return nil
    }
  }

  /// A value of the droidfile as it travels.
  package func json(_ value: Value, _ type: ValueType) -> JSONTree? {
    switch (type, value) {
    case (.optional(let inner), _): return json(value, inner)
    case (_, .bool(let flag)): return .bool(flag)
    case (.decimal, _): return value.number.map { .string($0.written) } ?? value.text.map { .string($0) }
    case (_, .integer(let number)): return .number(String(number))
    case (_, .number(let number)): return .number(number.description)
    case (.duration, .duration(let span)): return .number(span.seconds.description)
    case (_, .text(let text)): return .string(text)
    case (.enumeration(let name), .choice(let word)):
      return .string(system.enumeration(name)?.cases.first { $0.name == word }?.wireName ?? word)
    case (.list(let element, _), .list(let values)):
      let elements = values.compactMap { json($0, element) }
      return elements.count == values.count ? .array(elements) : nil
    case (.map(let element, _), .map(let entries)):
      let members = entries.compactMap { entry in json(entry.value, element).map { (entry.key, $0) } }
      return members.count == entries.count ? .object(members) : nil
    case (.record(let name), .record(let properties)): return json(properties, name)
    default: return nil
    }
  }

  private func json(_ properties: Properties, _ name: String) -> JSONTree? {
    guard let record = system.record(name) else { return nil }
    var members: [(String, JSONTree)] = []
    for field in record.fields {
      guard let value = properties.explicit(field.name) else { continue }
      guard let tree = json(value, field.type) else { return nil }
      members.append((field.wireName, tree))
    }
    return .object(members)
  }

  private static func number(in bounds: Bounds, whole: String = "1") -> String {
    let usual = whole == "1" ? ExactDecimal(1) : whole == "1.5" ? ExactDecimal(15, scale: 1) : ExactDecimal(1)
    if bounds.contains(usual) { return whole }
    return (bounds.lower ?? bounds.upper ?? usual).description
  }

  private static func text(by rules: TextRules, named name: String) -> String? {
    let least = Int(rules.length.lower?.integer ?? 0)
    let most = Int(rules.length.upper?.integer ?? 1_000)
    if let pattern = rules.pattern {
      guard let sample = PatternSample.text(for: pattern) else { return nil }
      let length = sample.unicodeScalars.count
      return length >= least && length <= most ? sample : nil
    }
    guard least <= 10_000 else { return nil }
    var text = name.isEmpty ? "text" : name
    while text.unicodeScalars.count < least { text += text }
    return text.unicodeScalars.count > most ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(most))) : text
  }

  /// Zeros, as base64.
  private static func bytes(_ bounds: Bounds) -> JSONTree? {
    let count = Int(max(bounds.lower?.integer ?? 3, 0))
    let wanted = bounds.contains(ExactDecimal(3)) ? 3 : count
    guard wanted <= 10_000 else { return nil }
    let text = String(repeating: "AAAA", count: wanted / 3)
    return .string(text + (wanted % 3 == 1 ? "AA==" : wanted % 3 == 2 ? "AAA=" : ""))
  }
}
