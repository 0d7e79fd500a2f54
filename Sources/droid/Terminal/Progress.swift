import DroidSyntax
import DroidWorkspace

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Says what is being done once it takes over a second: on a terminal, on one line that goes away; in a pipe, nothing.
final class Progress: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var stage = ""
  private var isDone = false
  private var isShown = false
  private let start = MonotonicClock.nanoseconds

  /// Nothing is started where nothing would be shown.
  init(_ console: Console) {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    guard console.errorIsTerminal else { return }
    _ = BackgroundThread { [self] in watch() }
  }

  /// Names what is done from now on.
  func enter(_ stage: String) {
    pthread_mutex_lock(mutex)
    self.stage = stage
    pthread_mutex_unlock(mutex)
  }

  /// Takes the line away.
  func finish() {
    pthread_mutex_lock(mutex)
    isDone = true
    if isShown { _ = Disk.send(Array("\r\u{1B}[K".utf8), to: 2) }
    isShown = false
    pthread_mutex_unlock(mutex)
  }

  private func watch() {
    usleep(1_000_000)
    while tick() { usleep(100_000) }
  }

  private func tick() -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isDone else { return false }
    let tenths = (MonotonicClock.nanoseconds - start) / 100_000_000
    let line = "\r\u{1B}[K\(stage) … \(tenths / 10).\(tenths % 10) s"
    _ = Disk.send(Array(line.utf8), to: 2)
    isShown = true
    return true
  }
}
