#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that was started and has not been forgotten yet. It leads a process group of its own, so that a signal from the
/// terminal reaches `droid` alone, and what the program starts ends with it.
package struct ChildProcess: Sendable {
  package let identifier: Int32
  /// Both of its streams, as they come.
  package let output: Int32

  /// - Parameters:
  ///   - program: The path of the program.
  ///   - environment: All that it finds in its environment.
  package init(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String]
  ) throws(FileFailure) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FileFailure("start", program, errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process ignores or blocks is its own affair.
    var none = sigset_t()
    sigemptyset(&none)
    var usual = sigset_t()
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = Int(POSIX_SPAWN_SETPGROUP) | Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    // The shell enters the folder and becomes the program: the call that would do so is not in every C library.
    let shell = "/bin/sh"
    let words = ([shell, "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier = pid_t()
    let failure = posix_spawn(&identifier, shell, &actions, &attributes, words, variables)
    close(ends[1])
    guard failure == 0 else {
      close(ends[0])
      throw FileFailure("start", program, errno: failure)
    }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    self.identifier = identifier
    output = ends[0]
  }

  /// Sends a signal to the program and all that it started.
  package func signal(_ number: Int32) { kill(-identifier, number) }

  /// How it ended; nil while it runs.
  package func ending(wait: Bool = false) -> Ending? {
    var status: Int32 = 0
    while true {
      let result = waitpid(identifier, &status, wait ? 0 : WNOHANG)
      if result == 0 { return nil }
      if result < 0 && errno == EINTR { continue }
      let signal = status & 0x7f
      return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }
  }

  package enum Ending: Equatable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    package var isGood: Bool { self == .code(0) }
    package var description: String {
      switch self {
      case .code(let code): "ended with \(code)"
      case .signal(let signal): "was ended by signal \(signal)"
      }
    }
  }
}

/// Programs of this machine.
package enum Programs {
  /// The variables of this process.
  package static var environment: [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let sign = text.firstIndex(of: "=") {
        result[String(text[..<sign])] = String(text[text.index(after: sign)...])
      }
      next += 1
    }
    return result
  }

  /// Where the first of some programs is: in `PATH`, or in one of the folders that packages keep it in.
  package static func find(_ names: String..., alsoIn folders: [String] = []) -> String? {
    let path = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
    for name in names {
      for folder in path + folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
    }
    return nil
  }

  package static var isRoot: Bool { geteuid() == 0 }

  /// Runs a program to its end: how it ended, and what it said.
  package static func run(
    _ program: String, _ arguments: [String], in folder: String = ".", environment: [String: String]? = nil
  ) throws(FileFailure) -> (ending: ChildProcess.Ending, output: String) {
    let child = try ChildProcess(program, arguments, in: folder, environment: environment ?? Self.environment)
    defer { close(child.output) }
    var bytes: [UInt8] = []
    while true {
      var entry = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, -1)
      guard let more = LineReader.read(child.output) else { break }
      bytes += more
    }
    return (child.ending(wait: true) ?? .code(0), String(decoding: bytes, as: UTF8.self))
  }
}

/// Makes lines of what comes in pieces.
package struct LineReader: Sendable {
  private var rest: [UInt8] = []

  package init() {}

  /// What there is to read now: empty if nothing, nil at the end.
  static func read(_ descriptor: Int32) -> [UInt8]? {
    var isAtEnd = false
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      count = max(0, got)
      isAtEnd = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)
    }
    return isAtEnd ? nil : bytes
  }

  /// The lines that are whole now. A line without an end is cut after 64 KiB.
  package mutating func lines(with bytes: [UInt8]) -> [String] {
    rest += bytes
    var lines: [String] = []
    var start = 0
    for (index, byte) in rest.enumerated() where byte == UInt8(ascii: "\n") || index - start == 1 << 16 {
      lines.append(String(decoding: rest[start..<index], as: UTF8.self))
      start = byte == UInt8(ascii: "\n") ? index + 1 : index
    }
    rest.removeFirst(start)
    return lines
  }

  /// What was left without an end.
  package mutating func last() -> String? {
    defer { rest = [] }
    return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }
}
