import DroidSyntax

/// What holds of every tree, whatever the bytes were.
enum TreeLaws {
  static func parse(_ bytes: [UInt8]) -> SyntaxTree {
    Parser.parse(SourceText(file: FileID(0), path: "test.droid", bytes: bytes))
  }

  static func parse(_ text: String) -> SyntaxTree { parse(Array(text.utf8)) }

  /// The codes that speak of bytes and tokens: what they are about may well stand in a sound tree.
  private static let ofTokens: Set<DiagnosticCode> = [
    .invalidUTF8, .nulByte, .unknownCharacter, .unclosedString, .unknownEscape, .unknownUnit, .badNumber, .badName,
    .misplacedDoc, .fileTooLarge,
  ]

  /// The first law that a tree breaks; nil if it keeps them all.
  static func broken(_ tree: SyntaxTree) -> String? {
    brokenTokens(tree) ?? brokenNodes(tree) ?? brokenDiagnostics(tree)
  }

  /// Tokens follow each other without overlap, up to the end of the file, so that they and the gaps are the input; and a gap
  /// holds white space, comments and a byte order mark alone.
  private static func brokenTokens(_ tree: SyntaxTree) -> String? {
    let bytes = tree.source.bytes
    var end = 0
    for (index, token) in tree.tokens.enumerated() {
      let (start, stop) = (Int(token.start), Int(token.end))
      guard start >= end, stop <= bytes.count else { return "token \(index) lies at \(start)..<\(stop), behind \(end)" }
      if let odd = oddByte(bytes[end..<start]) { return "the gap before token \(index) holds the byte \(odd)" }
      let isLast = index == tree.tokens.count - 1
      guard (token.kind == .endOfFile) == isLast else { return "token \(index) is the end of the file, or is not" }
      guard isLast || stop > start else { return "token \(index) is empty" }
      end = stop
    }
    return end == bytes.count ? nil : "the last token ends at \(end) of \(bytes.count)"
  }

  private static func oddByte(_ gap: ArraySlice<UInt8>) -> UInt8? {
    var rest = gap
    if rest.startIndex == 0, rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    while let byte = rest.first {
      if byte == UInt8(ascii: "/") {
        guard rest.dropFirst().first == byte else { return byte }
        rest = rest.drop { $0 != 10 }
      } else if [32, 9, 10, 13].contains(byte) {
        rest = rest.dropFirst()
      } else {
        return byte
      }
    }
    return nil
  }

  /// A node lies within the one above it.
  private static func brokenNodes(_ tree: SyntaxTree) -> String? {
    guard let file = tree.nodes.first, file.kind == .file, Int(file.subtreeEnd) == tree.nodes.count else {
      return "the first node is not the whole file"
    }
    var open: [Node] = []
    var lastFirst: UInt32 = 0
    for (index, node) in tree.nodes.enumerated() {
      while let top = open.last, top.subtreeEnd <= UInt32(index) { open.removeLast() }
      guard node.firstToken <= node.endToken, node.subtreeEnd > UInt32(index) else { return "node \(index) ends early" }
      if let top = open.last, node.subtreeEnd > top.subtreeEnd || node.endToken > top.endToken {
        return "node \(index), a \(node.kind), does not nest in a \(top.kind)"
      }
      guard node.firstToken >= lastFirst else { return "node \(index), a \(node.kind), is out of order" }
      if node.kind == .missing, node.firstToken != node.endToken { return "the missing node \(index) has tokens" }
      lastFirst = node.firstToken
      open.append(node)
    }
    return nil
  }

  /// A tree is mended if and only if something was found wrong with it, and findings are in order and in the file.
  private static func brokenDiagnostics(_ tree: SyntaxTree) -> String? {
    let isMended = tree.nodes.contains { $0.kind == .missing || $0.kind == .unexpected }
    if isMended, !tree.diagnostics.hasErrors { return "the tree is mended, and no error says so" }
    if !isMended, let error = tree.diagnostics.first(where: { !ofTokens.contains($0.code) }) {
      return "\(error.code.rawValue) is reported, and the tree is sound"
    }
    var last: SourceRange?
    for diagnostic in tree.diagnostics {
      let ranges = [diagnostic.primary.range] + diagnostic.fixes.flatMap(\.edits).map(\.range)
      for range in ranges where range.start > range.end || Int(range.end) > tree.source.bytes.count {
        return "\(diagnostic.code.rawValue) points out of the file"
      }
      if let last, diagnostic.primary.range < last { return "the findings are not in order" }
      last = diagnostic.primary.range
    }
    return nil
  }
}
