/// Typed reading, for backends: nil where the value is `none` or of another form.
extension Properties {
  package func bool(_ name: String) -> Bool { self[name].bool ?? false }
  package func integer(_ name: String) -> Int64? { self[name].integer }
  package func number(_ name: String) -> ExactDecimal? { self[name].number }
  package func text(_ name: String) -> String? { self[name].text }
  package func duration(_ name: String) -> TimeSpan? { self[name].duration }
  package func percent(_ name: String) -> ExactDecimal? { self[name].percent }
  package func bytes(_ name: String) -> ByteCount? { self[name].bytes }
  package func rate(_ name: String) -> Rate? { self[name].rate }
  /// A word of a choice or a name.
  package func choice(_ name: String) -> String? { self[name].choice }
  package func reference(_ name: String) -> String? { self[name].reference }
  package func secret(_ name: String) -> SecretReference? { self[name].secret }
  package func record(_ name: String) -> Properties? { self[name].record }
  package func list(_ name: String) -> [Value] { self[name].list }
  package func map(_ name: String) -> [MapEntry] { self[name].map }
  package func range(_ name: String) -> (lower: Value, upper: Value?)? { self[name].range }
  package func conditions(_ name: String) -> [Condition] { self[name].conditions }
}

extension Value {
  package var isNone: Bool { self == .none }
  package var bool: Bool? { if case .bool(let it) = self { it } else { nil } }
  package var integer: Int64? { if case .integer(let it) = self { it } else { nil } }
  /// Also of a whole number.
  package var number: ExactDecimal? {
    switch self {
    case .number(let it), .percent(let it): it
    case .integer(let it): ExactDecimal(it)
    default: nil
    }
  }
  package var text: String? { if case .text(let it) = self { it } else { nil } }
  package var duration: TimeSpan? { if case .duration(let it) = self { it } else { nil } }
  package var percent: ExactDecimal? { if case .percent(let it) = self { it } else { nil } }
  package var bytes: ByteCount? { if case .bytes(let it) = self { it } else { nil } }
  package var rate: Rate? { if case .rate(let it) = self { it } else { nil } }
  package var choice: String? { if case .choice(let it) = self { it } else { nil } }
  package var reference: String? { if case .reference(_, let it) = self { it } else { nil } }
  package var secret: SecretReference? { if case .secret(let it) = self { it } else { nil } }
  package var record: Properties? { if case .record(let it) = self { it } else { nil } }
  package var call: (name: String, arguments: Properties)? {
    if case .call(let name, let arguments) = self { (name, arguments) } else { nil }
  }
  package var list: [Value] { if case .list(let it) = self { it } else { [] } }
  package var map: [MapEntry] { if case .map(let it) = self { it } else { [] } }
  package var range: (lower: Value, upper: Value?)? {
    if case .range(let lower, let upper) = self { (lower, upper) } else { nil }
  }
  package var conditions: [Condition] { if case .condition(let it) = self { it } else { [] } }
}
