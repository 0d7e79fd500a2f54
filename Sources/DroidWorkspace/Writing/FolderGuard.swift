/// Sees to it that no output leaves the folder by way of a symbolic link. Each folder is looked at once.
struct FolderGuard {
  private let root: String
  private let exists: Bool
  private var known: [String: Bool] = [:]
  private lazy var realRoot: String? = Disk.realPath(root)

  init(root: String, exists: Bool) {
    self.root = root
    self.exists = exists
  }

  /// Whether the folder of a path is there; refuses one that is elsewhere, or is a file.
  mutating func check(_ path: String) throws -> Bool {
    guard exists else { return false }
    guard let folder = Disk.parent(of: path) else { return true }
    if let isThere = known[folder] { return isThere }
    let isThere = try look(at: folder)
    known[folder] = isThere
    return isThere
  }

  private mutating func look(at folder: String) throws -> Bool {
    guard try check(folder) else { return false }
    let place = root + "/" + folder
    guard let status = try Disk.status(place, followingLinks: false) else { return false }
    switch status.kind {
    case .folder: return true
    case .link:
      try checkLink(folder)
      guard try Disk.status(place)?.kind == .folder else { fallthrough }
      return true
    case .file, .other:
      throw OutputFailure(
        "`\(place)` is a file, and a folder of that name is to be generated",
        help: "move it away and build again; nothing was written")
    }
  }

  /// Refuses a link that leads out of the folder.
  mutating func checkLink(_ path: String) throws {
    guard let realRoot, let target = Disk.realPath(root + "/" + path) else { return }
    if target == realRoot || target.hasPrefix(realRoot == "/" ? "/" : realRoot + "/") { return }
    throw OutputFailure(
      "`\(root)/\(path)` is a link that leads out of the output folder, to `\(target)`",
      help: "nothing was written; remove the link, or build into the folder that is meant with `-o`")
  }
}
