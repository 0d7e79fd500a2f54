/// How a text may be written in YAML. Readers of YAML 1.1 (kubectl, PyYAML) and 1.2 must agree on what it is.
enum YAMLScalar {
  /// Is it read back as the same text without quotes?
  static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { isPlain($0) }
      ?? Array(text.utf8).withUnsafeBufferPointer { isPlain($0) }
  }

  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if isPlainWord(bytes) { return true }
    guard let first = bytes.first, let last = bytes.last, last != UInt8(ascii: " "), last != UInt8(ascii: ":") else {
      return false
    }
    switch first {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "~"),
      UInt8(ascii: "."):
      if bytes.count <= 5, isWord(bytes) { return false }
      if first == UInt8(ascii: "."), looksLikeNumber(bytes) { return false }
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"):
      if looksLikeNumber(bytes) || isWord(bytes) { return false }
    case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
      if bytes.count == 1 || bytes[1] == UInt8(ascii: " ") || looksLikeNumber(bytes) || isWord(bytes) { return false }
    case UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: "$"), UInt8(ascii: "_"), UInt8(ascii: "^"), 0x80...: break
    default: return false
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x7f { return false }
      if byte == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: " ") { return false }
      if byte == UInt8(ascii: "#"), index > 0, bytes[index - 1] == UInt8(ascii: " ") { return false }
      if byte >= 0x80, isStrange(bytes, at: index) { return false }
      index += 1
    }
    return true
  }

  /// Most texts: a letter, then letters, digits and what joins them, too many for one of the words that are no texts.
  private static func isPlainWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count > 5, bytes[0].lowercased >= UInt8(ascii: "a"), bytes[0].lowercased <= UInt8(ascii: "z") else {
      return false
    }
    return bytes.allSatisfy { byte in
      // A bit for each byte: `-`, `.`, `/` and digits below 64, letters and `_` from there on.
      let (low, high): (UInt64, UInt64) = (0x03ff_e000_0000_0000, 0x07ff_fffe_87ff_fffe)
      return byte < 0x80 && (byte < 0x40 ? low : high) &>> UInt64(byte & 0x3f) & 1 == 1
    }
  }

  /// What YAML 1.1 takes for a line break or a mark: U+0080 to U+009F, U+2028, U+2029, U+FEFF.
  private static func isStrange(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    switch bytes[index] {
    case 0xc2: bytes[index + 1] < 0xa0
    case 0xe2: bytes[index + 1] == 0x80 && (bytes[index + 2] == 0xa8 || bytes[index + 2] == 0xa9)
    case 0xef:
      bytes[index + 1] == 0xbb && bytes[index + 2] == 0xbf || bytes[index + 1] == 0xbf && bytes[index + 2] >= 0xbe
    default: false
    }
  }

  static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: true
    default: false
    }
  }

  /// Can it stand in a block scalar, line by line?
  static func fitsBlock(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\n"),
      first != UInt8(ascii: "\t")
    else { return false }
    return !text.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && mustBeEscaped($0) }
  }

  /// The words that are not texts, in any case: at most five letters.
  private static func isWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= 5 else { return false }
    switch bytes[0] | 0x20 {
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "y"), UInt8(ascii: "n"), UInt8(ascii: "o"), 0x7e, 0x2e,
      0x2d,
      0x2b | 0x20:
      return words.contains(String(decoding: bytes, as: UTF8.self).lowercased())
    default: return false
    }
  }

  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", ".inf", ".nan", "+.inf", "-.inf",
  ]

  /// Numbers, dates, times, octals and the like of both editions, generously.
  private static func looksLikeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var hasDigit = false
    let isPrefixed = bytes.count > 2 && bytes[0] == UInt8(ascii: "0") && "xXoObB".utf8.contains(bytes[1])
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
        UInt8(ascii: "e"),
        UInt8(ascii: "E"), UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: "Z"), UInt8(ascii: "z"),
        UInt8(ascii: " "):
        break
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        if !isPrefixed { return false }
      default:
        if !isPrefixed || index != 1 { return false }
      }
    }
    return hasDigit
  }
}
