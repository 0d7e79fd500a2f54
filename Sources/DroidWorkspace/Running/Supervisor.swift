#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs the processes of a system until it is told to stop: starts each when the one before is well, tells what they say and how
/// they are, starts again what ends on its own, and stops all of them, the last first.
package struct Supervisor {
  /// Something to run.
  package struct Program: Sendable {
    package let name: String
    package let path: String
    package let arguments: [String]
    package let folder: String
    package let environment: [String: String]
    package let health: Health

    package init(
      name: String, path: String, arguments: [String], folder: String, environment: [String: String], health: Health
    ) {
      self.name = name
      self.path = path
      self.arguments = arguments
      self.folder = folder
      self.environment = environment
      self.health = health
    }
  }

  /// How one sees that a program is well.
  package enum Health: Sendable {
    /// It takes connections.
    case connection(port: Int)
    /// It answers `/readyz` with 200.
    case readiness(port: Int)

    /// Why it is not well; empty if it is, nil if it does not answer.
    fileprivate var complaint: String? {
      switch self {
      case .connection(let port): return LocalNetwork.answers(port) ? "" : nil
      case .readiness(let port):
        guard let (status, body) = LocalNetwork.get("/readyz", port: port) else { return nil }
        return status == 200 ? "" : body.filter { !$0.isNewline }
      }
    }
  }

  package enum State: Equatable, Sendable {
    case waiting
    case starting
    case ready
    /// It runs, and says why it cannot be asked now.
    case unready(String)
    /// It ended on its own, and will be started again.
    case failed(String)
    case stopping
    case stopped
  }

  /// What there is to tell.
  package enum Event: Sendable {
    case line(program: Int, String)
    case state(program: Int, State)
  }

  private struct Run {
    let program: Program
    var child: ChildProcess?
    var reader = LineReader()
    var state = State.waiting
    var started: UInt64 = 0
    /// When it is started again.
    var due: UInt64?
    /// How often it ended since it was last well for a while.
    var failures: UInt64 = 0
    var stopBy: UInt64?
  }

  private var runs: [Run]
  private let show: (Event) -> Void
  private let news: Newsroom
  private var isStopping = false

  private static let second: UInt64 = 1_000_000_000
  /// The next program starts when the one before is well, or has taken this long.
  private static let patience = 20 * second
  /// A program that has been well for so long is forgiven its failures.
  private static let probation = 30 * second

  package init(_ programs: [Program], show: @escaping (Event) -> Void) throws(RunFailure) {
    runs = programs.map { Run(program: $0) }
    self.show = show
    guard let news = Newsroom(programs.map(\.health)) else { throw RunFailure("this machine has no more threads") }
    self.news = news
  }

  /// Returns when everything has stopped.
  package mutating func run() {
    while true {
      startWhatIsDue()
      if isStopping, stopOne() { return }
      waitForSomething()
      notice()
    }
  }

  // MARK: Starting and stopping

  private mutating func startWhatIsDue() {
    guard !isStopping else { return }
    for index in runs.indices {
      switch runs[index].state {
      case .waiting:
        if index > 0, !isSettled(runs[index - 1]) { return }
        start(index)
      case .failed:
        if let due = runs[index].due, due <= MonotonicClock.nanoseconds { start(index) }
      default: break
      }
    }
  }

  private func isSettled(_ run: Run) -> Bool {
    run.state == .ready || (run.state != .waiting && MonotonicClock.nanoseconds - run.started > Self.patience)
  }

  private mutating func start(_ index: Int) {
    let program = runs[index].program
    runs[index].started = MonotonicClock.nanoseconds
    runs[index].due = nil
    do throws(FileFailure) {
      runs[index].child = try ChildProcess(
        program.path, program.arguments, in: program.folder, environment: program.environment)
      set(index, .starting)
    } catch {
      fail(index, error.message)
    }
  }

  private mutating func fail(_ index: Int, _ reason: String) {
    let now = MonotonicClock.nanoseconds
    if now - runs[index].started > Self.probation { runs[index].failures = 0 }
    runs[index].due = now + min(30, 1 << min(runs[index].failures, 5)) * Self.second
    runs[index].failures += 1
    set(index, .failed(reason))
  }

  /// Stops the last program that still runs; whether none does.
  private mutating func stopOne() -> Bool {
    guard let index = runs.lastIndex(where: { $0.child != nil }), let child = runs[index].child else { return true }
    let now = MonotonicClock.nanoseconds
    if let limit = runs[index].stopBy {
      if now > limit { child.signal(SIGKILL) }
    } else {
      runs[index].stopBy = now + 35 * Self.second
      set(index, .stopping)
      // PostgreSQL waits for its clients at SIGTERM; they have gone, and SIGINT does not ask.
      if case .connection = runs[index].program.health { child.signal(SIGINT) } else { child.signal(SIGTERM) }
    }
    return false
  }

  private mutating func set(_ index: Int, _ state: State) {
    guard runs[index].state != state else { return }
    runs[index].state = state
    show(.state(program: index, state))
  }

  // MARK: Listening

  private func waitForSomething() {
    var entries = [pollfd(fd: news.reader, events: Int16(POLLIN), revents: 0)]
    for run in runs {
      if let child = run.child { entries.append(pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)) }
    }
    _ = poll(&entries, nfds_t(entries.count), 200)
  }

  private mutating func notice() {
    for index in runs.indices where runs[index].child != nil { listen(to: index) }
    for item in news.items() {
      switch item {
      case .signal:
        if isStopping { for run in runs { run.child?.signal(SIGKILL) } }
        isStopping = true
      case .health(let index, let complaint): hear(index, complaint)
      }
    }
  }

  private mutating func listen(to index: Int) {
    guard let child = runs[index].child else { return }
    let isAtEnd = showOutput(of: child, index)
    guard let ending = child.ending(wait: isAtEnd && kill(child.identifier, 0) != 0) else { return }
    // What it said after we last looked, and before it ended.
    _ = showOutput(of: child, index)
    if let line = runs[index].reader.last() { show(.line(program: index, line)) }
    // What it started and left behind must not outlive it.
    child.signal(SIGKILL)
    close(child.output)
    runs[index].child = nil
    if isStopping { set(index, .stopped) } else { fail(index, ending.description) }
  }

  /// Shows what a program has said by now; whether that was all that it will ever say.
  private mutating func showOutput(of child: ChildProcess, _ index: Int) -> Bool {
    while let bytes = LineReader.read(child.output) {
      if bytes.isEmpty { return false }
      for line in runs[index].reader.lines(with: bytes) { show(.line(program: index, line)) }
    }
    return true
  }

  private mutating func hear(_ index: Int, _ complaint: String?) {
    switch runs[index].state {
    case .starting, .ready, .unready:
      if complaint == "" {
        set(index, .ready)
      } else if runs[index].state != .starting {
        set(index, .unready(complaint ?? "it does not answer"))
      }
    default: break
    }
  }
}

