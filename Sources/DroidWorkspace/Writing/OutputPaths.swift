import DroidBackends

/// What a path in the output folder may look like. Everything is refused before anything is written.
enum OutputPaths {
  /// What is wrong with the paths of these drafts, taken together; none if they are fine.
  static func problem(in drafts: [FileDraft]) -> String? {
    var files: [String: String] = [:]
    files.reserveCapacity(drafts.count)
    for draft in drafts {
      if let problem = problem(with: draft.path) { return problem }
      if let other = files.updateValue(draft.path, forKey: folded(draft.path)) {
        return other == draft.path
          ? "two outputs want to be `\(draft.path)`"
          : "`\(other)` and `\(draft.path)` would be one file where upper and lower case are not told apart"
      }
    }
    for draft in drafts {
      var folder = Disk.parent(of: draft.path)
      while let path = folder {
        if let file = files[folded(path)] { return "`\(file)` would be a file, and the folder of `\(draft.path)`" }
        folder = Disk.parent(of: path)
      }
    }
    return nil
  }

  /// What is wrong with one path; none if it is fine.
  static func problem(with path: String) -> String? {
    if path.isEmpty { return "an output has no name" }
    if path.utf8.first == UInt8(ascii: "/") { return "the output `\(path)` is not inside the output folder" }
    if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
      return "the name of the output `\(path)` holds a backslash or a control character"
    }
    for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      if part.elementsEqual("..".utf8) { return "the output `\(path)` would leave the output folder" }
      if part.isEmpty || part.elementsEqual(".".utf8) { return "the output `\(path)` has an empty part in its path" }
      if part.count > 255 { return "the output `\(path)` has a part that is longer than a file's name may be" }
    }
    if reserved.contains(folded(path)) || path.utf8.elementsEqual(Disk.temporaryName.utf8) {
      return "the output `\(path)` has a name that `droid` keeps for itself"
    }
    return nil
  }

  private static let reserved: Set<String> = [Manifest.name, Manifest.pendingName, Manifest.scaffoldsName]

  /// A path as a file system sees it that does not tell upper from lower case.
  private static func folded(_ path: String) -> String { path.lowercased() }
}
