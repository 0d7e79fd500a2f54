import DroidSyntax

/// The files of one folder that bear the same header, parsed.
package struct UnitInput: Sendable {
  /// Where the files are, as one would say it; empty for standard input.
  package let folder: String
  package let trees: [SyntaxTree]
  /// For the text of each `import` (as written between its quotes): the position of what it brings in `CheckInput.units`.
  package let imports: [String: Int]

  package init(folder: String, trees: [SyntaxTree], imports: [String: Int] = [:]) {
    self.folder = folder
    self.trees = trees
    self.imports = imports
  }
}

/// Everything that a check depends on.
package struct CheckInput: Sendable {
  /// The unit that is checked comes first; then what it imports, directly or not.
  package let units: [UnitInput]

  package init(units: [UnitInput]) { self.units = units }
}
