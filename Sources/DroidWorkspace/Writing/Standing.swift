import DroidBackends
import DroidSyntax

/// What stands at a place of the output folder, beside what should.
enum Standing: Sendable {
  case nothing
  case file(File)
  /// A link, to be looked at with care.
  case link
  /// A folder or a device.
  case other

  struct File: Sendable {
    /// Nil where the bytes are those that should be there.
    let digest: Digest?
    let isExecutable: Bool
    var isLink = false
  }

  /// Looks at a place; `bytes` are what should be there, if anything.
  static func at(_ place: String, beside bytes: [UInt8]?) throws(FileFailure) -> Standing {
    guard let status = try Disk.status(place, followingLinks: false) else { return .nothing }
    switch status.kind {
    case .file: return .file(try file(place, status, beside: bytes))
    case .link: return .link
    case .folder, .other: return .other
    }
  }

  static func file(_ place: String, _ status: FileStatus, beside bytes: [UInt8]?) throws(FileFailure) -> File {
    let found = try Disk.contents(of: place)
    let isEqual = bytes?.equals(found) ?? false
    return File(digest: isEqual ? nil : Digest(of: found), isExecutable: status.isExecutable)
  }
}

/// A draft's digest, and what stands in its place. Reading and digesting is most of the work of a build that changes nothing, so
/// all cores do it.
struct Look: Sendable {
  let digest: Digest
  let standing: Result<Standing, FileFailure>

  /// - Parameter isThere: Whether the folder of each draft is.
  static func at(_ drafts: [FileDraft], in folder: OutputFolder, isThere: [Bool]) -> [Look] {
    // What many services share is one array, and has one digest.
    var first: [UnsafeRawPointer?: Int] = [:]
    let sharing = drafts.indices.map { index in
      let place = drafts[index].bytes.withUnsafeBytes(\.baseAddress)
      let owner = first[place] ?? index
      first[place] = owner
      return owner
    }
    let looks = Concurrent.map(Array(drafts.indices), threads: Concurrent.processors) { index in
      let draft = drafts[index]
      return (
        digest: sharing[index] == index ? Digest(of: draft.bytes) : nil,
        standing: Result { () throws(FileFailure) in
          isThere[index] ? try Standing.at(folder.place(draft.path), beside: draft.bytes) : .nothing
        }
      )
    }
    return looks.indices.map { index in
      Look(
        digest: looks[sharing[index]].digest ?? Digest(of: drafts[index].bytes), standing: looks[index].standing)
    }
  }
}
