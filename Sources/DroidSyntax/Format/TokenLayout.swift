/// All that the formatter asks about a tree, found in a few passes over its flat arrays: where groups close, which items they
/// hold, how wide everything is on one line, and where the comments are.
struct TokenLayout: ~Copyable {
  /// A `//` comment in the gap before a token.
  struct Comment {
    let start: Int
    let end: Int
    /// It stands on the line on which the token before it ends.
    let isTrailing: Bool
  }

  struct Marks: OptionSet {
    let rawValue: UInt8
    /// The first token of an item in braces.
    static let item = Marks(rawValue: 1)
    /// A key that needs no quotes.
    static let unquoted = Marks(rawValue: 2)
    /// A comma behind the last element of a list.
    static let droppedComma = Marks(rawValue: 4)
    /// The bracket of a list of values, which may end with a comma.
    static let listOpener = Marks(rawValue: 8)
    /// The brace of a component or a kind, where a blank line sets the properties off.
    static let sections = Marks(rawValue: 16)
    /// A property or a field begins here.
    static let property = Marks(rawValue: 32)
    /// The brace of an enum, whose cases stand one space apart.
    static let cases = Marks(rawValue: 64)
    /// An opening token whose group must be broken.
    static let mustBreak = Marks(rawValue: 128)
  }

  let kinds: [TokenKind]
  private let tokens: FlatArray<Token>
  private var marks: [Marks]
  /// For an opening token its closing one; for any other, itself.
  private var closers: [Int32]
  private var spaces: [UInt8]
  private var widths: [Int32]
  /// Where each token ends if all stood on one line.
  private var ends: [Int]
  private var allComments: [Comment] = []
  /// The comments before token i are those from `firstComment[i]` up to `firstComment[i + 1]`.
  private var firstComment: [Int32]

  init(_ tree: SyntaxTree) {
    let count = tree.tokens.count
    tokens = tree.tokens
    kinds = tree.tokens.map(\.kind)
    marks = Array(repeating: [], count: count)
    closers = (0..<count).map(Int32.init)
    spaces = Array(repeating: 0, count: count)
    widths = Array(repeating: 0, count: count)
    ends = Array(repeating: 0, count: count)
    firstComment = Array(repeating: 0, count: count + 1)
    readNodes(tree)
    readComments(tree.source.bytes)
    readGroups()
    measure(tree.source.bytes)
  }

  // MARK: Questions.

  func has(_ index: Int, _ mark: Marks) -> Bool { marks[index].contains(mark) }
  func closer(of index: Int) -> Int { Int(closers[index]) }
  func space(before index: Int) -> Int { Int(spaces[index]) }
  func width(_ index: Int) -> Int { Int(widths[index]) }
  func mayBeFlat(_ opener: Int) -> Bool { !has(opener, .mustBreak) }

  func isEmptyGroup(_ opener: Int) -> Bool { closer(of: opener) == opener + 1 && comments(before: opener + 1).isEmpty }

  /// The width on one line, without what stands before the first token.
  func flatWidth(_ range: ClosedRange<Int>) -> Int {
    ends[range.upperBound] - ends[range.lowerBound] + width(range.lowerBound)
  }

  /// The bytes of a token that are printed: a key may lose its quotes.
  func printed(_ index: Int) -> (start: Int, end: Int) {
    let token = tokens[index]
    let quotes = has(index, .unquoted) ? 1 : 0
    return (Int(token.start) + quotes, Int(token.end) - quotes)
  }

  func comments(before index: Int, through last: Int? = nil) -> ArraySlice<Comment> {
    allComments[Int(firstComment[index])..<Int(firstComment[(last ?? index) + 1])]
  }

  /// The comments in the midst of an item, outside of its groups: they move above it.
  func hoisted(from item: Range<Int>) -> [Comment] {
    guard firstComment[item.lowerBound + 1] < firstComment[item.upperBound] else { return [] }
    var found: [Comment] = []
    var index = item.lowerBound
    while index < item.upperBound {
      if index > item.lowerBound { found += comments(before: index) }
      index = closer(of: index) + 1
    }
    return found
  }

  /// The first token behind the item that begins here: the next item, a comma, or the closing token.
  func itemEnd(from start: Int, closer: Int) -> Int {
    let isInBraces = kinds[closer] == .rightBrace
    var index = self.closer(of: start) + 1
    while index < closer {
      if isInBraces ? has(index, .item) : kinds[index] == .comma { return index }
      index = self.closer(of: index) + 1
    }
    return closer
  }

  /// Whether an item at the top of the file takes one line, docs included.
  func isOneLine(_ item: Range<Int>) -> Bool {
    var hasGroups = false
    var index = item.lowerBound
    while index < item.upperBound {
      if kinds[index] == .doc || kinds[index] == .multilineString { return false }
      if closer(of: index) > index, !isEmptyGroup(index) {
        hasGroups = true
        if !mayBeFlat(index) { return false }
      }
      index = closer(of: index) + 1
    }
    return !hasGroups || flatWidth(item.lowerBound...item.upperBound - 1) <= Formatter.width
  }

  // MARK: Passes.

