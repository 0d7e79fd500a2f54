/// The elements of a tree in one block of memory: immutable and freely shared once it is built.
package struct FlatArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
  private let storage: FlatStorage<Element>
  package let count: Int

  fileprivate init(storage: FlatStorage<Element>, count: Int) {
    self.storage = storage
    self.count = count
  }

  /// The same elements in the same memory, with a count of references of its own.
  func twin() -> FlatArray { FlatArray(storage: FlatStorage(sharedWith: storage), count: count) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count, "no such element")
    return storage.base[index]
  }

  /// The elements as they lie in memory, for a pass that knows its bounds.
  func withUnsafeElements<Result>(_ body: (UnsafePointer<Element>) -> Result) -> Result {
    withExtendedLifetime(storage) { body(UnsafePointer(storage.base)) }
  }
}

/// Owns the memory, or keeps its owner; nobody writes to it after `FlatBuilder.finish`, so it may be shared.
private final class FlatStorage<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>

  /// Who owns the memory, where another does.
  private let owner: FlatStorage?

  init(_ base: UnsafeMutablePointer<Element>) {
    self.base = base
    owner = nil
  }

  init(sharedWith owner: FlatStorage) {
    base = owner.base
    self.owner = owner
  }

  deinit { if owner == nil { base.deallocate() } }
}

/// A growing block of memory with one owner: what `Array.append` does, without its tests for uniqueness.
struct FlatBuilder<Element: BitwiseCopyable & Sendable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = Swift.max(capacity, 16)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// The finished elements; the memory changes hands.
  consuming func finish() -> FlatArray<Element> {
    let result = FlatArray(storage: FlatStorage(base), count: count)
    discard self
    return result
  }
}
