/// Types and values.
extension Parser {
  mutating func parseType() {
    guard depth < Self.deepest else { return skipDeep() }
    depth += 1
    defer { depth -= 1 }
    let mark = nodes.count
    switch kind {
    case .name:
      let node = open(.namedType)
      parsePath("the type")
      if kind == .leftParenthesis { parseTypeArguments() }
      if kind == .less {
        complain(
          .unexpectedText, "what a type takes stands in parentheses", at: range(at: position), "such as `Events(Order)`"
        )
        skipUnexpected { $0.kind == .greater || $0.token.isFirstOnLine || $0.kind == .rightBrace }
        if kind == .greater { leaf(.unexpected) }
      }
      close(node)
    case .leftBracket:
      let node = open(.listType)
      openBrackets += 1
      advance()
      parseType()
      var isMap = false
      if kind == .colon {
        isMap = true
        advance()
        parseType()
      }
      closeBracket(.rightBracket, "]", from: Int(nodes[node].firstToken))
      if kind == .leftParenthesis { parseTypeArguments() }
      close(node)
      if isMap {
        let made = nodes[node]
        nodes[node] = Node(
          kind: .mapType, firstToken: made.firstToken, endToken: made.endToken, subtreeEnd: made.subtreeEnd)
      }
    default:
      complain(.missingType, "a type is due here", at: behindLast, "such as `String`")
      missing()
      return
    }
    if kind == .question {
      let node = wrap(mark, .optionalType)
      advance()
      close(node)
    }
  }

  private mutating func parseTypeArguments() {
    let node = open(.typeArguments)
    advance()
    parseSeparated(until: .rightParenthesis, "what a type takes") { parser in
      if parser.kind == .name, parser.kind(ahead: 1) == .colon {
        let argument = parser.open(.namedTypeArgument)
        parser.leaf(.name)
        parser.advance()
        parser.parseValue()
        parser.close(argument)
      } else if parser.kind == .quantity {
        parser.parseRange()
      } else if parser.kind == .string {
        parser.leaf(.string)
      } else {
        parser.parseType()
      }
    }
    close(node)
  }

  /// Elements with commas between, up to the closing token; the opening one is behind.
  mutating func parseSeparated(
    until closer: TokenKind, _ noun: String, allowsTrailing: Bool = false, _ element: (inout Parser) -> Void
  ) {
    let opener = position - 1
    openBrackets += 1
    while !isAtEnd, kind != closer {
      let start = position
      if kind == .rightBrace || skipsBlockEnd() || closer == .rightBracket && startsProperty() { break }
      element(&self)
      if kind == .comma {
        if !allowsTrailing, kind(ahead: 1) == closer {
          complain(
            .unexpectedText, "no comma stands behind the last one here", at: range(at: position), "",
            fixes: [Fix("remove it", replacing: range(at: position), with: "")])
          leaf(.unexpected)
          break
        }
        advance()
        continue
      }
      if kind == closer { break }
      if position == start {
        complain(.unexpectedText, "this fits nowhere", at: range(at: position))
        leaf(.unexpected)
        continue
      }
      if isAtEnd || kind == .rightBrace || startsProperty() { break }
      if token.isFirstOnLine, keyword(at: position).beginsMember { break }
      let canFollow =
        kind == .name || kind == .quantity || kind == .string || kind == .leftBracket || kind == .leftBrace
      guard canFollow else { break }
      complain(
        .missingPart, "\(noun) are separated by commas", at: behindLast, "`,` is due here",
        fixes: [Fix("write `,`", replacing: behindLast, with: ",")])
      missing()
    }
    closeBracket(closer, closer == .rightParenthesis ? ")" : "]", from: opener)
  }

  @inline(__always)
  private func startsProperty() -> Bool { token.isFirstOnLine && kind == .name && kind(ahead: 1) == .equals }

  mutating func closeBracket(_ closer: TokenKind, _ text: String, from opener: Int) {
    openBrackets -= 1
    if kind == closer {
      advance()
      return
    }
    complain(
      .missingBracket, "this `\(self.text(at: opener))` is never closed", at: range(at: opener), "opened here",
      fixes: [Fix("write `\(text)`", replacing: behindLast, with: text)])
    missing()
    if openBrackets > 0, kind == .rightBracket || kind == .rightParenthesis { return }
    if !token.isFirstOnLine, kind != .rightBrace, kind != .leftBrace, kind != .arrow, !isAtEnd, kind != .equals {
      skipUnexpected { $0.kind == .rightBrace || $0.kind == closer || $0.token.isFirstOnLine }
      if kind == closer { leaf(.unexpected) }
    }
  }

  mutating func parseAttribute() {
    let node = open(.attribute)
    advance()
    parseName("the attribute")
    if kind == .leftParenthesis { parseArguments() }
    close(node)
  }

