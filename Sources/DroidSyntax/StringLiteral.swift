/// What a text token says, and how a text is written as a token.
package enum StringLiteral {
  /// The text of a string token: without its quotes, with its escapes read; of a `"""` token also without its first line
  /// break and without the indentation of its closing quotes. A broken token gives what can be read of it.
  package static func decode(_ token: ArraySlice<UInt8>, kind: TokenKind) -> String {
    token.withUnsafeBufferPointer { bytes in
      kind == .multilineString ? decodeLines(bytes) : decodeLine(bytes)
    }
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private static func decodeLine(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var (start, end) = (0, bytes.count)
    for (open, close) in quotes {
      guard bytes.starts(with: open) else { continue }
      start = open.count
      if end >= start + close.count, bytes[(end - close.count)...].elementsEqual(close) { end -= close.count }
      break
    }
    var text = [UInt8]()
    text.reserveCapacity(end - start)
    unescape(bytes, from: start, to: end, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// What may stand around a text: the right quotes, and those that the lexer reports and repairs.
  static let quotes: [(open: [UInt8], close: [UInt8])] = [
    ([quote], [quote]), (Array("'".utf8), Array("'".utf8)), (Array("`".utf8), Array("`".utf8)),
    (Array("“".utf8), Array("”".utf8)), (Array("„".utf8), Array("“".utf8)), (Array("‘".utf8), Array("’".utf8)),
    (Array("«".utf8), Array("»".utf8)), (Array("”".utf8), Array("”".utf8)), (Array("’".utf8), Array("’".utf8)),
  ]

  private static func decodeLines(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var (start, end) = (3, bytes.count)
    if end >= 6, bytes[(end - 3)...].allSatisfy({ $0 == quote }) { end -= 3 }
    start = min(start, end)
    if start < end, bytes[start] == 13, start + 1 < end, bytes[start + 1] == 10 { start += 1 }
    // A text that begins on the line of its quotes keeps what stands there as it is.
    let isOnOwnLine = start < end && bytes[start] == 10
    if isOnOwnLine { start += 1 }

    let indentation = closingIndentation(bytes, start, end)
    var text = [UInt8]()
    text.reserveCapacity(end - start)
    var line = start
    while line < end {
      var stop = line
      while stop < end, bytes[stop] != 10 { stop += 1 }
      var from = line
      let isIndented = line > start || isOnOwnLine
      while isIndented, from < stop, from - line < indentation, bytes[from] == 32 || bytes[from] == 9 { from += 1 }
      let isWhole = stop < end
      var to = stop
      if isWhole, to > from, bytes[to - 1] == 13 { to -= 1 }
      unescape(bytes, from: from, to: to, into: &text)
      if isWhole { text.append(10) }
      line = stop + 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// How far the closing quotes are indented; 0 if something else stands before them on their line.
  static func closingIndentation(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var line = end
    while line > start, bytes[line - 1] == 32 || bytes[line - 1] == 9 { line -= 1 }
    return line > 0 && bytes[line - 1] == 10 ? end - line : 0
  }

  private static func unescape(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, into text: inout [UInt8]
  ) {
    var i = start
    while i < end {
      guard bytes[i] == backslash, i + 1 < end else {
        text.append(bytes[i])
        i += 1
        continue
      }
      switch bytes[i + 1] {
      case UInt8(ascii: "n"): text.append(10)
      case UInt8(ascii: "t"): text.append(9)
      case quote, backslash: text.append(bytes[i + 1])
      case UInt8(ascii: "u"):
        guard let escape = unicodeEscape(bytes, at: i), escape.end <= end else {
          text.append(bytes[i])
          i += 1
          continue
        }
        text.append(contentsOf: Array(String(Character(escape.scalar)).utf8))
        i = escape.end
        continue
      default:
        text.append(bytes[i])
        i += 1
        continue
      }
      i += 2
    }
  }

  /// The scalar of `\u{…}` at a backslash, and where the escape ends; nil if it is not well formed.
  static func unicodeEscape(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (scalar: Unicode.Scalar, end: Int)? {
    guard start + 4 < bytes.count, bytes[start + 2] == UInt8(ascii: "{") else { return nil }
    var value: UInt32 = 0
    var i = start + 3
    while i < bytes.count, i < start + 10, bytes[i] != UInt8(ascii: "}") {
      guard let digit = Character(Unicode.Scalar(bytes[i])).hexDigitValue, bytes[i] < 0x80 else { return nil }
      value = value << 4 | UInt32(digit)
      i += 1
    }
    guard i < bytes.count, bytes[i] == UInt8(ascii: "}"), i > start + 3, let scalar = Unicode.Scalar(value) else {
      return nil
    }
    return (scalar, i + 1)
  }

  /// A text as a token on one line.
  package static func encode(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
