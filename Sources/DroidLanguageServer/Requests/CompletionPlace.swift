import DroidSemantics
import DroidSyntax

/// What is due at a place of a text that may be half typed.
struct CompletionPlace {
  enum Due {
    case declaration
    /// In the block of a declaration.
    case member(of: NodeKind, Schema?)
    case property(Schema, isArgument: Bool)
    case value(ValueType)
    case kind
    case type(isInKind: Bool)
    case portType
    case error
    /// The end of a connection, or what a watch is on.
    case element(asks: Bool, answers: Bool)
    /// Behind the dot of a path.
    case inside(String)
    case attribute
    case nothing
  }

  let snapshot: Snapshot
  let tree: SyntaxTree
  /// What is typed of the word already.
  let typed: SourceRange
  let ancestors: [NodeID]
  let due: Due

  init(_ place: Request.Place) {
    let tree = place.tree
    // The first token that begins at the place or behind it.
    var (next, high) = (0, tree.tokens.count)
    while next < high {
      let middle = (next + high) / 2
      if tree.tokens[middle].start < place.offset { next = middle + 1 } else { high = middle }
    }
    var current: Int?
    if next > 0, tree.tokens[next - 1].kind == .name, tree.tokens[next - 1].end >= place.offset { current = next - 1 }
    let count = current ?? next
    let before = count > 0 ? count - 1 : nil
    let typed = current.map { tree.range(ofToken: $0) } ?? SourceRange(place.file, place.offset, place.offset)
    let ancestors = tree.ancestors(at: typed.start)
    let isInString = before.map { tree.tokens[$0].kind == .string && tree.tokens[$0].end > place.offset } ?? false
    snapshot = place.snapshot
    self.tree = tree
    self.typed = typed
    self.ancestors = ancestors
    if isInString || Self.isComment(tree, before, place.offset) {
      due = .nothing
    } else {
      due = Self.due(
        place.snapshot, tree, before, isFirst: current.map { tree.tokens[$0].isFirstOnLine }, typed, ancestors)
    }
  }

  private static func isComment(_ tree: SyntaxTree, _ before: Int?, _ offset: UInt32) -> Bool {
    let start =
      before.map { tree.tokens[$0].kind == .doc && tree.tokens[$0].end >= offset ? offset : tree.tokens[$0].end } ?? 0
    if let before, tree.tokens[before].kind == .doc, tree.tokens[before].end >= offset { return true }
    var index = Int(offset)
    let bytes = tree.source.bytes
    while index > Int(start), bytes[index - 1] != 10 {
      index -= 1
      if bytes[index] == UInt8(ascii: "/"), index > Int(start), bytes[index - 1] == UInt8(ascii: "/") { return true }
    }
    return false
  }

  private static func due(
    _ snapshot: Snapshot, _ tree: SyntaxTree, _ before: Int?, isFirst: Bool?, _ typed: SourceRange,
    _ ancestors: [NodeID]
  ) -> Due {
    guard let before else { return .declaration }
    let token = tree.tokens[before]
    // What the token before is part of: of a half-typed member nothing stands at the place itself.
    let owner = tree.ancestors(at: token.start).last { tree.kind($0).isMember }.map { tree.kind($0) }
    let beginsLine = isFirst ?? hasLineBreak(tree, token.end, typed.start)
    func isKeyword(_ words: String...) -> Bool {
      token.kind == .name && words.contains { tree.bytes(ofToken: before).elementsEqual($0.utf8) }
    }
    switch token.kind {
    case .dot: return .inside(path(tree, before))
    case .at: return .attribute
    case .arrow: return owner == .operation ? .type(isInKind: false) : .element(asks: false, answers: true)
    case .equals: return value(snapshot, tree, before, typed)
    case .colon:
      switch owner {
      case .component, .kindDeclaration: return .kind
      case .port: return .portType
      case .field: return .type(isInKind: ancestors.contains { tree.kind($0) == .kindDeclaration })
      default: break
      }
    default: break
    }
    if !beginsLine {
      if isKeyword("connect") { return .element(asks: true, answers: false) }
      if isKeyword("on") { return .element(asks: true, answers: true) }
      if isKeyword("throws") { return .error }
      if isKeyword("resource") { return .type(isInKind: false) }
      if token.kind == .comma, ancestors.contains(where: { tree.kind($0) == .throwsClause }) { return .error }
    }
    // In the parentheses, brackets and braces of a value, what is nearest counts.
    if let nested = nested(snapshot, tree, token.kind, typed, ancestors) { return nested }
    guard beginsLine || token.kind == .leftBrace || token.kind == .rightBrace else { return .nothing }
    guard let block = ancestors.last(where: { tree.kind($0) == .block }), tree.range(block).start < typed.start else {
      return .declaration
    }
    let declaration = tree.ancestors(of: block).dropLast().last.map { tree.kind($0) } ?? .file
    return .member(of: declaration, schema(snapshot, tree.range(block)))
  }

