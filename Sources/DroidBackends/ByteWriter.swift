/// Text, written as bytes: many times faster than joining strings.
package struct ByteWriter: Sendable {
  /// What is written, and room for more: to append to an array that knows its length costs several times as much.
  private var storage: [UInt8]
  package private(set) var count = 0

  package init(capacity: Int = 4096) { storage = Self.room(for: capacity) }

  /// What is written.
  package var bytes: [UInt8] { Array(storage[..<count]) }

  package var text: String { String(decoding: storage[..<count], as: UTF8.self) }

  package mutating func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @_disfavoredOverload
  package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  package mutating func write(byte: UInt8) {
    if count == storage.count { grow(by: 1) }
    storage[count] = byte
    count += 1
  }

  package mutating func write(_ more: [UInt8]) { more.withUnsafeBytes { write($0) } }

  package mutating func write(_ other: ByteWriter) {
    other.storage.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[..<other.count])) }
  }

  package mutating func write(_ number: Int) { write(String(number)) }

  package mutating func newline() { write(byte: 0x0a) }

  /// So many times two spaces.
  package mutating func indent(_ depth: Int) {
    for _ in 0..<depth { write("  ") }
  }

  /// Takes back what was written after a place.
  package mutating func shorten(to place: Int) { count = place }

  /// How wide what was written after a place is in an editor, near enough: one column for each scalar.
  package func columns(after place: Int) -> Int {
    storage.withUnsafeBufferPointer { bytes in
      var columns = 0
      for byte in bytes[place..<count] { columns += byte & 0xc0 == 0x80 ? 0 : 1 }
      return columns
    }
  }

  @inline(__always)
  package mutating func write(_ more: UnsafeRawBufferPointer) {
    let start = count
    if storage.count - start < more.count { grow(by: more.count) }
    storage.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyMemory(from: more) }
    count = start + more.count
  }

  private mutating func grow(by more: Int) {
    var larger = ByteWriter(capacity: max(2 * storage.count, count + more))
    larger.write(self)
    self = larger
  }

  /// Bytes that nobody reads before they are written.
  private static func room(for capacity: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: capacity) { $1 = capacity }
  }
}
