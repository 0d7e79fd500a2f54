/// Text, written as bytes into memory of its own: many times faster than joining strings, and than appending to an array,
/// which asks at each step who else holds it.
package struct ByteWriter: ~Copyable {
  @usableFromInline var start: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  /// How many bytes are written.
  @usableFromInline package var count = 0

  package init(capacity: Int = 4096) {
    self.capacity = max(capacity, 16)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  @usableFromInline var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// What is written.
  package var bytes: [UInt8] { Array(written) }

  package var text: String { String(decoding: written, as: UTF8.self) }

  @inlinable package mutating func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @_disfavoredOverload
  @inlinable package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  @inlinable @inline(__always)
  package mutating func write(byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  @inlinable package mutating func write(_ more: [UInt8]) { more.withUnsafeBytes { write($0) } }

  @inlinable package mutating func write(_ other: borrowing ByteWriter) { write(UnsafeRawBufferPointer(other.written)) }

  @inlinable package mutating func write(_ number: Int) { write(String(number)) }

  @inlinable package mutating func newline() { write(byte: 0x0a) }

  /// So many times two spaces.
  @inlinable package mutating func indent(_ depth: Int) {
    if capacity - count < 2 * depth { grow(by: 2 * depth) }
    (start + count).update(repeating: 0x20, count: 2 * depth)
    count += 2 * depth
  }

  /// Takes back what was written after a place.
  package mutating func shorten(to place: Int) { count = place }

  /// How wide what was written after a place is in an editor, near enough: one column for each scalar.
  package func columns(after place: Int) -> Int {
    var columns = 0
    for byte in written[place...] { columns += byte & 0xc0 == 0x80 ? 0 : 1 }
    return columns
  }

  @inlinable @inline(__always)
  package mutating func write(_ more: UnsafeRawBufferPointer) {
    guard let bytes = more.baseAddress else { return }
    if capacity - count < more.count { grow(by: more.count) }
    UnsafeMutableRawPointer(start + count).copyMemory(from: bytes, byteCount: more.count)
    count += more.count
  }

  @usableFromInline mutating func grow(by more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
  }
}
