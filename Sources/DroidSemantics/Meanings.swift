import DroidSyntax

/// What the names and values of a text mean where they stand: what an editor asks about. A check writes it down if it is asked
/// to; it is filled as far as the check could understand the text, so that broken text costs only what is broken.
package struct Meanings: Sendable {
  /// Names that speak of something, in source order, one for each place.
  package private(set) var uses: [Use] = []
  /// Blocks and records in which properties are set, in source order.
  package private(set) var places: [Place] = []
  /// Values and what they should be, in source order; one that stands in another comes after it.
  package private(set) var values: [Expected] = []
  /// The components of the system, those of templates too, as far as they are known.
  package internal(set) var components: [Component] = []
  package internal(set) var connections: [Connection] = []
  package internal(set) var ends: [Ends] = []
  /// The ports that each component of a template shows, by the component's name.
  package internal(set) var shown: [String: [String]] = [:]
  /// Signals of the system's own, by name.
  package internal(set) var signals: [String] = []

  init() {}

  /// Of a text in which nothing is understood.
  package static var nothing: Meanings { Meanings() }

  /// A name and what it speaks of.
  package struct Use: Hashable, Sendable {
    package let range: SourceRange
    /// The name that the element was declared by; what is declared in the standard library has a place there.
    package let declaration: SourceRange

    package init(range: SourceRange, declaration: SourceRange) {
      self.range = range
      self.declaration = declaration
    }
  }

  /// Where a schema says what may be set.
  package struct Place: Hashable, Sendable {
    package let range: SourceRange
    package let schema: Schema
  }

  package struct Expected: Hashable, Sendable {
    package let range: SourceRange
    package let type: ValueType
  }

  /// The places of a connection's components and ports among `components`.
  package struct Ends: Sendable {
    package let from: (component: Int, port: Int)
    package let to: (component: Int, port: Int)
    /// The whole connection, as it is written.
    package let range: SourceRange
  }

  mutating func note(_ range: SourceRange, _ declaration: SourceRange) {
    uses.append(Use(range: range, declaration: declaration))
  }

  mutating func note(_ range: SourceRange, sets schema: Schema) { places.append(Place(range: range, schema: schema)) }

  mutating func note(_ range: SourceRange, expects type: ValueType) {
    values.append(Expected(range: range, type: type))
  }

  mutating func append(_ other: Meanings) {
    uses += other.uses
    places += other.places
    values += other.values
  }

  /// In source order, without what was understood twice: the body of a template is read for each of its components.
  mutating func settle() {
    uses = uses.sortedOnce { $0.range }
    places = places.sortedOnce { $0.range }
    values = values.sortedOnce { $0.range }
  }
}

extension Array where Element: Hashable {
  /// By a range; of equal elements and of several at one place the first alone. An outer range comes before those in it.
  fileprivate func sortedOnce(by range: (Element) -> SourceRange) -> [Element] {
    var seen: Set<SourceRange> = []
    return filter { seen.insert(range($0)).inserted }.sorted { a, b in
      let (a, b) = (range(a), range(b))
      return (a.file, a.start, b.end) < (b.file, b.start, a.end)
    }
  }
}

extension Checker {
  /// Writes down that a name speaks of what is declared there.
  @inline(__always)
  func note(_ range: @autoclosure () -> SourceRange, _ declaration: @autoclosure () -> SourceRange?) {
    guard meanings != nil, let declaration = declaration() else { return }
    meanings?.note(range(), declaration)
  }

  @inline(__always)
  func note(_ range: @autoclosure () -> SourceRange, sets schema: Schema) {
    if meanings != nil { meanings?.note(range(), sets: schema) }
  }

  @inline(__always)
  func note(_ range: @autoclosure () -> SourceRange, expects type: ValueType) {
    if meanings != nil { meanings?.note(range(), expects: type) }
  }

  /// Where the component of this name, or the template it is of, is declared.
  func declaration(_ full: String) -> SourceRange? {
    builder.instances[full]?.range ?? builder.component(full)?.range
  }

  /// What was written down, with what was built.
  func finishedMeanings() -> Meanings? {
    guard var result = meanings else { return nil }
    result.components = builder.components
    result.connections = builder.connections
    result.ends = zip(builder.ends, builder.connections).map { ends, connection in
      .init(
        from: (ends.from.component, ends.from.port), to: (ends.to.component, ends.to.port), range: connection.range)
    }
    result.shown = builder.instances.mapValues { $0.ports.keys.sorted() }
    result.signals = builder.signalNames.keys.sorted()
    result.settle()
    return result
  }
}
