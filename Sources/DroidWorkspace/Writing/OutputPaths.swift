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
    var folders: Set<String> = []
    for draft in drafts {
      var folder = Disk.parent(of: draft.path)
      while let path = folder, folders.insert(path).inserted {
        if let file = files[folded(path)] { return "`\(file)` would be a file, and the folder of `\(draft.path)`" }
        folder = Disk.parent(of: path)
      }
    }
    return nil
  }

  /// What is wrong with one path; none if it is fine.
  static func problem(with path: String) -> String? {
    var text = path
    return text.withUTF8 { bytes in
      guard let first = bytes.first else { return "an output has no name" }
      if first == UInt8(ascii: "/") { return "the output `\(path)` is not inside the output folder" }
      if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
        return "the name of the output `\(path)` holds a backslash or a control character"
      }
      var start = 0
      while start <= bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        let part = bytes[start..<end]
        if part.elementsEqual("..".utf8) { return "the output `\(path)` would leave the output folder" }
        if part.isEmpty || part.elementsEqual(".".utf8) { return "the output `\(path)` has an empty part in its path" }
        if part.count > 255 { return "the output `\(path)` has a part that is longer than a file's name may be" }
        start = end + 1
      }
      // All of these begin with a dot, and hardly anything else does.
      if first == UInt8(ascii: "."), reserved.contains(folded(path)) || path == Disk.temporaryName {
        return "the output `\(path)` has a name that `droid` keeps for itself"
      }
      return nil
    }
  }

  private static let reserved: Set<String> = [Manifest.name, Manifest.pendingName, Manifest.scaffoldsName]

  /// A path as a file system sees it that does not tell upper from lower case.
  private static func folded(_ path: String) -> String { path.lowercased() }
}
