#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Collection<UInt8> {
  /// Are the bytes of two arrays, or of slices of them, the same? Swift compares them one by one; the C library does it many at
  /// a time.
  package func equals(_ other: some Collection<UInt8>) -> Bool {
    guard count == other.count else { return false }
    let isEqual = withContiguousStorageIfAvailable { own in
      other.withContiguousStorageIfAvailable {
        own.isEmpty || memcmp(own.baseAddress!, $0.baseAddress!, own.count) == 0
      }
    }
    return (isEqual ?? nil) ?? elementsEqual(other)
  }
}
