/// The words of a name, and the spellings that targets make of them.
package enum Names {
  /// `redis-cart`, `redisCart` and `redis_cart` are `redis`, `cart`; `HTTPServer` is `http`, `server`.
  package static func words(_ name: String) -> [String] {
    joined(name, by: UInt8(ascii: " ")).split(separator: " ").map(String.init)
  }

  /// `redis_cart`
  package static func snake(_ name: String) -> String {
    // Most names are one lower-case word already.
    if name.hasOnly({ isLower($0) || isDigit($0) }) { return name }
    return joined(name, by: UInt8(ascii: "_"))
  }

  /// `redis-cart`
  package static func kebab(_ name: String) -> String { joined(name, by: UInt8(ascii: "-")) }

  /// `REDIS_CART`
  package static func constant(_ name: String) -> String { snake(name).uppercased() }

  /// `RedisCart`; capitals inside a part stay: `acme.OrderID` is `AcmeOrderID`.
  package static func pascal(_ name: String) -> String {
    var name = name
    return name.withUTF8 { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { result in
        var count = 0
        var begins = true
        for byte in bytes {
          if isLetterOrDigit(byte) {
            result[count] = begins ? byte.uppercased : byte
            count += 1
          }
          begins = !isLetterOrDigit(byte)
        }
        return count
      }
    }
  }

  /// `Out of stock`
  package static func sentence(_ name: String) -> String {
    let text = joined(name, by: UInt8(ascii: " "))
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The words, in small letters, with something between them.
  private static func joined(_ name: String, by separator: UInt8) -> String {
    var name = name
    return name.withUTF8 { bytes in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * bytes.count) { result in
        var count = 0
        var begins = false
        for (index, byte) in bytes.enumerated() {
          guard isLetterOrDigit(byte) else {
            begins = true
            continue
          }
          if isUpper(byte), index > 0 {
            let before = bytes[index - 1]
            let follows = index + 1 < bytes.count && isLower(bytes[index + 1])
            if isLower(before) || isDigit(before) || (isUpper(before) && follows) { begins = true }
          }
          if begins, count > 0 {
            result[count] = separator
            count += 1
          }
          begins = false
          result[count] = byte.lowercased
          count += 1
        }
        return String(decoding: result[..<count], as: UTF8.self)
      }
    }
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5a }
  private static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7a }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isUpper(byte) || isLower(byte) || isDigit(byte) || byte >= 0x80
  }
}
