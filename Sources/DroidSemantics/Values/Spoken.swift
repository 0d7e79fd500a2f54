/// Types in a person's words.
extension ValueType {
  /// "a whole number", "a list of texts": with its article, for "`cpu` is …".
  var spoken: String {
    switch self {
    case .bool: "`true` or `false`"
    case .int: "a whole number"
    case .float, .decimal: "a number"
    case .string: "a text"
    case .uuid: "a UUID"
    case .date: "a date"
    case .time: "a time"
    case .url: "a URL"
    case .email: "an e-mail address"
    case .json, .raw: "data of any shape"
    case .duration: "a duration"
    case .binary: "bytes in base64"
    case .bytes: "a size in bytes"
    case .percent: "a percentage"
    case .rate: "a rate"
    case .range(let element): "a range of \(element.spokenPlural)"
    case .list(let element, _): "a list of \(element.spokenPlural)"
    case .map(let element, _): "a record of \(element.spokenPlural) by name"
    case .optional(let inner): inner.spoken
    case .record(let name): "a `\(name)`"
    case .enumeration(let name): "one of the cases of `\(name)`"
    case .secret: "a secret"
    case .type: "a record type"
    case .options(let schema):
      "a record\(schema.fields.isEmpty ? "" : " of " + Suggestion.list(schema.fields.map(\.name), limit: 5))"
    case .choice(let choices): "one of \(Suggestion.list(choices.words, limit: 12))"
    case .union(let schema): "one of \(Suggestion.list(schema.fields.map(\.spokenForm), limit: 12))"
    case .reference(let kind): "the name of \(kind.spoken)"
    case .condition: "a condition such as `error_rate > 5% for 5m`"
    case .signal: "a signal such as `request_rate`"
    case .name: "a name"
    }
  }

  private var spokenPlural: String {
    switch self {
    case .int: "whole numbers"
    case .float, .decimal: "numbers"
    case .string: "texts"
    case .duration: "durations"
    case .bytes: "sizes in bytes"
    case .percent: "percentages"
    case .name: "names"
    case .optional(let inner): inner.spokenPlural
    case .record(let name), .enumeration(let name): "`\(name)`"
    default: "values"
    }
  }

  /// ", such as `30s`": how one is written, where that helps.
  var example: String {
    switch self {
    case .duration: "; a duration is written `250ms`, `30s` or `5m`"
    case .bytes: "; a size is written `256Mi` or `20Gi`"
    case .percent: "; a percentage is written `99.9%`"
    case .rate: "; a rate is written `100/s`"
    case .range(.bytes): "; it is written `256Mi..512Mi`"
    case .range(.duration): "; it is written `50ms..2s`"
    case .range: "; it is written `2..10`"
    case .secret: "; it is written `secret(\"object/key\")`"
    case .optional(let inner): inner.example
    default: ""
    }
  }

  /// May a parameter of this type stand where `other` is due?
  func fits(_ other: ValueType) -> Bool {
    switch (self, other) {
    case (_, .json), (_, .raw): true
    case (.optional(let a), .optional(let b)): a.fits(b)
    case (_, .optional(let b)): fits(b)
    case (.int, .int), (.int, .float), (.int, .decimal), (.float, .float), (.decimal, .decimal): true
    case (.decimal, .float), (.float, .decimal): true
    case (.string, .string), (.url, .string), (.email, .string), (.duration, .duration), (.bytes, .bytes): true
    case (.percent, .percent), (.binary, .binary): true
    case (.range(let a), .range(let b)): a.fits(b)
    case (_, .range(let b)): fits(b)
    case (.list(let a, _), .list(let b, _)), (.map(let a, _), .map(let b, _)): a.fits(b)
    case (.choice(let a), .choice(let b)): a.name == b.name
    case (_, .union(let schema)): schema.fields.contains { $0.form == .literal && fits($0.type) }
    case (_, .options(let schema)): schema.leading.map { fits($0.type) } ?? (self == other)
    default: self == other
    }
  }
}

extension ReferenceKind {
  var spoken: String {
    switch self {
    case .team: "a team"
    case .healing: "a healing policy"
    case .scaling: "a scaling policy"
    case .resilience: "a resilience policy"
    case .broker: "a broker (Redis, Kafka or Nats)"
    case .store: "a store"
    case .answer: "a port that answers"
    case .version: "a version"
    }
  }
}

extension SchemaField {
  /// How a form of a union is written.
  var spokenForm: String {
    switch form {
    case .property: name
    case .constructor:
      if case .options(let schema) = type, schema.fields.isEmpty { name } else { "\(name)(…)" }
    case .literal: type.spoken
    }
  }
}
