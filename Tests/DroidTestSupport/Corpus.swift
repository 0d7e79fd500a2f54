import Foundation

/// The droidfiles of this repository: the examples and the standard library.
package enum Corpus {
  package struct File: Sendable {
    package let path: String
    package let bytes: [UInt8]
  }

  /// The root of the repository, found from this file.
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// All of them, sorted by path.
  package static let files: [File] = ["examples", "stdlib"].flatMap(droidfiles).sorted { $0.path < $1.path }

  private static func droidfiles(in folder: String) -> [File] {
    let base = root.appendingPathComponent(folder)
    let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".droid") }.compactMap { name in
      guard let data = try? Data(contentsOf: base.appendingPathComponent(name)) else { return nil }
      return File(path: folder + "/" + name, bytes: Array(data))
    }
  }
}
