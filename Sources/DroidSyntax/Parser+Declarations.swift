/// The members, one after the other.
extension Parser {
  mutating func parseName(_ noun: String) {
    if kind == .name, !beginsMember(at: position) {
      leaf(.name)
      return
    }
    complain(.missingName, "\(noun) has no name", at: behindLast, "a name is due here")
    missing()
  }

  mutating func parsePath(_ noun: String) {
    guard kind == .name, !beginsMember(at: position) else {
      complain(.missingName, "\(noun) is missing", at: behindLast, "a name is due here")
      missing()
      return
    }
    let node = open(.path)
    advance()
    while kind == .dot, kind(ahead: 1) == .name, !beginsMember(at: position + 1) {
      advance()
      advance()
    }
    if kind == .dot {
      complain(.missingName, "a name is due behind this dot", at: range(at: position))
      advance()
      missing()
    }
    close(node)
  }

  /// True if the token was there.
  @discardableResult
  mutating func expect(_ wanted: TokenKind, _ text: String, _ message: String) -> Bool {
    if kind == wanted {
      advance()
      return true
    }
    complain(
      .missingPart, message, at: behindLast, "`\(text)` is due here",
      fixes: [Fix("write `\(text)`", replacing: behindLast, with: text == ":" ? ":" : " \(text) ")])
    missing()
    return false
  }

  mutating func parseProperty() {
    if kind == .string { leaf(.string) } else { parsePath("the property") }
    if kind == .colon, !token.isFirstOnLine {
      complain(
        .missingPart, "a property is set by `=`", at: range(at: position), "`:` is for types",
        fixes: [Fix("write `=`", replacing: range(at: position), with: " =")])
      leaf(.unexpected)
      parseValue()
      return
    }
    if expect(.equals, "=", "a property is set by `=`") { parseValue() } else { skipRestOfLine() }
  }

  /// What stands behind a mistake on its line.
  mutating func skipRestOfLine() {
    guard !isAtEnd, kind != .rightBrace, !token.isFirstOnLine else { return }
    skipUnexpected { $0.kind == .rightBrace || $0.token.isFirstOnLine }
  }

  mutating func parseField() {
    if keyword(at: position) == .key, kind(ahead: 1) == .name { advance() }
    parseName("the field")
    guard expect(.colon, ":", "a field has a type behind `:`") else { return skipRestOfLine() }
    parseType()
    if kind == .equals {
      advance()
      parseValue()
    }
    while kind == .at { parseAttribute() }
  }

