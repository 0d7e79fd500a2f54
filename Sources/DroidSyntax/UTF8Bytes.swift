/// UTF-8 as it lies in memory.
enum UTF8Bytes {
  /// The length of the well-formed sequence that begins at `start`; 0 if there is none (overlong, surrogate, cut off, stray).
  static func length(_ p: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    let first = p[start]
    if first < 0x80 { return 1 }
    func tail(_ index: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
      index < end && p[index] >= low && p[index] <= high
    }
    switch first {
    case 0xC2...0xDF: return tail(start + 1) ? 2 : 0
    case 0xE0: return tail(start + 1, 0xA0) && tail(start + 2) ? 3 : 0
    case 0xED: return tail(start + 1, 0x80, 0x9F) && tail(start + 2) ? 3 : 0
    case 0xE1...0xEF: return tail(start + 1) && tail(start + 2) ? 3 : 0
    case 0xF0: return tail(start + 1, 0x90) && tail(start + 2) && tail(start + 3) ? 4 : 0
    case 0xF1...0xF3: return tail(start + 1) && tail(start + 2) && tail(start + 3) ? 4 : 0
    case 0xF4: return tail(start + 1, 0x80, 0x8F) && tail(start + 2) && tail(start + 3) ? 4 : 0
    default: return 0
    }
  }

  /// The scalar of a sequence that is known to be well formed.
  static func scalar(_ p: UnsafePointer<UInt8>, _ start: Int, length: Int) -> Unicode.Scalar {
    var value: UInt32
    switch length {
    case 1: value = UInt32(p[start])
    case 2: value = UInt32(p[start] & 0x1F)
    case 3: value = UInt32(p[start] & 0x0F)
    default: value = UInt32(p[start] & 0x07)
    }
    for index in 1..<Swift.max(length, 1) { value = value << 6 | UInt32(p[start + index] & 0x3F) }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