/// What threads beside the supervisor's have to say: that a signal came, and how programs are.
private struct Newsroom {
  enum Item: Sendable {
    case signal
    case health(program: Int, String?)
  }

  /// There is something to read when there is news.
  let reader: Int32
  private let box = Box()

  private final class Box: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var items: [Item] = []

    init() {
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }

    func put(_ item: Item) {
      pthread_mutex_lock(mutex)
      items.append(item)
      pthread_mutex_unlock(mutex)
    }

    func takeAll() -> [Item] {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      defer { items = [] }
      return items
    }
  }

  init?(_ programs: [Supervisor.Health]) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    reader = ends[0]
    let writer = ends[1]
    // Blocked in every thread, these wait for the one that asks for them.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let box = box
    @Sendable func tell(_ item: Item) {
      box.put(item)
      _ = Disk.send([0], to: writer)
    }
    let waits = BackgroundThread { [signals] in
      var number: Int32 = 0
      while true { if withUnsafePointer(to: signals, { sigwait($0, &number) }) == 0 { tell(.signal) } }
    }
    let looks = BackgroundThread {
      while true {
        for (index, health) in programs.enumerated() { tell(.health(program: index, health.complaint)) }
        usleep(500_000)
      }
    }
    guard waits != nil, looks != nil else { return nil }
  }

  func items() -> [Item] {
    _ = LineReader.read(reader)
    return box.takeAll()
  }
}
