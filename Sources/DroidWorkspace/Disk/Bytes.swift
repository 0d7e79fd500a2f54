#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Swift compares bytes one by one where it does not know that they lie side by side; the C library does it many at a time.

extension String {
  /// The order of paths: that of their bytes, whatever the locale and the form of letters with accents.
  func precedesByBytes(_ other: String) -> Bool {
    var (own, other) = (self, other)
    return own.withUTF8 { own in
      other.withUTF8 { other in
        let order = memcmp(own.baseAddress!, other.baseAddress!, min(own.count, other.count))
        return order == 0 ? own.count < other.count : order < 0
      }
    }
  }
}

extension [UInt8] {
  func equals(_ other: [UInt8]) -> Bool {
    count == other.count
      && withUnsafeBytes { own in
        other.withUnsafeBytes { own.isEmpty || memcmp(own.baseAddress!, $0.baseAddress!, own.count) == 0 }
      }
  }
}
