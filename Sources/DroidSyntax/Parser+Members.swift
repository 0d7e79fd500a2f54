/// Blocks and their members. Every block is a list of members, whatever it belongs to: what fits where is the checker's.
extension Parser {
  mutating func parseBlock() {
    guard kind == .leftBrace else {
      // With a `}` too many, the block is there, and only its beginning is not.
      let braces = surplus < 0 ? "{" : "{ }"
      complain(
        .missingBrace, "a block is due here", at: behindLast, "`{`",
        fixes: [Fix("add `\(braces)`", replacing: behindLast, with: " \(braces)")])
      missing()
      return
    }
    guard depth < Self.deepest else { return skipDeep() }
    depth += 1
    let block = open(.block)
    openBraces.append(position)
    advance()
    parseMembers(isTopLevel: false)
    closeBrace()
    close(block)
    depth -= 1
  }

  /// The brace that closes what was opened last, or the error about it.
  mutating func closeBrace() {
    let opener = openBraces.removeLast()
    if kind == .rightBrace {
      advance()
      return
    }
    if !reportedBrace {
      reportedBrace = true
      let place = behindLast
      let start = behindDocs
      let next =
        keyword(at: start).beginsMember
        ? [Label(range(at: start), "a new \(text(at: start)) begins here, so the `}` is probably missing above")] : []
      complain(
        .missingBrace, "this block is never closed", at: range(at: opener), "opened here", notes: next,
        fixes: [Fix("add `}`", replacing: place, with: "\n}")])
    }
    missing()
  }

  /// Whether a declaration begins here, at the left margin, though a block is open: its brace is missing.
  @inline(__always)
  func skipsBlockEnd() -> Bool { isUnbalanced && depth > 0 && beginsDeclaration() }

  private func beginsDeclaration() -> Bool {
    // A run of docs is looked behind once, at its first.
    if kind == .doc, tokens[position - 1].kind == .doc { return false }
    let start = behindDocs
    return tokens[start].isFirstOnLine && isAtColumnZero(start) && keyword(at: start).beginsDeclaration
      && tokens[start + 1].kind == .name
  }

  /// The index of the first token behind the docs that may stand here.
  var behindDocs: Int {
    var index = position
    while tokens[index].kind == .doc { index += 1 }
    return index
  }

  /// Whether a member begins at a token, where something else is due: a keyword at the beginning of a line, and what it
  /// names on the same line.
  @inline(__always)
  func beginsMember(at index: Int) -> Bool {
    guard tokens[index].isFirstOnLine, tokens[index].keyword.beginsMember else { return false }
    let next = tokens[index + 1]
    return !next.isFirstOnLine && (next.kind == .name && !next.keyword.joins || next.kind == .string)
  }

  mutating func skipDeep() {
    complain(
      .nestedTooDeep, "this is nested more than \(Self.deepest) levels deep", at: range(at: position),
      "nobody could read it, and it is probably not meant")
    skipUnexpected { _ in true }
  }

  mutating func parseMembers(isTopLevel: Bool) {
    while !isAtEnd {
      let start = position
      if kind == .rightBrace {
        guard isTopLevel else { return }
        // Behind a mistake in the same declaration, it is most likely the brace that has lost its partner.
        if hasError(since: declaration) { lastError = position }
        complain(
          .unexpectedText, "nothing is open that this `}` could close", at: range(at: position), "",
          fixes: [Fix("remove it", replacing: range(at: position), with: "")])
        leaf(.unexpected)
        continue
      }
      if isTopLevel {
        if token.isFirstOnLine, isAtColumnZero {
          declaration = Mark(token: position, findings: report.diagnostics.count)
        }
      } else if skipsBlockEnd() {
        return
      }
      parseMember()
      if position == start {
        complainOfMisfit()
        leaf(.unexpected)
      }
    }
  }

  mutating func parseMember() {
    let first = position
    while kind == .doc { advance() }
    let (start, word, next) = (position, keyword(at: position), kind(ahead: 1))
    position = first
    if tokens[start].kind == .endOfFile || tokens[start].kind == .rightBrace { return strayDoc(until: start) }
    if tokens[start].kind == .string {
      return member(.property, first, start) { parser in parser.parseProperty() }
    }
    guard tokens[start].kind == .name else { return unexpectedMember(first, start) }
    let nextKind = start + 1 < tokens.count ? tokens[start + 1].kind : next
    if nextKind == .equals || nextKind == .dot {
      return member(.property, first, start) { parser in parser.parseProperty() }
    }
    // A field has no place at the left margin: there, `component : Service` lacks its name.
    if nextKind == .colon, depth > 0 || !word.beginsDeclaration || !isAtColumnZero(start) {
      return member(.field, first, start) { parser in parser.parseField() }
    }
    switch word {
    case .key where nextKind == .name: member(.field, first, start) { parser in parser.parseField() }
    case .in, .out: member(.port, first, start) { parser in parser.parsePort() }
    case .optional where keyword(at: start + 1) == .out: member(.port, first, start) { parser in parser.parsePort() }
    case .component: member(.component, first, start) { parser in parser.parseComponent() }
    case .kind: member(.kindDeclaration, first, start) { parser in parser.parseKind() }
    case .type: member(.typeDeclaration, first, start) { parser in parser.parseNamed("the type") }
    case .error: member(.errorDeclaration, first, start) { parser in parser.parseError() }
    case .enum: member(.enumDeclaration, first, start) { parser in parser.parseEnum() }
    case .connect: member(.connect, first, start) { parser in parser.parseConnect() }
    case .get, .post, .put, .patch, .delete, .head, .query, .mutation, .subscription:
      member(.operation, first, start) { parser in parser.parseOperation() }
    case .resource: member(.resource, first, start) { parser in parser.parseResource() }
    case .resilience: member(.resilience, first, start) { parser in parser.parseNamed("the policy") }
    case .healing: member(.healing, first, start) { parser in parser.parseNamed("the policy") }
    case .scaling: member(.scaling, first, start) { parser in parser.parseNamed("the policy") }
    case .team: member(.team, first, start) { parser in parser.parseNamed("the team") }
    case .rule: member(.rule, first, start) { parser in parser.parseNamed("the rule") }
    case .version: member(.version, first, start) { parser in parser.parseNamed("the version") }
    case .slo: member(.slo, first, start) { parser in parser.parseWatch() }
    case .anomaly: member(.anomaly, first, start) { parser in parser.parseWatch() }
    case .alert: member(.alert, first, start) { parser in parser.parseWatch() }
    case .metric: member(.metric, first, start) { parser in parser.parseWatch() }
    case .environment: member(.environment, first, start) { parser in parser.parseEnvironment() }
    case .raw: member(.raw, first, start) { parser in parser.parseRaw() }
    case .layout: member(.layout, first, start) { parser in parser.parseLayout() }
    case .import:
      while kind == .doc { advance() }
      parseLateImport()
    default: unexpectedMember(first, start)
    }
  }

