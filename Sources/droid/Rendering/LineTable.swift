import DroidSyntax

/// A place as editors and people count it: both from one, the column in characters (Unicode scalars).
struct Position: Equatable {
  let line: Int
  let column: Int
}

/// The lines of a text, for one run over its findings.
final class LineTable {
  let text: SourceText
  private let index: LineIndex
  /// The last column that was counted: findings come in source order, so the next one is counted from here.
  private var memo = (line: -1, offset: 0, column: 1)

  init(_ text: SourceText) {
    self.text = text
    index = LineIndex(text)
  }

  /// The index of the line, from zero, that holds a byte.
  func line(of offset: Int) -> Int { index.line(of: UInt32(offset)) }

  /// The bytes of a line, without what ends it.
  func range(ofLine line: Int) -> Range<Int> { index.line(line) }

  func position(_ offset: UInt32) -> Position {
    let offset = min(Int(offset), text.bytes.count)
    let line = line(of: offset)
    let isBehind = memo.line == line && memo.offset <= offset
    var column = isBehind ? memo.column : 1
    var cursor = isBehind ? memo.offset : index.line(line).lowerBound
    // A byte order mark is no column.
    if cursor == 0, text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { cursor = min(3, offset) }
    while cursor < offset {
      if text.bytes[cursor] & 0xC0 != 0x80 { column += 1 }
      cursor += 1
    }
    memo = (line, cursor, column)
    return Position(line: line + 1, column: column)
  }
}

/// What is to be shown: findings and the files they are about.
final class Findings {
  let diagnostics: [Diagnostic]
  private let texts: (FileID) -> SourceText?
  private var tables: [FileID: LineTable] = [:]

  init(_ diagnostics: [Diagnostic], texts: @escaping (FileID) -> SourceText?) {
    self.diagnostics = diagnostics
    self.texts = texts
  }

  func table(_ file: FileID) -> LineTable {
    if let table = tables[file] { return table }
    let table = LineTable(texts(file) ?? SourceText(file: file, path: "<unknown>", bytes: []))
    tables[file] = table
    return table
  }

  func path(_ file: FileID) -> String { table(file).text.path }

  func count(_ severity: Severity) -> Int { diagnostics.count { $0.severity == severity } }

  /// `2 errors, 1 warning`.
  var tally: String {
    [(count(.error), "error"), (count(.warning), "warning"), (count(.note), "note")]
      .filter { $0.0 > 0 }.map { counted($0.0, $0.1) }.joined(separator: ", ")
  }
}

/// `1 file`, `2 files`.
func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 " + noun }
  let plural = noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s"
  return "\(count) \(plural)"
}
