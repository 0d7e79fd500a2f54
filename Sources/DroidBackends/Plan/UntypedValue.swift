import DroidSemantics

extension Value {
  /// As JSON, where no type says more about it: what a fallback stands in with.
  package var untypedJSON: JSONTree {
    switch self {
    case .bool(let flag): .bool(flag)
    case .integer(let number): .number(String(number))
    case .number(let number): .number(number.description)
    case .text(let text): .string(text)
    case .choice(let word): .string(word)
    case .duration(let span): .number(span.seconds.description)
    case .list(let values): .array(values.map(\.untypedJSON))
    case .map(let entries): .object(entries.map { ($0.key, $0.value.untypedJSON) })
    default: .null
    }
  }
}
