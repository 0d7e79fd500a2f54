import DroidBackends

extension OutputComparison {
  /// Makes the folder as it should be. The next manifest is there before the first file is written and takes the place of the
  /// old one after the last, so that a build that is cut off at any point still knows its own files.
  func apply(_ replacing: (FileDraft) -> Void, _ progress: (Int, Int) -> Void) throws -> OutputReport {
    let writes = pending.filter { $0.state.isOurs || options.isForced }
    let removals = leftovers.filter { $0.state.isOurs || options.isForced }.map(\.path)
    let newManifest = Manifest.bytes(manifest)
    let isManifestNew = !newManifest.equals(manifestBytes)
    let pendingPlace = folder.place(Manifest.pendingName)
    if isManifestNew { try Disk.store(newManifest, at: pendingPlace) }

    var bytesWritten = 0
    var lastFolder = ""
    for (index, write) in writes.enumerated() {
      let place = folder.place(write.draft.path)
      if write.needsOnlyMode {
        try Disk.makeExecutable(place)
      } else {
        if write.state != .missing { replacing(write.draft) }
        let parent = Disk.parent(of: place) ?? folder.path
        if parent != lastFolder { try Disk.makeFolder(parent) }
        lastFolder = parent
        try Disk.store(write.draft.bytes, at: place, isExecutable: write.draft.isExecutable)
        bytesWritten += write.draft.bytes.count
      }
      progress(index + 1, writes.count)
    }
    for path in removals { try remove(path) }

    let scaffoldList = remembered.sorted().map { $0 + "\n" }.joined()
    if !scaffoldList.utf8.elementsEqual(scaffoldBytes) {
      try Disk.store(Array(scaffoldList.utf8), at: folder.place(Manifest.scaffoldsName))
    }
    if isManifestNew { try Disk.move(pendingPlace, to: folder.place(Manifest.name)) }
    return report(changed: writes.map(\.draft.path) + removals, bytesWritten: bytesWritten)
  }

  /// Removes a file, and the folders above it that become empty.
  private func remove(_ path: String) throws {
    try Disk.remove(folder.place(path))
    var parent = Disk.parent(of: path)
    while let folderPath = parent, Disk.removeEmptyFolder(folder.place(folderPath)) {
      parent = Disk.parent(of: folderPath)
    }
  }
}
