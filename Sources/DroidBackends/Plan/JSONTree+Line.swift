extension JSONTree {
  /// As one line, without spaces.
  package var line: String {
    switch self {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let digits): return digits
    case .string: return text
    case .array(let elements): return "[" + elements.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      return "{" + members.map { JSONTree.string($0.0).line + ":" + $0.1.line }.joined(separator: ",") + "}"
    }
  }

  /// A plain value, as it stands in a document.
  private var text: String {
    var bytes = document()
    bytes.removeLast()
    return String(decoding: bytes, as: UTF8.self)
  }
}
