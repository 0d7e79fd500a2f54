/// Where the lines of a file begin: from an offset to a line and a column. Made when someone asks, in one quick pass.
package struct LineIndex: Sendable {
  /// What a column counts.
  package enum Unit: Sendable { case bytes, scalars, utf16 }

  /// Both count from zero.
  package struct Position: Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int
    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
    package static func < (a: Position, b: Position) -> Bool { (a.line, a.column) < (b.line, b.column) }
  }

  private let bytes: [UInt8]
  private let starts: [UInt32]

  package init(_ source: SourceText) {
    bytes = source.bytes
    starts = source.bytes.withUnsafeBytes { raw in
      var starts: [UInt32] = [0]
      starts.reserveCapacity(raw.count / 32 + 1)
      var i = 0
      while i < raw.count {
        if i + 8 <= raw.count, !Words.contains(10, in: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) {
          i += 8
          continue
        }
        let stop = min(i + 8, raw.count)
        while i < stop {
          if raw[i] == 10 { starts.append(UInt32(truncatingIfNeeded: i + 1)) }
          i += 1
        }
      }
      return starts
    }
  }

  /// How many lines there are; an empty file has one, and so has what follows the last line feed.
  package var count: Int { starts.count }

  /// The bytes of a line, without its line end.
  package func line(_ line: Int) -> Range<Int> {
    guard line >= 0, line < starts.count else { return bytes.count..<bytes.count }
    let start = Int(starts[line])
    var end = line + 1 < starts.count ? Int(starts[line + 1]) - 1 : bytes.count
    if end > start, bytes[end - 1] == 13 { end -= 1 }
    return start..<end
  }

  /// The line of an offset; that of the file's end for what lies behind it.
  package func line(of offset: UInt32) -> Int {
    var (low, high) = (0, starts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  package func position(_ offset: UInt32, in unit: Unit) -> Position {
    let line = line(of: offset)
    let start = Int(starts[line])
    let end = min(Int(offset), bytes.count)
    guard unit != .bytes else { return Position(line: line, column: max(end - start, 0)) }
    var column = 0
    var i = start
    while i < end {
      // Every byte but those that continue a sequence begins a scalar; four-byte ones are two units of UTF-16.
      if bytes[i] & 0xC0 != 0x80 { column += unit == .utf16 && bytes[i] >= 0xF0 ? 2 : 1 }
      i += 1
    }
    return Position(line: line, column: column)
  }

  /// The offset of a position; a column beyond the line's end is the line's end.
  package func offset(_ position: Position, in unit: Unit) -> UInt32 {
    guard position.line < starts.count else { return UInt32(clamping: bytes.count) }
    let line = line(max(position.line, 0))
    var (i, left) = (line.lowerBound, position.column)
    while i < line.upperBound, left > 0 {
      if unit == .bytes {
        i += 1
        left -= 1
        continue
      }
      left -= unit == .utf16 && bytes[i] >= 0xF0 ? 2 : 1
      i += 1
      while i < line.upperBound, bytes[i] & 0xC0 == 0x80 { i += 1 }
    }
    return UInt32(clamping: i)
  }
}
