import DroidSyntax

/// The lines of one file that a finding speaks of, with what is said under each.
struct Excerpt {
  /// What stands under a line.
  struct Mark {
    /// The bytes of the file that are marked; they end where the line ends.
    let start: Int
    let end: Int
    let text: String
    let isPrimary: Bool
  }

  struct Line {
    /// From one.
    let number: Int
    var marks: [Mark]
  }

  let file: FileID
  /// The byte that the file's place is named by.
  let start: UInt32
  private(set) var lines: [Line] = []

  /// First the file to blame, beginning with the line to blame; its other lines from top to bottom; then the other files.
  static func excerpts(of diagnostic: Diagnostic, in findings: Findings) -> [Excerpt] {
    let labels = [diagnostic.primary] + diagnostic.notes
    var excerpts: [Excerpt] = []
    for (index, label) in labels.enumerated() {
      if !excerpts.contains(where: { $0.file == label.range.file }) {
        excerpts.append(Excerpt(file: label.range.file, start: label.range.start))
      }
      for place in excerpts.indices where excerpts[place].file == label.range.file {
        excerpts[place].add(label, isPrimary: index == 0, findings.table(label.range.file))
      }
    }
    for place in excerpts.indices { excerpts[place].sort() }
    return excerpts
  }

  private init(file: FileID, start: UInt32) {
    self.file = file
    self.start = start
  }

  private mutating func add(_ label: Label, isPrimary: Bool, _ table: LineTable) {
    let start = min(Int(label.range.start), table.text.bytes.count)
    let index = table.line(of: start)
    let end = min(max(Int(label.range.end), start), table.range(ofLine: index).upperBound)
    let mark = Mark(start: start, end: max(start, end), text: label.text, isPrimary: isPrimary)
    if let place = lines.firstIndex(where: { $0.number == index + 1 }) {
      lines[place].marks.append(mark)
    } else {
      lines.append(Line(number: index + 1, marks: [mark]))
    }
  }

  private mutating func sort() {
    for index in lines.indices {
      lines[index].marks.sort { ($0.isPrimary ? 0 : 1, $0.start) < ($1.isPrimary ? 0 : 1, $1.start) }
    }
    lines.sort { a, b in
      let first = a.marks.contains(where: \.isPrimary)
      let second = b.marks.contains(where: \.isPrimary)
      return first == second ? a.number < b.number : first
    }
  }
}

/// The part of a line that is shown: all of it, or a window around its first mark.
struct LineWindow {
  /// How many columns are shown at most.
  static let width = 100
  /// How much of a long line is looked at on each side of the mark, in bytes.
  private static let reach = 400

  let text: String
  private let cells: ArraySlice<VisibleText.Cell>
  private let lead: Int

  init(_ table: LineTable, _ line: Excerpt.Line) {
    let range = table.range(ofLine: line.number - 1)
    let focus = min(max(line.marks.first?.start ?? range.lowerBound, range.lowerBound), range.upperBound)
    var start = max(range.lowerBound, focus - Self.reach)
    if start == 0, table.text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = min(3, range.upperBound) }
    while start > range.lowerBound, start < range.upperBound, table.text.bytes[start] & 0xC0 == 0x80 { start += 1 }
    let end = max(start, min(range.upperBound, focus + Self.reach))
    let all = VisibleText.cells(table.text.bytes[start..<end])

    var isCutBefore = start > range.lowerBound + 3
    var isCutAfter = end < range.upperBound
    var first = all.startIndex
    var last = all.endIndex
    if isCutBefore || isCutAfter || all.reduce(0, { $0 + $1.width }) > Self.width {
      // The mark stands a third from the left, unless the line's beginning is near.
      let center = all.firstIndex { $0.offset >= focus } ?? all.endIndex
      first = center
      var before = 0
      while first > 0, before + all[first - 1].width <= Self.width / 3 {
        first -= 1
        before += all[first].width
      }
      if all[..<center].reduce(0, { $0 + $1.width }) <= Self.width * 2 / 3, !isCutBefore { first = 0 }
      last = first
      var shown = 0
      while last < all.endIndex, shown + all[last].width <= Self.width {
        shown += all[last].width
        last += 1
      }
      isCutBefore = isCutBefore || first > 0
      isCutAfter = isCutAfter || last < all.endIndex
    }
    cells = all[first..<last]
    lead = isCutBefore ? 1 : 0
    text = (isCutBefore ? "…" : "") + cells.map(\.text).joined() + (isCutAfter ? "…" : "")
  }

  /// The columns that a mark takes; at least one.
  func span(_ mark: Excerpt.Mark) -> Range<Int> {
    let before = cells.prefix { $0.offset < mark.start }.reduce(0) { $0 + $1.width } + lead
    let inside = cells.filter { $0.offset >= mark.start && $0.offset < mark.end }.reduce(0) { $0 + $1.width }
    return before..<(before + max(1, inside))
  }
}
