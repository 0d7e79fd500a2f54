#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work on several threads, without the start-up cost of a run-time for tasks.
package enum Concurrent {
  /// How many threads may run at the same time.
  package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The elements, each transformed, in their order. The calling thread does its share. With a heap reserved, the others ask
  /// for theirs at once, as a short process does.
  package static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int, reservesHeap: Bool = false,
    _ transform: @Sendable @escaping (Element) -> Result
  ) -> [Result] {
    guard threads > 1, elements.count > 1 else { return elements.map(transform) }
    let queue = Queue(elements, transform)
    let others = (1..<min(threads, elements.count)).compactMap { _ in
      BackgroundThread {
        if reservesHeap { Heap.reserveForThread() }
        queue.run()
      }
    }
    queue.run()
    for thread in others { thread.join() }
    return queue.results
  }
}

extension Array {
  /// In so many parts of about one length, none of them empty.
  package func split(among count: Int) -> [[Element]] {
    let length = Swift.max(1, (self.count + count - 1) / count)
    return stride(from: 0, to: self.count, by: length).map { Array(self[$0..<Swift.min($0 + length, self.count)]) }
  }
}

/// A thread that runs one closure.
package struct BackgroundThread {
  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let handle: pthread_t

  /// None if the system has no more threads.
  package init?(_ body: @escaping @Sendable () -> Void) {
    let job = Unmanaged.passRetained(Job(body))
    var handle = pthread_t()
    guard pthread_create(&handle, nil, { Self.start($0) }, job.toOpaque()) == 0 else {
      job.release()
      return nil
    }
    self.handle = handle
  }

  private static func start(_ job: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let job { Unmanaged<Job>.fromOpaque(job).takeRetainedValue().body() }
    return nil
  }

  /// Waits until the closure has returned.
  package func join() { pthread_join(handle, nil) }
}

/// Elements of which each thread takes the next one until none is left. A mutex guards what changes.
private final class Queue<Element: Sendable, Result: Sendable>: @unchecked Sendable {
  private let elements: [Element]
  private let transform: @Sendable (Element) -> Result
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var next = 0
  private var done: [Result?]

  init(_ elements: [Element], _ transform: @escaping @Sendable (Element) -> Result) {
    self.elements = elements
    self.transform = transform
    done = Array(repeating: nil, count: elements.count)
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  var results: [Result] { done.compactMap { $0 } }

  func run() {
    while let index = take() {
      let result = transform(elements[index])
      pthread_mutex_lock(mutex)
      done[index] = result
      pthread_mutex_unlock(mutex)
    }
  }

  private func take() -> Int? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard next < elements.count else { return nil }
    next += 1
    return next - 1
  }
}
