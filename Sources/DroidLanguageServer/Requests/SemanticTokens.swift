import DroidJSON
import DroidSemantics
import DroidSyntax

/// What each word is, for colours: from the tree, and for names that speak of something from what they speak of.
enum SemanticTokens {
  static let types = [
    "keyword", "class", "struct", "enum", "enumMember", "variable", "property", "method", "parameter", "interface",
    "event",
    "string", "number", "comment", "operator", "decorator", "namespace", "type",
  ]
  static let modifiers = ["declaration", "defaultLibrary", "documentation"]

  private enum Kind: Int {
    case keyword, kind, record, enumeration, enumMember, variable, property, method, parameter, policy, event, string,
      number
    case comment, sign, attribute, namespace, type
  }

  /// A token's place and class.
  private struct Token {
    let start: UInt32
    let end: UInt32
    let kind: Kind
    let modifiers: Int
  }

  /// What a client was sent last, to tell it what has changed.
  struct Sent {
    let identifier: String
    let numbers: [Int]
  }

  @Sendable static func full(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    return remember(encoded(tokens(tree, snapshot), tree, snapshot), request)
  }

  @Sendable static func range(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, tree, range) = try request.range()
    let tokens = tokens(tree, snapshot).filter { $0.end > range.start && $0.start < range.end }
    return ["data": .array(encoded(tokens, tree, snapshot).map { .integer($0) })]
  }

  @Sendable static func delta(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    let numbers = encoded(tokens(tree, snapshot), tree, snapshot)
    guard let uri = request.uri, let sent = request.server.sentTokens[uri],
      sent.identifier == request.parameters["previousResultId"]?.string
    else { return remember(numbers, request) }
    var first = 0
    while first < numbers.count, first < sent.numbers.count, numbers[first] == sent.numbers[first] { first += 1 }
    var last = 0
    while last < numbers.count - first, last < sent.numbers.count - first,
      numbers[numbers.count - 1 - last] == sent.numbers[sent.numbers.count - 1 - last]
    {
      last += 1
    }
    let identifier = next(request)
    request.server.sentTokens[uri] = Sent(identifier: identifier, numbers: numbers)
    let removed = sent.numbers.count - first - last
    let inserted = numbers[first..<numbers.count - last]
    let edits: JSONValue =
      removed == 0 && inserted.isEmpty
      ? []
      : [
        ["start": .integer(first), "deleteCount": .integer(removed), "data": .array(inserted.map { .integer($0) })]
      ]
    return ["resultId": .string(identifier), "edits": edits]
  }

  private static func remember(_ numbers: [Int], _ request: Request) -> JSONValue {
    let identifier = next(request)
    if let uri = request.uri { request.server.sentTokens[uri] = Sent(identifier: identifier, numbers: numbers) }
    return ["resultId": .string(identifier), "data": .array(numbers.map { .integer($0) })]
  }

  private static func next(_ request: Request) -> String {
    let last = request.uri.flatMap { request.server.sentTokens[$0] }.flatMap { Int($0.identifier) } ?? 0
    return String(last + 1)
  }

  // MARK: Classes.

  private static func tokens(_ tree: SyntaxTree, _ snapshot: Snapshot) -> [Token] {
    var kinds: [Kind?] = Array(repeating: nil, count: tree.tokens.count)
    var modifiers: [Int] = Array(repeating: 0, count: tree.tokens.count)
    for index in 0..<tree.tokens.count {
      switch tree.tokens[index].kind {
      case .quantity: kinds[index] = .number
      case .string, .multilineString: kinds[index] = .string
      case .doc: (kinds[index], modifiers[index]) = (.comment, 4)
      case .arrow, .equals, .less, .lessOrEqual, .greater, .greaterOrEqual, .equalEqual, .notEqual, .dotDot:
        kinds[index] = .sign
      // A word that no node claims is one of the language.
      case .name: kinds[index] = .keyword
      default: break
      }
    }
    for index in 0..<tree.nodes.count {
      let node = NodeID(UInt32(index))
      let range = tree.tokenIndices(node)
      switch tree.kind(node) {
      case .path: for token in range where tree.tokens[token].kind == .name { kinds[token] = .variable }
      case .name: for token in range { kinds[token] = .property }
      case .attribute: if range.count > 1 { kinds[range.lowerBound] = .attribute }
      default: break
      }
    }
    for index in 0..<tree.nodes.count {
      let node = NodeID(UInt32(index))
      guard let kind = declared(tree.kind(node)), let name = tree.child(node, .name) else { continue }
      for token in tree.tokenIndices(name) { (kinds[token], modifiers[token]) = (kind, 1) }
    }
    let file = tree.source.file
    // A path comes behind the node that it is in, which knows better what it is.
    for index in 0..<tree.nodes.count {
      let node = NodeID(UInt32(index))
      let kind: Kind
      switch tree.kind(node) {
      case .property: kind = .property
      case .namedType: kind = .type
      case .component, .kindDeclaration: kind = .kind
      default: continue
      }
      guard let path = tree.child(node, .path) else { continue }
      for token in tree.tokenIndices(path) where tree.tokens[token].kind == .name { kinds[token] = kind }
    }
    var token = 0
    for use in snapshot.meanings.uses where use.range.file == file {
      while token < tree.tokens.count, tree.tokens[token].start < use.range.start { token += 1 }
      guard token < tree.tokens.count, tree.tokens[token].start == use.range.start else { continue }
      guard let node = snapshot.declaration(of: use.declaration), let kind = declared(node.kind) else { continue }
      kinds[token] = kind
      if snapshot.tree(use.declaration.file) == nil { modifiers[token] = 2 }
    }
    var result: [Token] = []
    var last: UInt32 = 0
    for index in 0..<tree.tokens.count {
      let token = tree.tokens[index]
      comments(tree.source.bytes, last, token.start, into: &result)
      last = token.end
      if let kind = kinds[index] {
        result.append(Token(start: token.start, end: token.end, kind: kind, modifiers: modifiers[index]))
      }
    }
    return result
  }

  private static func declared(_ kind: NodeKind) -> Kind? {
    switch kind {
    case .kindDeclaration: .kind
    case .typeDeclaration, .errorDeclaration: .record
    case .enumDeclaration: .enumeration
    case .enumCase: .enumMember
    case .component, .version, .header: .variable
    case .port, .field: .property
    case .operation: .method
    case .resilience, .healing, .scaling, .team, .rule: .policy
    case .slo, .anomaly, .alert, .metric: .event
    case .environment, .importDeclaration: .namespace
    default: nil
    }
  }

  /// What stands between two tokens: white space and comments.
  private static func comments(_ bytes: [UInt8], _ start: UInt32, _ end: UInt32, into result: inout [Token]) {
    var index = Int(start)
    while index + 1 < Int(end) {
      guard bytes[index] == UInt8(ascii: "/"), bytes[index + 1] == UInt8(ascii: "/") else {
        index += 1
        continue
      }
      let begin = index
      while index < Int(end), bytes[index] != 10, bytes[index] != 13 { index += 1 }
      result.append(Token(start: UInt32(begin), end: UInt32(index), kind: .comment, modifiers: 0))
    }
  }

  /// Five numbers for each token, relative to the one before; one that goes over several lines is cut into them.
  private static func encoded(_ tokens: [Token], _ tree: SyntaxTree, _ snapshot: Snapshot) -> [Int] {
    guard let lines = snapshot.lineIndex(tree.source.file) else { return [] }
    var numbers: [Int] = []
    numbers.reserveCapacity(tokens.count * 5)
    var last = LineIndex.Position(line: 0, column: 0)
    func add(_ start: UInt32, _ end: UInt32, _ token: Token) {
      guard end > start else { return }
      let position = lines.position(start, in: snapshot.encoding)
      let length = lines.position(end, in: snapshot.encoding).column - position.column
      numbers += [
        position.line - last.line, position.line == last.line ? position.column - last.column : position.column, length,
        token.kind.rawValue, token.modifiers,
      ]
      last = position
    }
    for token in tokens {
      let (first, end) = (lines.line(of: token.start), lines.line(of: max(token.start, token.end) - 1))
      if first == end {
        add(token.start, token.end, token)
      } else {
        for line in first...end {
          let range = lines.line(line)
          add(max(token.start, UInt32(range.lowerBound)), min(token.end, UInt32(range.upperBound)), token)
        }
      }
    }
    return numbers
  }
}
