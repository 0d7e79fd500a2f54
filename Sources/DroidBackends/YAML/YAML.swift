/// A document of YAML: maps keep the order in which they were written.
package enum YAML: Sendable {
  case string(String)
  case int(Int64)
  /// A number as it is written: exact, never a binary float.
  case decimal(String)
  case bool(Bool)
  case null
  case map([Entry])
  case list([YAML])

  /// A key and its value: as a literal has them, so that a map is the literal's own array.
  package typealias Entry = (String, YAML)

  /// A map of what is there: entries without a value are left out.
  package static func map(_ entries: KeyValuePairs<String, YAML?>) -> YAML {
    var result: [Entry] = []
    result.reserveCapacity(entries.count)
    for (key, value) in entries {
      if let value { result.append((key, value)) }
    }
    return .map(result)
  }

  /// The value of a key of a map.
  package subscript(key: String) -> YAML? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.0 == key }?.1
  }

  package var text: String? { if case .string(let text) = self { text } else { nil } }

  package var items: [YAML] { if case .list(let items) = self { items } else { [] } }

  /// A map with more at its end.
  package func adding(_ more: [Entry]) -> YAML {
    guard case .map(let own) = self else { return self }
    return .map(own + more)
  }

  /// Nil where nothing is inside: so that it is left out.
  package var unlessEmpty: YAML? {
    switch self {
    case .map(let entries): entries.isEmpty ? nil : self
    case .list(let items): items.isEmpty ? nil : self
    default: self
    }
  }
}

extension YAML: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: YAML...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, YAML)...) { self = .map(elements) }
}

extension YAML: Hashable {
  package static func == (a: YAML, b: YAML) -> Bool {
    switch (a, b) {
    case (.string(let a), .string(let b)), (.decimal(let a), .decimal(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.null, .null): true
    case (.map(let a), .map(let b)): a.elementsEqual(b, by: ==)
    case (.list(let a), .list(let b)): a == b
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .string(let text), .decimal(let text): hasher.combine(text)
    case .int(let number): hasher.combine(number)
    case .bool(let flag): hasher.combine(flag)
    case .null: hasher.combine(0)
    case .map(let entries):
      for (key, value) in entries {
        hasher.combine(key)
        hasher.combine(value)
      }
    case .list(let items): hasher.combine(items)
    }
  }
}
