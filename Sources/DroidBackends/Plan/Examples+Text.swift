/// Examples as they stand in paths, queries and headers.
extension Examples {
  /// The text of a plain value.
  package static func text(_ tree: JSONTree) -> String {
    switch tree {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: ""
    }
  }

  /// A value of a query or header: a text, or several for a list.
  package static func parameter(_ tree: JSONTree) -> JSONTree {
    if case .array(let elements) = tree { return .array(elements.map { .string(text($0)) }) }
    return .string(text(tree))
  }

  /// A text as one part of a path.
  package static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
        || [0x2d, 0x2e, 0x5f, 0x7e, 0x3a].contains(byte)
      if isPlain { result.append(byte) } else { result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
