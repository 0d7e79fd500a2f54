import DroidSyntax

/// A node and the tree it is in: how the checker reads a droidfile.
package struct Syntax {
  package let tree: SyntaxTree
  package let id: NodeID

  package init(tree: SyntaxTree, id: NodeID) {
    self.tree = tree
    self.id = id
  }

  package var kind: NodeKind { tree.kind(id) }
  package var range: SourceRange { tree.range(id) }

  /// What a person wrote, for messages.
  package var text: String { tree.string(id) }

  package func children() -> Nodes { Nodes(tree: tree, ids: tree.children(id)) }

  /// The first node below this one.
  package var firstChild: Syntax? {
    var nodes = children()
    return nodes.next()
  }

  package func child(_ kind: NodeKind) -> Syntax? { tree.child(id, kind).map { Syntax(tree: tree, id: $0) } }

  /// The name of a declaration; nil where it is missing.
  package var name: Syntax? { child(.name) }
  package var block: Syntax? { child(.block) }

  /// The text of a token.
  func text(ofToken index: Int) -> String { tree.string(ofToken: index) }

  /// The first token after the docs: the keyword of a member that has one.
  package var keyword: String { tree.string(ofToken: tree.keyword(id)) }
  package var keywordRange: SourceRange { tree.range(ofToken: tree.keyword(id)) }

  /// From the keyword to the name: what errors about a declaration as a whole underline.
  package var headRange: SourceRange {
    let start = keywordRange
    guard let name else { return start }
    return SourceRange(start.file, start.start, max(start.end, name.range.end))
  }

  /// The doc comment of a member: its lines without the slashes, joined.
  package var doc: String? {
    let tokens = tree.docs(id)
    guard !tokens.isEmpty else { return nil }
    func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
    let lines = tokens.map { index -> ArraySlice<UInt8> in
      var line = tree.bytes(ofToken: index).dropFirst(3)
      if line.first == UInt8(ascii: " ") { line = line.dropFirst() }
      while let last = line.last, isBlank(last) { line = line.dropLast() }
      return line
    }
    let bytes = lines.count == 1 ? lines[0] : Array(lines.joined(separator: [UInt8(ascii: "\n")]))[...]
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The names of a path.
  package var segments: Segments {
    let tokens = tree.tokenIndices(id)
    return Segments(tree: tree, first: tokens.lowerBound, startIndex: 0, endIndex: (tokens.count + 1) / 2)
  }

  /// The names of a path: every second token of it, with dots between.
  package struct Segments: RandomAccessCollection {
    fileprivate let tree: SyntaxTree
    fileprivate let first: Int
    package let startIndex: Int
    package let endIndex: Int

    package subscript(index: Int) -> Segment { Segment(tree: tree, token: first + 2 * index) }
    package subscript(bounds: Range<Int>) -> Segments {
      Segments(tree: tree, first: first, startIndex: bounds.lowerBound, endIndex: bounds.upperBound)
    }
  }

  /// A name of a path.
  package struct Segment {
    fileprivate let tree: SyntaxTree
    fileprivate let token: Int
    package var text: String { tree.string(ofToken: token) }
    package var range: SourceRange { tree.range(ofToken: token) }
  }

  /// True where the parser has reported something below this node, so that the checker stays silent about it.
  package var isBroken: Bool {
    let stored = tree.nodes[Int(id.index)]
    if stored.kind == .missing || stored.kind == .unexpected { return true }
    for index in Int(id.index)..<Int(stored.subtreeEnd) {
      let kind = tree.nodes[index].kind
      if kind == .missing || kind == .unexpected { return true }
    }
    return false
  }

  /// The children of a node, one after the other.
  package struct Nodes: Sequence, IteratorProtocol {
    let tree: SyntaxTree
    var ids: SyntaxTree.Children
    package mutating func next() -> Syntax? { ids.next().map { Syntax(tree: tree, id: $0) } }
  }
}
