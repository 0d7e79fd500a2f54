/// A token: where it begins, how long it is, what it is. What lies between tokens (white space, `//` comments, a byte order
/// mark) belongs to no token and is found in the gaps.
package struct Token: Sendable, BitwiseCopyable {
  package let start: UInt32
  /// Seven bits of kind and keyword, one for the first on its line, 24 of length.
  private let packed: UInt32

  /// A keyword is a `name`.
  @inline(__always)
  init(kind: TokenKind, keyword: Keyword = .none, start: UInt32, length: UInt32, isFirstOnLine: Bool) {
    self.start = start
    packed = UInt32(kind.rawValue &+ keyword.rawValue) | (isFirstOnLine ? 0x80 : 0) | length << 8
  }

  /// The longest token, in bytes; a file is smaller than this.
  package static let longest: UInt32 = (1 << 24) - 1

  private var word: UInt8 { UInt8(truncatingIfNeeded: packed & 0x7f) }

  package var kind: TokenKind { TokenKind(known: min(word, TokenKind.name.rawValue)) }
  /// The word that a name may be, where one is due; `none` for all that is no name.
  var keyword: Keyword { Keyword(known: max(word, TokenKind.name.rawValue) &- TokenKind.name.rawValue) }
  package var isFirstOnLine: Bool { packed & 0x80 != 0 }
  package var length: UInt32 { packed >> 8 }
  package var end: UInt32 { start + length }
}

/// A node of the tree, by its place in the preorder.
package struct NodeID: Hashable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }
}

/// A node as it is stored: its tokens (with those of the nodes below it) and where its subtree ends in the preorder.
package struct Node: Sendable, BitwiseCopyable {
  package let kind: NodeKind
  package let firstToken: UInt32
  package let endToken: UInt32
  package let subtreeEnd: UInt32

  package init(kind: NodeKind, firstToken: UInt32, endToken: UInt32, subtreeEnd: UInt32) {
    self.kind = kind
    self.firstToken = firstToken
    self.endToken = endToken
    self.subtreeEnd = subtreeEnd
  }
}

/// The lossless tree of one file: flat arrays over its bytes. Every byte of the input is in a token or in a gap between two.
/// Immutable, and complete for any input.
package final class SyntaxTree: Sendable {
  package let source: SourceText
  /// Ends with one `endOfFile` token.
  package let tokens: FlatArray<Token>
  /// In preorder; the first is the `file` node.
  package let nodes: FlatArray<Node>
  /// What lexing and parsing found, in source order.
  package let diagnostics: [Diagnostic]

  package init(source: SourceText, tokens: FlatArray<Token>, nodes: FlatArray<Node>, diagnostics: [Diagnostic]) {
    self.source = source
    self.tokens = tokens
    self.nodes = nodes
    self.diagnostics = diagnostics
  }

  /// The same tree for another thread: threads that count the references to one object wait for each other.
  package func twin() -> SyntaxTree {
    SyntaxTree(
      source: SourceText(
        file: source.file, path: source.path, bytes: source.bytes.withUnsafeBufferPointer { Array($0) }),
      tokens: tokens.twin(), nodes: nodes.twin(), diagnostics: diagnostics)
  }

  package var root: NodeID { NodeID(0) }

  package func kind(_ node: NodeID) -> NodeKind { nodes[Int(node.index)].kind }

  /// The nodes directly below a node, in source order, `missing` and `unexpected` ones too.
  package func children(_ node: NodeID) -> Children {
    Children(tree: self, cursor: node.index + 1, end: nodes[Int(node.index)].subtreeEnd)
  }

  /// The first child of a kind.
  package func child(_ node: NodeID, _ kind: NodeKind) -> NodeID? {
    for child in children(node) where self.kind(child) == kind { return child }
    return nil
  }

  /// The indices of a node's tokens, with those of the nodes below it.
  package func tokenIndices(_ node: NodeID) -> Range<Int> {
    let node = nodes[Int(node.index)]
    return Int(node.firstToken)..<Int(node.endToken)
  }

  /// From the node's first token to its last; without tokens, the empty place before the next token.
  package func range(_ node: NodeID) -> SourceRange {
    let stored = nodes[Int(node.index)]
    let first = tokens[Int(stored.firstToken)]
    guard stored.firstToken < stored.endToken else { return SourceRange(source.file, first.start, first.start) }
    return SourceRange(source.file, first.start, tokens[Int(stored.endToken) - 1].end)
  }

  package func range(ofToken index: Int) -> SourceRange {
    SourceRange(source.file, tokens[index].start, tokens[index].end)
  }

  /// The indices of the doc tokens a member begins with.
  package func docs(_ member: NodeID) -> Range<Int> {
    let all = tokenIndices(member)
    var end = all.lowerBound
    while end < all.upperBound, tokens[end].kind == .doc { end += 1 }
    return all.lowerBound..<end
  }

  /// The first token of a member after its docs: its keyword, where it has one.
  package func keyword(_ member: NodeID) -> Int { docs(member).upperBound }

  /// The bytes of a token.
  package func bytes(ofToken index: Int) -> ArraySlice<UInt8> {
    source.bytes[Int(tokens[index].start)..<Int(tokens[index].end)]
  }

  /// The text of a node, for a person to read.
  package func string(_ node: NodeID) -> String { source.string(range(node)) }

  package func string(ofToken index: Int) -> String { source.string(range(ofToken: index)) }

  /// The children of a node, one after the other, without an array.
  package struct Children: Sequence, IteratorProtocol {
    fileprivate let tree: SyntaxTree
    fileprivate var cursor: UInt32
    fileprivate let end: UInt32

    package mutating func next() -> NodeID? {
      guard cursor < end else { return nil }
      defer { cursor = tree.nodes[Int(cursor)].subtreeEnd }
      return NodeID(cursor)
    }
  }
}
