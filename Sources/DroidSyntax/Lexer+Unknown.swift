/// Bytes that begin no token: each run is one error, and where it is plain what was meant, the token that was meant.
extension Lexer {
  @inline(never)
  mutating func lexUnknown(at start: Int, _ isFirst: Bool) -> Int {
    let byte = p[start]
    if byte == 0 {
      var stop = start + 1
      while stop < end, p[stop] == 0 { stop += 1 }
      reportNUL(start, stop)
      push(.unknown, start, stop, isFirst)
      return stop
    }
    if byte >= 0x80, UTF8Bytes.length(p, start, end) == 0 {
      let stop = checkText(at: start)
      push(.unknown, start, stop, isFirst)
      return stop
    }
    if let stop = lexForeignComment(at: start, isFirst) ?? lexForeignText(at: start, isFirst) { return stop }
    let length = UTF8Bytes.length(p, start, end)
    let scalar = UTF8Bytes.scalar(p, start, length: length)
    if scalar.properties.isAlphabetic || scalar == "_" {
      let stop = badNameEnd(from: start, at: start)
      push(.name, start, stop, isFirst)
      return stop
    }
    if let (kind, text) = Self.lookalike(scalar) {
      report.add(
        Diagnostic(
          .unknownCharacter, "`\(scalar)` only looks like `\(text)`", at: report.range(start, start + length),
          "an editor or a web page has replaced it",
          fixes: [Fix("write `\(text)`", replacing: report.range(start, start + length), with: text)]))
      push(kind, start, start + length, isFirst)
      return start + length
    }
    return lexRun(at: start, scalar, isFirst)
  }

  /// A run of bytes that mean nothing here, until something that does.
  private mutating func lexRun(at start: Int, _ scalar: Unicode.Scalar, _ isFirst: Bool) -> Int {
    var stop = start + UTF8Bytes.length(p, start, end)
    while stop < end, let next = junkLength(at: stop) { stop += next }
    let range = report.range(start, stop)
    let text = String(decoding: UnsafeBufferPointer(start: p + start, count: min(stop - start, 40)), as: UTF8.self)
    let remove = Fix("remove it", replacing: range, with: "")
    if scalar.properties.isWhitespace || scalar.properties.generalCategory == .format {
      let name = scalar.properties.name?.lowercased() ?? "a character that cannot be seen"
      report.add(
        Diagnostic(
          .unknownCharacter, "here stands an invisible character (\(name))", at: range, "it was probably pasted",
          fixes: [Fix("make it a space", replacing: range, with: " ")]))
    } else if text == ";" {
      report.add(
        Diagnostic(
          .unknownCharacter, "a droidfile has no semicolons", at: range, "members need nothing between them",
          fixes: [remove]))
    } else {
      let why: String
      switch text {
      case "-": why = "`-` stands only inside a name, before a number and in `->`; a list is written `[a, b]`"
      case "|": why = "a type that may be absent is written `T?`"
      case "$": why = "there is no interpolation; a parameter is named as it is"
      case "&", "&&": why = "conditions that must all hold stand in a list: `[a, b]`"
      case "||": why = "\"any of\" is two rules or two alerts"
      case "*", "+", "^", "/": why = "a droidfile computes nothing: what is written is what is drawn"
      default: why = "if it belongs to a text, put the text in quotes"
      }
      report.add(Diagnostic(.unknownCharacter, "`\(text)` means nothing in a droidfile", at: range, why))
    }
    push(.unknown, start, stop, isFirst)
    return stop
  }

