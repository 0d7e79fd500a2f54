#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A call to the file system that went wrong, in words.
package struct FileFailure: Error, Equatable, Sendable {
  /// What was to be done: `read`, `write`, `remove`, …
  package let operation: String
  package let path: String
  /// Why it could not be done: "permission denied".
  package let reason: String
  /// What the system said; zero if it was not the system that refused.
  package let number: Int32

  package init(_ operation: String, _ path: String, reason: String) {
    self.operation = operation
    self.path = path
    self.reason = reason
    number = 0
  }

  /// What the last system call said.
  init(_ operation: String, _ path: String, errno number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
    reason = Self.words(number)
  }

  /// The file, or a folder on the way to it, does not exist.
  var isAbsence: Bool { number == ENOENT || number == ENOTDIR }

  package var message: String { "cannot \(operation) `\(path)`: \(reason)" }

  private static func words(_ number: Int32) -> String {
    switch number {
    case ENOENT: "it is not there"
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a folder"
    case ENOTDIR: "a file stands where a folder is due"
    case ENOTEMPTY: "the folder is not empty"
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case EFBIG: "the file would be larger than this process may write"
    case EROFS: "the disk is read-only"
    case ELOOP: "its symbolic links run in a circle"
    case ENAMETOOLONG: "its name is too long"
    case EMFILE, ENFILE: "too many files are open"
    case EIO: "the disk reports an input/output error"
    default: String(cString: strerror(number)).lowercasedFirst
    }
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
