import DroidSyntax

/// A file that is open in the editor: the editor's text counts, whatever is on the disk.
struct Document: Sendable {
  let uri: String
  let path: String
  private(set) var version: Int
  private(set) var bytes: [UInt8]

  init(uri: String, path: String, version: Int, text: String) {
    self.uri = uri
    self.path = path
    self.version = version
    bytes = Array(text.utf8)
  }

  /// One change of `textDocument/didChange`: a range and what stands there now, or the whole text.
  enum Change {
    case whole(String)
    case part(from: LineIndex.Position, to: LineIndex.Position, String)
  }

  mutating func apply(_ changes: [Change], version: Int, in unit: LineIndex.Unit) {
    self.version = version
    for change in changes {
      switch change {
      case .whole(let text): bytes = Array(text.utf8)
      case .part(let from, let to, let text):
        let lines = LineIndex(SourceText(file: FileID(0), path: path, bytes: bytes))
        let start = Int(lines.offset(from, in: unit))
        let end = max(start, Int(lines.offset(to, in: unit)))
        bytes.replaceSubrange(start..<end, with: text.utf8)
      }
    }
  }
}

/// `file:` URIs and the paths they name.
enum FileURI {
  /// Nil for a URI of another scheme.
  static func path(_ uri: String) -> String? {
    guard uri.hasPrefix("file://") else { return nil }
    let rest = uri.dropFirst("file://".count)
    // An authority (`localhost`) stands before the path.
    guard let slash = rest.firstIndex(of: "/") else { return nil }
    var bytes: [UInt8] = []
    var escape: [UInt8] = []
    var isEscape = false
    for byte in rest[slash...].utf8 {
      if isEscape {
        escape.append(byte)
        guard escape.count == 2 else { continue }
        guard let value = UInt8(String(decoding: escape, as: UTF8.self), radix: 16), value != 0 else { return nil }
        bytes.append(value)
        isEscape = false
      } else if byte == UInt8(ascii: "%") {
        isEscape = true
        escape = []
      } else if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
        break
      } else {
        bytes.append(byte)
      }
    }
    return isEscape ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// RFC 3986: everything but unreserved characters and slashes is escaped.
  static func uri(_ path: String) -> String {
    var result = "file://"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
