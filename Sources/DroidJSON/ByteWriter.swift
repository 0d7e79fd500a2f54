#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Text, written as bytes into memory of its own: many times faster than joining strings, and than appending to an array,
/// which asks at each step who else holds it.
package struct ByteWriter: ~Copyable {
  @usableFromInline var start: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  /// How many bytes are written.
  @usableFromInline package var count = 0

  package init(capacity: Int = 4096) {
    self.capacity = max(capacity, 16)
    start = Self.memory(nil, self.capacity)
  }

  deinit { free(start) }

  @usableFromInline var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// What is written.
  package var bytes: [UInt8] { Array(written) }

  package var text: String { String(decoding: written, as: UTF8.self) }

  @inlinable package mutating func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @_disfavoredOverload
  @inlinable package mutating func write(_ text: String) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0)) }
    if done == nil { write(Array(text.utf8)) }
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

  /// Is what was written after a place wider in an editor, near enough: one column for each scalar?
  package func isWider(than width: Int, after place: Int) -> Bool {
    if count - place <= width { return false }
    var columns = 0
    for index in place..<count { columns += start[index] & 0xc0 == 0x80 ? 0 : 1 }
    return columns > width
  }

  @inlinable @inline(__always)
  package mutating func write(_ more: UnsafeRawBufferPointer) {
    guard let bytes = more.baseAddress else { return }
    if capacity - count < more.count { grow(by: more.count) }
    UnsafeMutableRawPointer(start + count).copyMemory(from: bytes, byteCount: more.count)
    count += more.count
  }

  /// Large memory is moved by renaming its pages.
  @usableFromInline mutating func grow(by more: Int) {
    capacity = max(2 * capacity, count + more)
    start = Self.memory(start, capacity)
  }

  private static func memory(_ old: UnsafeMutablePointer<UInt8>?, _ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    guard let memory = realloc(old, capacity) else { preconditionFailure("no memory is left") }
    return memory.assumingMemoryBound(to: UInt8.self)
  }
}
