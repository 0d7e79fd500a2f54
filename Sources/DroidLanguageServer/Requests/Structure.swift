import DroidJSON
import DroidSyntax

/// What can be folded, and what a selection grows to.
enum Structure {
  @Sendable static func foldings(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, file, tree) = try request.document()
    guard let lines = snapshot.lineIndex(file) else { return [] }
    var ranges: [JSONValue] = []
    func fold(_ range: SourceRange, keepingLast: Bool, _ kind: String?) {
      let (start, end) = (
        lines.line(of: range.start), lines.line(of: max(range.start, range.end) - (range.isEmpty ? 0 : 1))
      )
      let last = keepingLast ? end - 1 : end
      guard last > start else { return }
      ranges.append(
        .object(present: [
          ("startLine", .integer(start)), ("endLine", .integer(last)), ("kind", kind.map { .string($0) }),
        ]))
    }
    for index in 0..<tree.nodes.count {
      let node = NodeID(UInt32(index))
      switch tree.kind(node) {
      case .block, .record, .list, .arguments, .parameters, .enumDeclaration:
        fold(tree.range(node), keepingLast: true, nil)
      default: break
      }
      let docs = tree.kind(node) == .block ? 0..<0 : tree.docs(node)
      if docs.count > 1, index == 0 || tree.tokenIndices(node).lowerBound == docs.lowerBound, tree.kind(node) != .file {
        fold(
          SourceRange(file, tree.tokens[docs.lowerBound].start, tree.tokens[docs.upperBound - 1].end),
          keepingLast: false,
          "comment")
      }
    }
    let imports = tree.children(tree.root).filter { tree.kind($0) == .importDeclaration }
    if let first = imports.first, let last = imports.last {
      fold(SourceRange(file, tree.range(first).start, tree.range(last).end), keepingLast: false, "imports")
    }
    return .array(ranges)
  }

  @Sendable static func selections(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, file, tree) = try request.document()
    var answers: [JSONValue] = []
    for position in request.parameters["positions"]?.array ?? [] {
      guard let position = LineIndex.Position(position) else {
        throw RequestFailure(.invalidParams, "`positions` are lines and characters")
      }
      var answer: JSONValue?
      var last: SourceRange?
      for node in tree.ancestors(at: snapshot.offset(position, in: file)) {
        let range = tree.range(node)
        if range == last { continue }
        last = range
        answer = .object(present: [("range", snapshot.json(range)), ("parent", answer)])
      }
      answers.append(answer ?? .null)
    }
    return .array(answers)
  }
}
