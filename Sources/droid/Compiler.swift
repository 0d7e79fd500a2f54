import DroidBackends
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// The pure compiler, as the command line calls it.
enum Compiler {
  static func parse(_ source: SourceText) -> SyntaxTree { Parser.parse(source) }

  /// Makes ready for a check, while files are read.
  @Sendable static func prepare() { Checker.prepare() }

  /// The canonical text of a file; none if it has errors.
  static func format(_ tree: SyntaxTree) -> [UInt8]? { Formatter.format(tree) }

  static func check(_ input: CheckInput) -> CheckResult {
    Checker.check(input, threads: Concurrent.processors)
  }

  /// The text of one of the stdlib's files, which findings may point at.
  static func standardText(_ file: FileID) -> SourceText? { Checker.standardText(file) }
}