  mutating func parsePort() {
    let isOptional = keyword(at: position) == .optional
    advance()
    // `optional` stands only before `out`.
    if isOptional {
      advance()
    } else if keyword(at: position) == .out, kind(ahead: 1) == .name, kind(ahead: 2) == .colon {
      complain(
        .unexpectedText, "a port answers or asks, not both", at: range(at: position), "",
        fixes: [Fix("remove it", replacing: range(at: position), with: "")])
      leaf(.unexpected)
    }
    parseName("the port")
    guard expect(.colon, ":", "a port has a type behind `:`") else { return skipRestOfLine() }
    parseType()
    if kind == .equals {
      advance()
      parsePath("the port it stands for")
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseComponent() {
    advance()
    parseName("the component")
    if expect(.colon, ":", "a component has a kind behind `:`") {
      parsePath("the kind")
    } else if kind == .name, !token.isFirstOnLine {
      parsePath("the kind")
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseKind() {
    advance()
    parseName("the kind")
    if kind == .colon {
      advance()
      parsePath("the base")
    }
    parseBlock()
  }

  /// `type`, `resilience`, `rule`, …: a keyword, a name, a block.
  mutating func parseNamed(_ noun: String) {
    advance()
    parseName(noun)
    parseBlock()
  }

  mutating func parseError() {
    advance()
    parseName("the error")
    if kind == .quantity {
      leaf(.quantity)
    } else {
      complain(
        .missingPart, "an error has a status of HTTP", at: behindLast, "such as `409`",
        fixes: [Fix("write `409`", replacing: behindLast, with: " 409")])
      missing()
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseEnum() {
    advance()
    parseName("the enum")
    guard kind == .leftBrace else {
      complain(.missingBrace, "the cases of an enum stand in braces", at: behindLast, "`{ a b c }`")
      missing()
      return
    }
    openBraces.append(position)
    advance()
    depth += 1
    let findings = report.diagnostics.count
    while !isAtEnd, kind != .rightBrace, !skipsBlockEnd() {
      let first = position
      while kind == .doc { advance() }
      if kind == .name {
        let node = open(.enumCase, at: first)
        leaf(.name)
        while kind == .at { parseAttribute() }
        close(node)
      } else if kind == .comma {
        complain(
          .unexpectedText, "cases are separated by white space alone", at: range(at: position), "no comma here",
          fixes: [Fix("remove it", replacing: range(at: position), with: "")])
        let node = open(.unexpected, at: first)
        advance()
        close(node)
      } else if kind == .rightBrace || isAtEnd {
        position = first
        let end = (first..<tokens.count).first { tokens[$0].kind != .doc } ?? first
        complain(.misplacedDoc, "this doc comment has nothing below it", at: range(at: first))
        let node = open(.unexpected)
        position = end
        close(node)
      } else {
        // What else is no name is one mistake with it.
        if report.diagnostics.count > findings { lastError = position }
        complain(.unexpectedText, "a case of an enum is a plain name", at: range(at: position))
        let node = open(.unexpected, at: first)
        advance()
        close(node)
      }
    }
    closeBrace()
    depth -= 1
  }

  mutating func parseConnect() {
    advance()
    parsePath("what the connection begins at")
    if kind == .arrow {
      advance()
      parsePath("what the connection ends at")
    } else if kind == .equals, kind(ahead: 1) == .greater {
      let place = SourceRange(range(at: position).file, token.start, range(at: position + 1).end)
      complain(
        .missingPart, "a connection is drawn by `->`", at: place, "",
        fixes: [Fix("write `->`", replacing: place, with: "->")])
      let node = open(.unexpected)
      advance()
      advance()
      close(node)
      parsePath("what the connection ends at")
    } else {
      expect(.arrow, "->", "a connection runs from one to the other by `->`")
      if kind == .name, !token.isFirstOnLine { parsePath("what the connection ends at") }
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseOperation() {
    let isQuery = [.query, .mutation, .subscription].contains(keyword(at: position))
    advance()
    if kind == .string {
      leaf(.string)
    } else if !isQuery {
      complain(
        .missingPart, "an operation has a path, in quotes", at: behindLast, "such as `\"/orders/{id}\"`",
        fixes: [Fix("write a path", replacing: behindLast, with: " \"/\"")])
      missing()
    }
    parseName("the operation")
    let parameters = open(.parameters)
    if kind == .leftParenthesis {
      advance()
      parseSeparated(until: .rightParenthesis, "parameters") { parser in
        let node = parser.open(.field)
        parser.parseField()
        parser.close(node)
      }
    } else {
      complain(
        .missingPart, "an operation has its parameters in parentheses", at: behindLast, "`()` if it has none",
        fixes: [Fix("write `()`", replacing: behindLast, with: "()")])
      missing()
    }
    close(parameters)
    if kind == .arrow {
      let node = open(.resultType)
      advance()
      parseType()
      close(node)
    }
    if keyword(at: position) == .throws {
      let node = open(.throwsClause)
      advance()
      parsePath("the error")
      while kind == .comma {
        advance()
        parsePath("the error")
      }
      close(node)
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseResource() {
    advance()
    parsePath("the type")
    if kind == .string {
      leaf(.string)
    } else {
      complain(
        .missingPart, "a resource has a path, in quotes", at: behindLast, "such as `resource Order \"/orders\"`")
      missing()
    }
    if kind == .leftBrace { parseBlock() }
  }

  mutating func parseWatch() {
    let word = text(at: position)
    advance()
    parseName("the \(word)")
    if keyword(at: position) == .on {
      advance()
      parsePath("what it is on")
      if kind == .arrow {
        advance()
        parsePath("the end of the connection")
      }
    } else {
      complain(
        .missingPart, "nothing says what this \(word) is about", at: behindLast, "`on orders.api`")
      missing()
    }
    parseBlock()
  }

  mutating func parseEnvironment() {
    advance()
    parseName("the environment")
    if kind == .colon {
      advance()
      parseName("what it builds on")
    }
    parseBlock()
  }

  mutating func parseRaw() {
    advance()
    if kind == .string {
      leaf(.string)
    } else {
      complain(.missingPart, "a raw patch names the kind of a manifest, in quotes", at: behindLast, "`\"Deployment\"`")
      missing()
    }
    if keyword(at: position) == .on {
      advance()
      parsePath("the component")
    } else {
      complain(.missingPart, "nothing says what this patch is on", at: behindLast, "`on orders`")
      missing()
    }
    if kind == .leftBrace {
      parseRecord()
    } else {
      complain(.missingBrace, "the fields of a patch stand in braces", at: behindLast, "`{ … }`")
      missing()
    }
  }

  mutating func parseLayout() {
    advance()
    parseBlock()
  }
}
