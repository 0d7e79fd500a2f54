/// A value as the checker has understood it: of a known type, in exact numbers.
package enum Value: Hashable, Sendable {
  /// `none`: no value, on purpose.
  case none
  case bool(Bool)
  case integer(Int64)
  /// Float and Decimal.
  case number(ExactDecimal)
  /// String, URL, Email, UUID, Date, Time, Binary.
  case text(String)
  case duration(TimeSpan)
  /// In hundredths: `99.9%` is 99.9.
  case percent(ExactDecimal)
  case bytes(ByteCount)
  indirect case rate(Rate)
  /// Both ends closed; nil is open above. One number where a range is due is a range of one.
  indirect case range(Value, Value?)
  case list([Value])
  /// By key, in the order written.
  case map([MapEntry])
  /// A record of options, or of the system's types.
  case record(Properties)
  /// `jwt(issuer: "…")`; its arguments by name. A literal form of a union is the literal itself.
  indirect case call(String, Properties)
  /// A word of a choice, a case of an enum, a name.
  case choice(String)
  /// An element of the system, by its path.
  case reference(ReferenceKind, String)
  indirect case secret(SecretReference)
  /// A record type of the system.
  case type(String)
  /// All of them hold.
  case condition([Condition])
  indirect case signal(SignalUse)
}

/// An entry of a map.
package struct MapEntry: Hashable, Sendable {
  package let key: String
  package let value: Value
  package init(_ key: String, _ value: Value) {
    self.key = key
    self.value = value
  }
}

/// A signal, compared, held.
package struct Condition: Hashable, Sendable {
  package let signal: SignalUse
  /// Nil for a yes-or-no signal that stands alone.
  package let comparison: Comparison?
  package let hold: TimeSpan?

  package struct Comparison: Hashable, Sendable {
    package let sign: Sign
    package let threshold: Value
  }

  package enum Sign: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
  }
}

/// A signal as it is used: its name and arguments.
package struct SignalUse: Hashable, Sendable {
  package let origin: Origin
  /// `error_rate`, the name of a metric or an anomaly, `promql`.
  package let name: String
  /// The positional argument: a quantile (`p99`), a window (`1h`), the text of `promql`.
  package let argument: Value?
  /// `over:`, `version:`, `status:`, `operation:`, `slo:`.
  package let named: [MapEntry]

  package enum Origin: Sendable { case builtIn, metric, anomaly, promQL }
}

extension SignalUse {
  /// A built-in signal as it is without arguments.
  package init(builtIn name: String) { self.init(origin: .builtIn, name: name, argument: nil, named: []) }
}

/// Properties that are set, over a schema that knows the rest. Value semantics; small and sparse.
package struct Properties: Hashable, Sendable {
  package let schema: Schema
  private var entries: [Entry] = []

  private struct Entry: Hashable, Sendable {
    let index: Int32
    var value: Value
  }

  package init(_ schema: Schema) { self.schema = schema }

  /// What was set, or the default of the schema, or `none`. An unknown name is `none`.
  package subscript(name: String) -> Value {
    schema.index(of: name).map { self[$0] } ?? .none
  }

  /// What was set at a position of the schema, or the default, or `none`.
  subscript(index: Int) -> Value { explicit(at: index) ?? schema.fields[index].defaultValue ?? .none }

  /// What was set in the text (by the component, its kind, an environment or the system's settings), nil if nothing was.
  package func explicit(_ name: String) -> Value? { schema.index(of: name).flatMap { explicit(at: $0) } }

  package func explicit(at index: Int) -> Value? { entries.first { $0.index == index }?.value }

  /// The names that were set, in the order in which they first were.
  package var explicitNames: [String] { entries.map { schema.fields[Int($0.index)].name } }

  package var isEmpty: Bool { entries.isEmpty }

  /// Sets again: a record of options merges field by field, a map key by key, anything else is replaced.
  package mutating func set(_ index: Int, _ value: Value) {
    guard let at = entries.firstIndex(where: { $0.index == index }) else {
      if entries.isEmpty { entries.reserveCapacity(4) }
      entries.append(Entry(index: Int32(index), value: value))
      return
    }
    entries[at].value = entries[at].value.merged(with: value)
  }

  package mutating func set(_ name: String, _ value: Value) {
    if let index = schema.index(of: name) { set(index, value) }
  }

  /// This over `base`: what is set here wins. Both have the same schema, or fields of the same names.
  package func over(_ base: Properties) -> Properties {
    var result = base
    for entry in entries {
      if schema == base.schema {
        result.set(Int(entry.index), entry.value)
      } else {
        result.set(schema.fields[Int(entry.index)].name, entry.value)
      }
    }
    return result
  }
}

extension Value {
  /// What `newer`, set after this value, makes of it.
  package func merged(with newer: Value) -> Value {
    switch (self, newer) {
    case (.record(let old), .record(let new)) where old.schema == new.schema: return .record(new.over(old))
    case (.map(let old), .map(let new)):
      var result = old
      for entry in new {
        if let at = result.firstIndex(where: { $0.key == entry.key }) {
          result[at] = MapEntry(entry.key, result[at].value.merged(with: entry.value))
        } else {
          result.append(entry)
        }
      }
      return .map(result)
    default: return newer
    }
  }
}
