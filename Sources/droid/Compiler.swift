import DroidBackends
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// The pure compiler, as the command line calls it.
enum Compiler {
  static func parse(_ source: SourceText) -> SyntaxTree { Parser.parse(source) }

  /// The canonical text of a file; none if it has errors.
  static func format(_ tree: SyntaxTree) -> [UInt8]? { Formatter.format(tree) }

  static func check(_ input: CheckInput) -> CheckResult { Checker.check(input) }

  /// The text of one of the stdlib's files, which findings may point at.
  static func standardText(_ file: FileID) -> SourceText? {
    let index = Int(file.index) - firstStandardFile
    guard StdlibFiles.all.indices.contains(index) else { return nil }
    let entry = StdlibFiles.all[index]
    return SourceText(file: file, path: "stdlib/\(entry.path)", text: entry.text.description)
  }

  /// As the checker numbers them.
  private static let firstStandardFile = 0x7fff_0000
}
