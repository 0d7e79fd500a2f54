import DroidJSON

/// Python source that knows where it may be broken into lines. Laid out as `ruff format` does: on one line if it fits in
/// 100 columns, else each part of the outermost brackets on a line of its own, with a comma after the last.
enum PythonCode: Sendable {
  case text(String)
  /// What stands before the brackets, what they are, what is in them, what stands behind.
  indirect case group(String, Brackets, [PythonCode], String = "")

  enum Brackets: Sendable {
    case round, square, curly

    var open: StaticString {
      switch self {
      case .round: "("
      case .square: "["
      case .curly: "{"
      }
    }

    var close: StaticString {
      switch self {
      case .round: ")"
      case .square: "]"
      case .curly: "}"
      }
    }
  }

  static func call(_ name: String, _ arguments: [PythonCode]) -> PythonCode { .group(name, .round, arguments) }

  static let lineLength = 100

  /// On one line.
  var flat: String {
    if case .text(let text) = self { return text }
    var writer = ByteWriter(capacity: 128)
    writeFlat(to: &writer)
    return writer.text
  }

  private func writeFlat(to writer: inout ByteWriter) {
    switch self {
    case .text(let text): writer.write(text)
    case .group(let before, let brackets, let parts, let after):
      writer.write(before)
      writer.write(brackets.open)
      for (index, part) in parts.enumerated() {
        if index > 0 { writer.write(", ") }
        part.writeFlat(to: &writer)
      }
      writer.write(brackets.close)
      writer.write(after)
    }
  }

  /// The same code with something before and after it.
  func wrapped(_ prefix: String, _ suffix: String = "") -> PythonCode {
    switch self {
    case .text(let text): .text(prefix + text + suffix)
    case .group(let before, let brackets, let parts, let after):
      .group(prefix + before, brackets, parts, after + suffix)
    }
  }

  func write(to writer: inout ByteWriter, depth: Int, suffix: String = "") {
    let start = writer.count
    writer.indent(2 * depth)
    let flat = writer.count
    writeFlat(to: &writer)
    writer.write(suffix)
    guard case .group(let before, let brackets, let parts, let after) = self, !parts.isEmpty,
      writer.isWider(than: Self.lineLength, after: start)
    else { return }
    writer.shorten(to: flat)
    writer.write(before)
    writer.write(brackets.open)
    writer.newline()
    // One element in square brackets with a comma would be a tuple.
    let comma = brackets == .square && parts.count == 1 && !before.isEmpty && !before.hasSuffix("= ") ? "" : ","
    for part in parts {
      part.write(to: &writer, depth: depth + 1, suffix: comma)
      writer.newline()
    }
    writer.indent(2 * depth)
    writer.write(brackets.close)
    writer.write(after)
    writer.write(suffix)
  }
}

/// Literals of Python.
enum PythonLiteral {
  /// In double quotes, unless that costs more escapes.
  static func string(_ text: String) -> String {
    if text.hasOnly({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }) { return "\"" + text + "\"" }
    let double = text.utf8.lazy.filter { $0 == 0x22 }.count
    let single = text.utf8.lazy.filter { $0 == 0x27 }.count
    let quote: Unicode.Scalar = double > single ? "'" : "\""
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote: result += "\\\(quote)"
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
      case _ where scalar.properties.generalCategory == .format || scalar.value == 0x2028 || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  /// A regular expression: raw if it can be.
  static func pattern(_ text: String) -> String {
    let isPlain = text.hasOnly { $0 >= 0x20 && $0 != 0x22 && $0 != 0x7f } && !text.hasSuffix("\\")
    return isPlain && text.utf8.contains(0x5c) ? "r\"\(text)\"" : string(text)
  }

  /// A JSON value.
  static func json(_ tree: JSONTree) -> PythonCode {
    switch tree {
    case .null: .text("None")
    case .bool(let flag): .text(flag ? "True" : "False")
    case .number(let digits): .text(digits)
    case .string(let text): .text(string(text))
    case .array(let elements): .group("", .square, elements.map(json))
    case .object(let members): .group("", .curly, members.map { json($0.1).wrapped(string($0.0) + ": ") })
    }
  }
}
