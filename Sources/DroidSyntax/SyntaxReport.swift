/// Collects what lexing and parsing find, in one file. It keeps the first thousand: whoever has more has another problem,
/// and the memory of a broken file stays bounded.
struct SyntaxReport {
  let file: FileID
  private(set) var diagnostics: [Diagnostic] = []

  static let most = 1_000

  init(file: FileID) { self.file = file }

  mutating func add(_ diagnostic: Diagnostic) {
    guard diagnostics.count < Self.most else { return }
    diagnostics.append(diagnostic)
  }

  func range(_ start: Int, _ end: Int) -> SourceRange { SourceRange(file, UInt32(start), UInt32(end)) }
}
