#if canImport(Glibc)
  import CMalloc
  import Glibc
#endif

/// Memory that is ready before it is asked for. A short process that fills many megabytes spends a good part of its time on
/// growing its heap by one page of 4 KB after the other; large pages, asked for at once, take that away. Nothing goes back
/// to the system before the process ends. A hint: without glibc, or where there is no room, nothing changes.
package enum Heap {
  /// For the first thread of a short process.
  package static func reserve() {
    #if canImport(Glibc)
      mallopt(M_MMAP_THRESHOLD, Int32(lengthInThread))
      mallopt(M_TRIM_THRESHOLD, .max)
      mallopt(M_TOP_PAD, 256 << 20)
      useLargePages(2 * largePage) { _ in sbrk(0) }
    #endif
  }

  /// For another thread of such a process.
  static func reserveForThread() {
    #if canImport(Glibc)
      useLargePages(lengthInThread) { $0 + lengthInThread }
    #endif
  }

  #if canImport(Glibc)
    private static let largePage = 2 << 20
    /// Less than half of what glibc lets the heap of a thread grow to, 64 MB.
    private static let lengthInThread = 24 << 20

    /// Makes the heap so much longer, and its end begin with a large page: what is before it in a small one is left out.
    private static func useLargePages(
      _ length: Int, until end: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
    ) {
      guard let block = malloc(length), let end = end(block) else { return }
      let gap = -Int(bitPattern: block) & (largePage - 1)
      free(block)
      // The heap writes down its length behind what is left out: still in a small page.
      guard let leftOut = malloc(max(0, gap - 64)) else { return }
      madvise(leftOut + gap, end - block - gap, MADV_HUGEPAGE)
    }
  #endif
}
