extension String {
  /// Are all its bytes like this? Several times as fast as asking its `utf8`, byte for byte.
  @inline(__always)
  package func hasOnly(_ isFine: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isFine) } ?? utf8.allSatisfy(isFine)
  }

  /// The text, each byte replaced.
  @inline(__always)
  package func mapBytes(_ change: (UInt8) -> UInt8) -> String {
    var text = self
    return text.withUTF8 { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { result in
        for index in bytes.indices { result[index] = change(bytes[index]) }
        return bytes.count
      }
    }
  }
}