  mutating func parseArguments() {
    let node = open(.arguments)
    advance()
    parseSeparated(until: .rightParenthesis, "arguments") { parser in
      let argument = parser.open(.argument)
      if parser.kind == .name, parser.kind(ahead: 1) == .colon {
        parser.leaf(.name)
        parser.advance()
      } else if parser.kind == .name, parser.kind(ahead: 1) == .equals {
        parser.leaf(.name)
        let place = parser.range(at: parser.position)
        parser.complain(
          .missingPart, "a named argument is written with `:`", at: place, "",
          fixes: [Fix("write `:`", replacing: place, with: ":")])
        parser.leaf(.unexpected)
      }
      parser.parseValue()
      parser.close(argument)
    }
    close(node)
  }

  mutating func parseValue() {
    guard depth < Self.deepest else { return skipDeep() }
    depth += 1
    defer { depth -= 1 }
    let mark = nodes.count
    guard parseOperand() else { return }
    let isComparison = Self.isComparison(kind)
    let isHold = keyword(at: position) == .for && kind(ahead: 1) == .quantity
    guard isComparison || isHold else { return }
    let node = wrap(mark, .condition)
    if isComparison {
      let comparison = open(.comparison)
      advance()
      _ = parseOperand()
      close(comparison)
    }
    if keyword(at: position) == .for, kind(ahead: 1) == .quantity {
      let hold = open(.hold)
      advance()
      leaf(.quantity)
      close(hold)
    }
    close(node)
  }

  private static func isComparison(_ kind: TokenKind) -> Bool {
    switch kind {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equalEqual, .notEqual: true
    default: false
    }
  }

  /// False where there is none.
  private mutating func parseOperand() -> Bool {
    switch kind {
    case .quantity: parseRange()
    case .string, .multilineString: leaf(.string)
    case .leftBracket:
      let node = open(.list)
      advance()
      parseSeparated(until: .rightBracket, "the elements of a list", allowsTrailing: true) { $0.parseValue() }
      close(node)
    case .leftBrace: parseRecord()
    case .name where !startsMember():
      let mark = nodes.count
      parsePath("the value")
      if kind == .leftParenthesis, !token.isFirstOnLine {
        let node = wrap(mark, .call)
        parseArguments()
        close(node)
      }
    default:
      if reportedUnknown(position), !isAtEnd {
        missing()
        if !token.isFirstOnLine { skipRestOfLine() }
        return false
      }
      complain(.missingValue, "a value is missing here", at: behindLast)
      missing()
      if !token.isFirstOnLine, kind != .rightBrace, kind != .rightBracket, kind != .rightParenthesis, kind != .comma {
        skipRestOfLine()
      }
      return false
    }
    return true
  }

  /// Where a value is due, a name on the next line that is followed by `=` or `:` is the next member: the value is missing.
  @inline(__always)
  func startsMember() -> Bool {
    guard token.isFirstOnLine else { return false }
    let next = kind(ahead: 1)
    return next == .equals || next == .colon || beginsMember(at: position)
  }

  mutating func parseRange() {
    let mark = nodes.count
    leaf(.quantity)
    guard kind == .dotDot else { return }
    let node = wrap(mark, .range)
    advance()
    if kind == .quantity { leaf(.quantity) }
    close(node)
  }

  mutating func parseRecord() {
    guard depth < Self.deepest else { return skipDeep() }
    depth += 1
    defer { depth -= 1 }
    let record = open(.record)
    openBraces.append(position)
    advance()
    let findings = report.diagnostics.count
    while !isAtEnd, kind != .rightBrace, !skipsBlockEnd() {
      if isUnbalanced, endsRecord() { break }
      let first = position
      while kind == .doc { advance() }
      // What fits nowhere behind a mistake is one with it.
      let isQuiet = report.diagnostics.count > findings
      if isQuiet { lastError = position }
      if kind == .name || kind == .string {
        let node = open(.recordField, at: first)
        leaf(kind == .name ? .name : .string)
        if kind == .colon {
          complain(
            .missingPart, "a field of a record is set by `=`", at: range(at: position), "`:` is for types",
            fixes: [Fix("write `=`", replacing: range(at: position), with: " =")])
          leaf(.unexpected)
          parseValue()
        } else {
          if isQuiet { lastError = position }
          if expect(.equals, "=", "a field of a record is set by `=`") { parseValue() } else { skipRestOfLine() }
        }
        close(node)
      } else {
        let place = range(at: position)
        if kind == .comma {
          complain(
            .unexpectedText, "fields are separated by white space alone", at: place, "no comma here",
            fixes: [Fix("remove it", replacing: place, with: "")])
        } else if kind == .rightBrace || isAtEnd {
          position = first
          complain(.misplacedDoc, "this doc comment has nothing below it", at: range(at: first))
        } else if !reportedUnknown(position) {
          complain(.unexpectedText, "this fits nowhere", at: place)
        }
        let node = open(.unexpected, at: first)
        if position == first, kind == .doc { while kind == .doc { advance() } } else { advance() }
        close(node)
      }
    }
    closeBrace()
    close(record)
  }

  /// Whether what comes belongs to what is around the record, when a brace is missing: a line of another sort, or the end
  /// of the brackets that the record is in.
  private func endsRecord() -> Bool {
    if openBrackets > 0, kind == .rightParenthesis || kind == .rightBracket { return true }
    let start = behindDocs
    return tokens[start].isFirstOnLine && tokens[start].kind == .name && tokens[start + 1].kind != .equals
  }
}
