/// Eight bytes at a time in a plain integer: what the standard library's vectors do not do quickly.
enum Words {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// No byte is a control character's neighbour of trouble: all are ASCII, none is a line feed or a NUL.
  @inline(__always)
  static func isPlainText(_ word: UInt64) -> Bool {
    let lineFeeds = word ^ (ones &* 10)
    let hits = (word &- ones) & ~word | (lineFeeds &- ones) & ~lineFeeds | word
    return hits & highs == 0
  }

  /// Whether one of the eight bytes is this one.
  @inline(__always)
  static func contains(_ byte: UInt8, in word: UInt64) -> Bool {
    let differing = word ^ (ones &* UInt64(byte))
    return (differing &- ones) & ~differing & highs != 0
  }
}
