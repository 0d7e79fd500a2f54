import DroidBackends

/// What the output folder holds, beside what it should hold. Nothing is written here.
struct OutputComparison {
  /// A draft that is not yet as it should be on the disk.
  struct Pending {
    let draft: FileDraft
    let state: OutputState
    /// Only the right to be run is missing.
    let needsOnlyMode: Bool
  }

  let folder: OutputFolder
  let options: OutputFolder.Options
  /// In the order of their paths.
  private(set) var pending: [Pending] = []
  /// What nothing asks for any more, and is still there.
  private(set) var leftovers: [OutputReport.Difference] = []
  private(set) var unchanged = 0
  /// The manifest as it is to be once all is done, and the bytes of the one on the disk.
  private(set) var manifest = Manifest()
  private(set) var manifestBytes: [UInt8] = []
  /// The same for the memory of scaffolds.
  private(set) var scaffolds: Set<String> = []
  private(set) var scaffoldBytes: [UInt8] = []

  /// What earlier builds wrote; of a build that was cut off, too.
  private var known = Manifest()
  private var folders: FolderGuard

  init(_ folder: OutputFolder, _ drafts: [FileDraft], _ options: OutputFolder.Options, exists: Bool) throws {
    self.folder = folder
    self.options = options
    folders = FolderGuard(root: folder.path, exists: exists)
    if exists { try readMemory() }
    let drafts = drafts.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for draft in drafts {
      switch draft.ownership {
      case .generated: try compareGenerated(draft)
      case .scaffold: try compareScaffold(draft)
      }
    }
    try compareLeftovers(Set(drafts.lazy.filter { $0.ownership == .generated }.map(\.path)))
  }

  private mutating func readMemory() throws {
    manifestBytes = try optionalContents(Manifest.name)
    known.add(manifestBytes)
    known.add(try optionalContents(Manifest.pendingName))
    scaffoldBytes = try optionalContents(Manifest.scaffoldsName)
    scaffolds = Set(String(decoding: scaffoldBytes, as: UTF8.self).split(separator: "\n").map(String.init))
    if !options.isPartial { remembered = [] } else { remembered = scaffolds }
  }

  private func optionalContents(_ name: String) throws -> [UInt8] {
    do throws(FileFailure) { return try Disk.contents(of: folder.place(name)) } catch {
      if error.isAbsence { return [] }
      throw error
    }
  }

  /// The scaffolds that will be remembered.
  private(set) var remembered: Set<String> = []

  private mutating func compareGenerated(_ draft: FileDraft) throws {
    let digest = Digest(of: draft.bytes)
    let recorded = known.digests[draft.path]
    let found = try existing(draft.path)
    let state: OutputState
    if let found {
      if found.bytes == draft.bytes {
        manifest.digests[draft.path] = [digest]
        if draft.isExecutable && !found.isExecutable {
          pending.append(Pending(draft: draft, state: .outOfDate, needsOnlyMode: true))
        } else {
          unchanged += 1
        }
        return
      }
      let isOurs = recorded?.contains(Digest(of: found.bytes)) == true && !found.isLink
      state = isOurs ? .outOfDate : recorded == nil ? .foreign : .edited
    } else {
      state = .missing
    }
    pending.append(Pending(draft: draft, state: state, needsOnlyMode: false))
    manifest.digests[draft.path] = state.isOurs || options.isForced ? [digest] : recorded
  }

  private mutating func compareScaffold(_ draft: FileDraft) throws {
    remembered.insert(draft.path)
    if try folders.check(draft.path) {
      if try Disk.status(folder.place(draft.path), followingLinks: false) != nil {
        unchanged += 1
        return
      }
    }
    if scaffolds.contains(draft.path) {
      unchanged += 1
    } else {
      pending.append(Pending(draft: draft, state: .missing, needsOnlyMode: false))
    }
  }

  private mutating func compareLeftovers(_ asked: Set<String>) throws {
    for (path, digests) in known.digests where !asked.contains(path) {
      if options.isPartial {
        manifest.digests[path] = digests
        continue
      }
      // A scaffold took the place of a generated file: it is the user's from now on.
      if remembered.contains(path) { continue }
      guard let found = try existing(path) else { continue }
      let isOurs = digests.contains(Digest(of: found.bytes)) && !found.isLink
      leftovers.append(OutputReport.Difference(path, isOurs ? .stale : .staleAndEdited))
      if !isOurs && !options.isForced { manifest.digests[path] = digests }
    }
    leftovers.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private struct Found {
    let bytes: [UInt8]
    let isExecutable: Bool
    let isLink: Bool
  }

  /// The file at a path; none if nothing is there.
  private mutating func existing(_ path: String) throws -> Found? {
    guard try folders.check(path) else { return nil }
    let place = folder.place(path)
    guard var status = try Disk.status(place, followingLinks: false) else { return nil }
    let isLink = status.kind == .link
    if isLink {
      try folders.checkLink(path)
      // A link that leads nowhere stands in the way like any other foreign thing.
      guard let target = try Disk.status(place) else { return Found(bytes: [], isExecutable: false, isLink: true) }
      status = target
    }
    guard status.kind == .file else {
      throw OutputFailure(
        "`\(place)` is a folder or a device, and a file of that name is to be generated",
        help: "move it away and build again; nothing was written")
    }
    return Found(bytes: try Disk.contents(of: place), isExecutable: status.isExecutable, isLink: isLink)
  }

  /// What was compared, and what has become of it.
  func report(changed: [String], bytesWritten: Int) -> OutputReport {
    let differences = (pending.map { OutputReport.Difference($0.draft.path, $0.state) } + leftovers)
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return OutputReport(
      differences: differences, unchanged: unchanged, changed: changed, bytesWritten: bytesWritten,
      kept: options.isForced ? [] : differences.filter { !$0.state.isOurs })
  }
}
