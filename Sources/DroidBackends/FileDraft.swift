/// A file that a backend would like to see in the output folder. It is the workspace that decides whether it is written.
package struct FileDraft: Equatable, Sendable {
  /// Whose file it is once it is there.
  package enum Ownership: Sendable {
    /// Ours: written whenever it differs, removed when nothing asks for it any more.
    case generated
    /// The user's: written once, then never touched.
    case scaffold
  }

  /// Relative to the output folder, with `/` between its parts.
  package let path: String
  package let bytes: [UInt8]
  package let ownership: Ownership
  package let isExecutable: Bool

  package init(path: String, bytes: [UInt8], ownership: Ownership = .generated, isExecutable: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.ownership = ownership
    self.isExecutable = isExecutable
  }
}
