#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What stands at a path.
package struct FileStatus: Equatable, Sendable {
  package enum Kind: Sendable { case file, folder, link, other }

  package let kind: Kind
  package let size: Int
  package let isExecutable: Bool
  /// The same for two paths that lead to the same thing.
  package let identity: Identity

  package struct Identity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
  }
}

/// The few calls to the file system that we need, each in one piece and with an error that names the file.
package enum Disk {
  /// What stands at a path; none if nothing does.
  package static func status(_ path: String, followingLinks: Bool = true) throws(FileFailure) -> FileStatus? {
    var raw = stat()
    let result = followingLinks ? stat(path, &raw) : lstat(path, &raw)
    if result == 0 { return FileStatus(raw) }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw FileFailure("open", path, errno: errno)
  }

  /// All bytes of a file, or of what else can be read (a pipe, a terminal).
  package static func contents(of path: String, atMost limit: Int = .max) throws(FileFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure("read", path, errno: errno) }
    defer { close(descriptor) }
    return try contents(descriptor, path, atMost: limit)
  }

  package static func standardInput(atMost limit: Int = .max) throws(FileFailure) -> [UInt8] {
    try contents(0, "standard input", atMost: limit)
  }

  /// Everything that a descriptor still gives; in one call if it is a file.
  static func contents(_ descriptor: Int32, _ path: String, atMost limit: Int) throws(FileFailure) -> [UInt8] {
    var raw = stat()
    guard fstat(descriptor, &raw) == 0 else { throw FileFailure("read", path, errno: errno) }
    if FileStatus(raw).kind == .folder { throw FileFailure("read", path, errno: EISDIR) }
    let expected = FileStatus(raw).kind == .file ? Int(raw.st_size) : 0
    guard expected <= limit else { throw tooLarge(path, limit) }

    var bytes: [UInt8] = []
    // One byte more than expected, so that the end of a file is seen by the first call.
    var room = expected + 1
    while true {
      var failure: Int32 = 0
      var isAtEnd = false
      let chunk = [UInt8](unsafeUninitializedCapacity: max(room, 4096)) { buffer, count in
        while count < buffer.count {
          let got = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
          if got > 0 { count += got } else if got == 0 { isAtEnd = true } else if errno != EINTR { failure = errno }
          if isAtEnd || failure != 0 { return }
        }
      }
      if failure != 0 { throw FileFailure("read", path, errno: failure) }
      if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
      guard bytes.count <= limit else { throw tooLarge(path, limit) }
      if isAtEnd { return bytes }
      room = 1 << 16
    }
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> FileFailure {
    FileFailure("read", path, reason: "it is larger than \((limit + 1) >> 20) MiB")
  }

  /// The names in a folder, sorted by their bytes.
  package static func names(in folder: String) throws(FileFailure) -> [String] {
    guard let stream = opendir(folder) else { throw FileFailure("read", folder, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.precedesByBytes($1) }
  }

  /// Where a path leads once all links are followed; none if nothing is there.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

extension FileStatus {
  init(_ raw: stat) {
    switch raw.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .other
    }
    size = Int(raw.st_size)
    isExecutable = raw.st_mode & S_IXUSR != 0
    identity = Identity(device: UInt64(raw.st_dev), number: UInt64(raw.st_ino))
  }
}
