/// Finds short words by their bytes: a hash table without collisions, where no branch depends on what the bytes are.
struct WordTable: @unchecked Sendable {
  /// A word as two of memory, with zeros behind.
  private struct Spelling {
    var first: UInt64 = 0
    var last: UInt64 = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      for (index, byte) in bytes.enumerated() {
        if index < 8 { first |= UInt64(byte) << UInt64(index * 8) }
        if index >= 8 { last |= UInt64(byte) << UInt64(index * 8 - 64) }
      }
    }

    /// The same, by reading 16 bytes.
    @inline(__always)
    init(wide p: UnsafePointer<UInt8>, _ count: Int) {
      let raw = UnsafeRawPointer(p)
      let unused = UInt64(truncatingIfNeeded: 128 &- count &* 8)
      first = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) & (count < 8 ? ~0 &>> (unused &- 64) : ~0)
      last =
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & (count > 8 ? ~0 &>> unused : 0)
    }

    @inline(__always)
    func slot(_ multiplier: UInt64) -> Int {
      Int(truncatingIfNeeded: ((first ^ (last &<< 5)) &* multiplier) &>> 55)
    }
  }

  static let longest = 15

  /// The number of the one word that has a hash. Nothing that is looked for is spelt like number 0.
  private let slots: UnsafeMutablePointer<UInt8>
  private let spellings: UnsafeMutablePointer<Spelling>
  private let multiplier: UInt64

  /// Words of at most 15 bytes, numbered from 1. Never freed: there is one table for each set of words.
  init(_ words: [String]) {
    let spellings = UnsafeMutablePointer<Spelling>.allocate(capacity: words.count + 1)
    let slots = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
    for (number, word) in ([""] + words).enumerated() {
      (spellings + number).initialize(to: Array(word.utf8).withUnsafeBufferPointer { Spelling($0) })
    }
    // Few multipliers are tried before one tells all words apart.
    var multiplier: UInt64 = 1
    var hasCollision: Bool
    repeat {
      multiplier &*= 0x9E37_79B9_7F4A_7C15
      slots.initialize(repeating: 0, count: 512)
      hasCollision = false
      for number in 1...words.count where !hasCollision {
        let slot = spellings[number].slot(multiplier)
        hasCollision = slots[slot] != 0
        slots[slot] = UInt8(number)
      }
    } while hasCollision
    (self.slots, self.spellings, self.multiplier) = (slots, spellings, multiplier)
  }

  /// The number of the word that these bytes spell, or 0; `left` bytes may be read.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int, left: Int) -> UInt8 {
    guard count > 0, count <= Self.longest else { return 0 }
    let spelling = left >= 16 ? Spelling(wide: p, count) : Spelling(UnsafeBufferPointer(start: p, count: count))
    let number = slots[spelling.slot(multiplier)]
    let found = spellings[Int(number)]
    return (found.first ^ spelling.first) | (found.last ^ spelling.last) == 0 ? number : 0
  }
}
