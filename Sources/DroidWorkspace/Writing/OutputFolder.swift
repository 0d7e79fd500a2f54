import DroidBackends

/// A folder that `droid build` keeps equal to what the droidfile asks for.
///
/// * A file that is as it should be is not written, not even touched.
/// * A generated file that nothing asks for any more is removed, and so is a folder that becomes empty by it.
/// * A generated file that somebody has edited, and a file of somebody else where ours is due, is reported and kept, until forced.
/// * A scaffold is written if nothing is there, once: one that the user deleted later stays deleted, for as long as the system
///   asks for it and `.droid-scaffolds` remembers it.
/// * A write is complete or absent, the memory of the folder is written last, and a build that was cut off half-way is simply
///   done again: a file that equals its draft is ours.
package struct OutputFolder: Sendable {
  package struct Options: Sendable {
    /// Replace and remove what was edited too.
    package var isForced = false
    /// Write nothing, only compare.
    package var isComparison = false
    /// The drafts are not all that the system has, so what is missing among them is not stale.
    package var isPartial = false
    package init(isForced: Bool = false, isComparison: Bool = false, isPartial: Bool = false) {
      self.isForced = isForced
      self.isComparison = isComparison
      self.isPartial = isPartial
    }
  }

  /// As the user wrote it.
  package let path: String

  package init(_ path: String) { self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

  /// `out` beside the droidfiles of a folder: the user's code in it belongs to them, wherever one stands.
  package static func beside(_ folder: String) -> OutputFolder { OutputFolder(PathText.join(folder, "out")) }

  /// The files of a manifest are known by its name.
  func place(_ relative: String) -> String { path + "/" + relative }

  /// Makes the folder equal to the drafts, or says how it differs.
  ///
  /// - Parameters:
  ///   - replacing: Told of each file before another takes its place.
  ///   - progress: Told after each file how many of how many are written.
  package func update(
    _ drafts: [FileDraft], _ options: Options = Options(), replacing: (FileDraft) -> Void = { _ in },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(OutputFailure) -> OutputReport {
    if let problem = OutputPaths.problem(in: drafts) {
      throw OutputFailure(problem, help: "this is a mistake in `droid`; nothing was written")
    }
    do {
      let status = try Disk.status(path)
      if let status, status.kind != .folder { throw FileFailure("write into", path, reason: "it is no folder") }
      if options.isComparison {
        return try OutputComparison(self, drafts, options, exists: status != nil).report(changed: [], bytesWritten: 0)
      }
      if status == nil { try Disk.makeFolder(path) }
      return try Disk.locking(path) {
        try OutputComparison(self, drafts, options, exists: true).apply(replacing, progress)
      }
    } catch let failure as FileFailure {
      throw OutputFailure(failure.message)
    } catch let failure as OutputFailure {
      throw failure
    } catch {
      throw OutputFailure("\(error)")
    }
  }
}
