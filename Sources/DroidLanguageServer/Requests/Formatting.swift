import DroidJSON
import DroidSyntax

/// The one style, as few edits.
enum Formatting {
  @Sendable static func document(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    return .array(edits(tree, snapshot, within: nil))
  }

  @Sendable static func range(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, tree, range) = try request.range()
    return .array(edits(tree, snapshot, within: range))
  }

  /// The line that someone is on stands as far to the right as it is deep; the rest waits, for a text that is being written
  /// has errors.
  @Sendable static func onType(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    let bytes = place.tree.source.bytes
    let start = bytes[..<Int(place.offset)].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let text = bytes[start...].firstIndex { $0 != 32 && $0 != 9 } ?? bytes.endIndex
    guard let depth = place.tree.depth(ofLineAt: UInt32(text)) else { return [] }
    let range = SourceRange(place.file, UInt32(start), UInt32(text))
    let indentation = String(repeating: "  ", count: depth)
    if place.snapshot.string(range) == indentation { return [] }
    return [["range": place.snapshot.json(range), "newText": .string(indentation)]]
  }

  /// One edit for each run of lines that changes; nothing for a text with errors, which nobody may move around.
  private static func edits(_ tree: SyntaxTree, _ snapshot: Snapshot, within range: SourceRange?) -> [JSONValue] {
    guard let formatted = Formatter.format(tree) else { return [] }
    let before = lines(tree.source.bytes)
    let after = lines(formatted)
    var offsets: [Int] = [0]
    for line in before { offsets.append(offsets[offsets.count - 1] + line.count) }
    var edits: [JSONValue] = []
    var (old, new) = (0, 0)
    for change in after.difference(from: before).runs(before.count, after.count) {
      (old, new) = (change.old.lowerBound, change.new.lowerBound)
      let place = SourceRange(tree.source.file, UInt32(offsets[old]), UInt32(offsets[change.old.upperBound]))
      if let range, place.end < range.start || place.start > range.end { continue }
      let text = after[new..<change.new.upperBound].joined()
      edits.append(["range": snapshot.json(place), "newText": .string(String(decoding: Array(text), as: UTF8.self))])
    }
    return edits
  }

  /// With their line ends.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for (index, byte) in bytes.enumerated() where byte == 10 {
      lines.append(bytes[start...index])
      start = index + 1
    }
    if start < bytes.count { lines.append(bytes[start...]) }
    return lines
  }
}

extension CollectionDifference where ChangeElement: Hashable {
  /// Lines that make way for others, as pairs of ranges in order.
  fileprivate func runs(_ oldCount: Int, _ newCount: Int) -> [(old: Range<Int>, new: Range<Int>)] {
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in self {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var runs: [(Range<Int>, Range<Int>)] = []
    var (old, new) = (0, 0)
    while old < oldCount || new < newCount {
      let (startOld, startNew) = (old, new)
      while removed.contains(old) { old += 1 }
      while inserted.contains(new) { new += 1 }
      if old > startOld || new > startNew {
        runs.append((startOld..<old, startNew..<new))
      } else {
        old += 1
        new += 1
      }
    }
    return runs
  }
}

extension SyntaxTree {
  /// How many brackets are open where the first token of a line stands, its own closing ones left out; nil within a text of
  /// several lines, whose spaces are its own.
  fileprivate func depth(ofLineAt offset: UInt32) -> Int? {
    var depth = 0
    for index in 0..<tokens.count {
      let token = tokens[index]
      if token.start > offset { break }
      if token.start < offset, offset < token.end { return nil }
      switch token.kind {
      case .leftBrace, .leftBracket, .leftParenthesis: depth += token.start < offset ? 1 : 0
      case .rightBrace, .rightBracket, .rightParenthesis: depth = max(0, depth - 1)
      default: break
      }
    }
    return depth
  }
}
