import DroidJSON

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

  /// The text, each occurrence of another replaced.
  package func replacingAll(_ old: String, with new: String) -> String {
    var (text, old) = (self, old)
    return text.withUTF8 { text in
      old.withUTF8 { old in
        guard let first = old.first, text.contains(first) else { return self }
        var writer = ByteWriter(capacity: text.count + 4 * new.utf8.count)
        var (written, index) = (0, 0)
        while index + old.count <= text.count {
          guard text[index] == first, text[index..<index + old.count].elementsEqual(old) else {
            index += 1
            continue
          }
          writer.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[written..<index]))
          writer.write(new)
          index += old.count
          written = index
        }
        writer.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[written...]))
        return writer.text
      }
    }
  }
}

extension UInt8 {
  /// A small letter for a capital.
  package var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self + 32 : self }
  package var uppercased: UInt8 { self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z") ? self - 32 : self }
}

extension String {
  /// How wide it is in an editor, near enough: one column for each scalar.
  package var columns: Int { hasOnly { $0 < 0x80 } ? utf8.count : unicodeScalars.count }
}
