import DroidBackends
import DroidWorkspace
import Foundation

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "droid-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.resolvingSymlinksInPath().path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func place(_ relative: String) -> String { path + "/" + relative }

  func write(_ relative: String, _ text: String) throws {
    let place = place(relative)
    try FileManager.default.createDirectory(
      atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: place))
  }

  func read(_ relative: String) -> String? { try? String(contentsOfFile: place(relative), encoding: .utf8) }

  func link(_ relative: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: place(relative), withDestinationPath: target)
  }

  func remove(_ relative: String) throws { try FileManager.default.removeItem(atPath: place(relative)) }

  func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: place(relative)) }

  /// Every file below, by its path.
  var files: [String] {
    let found = FileManager.default.enumerator(atPath: path)
    return (found?.compactMap { $0 as? String } ?? []).sorted()
  }

  /// When a file was written last.
  func date(_ relative: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: place(relative))[.modificationDate] as? Date
  }
}

func draft(_ path: String, _ text: String, _ ownership: FileDraft.Ownership = .generated) -> FileDraft {
  FileDraft(path, Array(text.utf8), ownership: ownership)
}
