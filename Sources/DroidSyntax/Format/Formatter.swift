/// `droid fmt`: one style and no options. What it writes depends on the graph and the comments alone, never on how the text was
/// spaced:
///
/// * A block or list stands on one line if it fits in 100 columns, holds no comment, and its members hold at most one further
///   level of braces; otherwise each member has a line of its own. What stands in parentheses breaks by the same measure.
/// * One blank line stands between declarations, and none between two one-line declarations of the same keyword when the
///   lower one has no comment above it and neither has a doc; one stands between the properties and the rest of a component or kind.
/// * A comment keeps its place: at the end of a line, or on lines of its own directly above what followed it, without a blank
///   line between. One in the midst of a member, where no line can end, moves above that member.
package struct Formatter: ~Copyable {
  let layout: TokenLayout
  private let source: [UInt8]
  private var out: [UInt8] = []
  private var column = 0
  private var indentation = 0

  /// The widest line that a block or list may make.
  static let width = 100

  /// The text in its one style; nil if the tree has errors, which nobody may move around.
  package static func format(_ tree: SyntaxTree) -> [UInt8]? {
    guard !tree.diagnostics.hasErrors else { return nil }
    var formatter = Formatter(layout: TokenLayout(tree), source: tree.source.bytes)
    formatter.file(tree)
    return formatter.finish()
  }

  private init(layout: consuming TokenLayout, source: [UInt8]) {
    self.layout = layout
    self.source = source
    out.reserveCapacity(source.count + source.count / 8 + 64)
  }

  private consuming func finish() -> [UInt8] { out }

  // MARK: The file.

  private mutating func file(_ tree: SyntaxTree) {
    var items: [(tokens: Range<Int>, kind: NodeKind, isHeader: Bool)] = []
    for child in tree.children(tree.root) {
      let tokens = tree.tokenIndices(child)
      if tree.kind(child) == .header {
        // `droid 1` and `system NAME` have a line each.
        items.append((tokens.lowerBound..<tokens.lowerBound + 2, .header, true))
        items.append((tokens.lowerBound + 2..<tokens.upperBound, .header, true))
      } else {
        items.append((tokens, tree.kind(child), false))
      }
    }
    var pending = layout.comments(before: 0)
    for (index, item) in items.enumerated() {
      if index > 0 {
        let last = items[index - 1]
        let isTogether =
          last.isHeader && item.isHeader || last.kind == .importDeclaration && item.kind == .importDeclaration
        let isRun =
          last.kind == item.kind && pending.isEmpty && layout.isOneLine(last.tokens) && layout.isOneLine(item.tokens)
          && layout.hoisted(from: item.tokens).isEmpty
        if !isTogether && !isRun { lineFeed() }
      }
      pending = self.item(item.tokens, leading: pending)
    }
    if !pending.isEmpty, !items.isEmpty { lineFeed() }
    for comment in pending { ownLine(comment) }
  }

  /// One member, case, field or element on lines of its own, with the comments above it. Gives back the comments behind it
  /// that are not on its last line.
  private mutating func item(
    _ tokens: Range<Int>, leading: ArraySlice<TokenLayout.Comment>, comma: Bool = false
  ) -> ArraySlice<TokenLayout.Comment> {
    for comment in leading { ownLine(comment) }
    var first = tokens.lowerBound
    while first < tokens.upperBound, layout.kinds[first] == .doc {
      indent()
      token(first)
      lineFeed()
      first += 1
      for comment in layout.comments(before: first) { ownLine(comment) }
    }
    for comment in layout.hoisted(from: first..<tokens.upperBound) { ownLine(comment) }
    indent()
    content(first..<tokens.upperBound, tail: comma ? 1 : 0)
    if comma { write(UInt8(ascii: ",")) }
    // A comment may stand on either side of a comma.
    let end = tokens.upperBound
    return endLine(layout.comments(before: end, through: layout.kinds[end] == .comma ? end + 1 : end))
  }

  /// Ends a line, with the comment that stands on it; gives back the rest of the comments.
  private mutating func endLine(_ behind: ArraySlice<TokenLayout.Comment>) -> ArraySlice<TokenLayout.Comment> {
    guard let first = behind.first, first.isTrailing else {
      lineFeed()
      return behind
    }
    write(32)
    copy(first.start, first.end)
    lineFeed()
    return behind.dropFirst()
  }

  // MARK: Tokens and groups.

  /// Tokens of one item, each group in it on one line or broken.
  private mutating func content(_ tokens: Range<Int>, tail: Int) {
    var index = tokens.lowerBound
    while index < tokens.upperBound {
      if index > tokens.lowerBound { spaces(layout.space(before: index)) }
      let closer = layout.closer(of: index)
      guard closer > index else {
        token(index)
        index += 1
        continue
      }
      if layout.isEmptyGroup(index) {
        token(index)
        token(closer)
      } else if layout.mayBeFlat(index),
        column + layout.flatWidth(index...closer) + tailWidth(from: closer + 1, to: tokens.upperBound, tail)
          <= Self.width
      {
        flat(index...closer)
      } else {
        broken(index, closer)
      }
      index = closer + 1
    }
  }

  /// How wide is what follows on the same line whatever happens: up to the next group's opening, or to the item's end.
  private func tailWidth(from start: Int, to end: Int, _ tail: Int) -> Int {
    var width = 0
    var index = start
    while index < end {
      width += layout.space(before: index) + layout.width(index)
      if layout.closer(of: index) > index, !layout.isEmptyGroup(index) { return width }
      index += 1
    }
    return width + tail
  }

  private mutating func flat(_ tokens: ClosedRange<Int>) {
    for index in tokens {
      if layout.has(index, .droppedComma) { continue }
      if index > tokens.lowerBound { spaces(layout.space(before: index)) }
      token(index)
    }
  }

  private mutating func broken(_ opener: Int, _ closer: Int) {
    token(opener)
    var pending = endLine(layout.comments(before: opener + 1))
    indentation += 2
    var index = opener + 1
    var wasProperty: Bool?
    // A comma that was the last one of a list stands alone before the closing bracket.
    while index < closer, !layout.has(index, .droppedComma) {
      let end = layout.itemEnd(from: index, closer: closer)
      let isProperty = layout.has(index, .property)
      if layout.has(opener, .sections), let wasProperty, wasProperty != isProperty { lineFeed() }
      wasProperty = isProperty
      let isFollowed = layout.kinds[end] == .comma && !layout.has(end, .droppedComma)
      pending = item(index..<end, leading: pending, comma: isFollowed || layout.has(opener, .listOpener))
      index = layout.kinds[end] == .comma ? end + 1 : end
    }
    for comment in pending { ownLine(comment) }
    indentation -= 2
    indent()
    token(closer)
  }

  // MARK: Bytes.

  private mutating func token(_ index: Int) {
    let (start, end) = layout.printed(index)
    if layout.kinds[index] == .multilineString { return multiline(start, end) }
    copy(start, end)
    column += layout.width(index) - (end - start)
  }

  /// The lines of a `"""` text move with their closing quotes, so that the text stays the same.
  private mutating func multiline(_ start: Int, _ end: Int) {
    var closing = end - 3
    while closing > start + 3, source[closing - 1] == 32 || source[closing - 1] == 9 { closing -= 1 }
    // Quotes that do not close on a line of their own take no indentation off the lines above.
    let old: Int? = closing > start + 3 && source[closing - 1] == 10 ? end - 3 - closing : nil
    var line = start
    while true {
      var stop = line
      while stop < end, source[stop] != 10 { stop += 1 }
      var from = line
      if line > start, let old {
        while from < stop, from - line < old, source[from] == 32 || source[from] == 9 { from += 1 }
      }
      var to = stop
      if stop < end, to > from, source[to - 1] == 13 { to -= 1 }
      if line > start, old != nil, from < to { indent() }
      copy(from, to)
      guard stop < end else { return }
      lineFeed()
      line = stop + 1
    }
  }

  private mutating func ownLine(_ comment: TokenLayout.Comment) {
    indent()
    copy(comment.start, comment.end)
    lineFeed()
  }

  private mutating func indent() { spaces(indentation) }

  private mutating func spaces(_ count: Int) {
    for _ in 0..<count { out.append(32) }
    column += count
  }

  private mutating func write(_ byte: UInt8) {
    out.append(byte)
    column += 1
  }

  private mutating func copy(_ start: Int, _ end: Int) {
    out.append(contentsOf: source[start..<end])
    column += end - start
  }

  private mutating func lineFeed() {
    out.append(10)
    column = 0
  }
}