  /// The length of the next piece of junk of the same run.
  private func junkLength(at i: Int) -> Int? {
    let byte = p[i]
    if byte < 0x80 {
      let action = classes.action(byte)
      return action == .unknown && byte != 0 && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "`")
        && byte != UInt8(ascii: "_") ? 1 : nil
    }
    let length = UTF8Bytes.length(p, i, end)
    guard length > 0 else { return nil }
    let scalar = UTF8Bytes.scalar(p, i, length: length)
    return scalar.properties.isAlphabetic || Self.lookalike(scalar) != nil || Self.isQuote(scalar) ? nil : length
  }

  /// `# …` and `/* … */`, as other languages write comments.
  private mutating func lexForeignComment(at start: Int, _ isFirst: Bool) -> Int? {
    if p[start] == UInt8(ascii: "#") {
      var stop = lineEnd(from: start + 1)
      let range = report.range(start, start + 1)
      report.add(
        Diagnostic(
          .unknownCharacter, "`#` begins no comment here", at: range, "a comment begins with `//`",
          fixes: [Fix("write `//`", replacing: range, with: "//")]))
      while stop > start + 1, p[stop - 1] == 13 || p[stop - 1] == 32 || p[stop - 1] == 9 { stop -= 1 }
      push(.unknown, start, stop, isFirst)
      return stop
    }
    guard p[start] == UInt8(ascii: "/"), start + 1 < end, p[start + 1] == UInt8(ascii: "*") else { return nil }
    var stop = start + 2
    while stop < end, !(p[stop] == UInt8(ascii: "/") && p[stop - 1] == UInt8(ascii: "*") && stop > start + 2) {
      stop += 1
    }
    stop = min(stop + 1, end)
    let isOneLine = !(start..<stop).contains { p[$0] == 10 }
    let ends = stop - start >= 4 && p[stop - 1] == UInt8(ascii: "/")
    var rest = stop
    while rest < end, p[rest] == 32 || p[rest] == 13 || p[rest] == 9 { rest += 1 }
    let isLast = isOneLine && ends && (rest == end || p[rest] == 10)
    let edits = [
      TextEdit(report.range(start, start + 2), "//"), TextEdit(report.range(stop - 2, stop), ""),
    ]
    report.add(
      Diagnostic(
        .unknownCharacter, "`/*` begins no comment here", at: report.range(start, start + 2),
        "a comment begins with `//` and ends with its line", fixes: isLast ? [Fix("write `//`", edits)] : []))
    push(.unknown, start, stop, isFirst)
    return stop
  }

  private static func isQuote(_ scalar: Unicode.Scalar) -> Bool { "'`“”„‘’«»".unicodeScalars.contains(scalar) }

  /// A text in quotes of another sort, up to their partner on the same line.
  private mutating func lexForeignText(at start: Int, _ isFirst: Bool) -> Int? {
    let bytes = UnsafeBufferPointer(start: p, count: end)
    for (open, close) in StringLiteral.quotes.dropFirst() where bytes[start...].starts(with: open) {
      var stop = start + open.count
      while stop < end, p[stop] != 10 {
        let isPlain = p[stop] == UInt8(ascii: "\"")
        guard isPlain || bytes[stop...].starts(with: close) else {
          stop += 1
          continue
        }
        let inner = String(decoding: bytes[(start + open.count)..<stop], as: UTF8.self)
        stop += isPlain ? 1 : close.count
        let range = report.range(start, stop)
        let text = StringLiteral.encode(inner)
        report.add(
          Diagnostic(
            .unknownCharacter, "a text stands in straight double quotes", at: range, "these quotes are others",
            fixes: [Fix("write `\(text)`", replacing: range, with: text)]))
        push(.string, start, stop, isFirst)
        return stop
      }
    }
    return nil
  }

  /// What a character was before something made it prettier.
  private static func lookalike(_ scalar: Unicode.Scalar) -> (TokenKind, String)? {
    switch scalar {
    case "→", "⟶", "➜", "⇒": (.arrow, "->")
    case "≤": (.lessOrEqual, "<=")
    case "≥": (.greaterOrEqual, ">=")
    case "≠": (.notEqual, "!=")
    case "…", "‥": (.dotDot, "..")
    case "：": (.colon, ":")
    case "，": (.comma, ",")
    case "（": (.leftParenthesis, "(")
    case "）": (.rightParenthesis, ")")
    case "＝": (.equals, "=")
    default: nil
    }
  }

  /// A name goes on with what no name may hold: all that hangs together is the name, with one error.
  @inline(never)
  mutating func badNameEnd(from start: Int, at first: Int) -> Int {
    var i = first
    var foreign: Unicode.Scalar?
    while i < end {
      let byte = p[i]
      if classes.isNameByte(byte) || byte == UInt8(ascii: "_") {
        i += 1
      } else if byte == UInt8(ascii: "-"), !(i + 1 < end && p[i + 1] == UInt8(ascii: ">")) {
        i += 1
      } else if byte >= 0x80 {
        let length = UTF8Bytes.length(p, i, end)
        guard length > 0 else { break }
        let scalar = UTF8Bytes.scalar(p, i, length: length)
        let isDash = scalar == "–" || scalar == "—" || scalar == "‐" || scalar == "‑"
        let joins = isDash && i > start && i + length < end && classes.isNameByte(p[i + length])
        guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil || joins else { break }
        foreign = foreign ?? scalar
        i += length
      } else {
        break
      }
    }
    // Only something that is none of our business follows: the name was fine.
    guard i > first else { return first }
    let whole = UnsafeBufferPointer(start: p + start, count: i - start)
    let name = String(decoding: whole, as: UTF8.self)
    let better = Self.betterName(name)
    let fixes = better.map { [Fix("write `\($0)`", replacing: report.range(start, i), with: $0)] } ?? []
    let why =
      foreign.map { "`\($0)` is not among the letters a–z and A–Z and the digits" }
      ?? "a single `-` or `_` stands between letters or digits"
    report.add(Diagnostic(.badName, "`\(name)` cannot be a name", at: report.range(start, i), why, fixes: fixes))
    return i
  }

  /// The name with single joints and plain dashes; nil if there is none.
  private static func betterName(_ name: String) -> String? {
    var result = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "-", "_", "–", "—", "‐", "‑":
        if let last = result.last, last != "-", last != "_" { result.append(scalar == "_" ? "_" : "-") }
      case "a"..."z", "A"..."Z", "0"..."9": result.unicodeScalars.append(scalar)
      default: return nil
      }
    }
    if let last = result.last, last == "-" || last == "_" { result.removeLast() }
    guard let first = result.first, first.isLetter else { return nil }
    return result
  }
}
