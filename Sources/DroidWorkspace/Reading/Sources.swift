import DroidSemantics
import DroidSyntax

/// Everything that a check needs, read from the disk and parsed.
package struct Sources: Sendable {
  /// The unit that was asked for comes first, then what it imports, directly or not.
  package let input: CheckInput
  /// All files that were read, by their `FileID`.
  package let texts: [FileID: SourceText]
  /// What is wrong with files and imports. What is wrong inside a file is found in its tree.
  package let diagnostics: [Diagnostic]
  package let statistics: Statistics

  package struct Statistics: Sendable {
    package var files = 0
    package var bytes = 0
    package var tokens = 0
    package var readNanoseconds: UInt64 = 0
    package var parseNanoseconds: UInt64 = 0
  }

  /// The trees of the unit that was asked for.
  package var mainTrees: [SyntaxTree] { input.units.first?.trees ?? [] }
}

/// Why there is nothing to check.
package struct ReadFailure: Error, Equatable, Sendable {
  package let message: String
  package let help: String?
  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
