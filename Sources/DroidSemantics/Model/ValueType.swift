/// What may be written somewhere: the type of a field, a parameter or a property. Types of data travel between services;
/// the others are for properties alone.
package indirect enum ValueType: Hashable, Sendable {
  case bool
  case int(Bounds)
  case float(Bounds)
  case decimal(Bounds)
  case string(TextRules)
  case uuid, date, time, url, email, json
  case duration(Bounds)
  case binary(Bounds)
  /// Elements and how many there may be.
  case list(ValueType, Bounds)
  /// Values by a text, and how many there may be.
  case map(ValueType, Bounds)
  case optional(ValueType)
  /// A record type of the system, by its name (`Order`, `acme.Product`): `System.record(_:)`.
  case record(String)
  /// An enum of the system, by its name: `System.enumeration(_:)`.
  case enumeration(String)

  // Properties only.
  case bytes(Bounds)
  case percent(Bounds)
  case rate
  case range(ValueType)
  case secret
  /// A record type itself.
  case type
  /// A record of options that the standard library declares.
  case options(Schema)
  /// One of the words that an enum of the standard library declares.
  case choice(Choices)
  /// One of several forms: constructors and literals.
  case union(Schema)
  case reference(ReferenceKind)
  case condition
  case signal
  /// A name that is not looked up: a label, an environment, a region, a step of a pipeline.
  case name
  /// Raw data of any shape.
  case raw
}

/// What a reference may name.
package enum ReferenceKind: String, Hashable, Sendable {
  case team = "Team"
  case healing = "Healing"
  case scaling = "Scaling"
  case resilience = "Resilience"
  /// A component that carries events.
  case broker = "Broker"
  /// A component that stores.
  case store = "Store"
  /// A port that answers.
  case answer = "Answer"
  /// A version of the component.
  case version = "Version"
}

/// A closed interval; nil is open. For sizes the numbers are whole.
package struct Bounds: Hashable, Sendable {
  package let lower: ExactDecimal?
  package let upper: ExactDecimal?
  package init(lower: ExactDecimal? = nil, upper: ExactDecimal? = nil) {
    self.lower = lower
    self.upper = upper
  }
  package static let none = Bounds()

  package func contains(_ number: ExactDecimal) -> Bool {
    if let lower, number < lower { return false }
    if let upper, upper < number { return false }
    return true
  }
}

/// How long a text may be (in Unicode scalars) and what it must look like (a regular expression, unanchored as in JSON Schema).
package struct TextRules: Hashable, Sendable {
  package let length: Bounds
  package let pattern: String?
  package init(length: Bounds = .none, pattern: String? = nil) {
    self.length = length
    self.pattern = pattern
  }
  package static let none = TextRules()
}

/// The words of an enum of the standard library.
package final class Choices: Sendable, Hashable {
  package let name: String
  package let words: [String]
  package init(name: String, words: [String]) {
    self.name = name
    self.words = words
  }
  package static func == (a: Choices, b: Choices) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension ValueType {
  /// The type without its `?`.
  package var unwrapped: ValueType {
    if case .optional(let type) = self { return type }
    return self
  }

  package var isOptional: Bool {
    if case .optional = self { return true }
    return false
  }
}
