/// Tokens to a tree: hand written, LL(2), and it never fails. Where something is due and not there it leaves a `missing`
/// node, what fits nowhere goes into an `unexpected` one, and either comes with an error: one for each mistake.
package struct Parser: ~Copyable {
  let source: SourceText
  let bytes: UnsafePointer<UInt8>
  let tokens: FlatBuilder<Token>
  var nodes: FlatBuilder<Node>
  var report: SyntaxReport
  /// How many of the findings are the lexer's.
  let lexed: Int
  var position = 0
  var depth = 0
  /// Blocks that are open, for the error about one that is never closed.
  var openBraces: [Int] = []
  /// How many `(` and `[` are open: what skips a mistake in them stops before their end.
  var openBrackets = 0
  /// How many more `{` than `}` there are.
  let surplus: Int
  /// Whether a brace is missing somewhere: only then columns are looked at.
  var isUnbalanced: Bool { @inline(__always) get { surplus != 0 } }
  var reportedBrace = false
  /// Where the declaration begins that is parsed now.
  var declaration = Mark(token: 0, findings: 0)
  /// The last place an error was reported at: one mistake costs one error.
  var lastError = -1

  /// A token, and how much was reported before it.
  struct Mark {
    let token: Int
    let findings: Int
  }

  /// The deepest nesting of blocks, lists and types.
  static let deepest = 128

  /// The tree of a text; linear in its length.
  package static func parse(_ source: SourceText) -> SyntaxTree {
    guard source.bytes.count <= Lexer.longestFile else { return tooLarge(source) }
    // The byte behind the last one is looked at by nobody who does not test the end; an empty text still needs an address.
    let padded = source.bytes.isEmpty ? [0] : source.bytes
    return padded.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return tooLarge(source) }
      var lexer = Lexer(UnsafeBufferPointer(start: base, count: source.bytes.count), base: base, file: source.file)
      lexer.run()
      let surplus = lexer.opened - lexer.closed
      let report = lexer.report
      var parser = Parser(source: source, bytes: base, tokens: lexer.tokens, report: report, surplus: surplus)
      parser.parseFile()
      return parser.finish()
    }
  }

  private static func tooLarge(_ source: SourceText) -> SyntaxTree {
    let size = UInt32(clamping: source.bytes.count)
    var tokens = FlatBuilder<Token>(capacity: 1)
    tokens.append(Token(kind: .endOfFile, start: size, length: 0, isFirstOnLine: true))
    var nodes = FlatBuilder<Node>(capacity: 2)
    nodes.append(Node(kind: .file, firstToken: 0, endToken: 0, subtreeEnd: 2))
    nodes.append(Node(kind: .missing, firstToken: 0, endToken: 0, subtreeEnd: 2))
    let diagnostic = Diagnostic(
      .fileTooLarge, "this file has \(source.bytes.count / 1_000_000) MB, and 16 MB are the most",
      at: SourceRange(source.file, 0, 0), help: "split the system over several files: all with one header are one unit")
    return SyntaxTree(source: source, tokens: tokens.finish(), nodes: nodes.finish(), diagnostics: [diagnostic])
  }

  private init(
    source: SourceText, bytes: UnsafePointer<UInt8>, tokens: consuming FlatBuilder<Token>, report: SyntaxReport,
    surplus: Int
  ) {
    self.source = source
    self.bytes = bytes
    nodes = FlatBuilder(capacity: tokens.count + 16)
    self.tokens = tokens
    self.report = report
    lexed = report.diagnostics.count
    self.surplus = surplus
  }

  private consuming func finish() -> SyntaxTree {
    let (source, diagnostics) = (source, report.diagnostics.inSourceOrder())
    return SyntaxTree(source: source, tokens: tokens.finish(), nodes: nodes.finish(), diagnostics: diagnostics)
  }

  // MARK: Tokens.

  // What every token is asked is inlined: a call on a borrowed parser would copy the whole of it first.

  var token: Token { @inline(__always) get { tokens[position] } }
  var kind: TokenKind { @inline(__always) get { tokens[position].kind } }
  var isAtEnd: Bool { @inline(__always) get { kind == .endOfFile } }

  @inline(__always)
  func kind(ahead count: Int) -> TokenKind {
    position &+ count < tokens.count ? tokens[position &+ count].kind : .endOfFile
  }

  @inline(__always)
  func keyword(at index: Int) -> Keyword { index < tokens.count ? tokens[index].keyword : .none }

  func text(at index: Int) -> String {
    let token = tokens[min(index, tokens.count - 1)]
    return String(
      decoding: UnsafeBufferPointer(start: bytes + Int(token.start), count: Int(token.length)), as: UTF8.self)
  }

  func range(at index: Int) -> SourceRange {
    let token = tokens[min(index, tokens.count - 1)]
    return report.range(Int(token.start), Int(token.end))
  }

  /// The empty place behind the token before this one: where something that is missing is due.
  var behindLast: SourceRange {
    position > 0 ? range(at: position - 1).atEnd : range(at: 0).atStart
  }

  @inline(__always)
  mutating func advance() { if !isAtEnd { position += 1 } }

  // MARK: Nodes.

  @inline(__always)
  mutating func open(_ kind: NodeKind, at first: Int? = nil) -> Int {
    nodes.append(Node(kind: kind, firstToken: UInt32(first ?? position), endToken: 0, subtreeEnd: 0))
    return nodes.count - 1
  }

  @inline(__always)
  mutating func close(_ index: Int) {
    let node = nodes[index]
    nodes[index] = Node(
      kind: node.kind, firstToken: node.firstToken, endToken: UInt32(position), subtreeEnd: UInt32(nodes.count))
  }

  /// A node around everything since `mark`.
  mutating func wrap(_ mark: Int, _ kind: NodeKind) -> Int {
    let first = nodes[mark].firstToken
    nodes.append(nodes[nodes.count - 1])
    var index = nodes.count - 1
    while index > mark {
      let moved = nodes[index - 1]
      nodes[index] = Node(
        kind: moved.kind, firstToken: moved.firstToken, endToken: moved.endToken, subtreeEnd: moved.subtreeEnd + 1)
      index -= 1
    }
    nodes[mark] = Node(kind: kind, firstToken: first, endToken: 0, subtreeEnd: 0)
    return mark
  }

  /// A node of one token.
  mutating func leaf(_ kind: NodeKind) {
    let node = open(kind)
    advance()
    close(node)
  }

  // MARK: Errors.

  /// Reports, unless something was reported at this token already.
  mutating func complain(
    _ code: DiagnosticCode, _ message: String, at range: SourceRange, _ label: String = "",
    notes: [Label] = [], help: String? = nil, fixes: [Fix] = []
  ) {
    guard lastError != position else { return }
    lastError = position
    report.add(Diagnostic(code, message, at: range, label, notes: notes, help: help, fixes: fixes))
  }

  /// Reports what fits nowhere, unless something was reported on its line already: then it is one mistake with that.
  mutating func complainOfMisfit(_ message: String = "this fits nowhere", _ label: String = "", fixes: [Fix] = []) {
    if lastError >= 0, lastError <= position,
      !(lastError + 1..<position + 1).contains(where: { tokens[$0].isFirstOnLine })
    {
      lastError = position
    }
    complain(.unexpectedText, message, at: range(at: position), label, fixes: fixes)
  }

  /// The place of something that is due.
  mutating func missing() {
    nodes.append(
      Node(
        kind: .missing, firstToken: UInt32(position), endToken: UInt32(position), subtreeEnd: UInt32(nodes.count + 1)))
  }

  /// Skips what fits nowhere, up to a place to begin again: at least one token. A block's end and the next member are
  /// such places even where a bracket has lost its partner.
  mutating func skipUnexpected(until stops: (borrowing Parser) -> Bool) {
    let node = open(.unexpected)
    let first = position
    var (braces, brackets) = (0, 0)
    repeat {
      switch kind {
      case .leftBrace: braces += 1
      case .rightBrace: (braces, brackets) = (braces - 1, 0)
      case .leftParenthesis, .leftBracket: brackets += 1
      case .rightParenthesis, .rightBracket: brackets -= 1
      default: break
      }
      if brackets < 0, openBrackets > 0, position > first { break }
      advance()
      if isAtEnd || braces <= 0 && (brackets <= 0 && stops(self) || kind == .rightBrace || startsMember()) { break }
      if braces > 0, token.isFirstOnLine, isAtColumnZero, keyword(at: position).beginsDeclaration { break }
    } while true
    close(node)
  }

  var isAtColumnZero: Bool { isAtColumnZero(position) }

  func isAtColumnZero(_ index: Int) -> Bool {
    let start = Int(tokens[index].start)
    return start == 0 || bytes[start - 1] == 10
  }
}