  private static func hasLineBreak(_ tree: SyntaxTree, _ start: UInt32, _ end: UInt32) -> Bool {
    start < end && tree.source.bytes[Int(start)..<Int(end)].contains(10)
  }

  private static func nested(
    _ snapshot: Snapshot, _ tree: SyntaxTree, _ token: TokenKind, _ typed: SourceRange, _ ancestors: [NodeID]
  ) -> Due? {
    for node in ancestors.reversed() {
      switch tree.kind(node) {
      case .record:
        guard token != .equals,
          let schema = schema(snapshot, tree.range(node))
        else {
          return nil
        }
        return .property(schema, isArgument: false)
      case .arguments:
        guard token == .leftParenthesis || token == .comma || token == .colon else { return nil }
        if token == .colon { return expected(snapshot, at: typed).map { .value($0) } }
        return schema(snapshot, tree.range(node)).map { .property($0, isArgument: true) }
      case .list:
        guard let type = expected(snapshot, containing: tree.range(node)) else { return nil }
        if case .list(let element, _) = type.unwrapped { return .value(element) }
        return .value(type)
      case .block, .file: return nil
      default: continue
      }
    }
    return nil
  }

  /// What a property or parameter is of, behind its `=`.
  private static func value(
    _ snapshot: Snapshot, _ tree: SyntaxTree, _ before: Int, _ typed: SourceRange
  ) -> Due {
    if let type = expected(snapshot, at: typed), typed.start < typed.end { return .value(type) }
    guard before > 0 else { return .nothing }
    // The word before the sign, and where it is said.
    let place = tree.tokens[before].start
    let name = tree.string(ofToken: before - 1)
    for block in snapshot.meanings.places.reversed() where block.range.file == typed.file {
      guard block.range.start <= place, place <= block.range.end, let field = block.schema[name] else { continue }
      return .value(field.type)
    }
    if let type = expected(snapshot, at: typed) { return .value(type) }
    return .nothing
  }

  /// What a value that stands there should be.
  private static func expected(_ snapshot: Snapshot, at typed: SourceRange) -> ValueType? {
    snapshot.meanings.values.last {
      $0.range.file == typed.file && $0.range.start == typed.start && $0.range.end >= typed.end
    }?.type
  }

  private static func expected(_ snapshot: Snapshot, containing range: SourceRange) -> ValueType? {
    snapshot.meanings.values.last { $0.range == range }?.type
  }

  private static func schema(_ snapshot: Snapshot, _ range: SourceRange) -> Schema? {
    snapshot.meanings.places.last { $0.range == range }?.schema
  }

  /// What is written before a dot: names and dots.
  private static func path(_ tree: SyntaxTree, _ dot: Int) -> String {
    var first = dot
    while first > 0, tree.tokens[first].kind == .dot, tree.tokens[first - 1].kind == .name {
      first -= 1
      if first > 0, tree.tokens[first - 1].kind == .dot { first -= 1 } else { break }
    }
    return tree.source.string(
      SourceRange(tree.source.file, tree.tokens[first].start, tree.tokens[dot].start))
  }
}

extension NodeKind {
  /// Something that stands in a file or a block.
  var isMember: Bool {
    declares || self == .property || self == .connect || self == .resource || self == .raw || self == .layout
  }

  var isType: Bool { self == .namedType || self == .listType || self == .mapType || self == .optionalType }
}
