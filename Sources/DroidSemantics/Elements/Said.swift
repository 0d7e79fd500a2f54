import DroidSyntax

/// What a block says, right or wrong: each of its properties and where.
struct Said {
  private let schema: Schema
  /// By the positions of the schema's fields; empty while nothing is said.
  private var ranges: [SourceRange?] = []
  /// What the schema does not know: a misspelling, mostly.
  private var unknown: [String: SourceRange] = [:]

  init(_ schema: Schema) { self.schema = schema }

  /// Where it was said before, if it was.
  mutating func insert(_ name: String, at index: Int?, _ range: SourceRange) -> SourceRange? {
    guard let index else { return unknown.updateValue(range, forKey: name) }
    if ranges.isEmpty { ranges = Array(repeating: nil, count: schema.fields.count) }
    defer { ranges[index] = range }
    return ranges[index]
  }

  mutating func formUnion(_ other: Said) {
    unknown.merge(other.unknown) { first, _ in first }
    guard !ranges.isEmpty else { return ranges = other.ranges }
    for (index, range) in other.ranges.enumerated() where range != nil { ranges[index] = range }
  }

  func contains(_ index: Int) -> Bool { !ranges.isEmpty && ranges[index] != nil }

  /// Whether a required field is missing for no other reason: where it is misspelt, that is the cause, and is reported.
  func lacks(_ index: Int) -> Bool {
    let field = schema.fields[index]
    return field.isRequired && !contains(index)
      && !unknown.keys.contains { Suggestion.nearest(to: $0, among: [field.name]) != nil }
  }
}
