/// The number of a file in one run: the order in which the unit's files were given (the stdlib's come first).
package struct FileID: Hashable, Comparable, Sendable {
  package let index: UInt32
  package init(_ index: Int) { self.index = UInt32(index) }
  package static func < (a: FileID, b: FileID) -> Bool { a.index < b.index }
}

/// A range of bytes in a file, half open.
package struct SourceRange: Hashable, Comparable, Sendable {
  package let file: FileID
  package let start: UInt32
  package let end: UInt32

  package init(_ file: FileID, _ start: UInt32, _ end: UInt32) {
    self.file = file
    self.start = start
    self.end = end
  }

  package var isEmpty: Bool { start == end }

  /// The empty range just before this one.
  package var atStart: SourceRange { SourceRange(file, start, start) }

  /// The empty range just behind this one.
  package var atEnd: SourceRange { SourceRange(file, end, end) }

  /// Source order: by file, then by start, then by end.
  package static func < (a: SourceRange, b: SourceRange) -> Bool {
    (a.file.index, a.start, a.end) < (b.file.index, b.start, b.end)
  }
}

/// The bytes of one file and what it is called when one speaks of it.
package struct SourceText: Sendable {
  package let file: FileID
  /// As a person would type it: relative to where `droid` runs, or `<standard input>`.
  package let path: String
  package let bytes: [UInt8]

  package init(file: FileID, path: String, bytes: [UInt8]) {
    self.file = file
    self.path = path
    self.bytes = bytes
  }

  package init(file: FileID, path: String, text: String) {
    self.init(file: file, path: path, bytes: Array(text.utf8))
  }

  /// The text of a range, for a person to read; broken UTF-8 becomes U+FFFD.
  package func string(_ range: SourceRange) -> String {
    String(decoding: bytes[Int(range.start)..<Int(range.end)], as: UTF8.self)
  }
}
