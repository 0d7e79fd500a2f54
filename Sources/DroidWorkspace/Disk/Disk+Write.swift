#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Disk {
  /// What a file is called, beside its place, until it is complete. A process that was killed may leave one; the next
  /// write in that folder takes its place.
  package static let temporaryName = ".droid-new"

  /// Writes a file completely or not at all: beside its place first, then by renaming. What stood there is replaced, a link too.
  package static func store(_ bytes: [UInt8], at path: String, isExecutable: Bool = false) throws(FileFailure) {
    let temporary = parent(of: path).map { $0 + "/" + temporaryName } ?? temporaryName
    do throws(FileFailure) {
      try storeInPlace(bytes, to: temporary, named: path, mode: isExecutable ? 0o755 : 0o644)
      guard rename(temporary, path) == 0 else { throw FileFailure("write", path, errno: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func storeInPlace(
    _ bytes: [UInt8], to temporary: String, named path: String, mode: mode_t
  ) throws(FileFailure) {
    var descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    if descriptor < 0 && errno == EEXIST {
      unlink(temporary)
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    }
    guard descriptor >= 0 else { throw FileFailure("write", path, errno: errno) }
    let failure = send(bytes, to: descriptor)
    let closing = close(descriptor) == 0 ? 0 : errno
    if failure != 0 || closing != 0 { throw FileFailure("write", path, errno: failure != 0 ? failure : closing) }
  }

  /// Writes everything, however often the system has to be asked; the error number, or zero.
  package static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        if count >= 0 { written += count } else if errno != EINTR { return errno }
      }
      return 0
    }
  }

  /// Makes a folder, and those above it that are missing.
  package static func makeFolder(_ path: String) throws(FileFailure) {
    if mkdir(path, 0o755) == 0 { return }
    switch errno {
    case EEXIST:
      guard try status(path)?.kind == .folder else { throw FileFailure("make the folder", path, errno: ENOTDIR) }
    case ENOENT:
      guard let parent = parent(of: path) else { throw FileFailure("make the folder", path, errno: ENOENT) }
      try makeFolder(parent)
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileFailure("make the folder", path, errno: errno) }
    default: throw FileFailure("make the folder", path, errno: errno)
    }
  }

  /// Removes a file; it is no error if it has gone already.
  package static func remove(_ path: String) throws(FileFailure) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileFailure("remove", path, errno: errno) }
  }

  /// Removes a folder if nothing is in it; whether it did.
  package static func removeEmptyFolder(_ path: String) -> Bool { rmdir(path) == 0 }

  package static func move(_ old: String, to new: String) throws(FileFailure) {
    guard rename(old, new) == 0 else { throw FileFailure("write", new, errno: errno) }
  }

  /// Lets the owner run a file.
  package static func makeExecutable(_ path: String) throws(FileFailure) {
    guard chmod(path, 0o755) == 0 else { throw FileFailure("make executable", path, errno: errno) }
  }

  /// The folder of a path; none for a name alone.
  package static func parent(of path: String) -> String? {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Holds an exclusive lock on a folder while `body` runs, so that two builds into it do not meet. Where the file system
  /// knows no locks, there is none.
  package static func locking<Result, Failure: Error>(
    _ folder: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    if descriptor >= 0 { while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {} }
    defer { if descriptor >= 0 { close(descriptor) } }
    return try body()
  }
}
