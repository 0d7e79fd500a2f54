/// A file that is to be, somewhere below the output folder.
package struct FileDraft: Sendable {
  /// Below the output folder, with `/` between its parts.
  package let path: String
  package let bytes: [UInt8]
  package let ownership: Ownership
  package let isExecutable: Bool

  /// Whose a file is once it is written.
  package enum Ownership: Sendable {
    /// Ours: rewritten with every build.
    case generated
    /// The user's: written once, then never touched.
    case scaffold
  }

  package init(_ path: String, _ bytes: [UInt8], ownership: Ownership = .generated, isExecutable: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.ownership = ownership
    self.isExecutable = isExecutable
  }
}
