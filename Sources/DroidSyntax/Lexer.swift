/// Bytes to tokens in one pass. White space, `//` comments and a byte order mark are the gaps between tokens. Whatever the
/// bytes are, every one is in a token or in a gap, and what is wrong with them is in the report.
struct Lexer: ~Copyable {
  let p: UnsafePointer<UInt8>
  let end: Int
  let classes = CharacterClass()
  let keywords = WordTable.keywords
  var tokens: FlatBuilder<Token>
  var report: SyntaxReport
  /// How many `{` and `}` there are: when they differ, the parser may look at columns to find the one that is missing.
  var opened = 0
  var closed = 0

  /// The longest file, in bytes: no token is longer than its length field can tell.
  static let longestFile = 16_000_000

  init(_ bytes: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>, file: FileID) {
    p = base
    end = bytes.count
    tokens = FlatBuilder(capacity: bytes.count / 5 + 64)
    report = SyntaxReport(file: file)
  }

  mutating func run() {
    let (p, end, classes, keywords) = (self.p, self.end, self.classes, self.keywords)
    var i = end >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF ? 3 : 0
    var isFirst = true
    while i < end {
      let byte = p[i]
      let start = i
      // Most white space is one space, or an indentation of them.
      if byte == UInt8(ascii: " ") {
        i += 1
        continue
      }
      switch classes.action(byte) {
      case .space:
        i += 1
        continue
      case .lineFeed:
        isFirst = true
        i += 1
        continue
      case .letter:
        i = nameEnd(from: i)
        push(.name, start, i, isFirst, Keyword(known: keywords.find(p + start, i &- start, left: end &- start)))
      case .single:
        i += 1
        let kind = classes.single(byte)
        if kind == .leftBrace { opened += 1 } else if kind == .rightBrace { closed += 1 }
        push(kind, start, i, isFirst)
      case .digit:
        i = lexQuantity(at: i, isFirst)
      case .equals:
        if i + 1 < end, p[i + 1] == UInt8(ascii: "=") {
          i += 2
          push(.equalEqual, start, i, isFirst)
        } else {
          i += 1
          push(.equals, start, i, isFirst)
        }
      case .quote:
        i = lexString(at: i, isFirst)
      case .dot:
        i = lexDot(at: i, isFirst)
      case .slash:
        if i + 1 < end, p[i + 1] == UInt8(ascii: "/") {
          i = lexComment(at: i, isFirst)
          continue
        }
        i = lexUnknown(at: i, isFirst)
      case .sign:
        if i + 1 < end, classes.isDigit(p[i + 1]) {
          i = lexQuantity(at: i, isFirst)
        } else if byte == UInt8(ascii: "-"), i + 1 < end, p[i + 1] == UInt8(ascii: ">") {
          i += 2
          push(.arrow, start, i, isFirst)
        } else {
          i = lexUnknown(at: i, isFirst)
        }
      case .less:
        i = lexComparison(at: i, .less, .lessOrEqual, isFirst)
      case .greater:
        i = lexComparison(at: i, .greater, .greaterOrEqual, isFirst)
      case .bang:
        if i + 1 < end, p[i + 1] == UInt8(ascii: "=") {
          i += 2
          push(.notEqual, start, i, isFirst)
        } else {
          i = lexUnknown(at: i, isFirst)
        }
      case .apostrophe, .unknown, .other:
        i = lexUnknown(at: i, isFirst)
      }
      isFirst = false
    }
    push(.endOfFile, end, end, isFirst)
  }

  @inline(__always)
  mutating func push(
    _ kind: TokenKind, _ start: Int, _ end: Int, _ isFirst: Bool, _ keyword: Keyword = .none
  ) {
    tokens.append(
      Token(
        kind: kind, keyword: keyword, start: UInt32(truncatingIfNeeded: start),
        length: UInt32(truncatingIfNeeded: end &- start), isFirstOnLine: isFirst))
  }

  /// The end of the name that begins here: letters and digits, joined by single `-` or `_`.
  @inline(__always)
  mutating func nameEnd(from start: Int) -> Int {
    let (p, end, classes) = (self.p, self.end, self.classes)
    var i = start + 1
    while i < end {
      let byte = p[i]
      if classes.isNameByte(byte) {
        i += 1
      } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
        if i + 1 < end, classes.isNameByte(p[i + 1]) {
          i += 2
        } else if byte == UInt8(ascii: "-"), i + 1 < end, p[i + 1] == UInt8(ascii: ">") {
          return i
        } else {
          return badNameEnd(from: start, at: i)
        }
      } else if byte >= 0x80 {
        return badNameEnd(from: start, at: i)
      } else {
        return i
      }
    }
    return i
  }

  private mutating func lexComparison(
    at start: Int, _ alone: TokenKind, _ withEquals: TokenKind, _ isFirst: Bool
  ) -> Int {
    if start + 1 < end, p[start + 1] == UInt8(ascii: "=") {
      push(withEquals, start, start + 2, isFirst)
      return start + 2
    }
    push(alone, start, start + 1, isFirst)
    return start + 1
  }

  private mutating func lexDot(at start: Int, _ isFirst: Bool) -> Int {
    if start + 1 < end, p[start + 1] == UInt8(ascii: ".") {
      push(.dotDot, start, start + 2, isFirst)
      return start + 2
    }
    if start + 1 < end, classes.isDigit(p[start + 1]), !(start > 0 && classes.isNameByte(p[start - 1])) {
      return lexQuantity(at: start, isFirst)
    }
    push(.dot, start, start + 1, isFirst)
    return start + 1
  }

  /// A comment is a gap; `///`, and no fourth slash, makes a doc token of it. Both end before the line's end.
  private mutating func lexComment(at start: Int, _ isFirst: Bool) -> Int {
    let stop = lineEnd(from: start + 2)
    guard start + 2 < end, p[start + 2] == UInt8(ascii: "/"), !(start + 3 < end && p[start + 3] == UInt8(ascii: "/"))
    else { return stop }
    var last = stop
    while last > start + 3, p[last - 1] == UInt8(ascii: " ") || p[last - 1] == 9 || p[last - 1] == 13 { last -= 1 }
    push(.doc, start, last, isFirst)
    return stop
  }

  /// The line feed that ends this line, or the end of the file; checks the UTF-8 on its way.
  mutating func lineEnd(from start: Int) -> Int {
    let (p, end, classes) = (self.p, self.end, self.classes)
    var i = start
    while i < end {
      while i + 8 <= end, Words.isPlainText(UnsafeRawPointer(p + i).loadUnaligned(as: UInt64.self)) { i += 8 }
      guard i < end else { break }
      let byte = p[i]
      if !classes.has(byte, CharacterClass.stopsLine) {
        i += 1
      } else if byte == 10 {
        return i
      } else {
        i = checkText(at: i)
      }
    }
    return i
  }
}
