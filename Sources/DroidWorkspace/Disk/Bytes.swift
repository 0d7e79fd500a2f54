#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
