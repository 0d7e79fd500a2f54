/// Texts: `"…"` on one line, `"""` … `"""` over many.
extension Lexer {
  mutating func lexString(at start: Int, _ isFirst: Bool) -> Int {
    if start + 2 < end, p[start + 1] == UInt8(ascii: "\""), p[start + 2] == UInt8(ascii: "\"") {
      return lexMultilineString(at: start, isFirst)
    }
    let (p, end, classes) = (self.p, self.end, self.classes)
    var i = start + 1
    while i < end {
      let byte = p[i]
      if !classes.has(byte, CharacterClass.stopsString) {
        i += 1
      } else if byte == UInt8(ascii: "\"") {
        push(.string, start, i + 1, isFirst)
        return i + 1
      } else if byte == UInt8(ascii: "\\") {
        i = checkEscape(at: i)
      } else if byte == 10 {
        break
      } else {
        i = checkText(at: i)
      }
    }
    let stop = unclosedEnd(start, lineEnd: i)
    report.add(
      Diagnostic(
        .unclosedString, "this text is never closed", at: report.range(start, start + 1),
        "a text ends on the line on which it begins",
        help: "a text of several lines stands between `\"\"\"` and `\"\"\"`",
        fixes: [Fix("close it with `\"`", replacing: report.range(stop, stop), with: "\"")]))
    push(.string, start, stop, isFirst)
    return stop
  }

  /// Where a text without its closing quote probably ends: before the white space and the closing braces of its line.
  private func unclosedEnd(_ start: Int, lineEnd: Int) -> Int {
    var stop = lineEnd
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
    while stop > start + 1, isSpace(p[stop - 1]) { stop -= 1 }
    var cut = stop
    while cut > start + 2, p[cut - 1] == UInt8(ascii: "}"), isSpace(p[cut - 2]) {
      cut -= 1
      while cut > start + 1, isSpace(p[cut - 1]) { cut -= 1 }
      stop = cut
    }
    // `("text)` and `["text]`: the bracket belongs to what is around, if the text has not opened it.
    while stop > start + 1, p[stop - 1] == UInt8(ascii: ")") || p[stop - 1] == UInt8(ascii: "]") {
      let opener = p[stop - 1] == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "[")
      if (start..<stop).contains(where: { p[$0] == opener }) { break }
      stop -= 1
    }
    return stop
  }

  private mutating func lexMultilineString(at start: Int, _ isFirst: Bool) -> Int {
    let (p, end, classes) = (self.p, self.end, self.classes)
    var i = start + 3
    let quote = UInt8(ascii: "\"")
    while i < end {
      let byte = p[i]
      if !classes.has(byte, CharacterClass.stopsString) || byte == 10 {
        i += 1
      } else if byte == quote {
        if i + 2 < end, p[i + 1] == quote, p[i + 2] == quote {
          push(.multilineString, start, i + 3, isFirst)
          return i + 3
        }
        i += 1
      } else if byte == UInt8(ascii: "\\") {
        i = checkEscape(at: i)
      } else {
        i = checkText(at: i)
      }
    }
    let before = end > 0 && p[end - 1] == 10 ? "" : "\n"
    report.add(
      Diagnostic(
        .unclosedString, "this text is never closed", at: report.range(start, start + 3),
        "opened here; the file ends before the `\"\"\"` that closes it",
        fixes: [Fix("close it with `\"\"\"`", replacing: report.range(end, end), with: before + "\"\"\"\n")]))
    push(.multilineString, start, end, isFirst)
    return end
  }

  /// At a backslash: the place behind the escape, or behind what should have been one.
  private mutating func checkEscape(at start: Int) -> Int {
    guard start + 1 < end, p[start + 1] != 10, p[start + 1] != 13 else { return start + 1 }
    switch p[start + 1] {
    case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "\""), UInt8(ascii: "\\"): return start + 2
    case UInt8(ascii: "u"):
      if let escape = StringLiteral.unicodeEscape(UnsafeBufferPointer(start: p, count: end), at: start) {
        return escape.end
      }
      var stop = start + 2
      while stop < end, stop < start + 12, classes.isNameByte(p[stop]) || p[stop] == UInt8(ascii: "{") { stop += 1 }
      if stop < end, p[stop] == UInt8(ascii: "}") { stop += 1 }
      reportEscape(start, stop, "a character by its number is written `\\u{1F600}`")
      return stop
    default:
      let length = Swift.max(UTF8Bytes.length(p, start + 1, end), 1)
      // An unknown character beyond ASCII is looked at again by the loop.
      let stop = p[start + 1] < 0x80 ? start + 1 + length : start + 1
      reportEscape(start, start + 1 + length, "a backslash begins one of `\\n`, `\\t`, `\\\"`, `\\\\` and `\\u{…}`")
      return stop
    }
  }

  private mutating func reportEscape(_ start: Int, _ stop: Int, _ why: String) {
    let text = String(decoding: UnsafeBufferPointer(start: p + start, count: stop - start), as: UTF8.self)
    report.add(
      Diagnostic(
        .unknownEscape, "`\(text)` is no escape", at: report.range(start, stop), why,
        fixes: [Fix("write `\\\\` for a backslash", replacing: report.range(start, start + 1), with: "\\\\")]))
  }

  /// At a NUL or a byte beyond ASCII in a text, a comment or a doc: the place behind it.
  mutating func checkText(at start: Int) -> Int {
    if p[start] == 0 {
      var stop = start + 1
      while stop < end, p[stop] == 0 { stop += 1 }
      reportNUL(start, stop)
      return stop
    }
    let length = UTF8Bytes.length(p, start, end)
    if length > 0 { return start + length }
    var stop = start + 1
    while stop < end, p[stop] >= 0x80, UTF8Bytes.length(p, stop, end) == 0 { stop += 1 }
    reportInvalidUTF8(start, stop)
    return stop
  }

  mutating func reportNUL(_ start: Int, _ stop: Int) {
    report.add(
      Diagnostic(
        .nulByte,
        "here \(stop - start == 1 ? "is a zero byte" : "are \(stop - start) zero bytes"), which no text file has",
        at: report.range(start, stop), "a file that was cut off, or one in UTF-16, looks like this",
        fixes: [
          Fix("remove \(stop - start == 1 ? "it" : "them")", replacing: report.range(start, stop), with: "")
        ]))
  }

  mutating func reportInvalidUTF8(_ start: Int, _ stop: Int) {
    let shown = (start..<Swift.min(stop, start + 4)).map { index in
      let digits = String(p[index], radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }
    let bytes = shown.joined(separator: " ") + (stop - start > 4 ? " …" : "")
    report.add(
      Diagnostic(
        .invalidUTF8, "\(stop - start == 1 ? "this byte is" : "these bytes are") not UTF-8 (\(bytes))",
        at: report.range(start, stop), "a droidfile is UTF-8 text",
        help: "save the file as UTF-8; most editors do so by \"save with encoding\""))
  }
}
