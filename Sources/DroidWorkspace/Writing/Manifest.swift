/// What `droid` remembers of the files it has written into a folder: `.droid-manifest`, in the format of `sha256sum`, so that
/// `sha256sum -c .droid-manifest` tells whether somebody has edited them.
struct Manifest {
  static let name = ".droid-manifest"
  /// The next manifest, there only while a build writes. One that was left behind by a crash still tells what is ours.
  static let pendingName = ".droid-manifest.new"
  /// The paths of the scaffolds that were written once, a line each. They are the user's, so they have no digest.
  static let scaffoldsName = ".droid-scaffolds"

  /// The digests that are known for each path: one, but two after a crash or a merge that was not resolved.
  var digests: [String: [Digest]] = [:]

  /// Reads the lines that are to be understood and passes over the others. A path that leads out of the folder is passed over too.
  mutating func add(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    digests.reserveCapacity(digests.count + lines.count)
    for line in lines {
      guard line.count > 66, let digest = Digest(hexadecimal: line.prefix(64)) else { continue }
      let separator = line.dropFirst(64).prefix(2)
      guard separator.elementsEqual("  ".utf8) || separator.elementsEqual(" *".utf8) else { continue }
      guard let path = String(validating: line.dropFirst(66), as: UTF8.self), OutputPaths.problem(with: path) == nil
      else { continue }
      if digests[path]?.contains(digest) != true { digests[path, default: []].append(digest) }
    }
  }

  /// A path and what is known of it, of a manifest that is to be written.
  typealias Entry = (path: String, digests: [Digest])

  /// One line a digest, sorted by path.
  static func bytes(_ entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 128)
    for (path, digests) in entries.sorted(by: { $0.path.precedesByBytes($1.path) }) {
      for digest in digests {
        bytes.append(contentsOf: digest.hexadecimal.utf8)
        bytes.append(contentsOf: "  ".utf8)
        bytes.append(contentsOf: path.utf8)
        bytes.append(UInt8(ascii: "\n"))
      }
    }
    return bytes
  }
}
