/// How much a finding weighs.
package enum Severity: UInt8, Sendable, Comparable {
  /// Legal, and worth knowing.
  case note
  /// Legal, and probably not meant.
  case warning
  /// The droidfile cannot be built.
  case error
  package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// A place in a file and what is to be said about it.
package struct Label: Equatable, Sendable {
  package let range: SourceRange
  package let text: String
  package init(_ range: SourceRange, _ text: String) {
    self.range = range
    self.text = text
  }
}

/// Bytes that take the place of a range.
package struct TextEdit: Equatable, Sendable {
  package let range: SourceRange
  package let replacement: String
  package init(_ range: SourceRange, _ replacement: String) {
    self.range = range
    self.replacement = replacement
  }
}

/// A mend that can be made by a machine: after it, the finding is gone.
package struct Fix: Equatable, Sendable {
  /// In the imperative, lower case, without a full stop: "write `orders`".
  package let title: String
  package let edits: [TextEdit]
  package init(_ title: String, _ edits: [TextEdit]) {
    self.title = title
    self.edits = edits
  }
  package init(_ title: String, replacing range: SourceRange, with text: String) {
    self.init(title, [TextEdit(range, text)])
  }
}

/// One finding, as data. How it looks on a terminal, in an editor or in SARIF is decided elsewhere; the words are the same.
package struct Diagnostic: Equatable, Sendable {
  package let code: DiagnosticCode
  package let severity: Severity
  /// What is wrong, in the words of the person's system; names in backquotes, no full stop.
  package let message: String
  /// The smallest range that is to blame; its text (may be empty) stands behind the carets.
  package let primary: Label
  /// Other places that explain it.
  package let notes: [Label]
  /// What to do, when it cannot be an edit.
  package let help: String?
  package let fixes: [Fix]

  /// An error or a warning, as its code says.
  package init(
    _ code: DiagnosticCode, _ message: String, at range: SourceRange, _ label: String = "", notes: [Label] = [],
    help: String? = nil, fixes: [Fix] = []
  ) {
    self.code = code
    self.severity = code.severity
    self.message = message
    self.primary = Label(range, label)
    self.notes = notes
    self.help = help
    self.fixes = fixes
  }
}

extension [Diagnostic] {
  /// In source order; what has one place, in the order in which it was found.
  package func inSourceOrder() -> [Diagnostic] {
    enumerated().sorted { a, b in
      a.element.primary.range == b.element.primary.range
        ? a.offset < b.offset : a.element.primary.range < b.element.primary.range
    }.map(\.element)
  }

  package var hasErrors: Bool { contains { $0.severity == .error } }
}
