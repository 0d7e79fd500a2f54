/// The file: its header, imports and members.
extension Parser {
  mutating func parseFile() {
    let file = open(.file)
    let isDroidfile = parseHeader()
    if isDroidfile {
      while keyword(at: position) == .import, kind(ahead: 1) != .equals, kind(ahead: 1) != .colon { parseImport() }
      parseMembers(isTopLevel: true)
    }
    position = tokens.count - 1
    close(file)
  }

  /// False where this is something else altogether, which is one mistake, not one for each line.
  private mutating func parseHeader() -> Bool {
    guard keyword(at: position) == .droid else {
      notADroidfile()
      return false
    }
    let header = open(.header)
    advance()
    if kind == .quantity {
      if case .value(let edition) = QuantityLiteral.read(tokenBytes), edition.isPlainInteger, edition.mantissa > 1 {
        complain(
          .newerEdition, "this file is written in edition \(edition.mantissa), and this `droid` knows edition 1",
          at: range(at: position), help: "a newer `droid` builds it")
        missing()
      } else if !isEdition {
        complain(
          .missingPart, "the edition of the language is a whole number", at: range(at: position), "`droid 1`",
          fixes: [Fix("write `1`", replacing: range(at: position), with: "1")])
        missing()
      }
      leaf(.quantity)
    } else {
      complain(
        .missingPart, "`droid` is followed by the edition of the language", at: behindLast, "`droid 1`",
        fixes: [Fix("write `droid 1`", replacing: behindLast, with: " 1")])
      missing()
    }
    if !beginsUnit(at: position), !token.isFirstOnLine, beginsUnit(at: nextLine) {
      complainOfMisfit()
      skipRestOfLine()
    }
    switch keyword(at: position) {
    case .system, .library:
      advance()
      parseName("the \(text(at: position - 1))")
      if kind == .leftBrace { parseBlock() }
    default:
      complain(
        .missingPart, "nothing says what this is a file of", at: behindLast, "`system NAME` or `library NAME` follows",
        fixes: [Fix("write `system app`", replacing: behindLast, with: "\nsystem app")])
      missing()
      if kind == .name, tokens[position + 1].isFirstOnLine { leaf(.name) }
    }
    close(header)
    return true
  }

  private func beginsUnit(at index: Int) -> Bool { [.system, .library].contains(keyword(at: index)) }

  /// The first token of the next line.
  private var nextLine: Int {
    var index = position + 1
    while index < tokens.count - 1, !tokens[index].isFirstOnLine { index += 1 }
    return index
  }

  private var isEdition: Bool {
    if case .value(let edition) = QuantityLiteral.read(tokenBytes) {
      return edition.isPlainInteger && edition.mantissa == 1
    }
    return false
  }

  private var tokenBytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + Int(token.start), count: Int(token.length))
  }

  private mutating func notADroidfile() {
    // What the lexer found in a text of another language is no news.
    report = SyntaxReport(file: source.file)
    let first = text(at: position)
    let looksLike: String
    switch (kind, kind(ahead: 1)) {
    case (.endOfFile, _): looksLike = "this file is empty"
    case (.leftBrace, _), (.leftBracket, _): looksLike = "this looks like JSON"
    case (.name, .colon): looksLike = "this looks like YAML"
    case _ where first == "---" || first.hasPrefix("-"): looksLike = "this looks like YAML"
    default: looksLike = "this is not a droidfile yet"
    }
    let begins = "a droidfile begins with `droid 1` and `system NAME`"
    let isClose = keyword(at: position).beginsMember || beginsUnit(at: position)
    complain(
      .notADroidfile, looksLike, at: range(at: position), begins,
      help: "`droid explain not-a-droidfile` shows the smallest one",
      fixes: isClose
        ? [
          Fix(
            "write the header", replacing: range(at: position).atStart,
            with: keyword(at: position).beginsMember ? "droid 1\nsystem app\n\n" : "droid 1\n")
        ] : [])
    missing()
    if !isAtEnd {
      let node = open(.unexpected)
      position = tokens.count - 1
      close(node)
    }
  }

  private mutating func parseImport() {
    let node = open(.importDeclaration)
    advance()
    if kind == .string {
      leaf(.string)
    } else {
      complain(
        .missingPart, "an import names what it brings in, in quotes", at: behindLast, "`import \"./kinds\" as kinds`")
      missing()
    }
    if keyword(at: position) == .as {
      advance()
      parseName("what is imported")
    } else {
      complain(
        .missingPart, "nothing says what the import is called here", at: behindLast, "`import \"…\" as NAME`",
        fixes: [Fix("add a name", replacing: behindLast, with: " as imported")])
      missing()
    }
    close(node)
  }

  /// An import that comes too late: kept, and reported.
  mutating func parseLateImport() {
    let start = position
    complain(
      .misplacedImport, "imports come first in a file", at: range(at: start), "below the header, above everything else")
    let unexpected = open(.unexpected)
    advance()
    if kind == .string { advance() }
    if keyword(at: position) == .as {
      advance()
      if kind == .name { advance() }
    }
    close(unexpected)
  }
}