  private mutating func readNodes(_ tree: SyntaxTree) {
    for index in tree.nodes.indices {
      let node = tree.nodes[index]
      let first = Int(node.firstToken)
      switch node.kind {
      case .property, .field:
        marks[first].formUnion([.item, .property])
        if node.kind == .property { markKey(tree, first) }
      case .recordField:
        marks[first].insert(.item)
        markKey(tree, first)
      case .enumCase: marks[first].insert(.item)
      case .port, .component, .kindDeclaration, .typeDeclaration, .errorDeclaration, .enumDeclaration, .connect,
        .operation,
        .resource, .resilience, .healing, .scaling, .team, .rule, .version, .slo, .anomaly, .alert, .metric,
        .environment,
        .raw, .layout:
        marks[first].insert(.item)
        if node.kind == .component || node.kind == .kindDeclaration,
          let block = tree.child(NodeID(UInt32(index)), .block)
        {
          marks[tree.tokenIndices(block).lowerBound].insert(.sections)
        }
        if node.kind == .enumDeclaration, let name = tree.child(NodeID(UInt32(index)), .name) {
          marks[tree.tokenIndices(name).upperBound].insert(.cases)
        }
      case .list:
        marks[first].insert(.listOpener)
        let last = Int(node.endToken) - 2
        if last > first, kinds[last] == .comma { marks[last].insert(.droppedComma) }
      default: break
      }
    }
  }

  /// `"name" =` loses its quotes if what is in them is a name.
  private mutating func markKey(_ tree: SyntaxTree, _ first: Int) {
    var key = first
    while kinds[key] == .doc { key += 1 }
    guard kinds[key] == .string, Self.isName(tree.bytes(ofToken: key).dropFirst().dropLast()) else { return }
    marks[key].insert(.unquoted)
  }

  /// Whether a key may stand without quotes.
  static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, CharacterClass().isLetter(first) else { return false }
    var lastJoined = false
    for byte in bytes {
      let joins = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      guard joins ? !lastJoined : CharacterClass().isNameByte(byte) else { return false }
      lastJoined = joins
    }
    return !lastJoined && !["true", "false", "none"].contains(String(decoding: bytes, as: UTF8.self))
  }

  private mutating func readComments(_ bytes: [UInt8]) {
    var gap = 0
    for index in kinds.indices {
      firstComment[index] = Int32(allComments.count)
      let start = Int(tokens[index].start)
      // Only the first gap can begin where no token ended.
      var isTrailing = index > 0
      var i = gap
      while i < start {
        if bytes[i] == 10 { isTrailing = false }
        guard bytes[i] == UInt8(ascii: "/") else {
          i += 1
          continue
        }
        var stop = i
        while stop < start, bytes[stop] != 10 { stop += 1 }
        var end = stop
        while end > i, bytes[end - 1] == 32 || bytes[end - 1] == 9 || bytes[end - 1] == 13 { end -= 1 }
        allComments.append(Comment(start: i, end: end, isTrailing: isTrailing))
        i = stop
      }
      gap = Int(tokens[index].end)
    }
    firstComment[kinds.count] = Int32(allComments.count)
  }

  /// Pairs the brackets, and finds the groups that cannot stand on one line.
  private mutating func readGroups() {
    /// An open group: its token, the levels of braces in it, and whether something in it must break.
    var open: [(token: Int, braces: Int, mustBreak: Bool)] = []
    for index in kinds.indices {
      if !open.isEmpty, firstComment[index] < firstComment[index + 1] { open[open.count - 1].mustBreak = true }
      switch kinds[index] {
      case .leftBrace, .leftBracket, .leftParenthesis: open.append((index, 0, false))
      case .doc, .multilineString: if !open.isEmpty { open[open.count - 1].mustBreak = true }
      case .rightBrace, .rightBracket, .rightParenthesis:
        guard var group = open.popLast() else { continue }
        closers[group.token] = Int32(index)
        if kinds[group.token] != .leftParenthesis, group.braces > 1 { group.mustBreak = true }
        if group.mustBreak { marks[group.token].insert(.mustBreak) }
        guard !open.isEmpty else { continue }
        let levels = group.braces + (kinds[group.token] == .leftBrace ? 1 : 0)
        open[open.count - 1].braces = max(open[open.count - 1].braces, levels)
        if group.mustBreak { open[open.count - 1].mustBreak = true }
      default: break
      }
    }
  }

  private mutating func measure(_ bytes: [UInt8]) {
    var column = 0
    /// The open groups, for how far apart their items stand.
    var apart: [Int] = []
    for index in kinds.indices {
      let kind = kinds[index]
      if has(index, .droppedComma) {
        ends[index] = column
        continue
      }
      var space = 0
      if index > 0 {
        let before = has(index - 1, .droppedComma) ? kinds[index - 2] : kinds[index - 1]
        space = Self.space(between: before, and: kind)
        if has(index, .item), let apart = apart.last, apart > 0, before != .leftBrace, !isBehindDoc(index) {
          space = apart
        }
      }
      switch kind {
      case .leftBrace: apart.append(has(index, .cases) ? 1 : 2)
      case .leftBracket, .leftParenthesis: apart.append(0)
      case .rightBrace, .rightBracket, .rightParenthesis: _ = apart.popLast()
      default: break
      }
      let (start, end) = printed(index)
      var width = 0
      for i in start..<end where bytes[i] & 0xC0 != 0x80 { width += 1 }
      spaces[index] = UInt8(space)
      widths[index] = Int32(width)
      column += space + width
      ends[index] = column
    }
  }

  private func isBehindDoc(_ index: Int) -> Bool { index > 0 && kinds[index - 1] == .doc }

  /// The spaces between two tokens on one line.
  private static func space(between before: TokenKind, and kind: TokenKind) -> Int {
    switch before {
    case .leftParenthesis, .leftBracket, .dot, .at: return 0
    case .leftBrace: return kind == .rightBrace ? 0 : 1
    case .dotDot where kind == .quantity: return 0
    default: break
    }
    switch kind {
    case .rightParenthesis, .rightBracket, .comma, .colon, .dot, .dotDot, .question, .leftParenthesis, .endOfFile:
      return 0
    default: return 1
    }
  }
}
