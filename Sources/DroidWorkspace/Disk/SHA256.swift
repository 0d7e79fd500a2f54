/// A SHA-256 digest.
package struct Digest: Hashable, Sendable {
  let words: SIMD8<UInt32>

  /// Sixty-four lower-case digits, as `sha256sum` writes them.
  package var hexadecimal: String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      var index = 0
      for position in 0..<8 {
        var word = words[position]
        for _ in 0..<8 {
          let nibble = UInt8(word >> 28)
          buffer[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
          word <<= 4
          index += 1
        }
      }
      return index
    }
  }

  init(words: SIMD8<UInt32>) { self.words = words }

  /// The digest that sixty-four digits write; none if they do not.
  package init?(hexadecimal: some Collection<UInt8>) {
    guard hexadecimal.count == 64 else { return nil }
    var words = SIMD8<UInt32>()
    var index = 0
    for byte in hexadecimal {
      let nibble: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      words[index / 8] = words[index / 8] << 4 | UInt32(nibble)
      index += 1
    }
    self.words = words
  }

  /// SHA-256 of bytes (FIPS 180-4).
  package init(of bytes: [UInt8]) {
    var state = SHA256.initial
    bytes.withUnsafeBytes { raw in
      let whole = raw.count / 64
      for block in 0..<whole {
        SHA256.mix(&state, UnsafeRawBufferPointer(rebasing: raw[(block * 64)..<(block * 64 + 64)]))
      }
      let rest = raw[(whole * 64)...]
      var tail = [UInt8](repeating: 0, count: rest.count < 56 ? 64 : 128)
      tail.replaceSubrange(0..<rest.count, with: rest)
      tail[rest.count] = 0x80
      let bits = UInt64(raw.count) * 8
      for index in 0..<8 { tail[tail.count - 1 - index] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * index)) }
      tail.withUnsafeBytes { last in
        for block in 0..<(last.count / 64) {
          SHA256.mix(&state, UnsafeRawBufferPointer(rebasing: last[(block * 64)..<(block * 64 + 64)]))
        }
      }
    }
    words = state
  }
}

private enum SHA256 {
  static let initial = SIMD8<UInt32>(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &>> count | word &<< (32 &- count) }

  /// One round: two of the eight words change, the others only change their names.
  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
    _ input: UInt32
  ) {
    let choice = g ^ e & (f ^ g)
    let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    let first = h &+ sum1 &+ choice &+ input
    let majority = a & b | c & (a | b)
    let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    d = d &+ first
    h = first &+ sum0 &+ majority
  }

  /// Mixes one block of 64 bytes into the state. Eight rounds a turn, so that no word has to be moved.
  static func mix(_ state: inout SIMD8<UInt32>, _ block: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      let w = schedule.baseAddress!
      for index in 0..<16 {
        w[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
      }
      for index in 16..<64 {
        let (w15, w2) = (w[index &- 15], w[index &- 2])
        let s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 &>> 3
        let s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 &>> 10
        w[index] = w[index &- 16] &+ s0 &+ w[index &- 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { constants in
        let k = constants.baseAddress!
        var i = 0
        while i < 64 {
          round(a, b, c, &d, e, f, g, &h, k[i] &+ w[i])
          round(h, a, b, &c, d, e, f, &g, k[i &+ 1] &+ w[i &+ 1])
          round(g, h, a, &b, c, d, e, &f, k[i &+ 2] &+ w[i &+ 2])
          round(f, g, h, &a, b, c, d, &e, k[i &+ 3] &+ w[i &+ 3])
          round(e, f, g, &h, a, b, c, &d, k[i &+ 4] &+ w[i &+ 4])
          round(d, e, f, &g, h, a, b, &c, k[i &+ 5] &+ w[i &+ 5])
          round(c, d, e, &f, g, h, a, &b, k[i &+ 6] &+ w[i &+ 6])
          round(b, c, d, &e, f, g, h, &a, k[i &+ 7] &+ w[i &+ 7])
          i &+= 8
        }
      }
      state = state &+ SIMD8(a, b, c, d, e, f, g, h)
    }
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
