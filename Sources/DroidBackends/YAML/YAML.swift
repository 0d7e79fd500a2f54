/// A document of YAML: maps keep the order in which they were written.
package enum YAML: Hashable, Sendable {
  case string(String)
  case int(Int64)
  /// A number as it is written: exact, never a binary float.
  case decimal(String)
  case bool(Bool)
  case null
  case map([Entry])
  case list([YAML])

  package struct Entry: Hashable, Sendable {
    package let key: String
    package let value: YAML
  }

  /// A map of what is there: entries without a value are left out.
  package static func map(_ entries: KeyValuePairs<String, YAML?>) -> YAML {
    var result: [Entry] = []
    result.reserveCapacity(entries.count)
    for (key, value) in entries {
      if let value { result.append(Entry(key: key, value: value)) }
    }
    return .map(result)
  }

  /// The value of a key of a map.
  package subscript(key: String) -> YAML? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  package var text: String? { if case .string(let text) = self { text } else { nil } }

  package var items: [YAML] { if case .list(let items) = self { items } else { [] } }

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
  package init(dictionaryLiteral elements: (String, YAML)...) {
    self = .map(elements.map { Entry(key: $0.0, value: $0.1) })
  }
}
