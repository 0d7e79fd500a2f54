/// How a path of the output folder differs from what the droidfile asks for.
package enum OutputState: Sendable {
  /// It is not there.
  case missing
  /// It is what an earlier build wrote.
  case outOfDate
  /// Nothing asks for it any more.
  case stale
  /// Ours, but somebody has edited it.
  case edited
  /// Nothing asks for it any more, and somebody has edited it.
  case staleAndEdited
  /// Somebody else's file stands where ours is due.
  case foreign

  /// Ours to change without being asked.
  package var isOurs: Bool {
    switch self {
    case .missing, .outOfDate, .stale: true
    case .edited, .staleAndEdited, .foreign: false
    }
  }
}

/// What a build did to the output folder, or would do.
package struct OutputReport: Sendable {
  /// One path that differs.
  package struct Difference: Equatable, Sendable {
    package let path: String
    package let state: OutputState
    package init(_ path: String, _ state: OutputState) {
      self.path = path
      self.state = state
    }
  }

  /// What differs, sorted by path.
  package let differences: [Difference]
  /// How many files were as they should be.
  package let unchanged: Int
  /// What was written, removed or, by force, replaced: empty if the folder was only compared.
  package let changed: [String]
  package let bytesWritten: Int

  /// What was left alone because it is not ours to change.
  package let kept: [Difference]
}

/// Why nothing, or not everything, could be written.
package struct OutputFailure: Error, Equatable, Sendable {
  package let message: String
  package let help: String?
  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
