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
  private(set) var manifest: [Manifest.Entry] = []
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
    let drafts = drafts.sorted { $0.path.precedesByBytes($1.path) }
    let generated = drafts.filter { $0.ownership == .generated }
    let isThere = try generated.map { try folders.check($0.path) }
    var looks = Look.at(generated, in: folder, isThere: isThere).makeIterator()
    for draft in drafts {
      switch draft.ownership {
      case .generated: if let look = looks.next() { try compare(draft, look) }
      case .scaffold: try compareScaffold(draft)
      }
    }
    try compareLeftovers(Set(generated.map(\.path)))
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

  private mutating func compare(_ draft: FileDraft, _ look: Look) throws {
    let recorded = known.digests[draft.path]
    let state: OutputState
    if let found = try file(look.standing.get(), at: draft.path, beside: draft.bytes) {
      guard let digest = found.digest else {
        manifest.append((draft.path, [look.digest]))
        if draft.isExecutable && !found.isExecutable {
          pending.append(Pending(draft: draft, state: .outOfDate, needsOnlyMode: true))
        } else {
          unchanged += 1
        }
        return
      }
      let isOurs = recorded?.contains(digest) == true && !found.isLink
      state = isOurs ? .outOfDate : recorded == nil ? .foreign : .edited
    } else {
      state = .missing
    }
    pending.append(Pending(draft: draft, state: state, needsOnlyMode: false))
    manifest.append((draft.path, state.isOurs || options.isForced ? [look.digest] : recorded ?? []))
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
        manifest.append((path, digests))
        continue
      }
      // A scaffold took the place of a generated file: it is the user's from now on.
      if remembered.contains(path) { continue }
      let standing = try folders.check(path) ? Standing.at(folder.place(path), beside: nil) : .nothing
      guard let found = try file(standing, at: path, beside: nil) else { continue }
      let isOurs = found.digest.map { digests.contains($0) } == true && !found.isLink
      leftovers.append(OutputReport.Difference(path, isOurs ? .stale : .staleAndEdited))
      if !isOurs && !options.isForced { manifest.append((path, digests)) }
    }
    leftovers.sort { $0.path.precedesByBytes($1.path) }
  }

  /// The file at a path; none if nothing is there.
  private mutating func file(_ standing: Standing, at path: String, beside bytes: [UInt8]?) throws -> Standing.File? {
    let place = folder.place(path)
    switch standing {
    case .nothing: return nil
    case .file(let file): return file
    case .link:
      try folders.checkLink(path)
      // A link that leads nowhere stands in the way like any other foreign thing.
      guard let status = try Disk.status(place) else {
        return Standing.File(digest: Digest(of: []), isExecutable: false, isLink: true)
      }
      guard status.kind == .file else { fallthrough }
      var file = try Standing.file(place, status, beside: bytes)
      file.isLink = true
      return file
    case .other:
      throw OutputFailure(
        "`\(place)` is a folder or a device, and a file of that name is to be generated",
        help: "move it away and build again; nothing was written")
    }
  }

  /// What was compared, and what has become of it.
  func report(changed: [String], bytesWritten: Int) -> OutputReport {
    let differences = (pending.map { OutputReport.Difference($0.draft.path, $0.state) } + leftovers)
      .sorted { $0.path.precedesByBytes($1.path) }
    return OutputReport(
      differences: differences, unchanged: unchanged, changed: changed, bytesWritten: bytesWritten,
      kept: options.isForced ? [] : differences.filter { !$0.state.isOurs })
  }
}