  private mutating func member(_ kind: NodeKind, _ first: Int, _ start: Int, _ body: (inout Parser) -> Void) {
    let node = open(kind, at: first)
    position = start
    body(&self)
    close(node)
  }

  private mutating func strayDoc(until end: Int) {
    complain(
      .misplacedDoc, "this doc comment has nothing below it", at: range(at: position), "it belongs to what follows it",
      fixes: [
        Fix(
          "make it a plain comment", replacing: SourceRange(range(at: position).file, token.start, token.start + 3),
          with: "//")
      ])
    let node = open(.unexpected)
    position = end
    close(node)
  }

  /// Something that begins no member: with a guess at what was meant.
  private mutating func unexpectedMember(_ first: Int, _ start: Int) {
    position = start
    let word = text(at: start)
    let place = range(at: start)
    if kind == .comma {
      complain(
        .unexpectedText, "members are separated by white space alone", at: place, "no comma here",
        fixes: [Fix("remove it", replacing: place, with: "")])
      position = first
      let node = open(.unexpected)
      position = start + 1
      close(node)
      return
    }
    if kind == .name {
      if let meant = nearestKeyword(word) {
        complainOfMisfit(
          "no member begins with `\(word)`", "did you mean `\(meant)`?",
          fixes: [Fix("write `\(meant)`", replacing: place, with: meant)])
      } else if let kindName = ["service", "gateway", "worker", "job", "container", "database", "postgres", "redis"]
        .first(
          where: { $0 == word }), tokens[min(start + 1, tokens.count - 1)].kind == .name
      {
        let capital = kindName == "database" ? "Postgres" : kindName.prefix(1).uppercased() + kindName.dropFirst()
        let name = text(at: start + 1)
        complain(
          .unexpectedText, "no member begins with `\(word)`", at: place,
          "a box is written `component \(name): \(capital)`",
          fixes: [
            Fix(
              "write `component \(name): \(capital)`",
              replacing: SourceRange(place.file, place.start, range(at: start + 1).end),
              with: "component \(name): \(capital)")
          ])
      } else {
        complainOfMisfit("`\(word)` begins nothing here", "a property is `name = value`, a field `name: Type`")
      }
    } else if reportedUnknown(start) {
      lastError = position
    } else {
      complainOfMisfit()
    }
    position = first
    let node = open(.unexpected)
    position = start
    // A brace too many is all that is wrong: what stands in it are members.
    if surplus > 0 { while kind == .leftBrace { advance() } }
    let isBrace = position > start
    close(node)
    if isBrace { return }
    skipUnexpected { $0.kind == .rightBrace || $0.token.isFirstOnLine }
  }

  /// The lexer has spoken of this token.
  func reportedUnknown(_ index: Int) -> Bool {
    let token = tokens[min(index, tokens.count - 1)]
    if token.kind == .unknown { return true }
    let found = firstLexed(from: token.start)
    return found < lexed && report.diagnostics[found].primary.range.end <= token.end
  }

  /// The first finding of the lexer at an offset or behind it; they come first, in source order.
  private func firstLexed(from offset: UInt32) -> Int {
    var (low, high) = (0, lexed)
    while low < high {
      let middle = (low + high) / 2
      if report.diagnostics[middle].primary.range.start < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether anything between a mark and here was reported.
  private func hasError(since mark: Mark) -> Bool {
    if report.diagnostics.count > mark.findings { return true }
    let found = firstLexed(from: tokens[mark.token].start)
    return found < lexed && report.diagnostics[found].primary.range.start < token.start
  }

  private func nearestKeyword(_ word: String) -> String? {
    let letters = word.lowercased()
    for keyword in Keyword.allCases where keyword.beginsMember && keyword.text.count > 3 {
      let wanted = keyword.text
      if wanted == letters { return wanted == word ? nil : wanted }
      if abs(wanted.count - letters.count) <= 1, Self.differsLittle(Array(letters.utf8), Array(wanted.utf8)) {
        return wanted
      }
    }
    return nil
  }

  /// One letter more, less or other, or two neighbours in the other order.
  private static func differsLittle(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    let (restA, restB) = (a[start...], b[start...])
    if restA.dropFirst().elementsEqual(restB) || restA.elementsEqual(restB.dropFirst()) { return true }
    if restA.dropFirst().elementsEqual(restB.dropFirst()) { return true }
    return restA.count >= 2 && restB.count >= 2 && restA[start] == restB[start + 1] && restA[start + 1] == restB[start]
      && restA.dropFirst(2).elementsEqual(restB.dropFirst(2))
  }
}
