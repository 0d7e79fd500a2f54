import DroidWorkspace

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The two streams of a process. What is written is kept until `flush`, and a reader that has gone away is no error.
final class Console {
  let outputIsTerminal: Bool
  let errorIsTerminal: Bool
  private let mayColor: Bool
  private var output: [UInt8] = []
  private var kept: [Any] = []

  init() {
    // A reader that stops reading, and a file that may not grow, are reported by the call that meets them.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    outputIsTerminal = isatty(1) == 1
    errorIsTerminal = isatty(2) == 1
    mayColor = (Self.environment("NO_COLOR") ?? "").isEmpty && Self.environment("TERM") != "dumb"
  }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Colour for what goes to standard output.
  var outputPaint: Paint { Paint(isColored: mayColor && outputIsTerminal) }
  /// Colour for what goes to standard error.
  var errorPaint: Paint { Paint(isColored: mayColor && errorIsTerminal) }

  func write(_ bytes: [UInt8]) { output.append(contentsOf: bytes) }

  func print(_ line: String) {
    output.append(contentsOf: line.utf8)
    output.append(UInt8(ascii: "\n"))
  }

  /// Writes to standard error at once, after what went to standard output before it.
  func writeError(_ bytes: [UInt8]) {
    flush()
    _ = Disk.send(bytes, to: 2)
  }

  /// One sentence to standard error, and what to do about it.
  func complain(_ message: String, help: String?) {
    let paint = errorPaint
    var text = paint.severity(.error, "error") + paint.bold(": " + VisibleText.line(message)) + "\n"
    if let help { text += "  " + paint.bold("help:") + " " + VisibleText.line(help) + "\n" }
    writeError(Array(text.utf8))
  }

  func flush() {
    guard !output.isEmpty else { return }
    let failure = Disk.send(output, to: 1)
    output.removeAll()
    if failure != 0 && failure != EPIPE {
      let text = "error: cannot write standard output: \(String(cString: strerror(failure)))\n"
      _ = Disk.send(Array(text.utf8), to: 2)
      exit(.usage)
    }
  }

  /// Keeps a value until the process ends. To give back the memory of a large one piece by piece, just before all of it
  /// goes at once, would take a tenth of a check.
  func keep(_ value: Any) { kept.append(value) }

  func exit(_ status: ExitStatus) -> Never { endProcess(status.rawValue) }

  /// The most memory that the process has had, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}

/// The function of the system, which the method of the same name would hide.
private func endProcess(_ status: Int32) -> Never { exit(status) }
