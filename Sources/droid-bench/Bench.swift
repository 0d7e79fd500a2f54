import DroidBackends
import DroidSemantics
import DroidSyntax
import Foundation

/// Measures, and prints figures with the ratios that make them comparable between machines. Nothing here can fail a test.
@main
enum Bench {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "generate", let size = arguments.dropFirst().first.flatMap({ Int($0) }), size > 0 {
      FileHandle.standardOutput.write(Data(SystemGenerator.generate(size).utf8))
      return
    }
    if arguments.first == "lsp" { return LanguageServerBench.run() }
    if arguments.first == "backends" { return builds(Set(arguments.dropFirst())) }
    guard arguments.isEmpty else {
      FileHandle.standardError.write(
        Data("usage: droid-bench [generate N | backends [TARGET …] | lsp]\n".utf8))
      exit(2)
    }
    // Processes first: a child's peak of memory begins at that of its parent.
    processes()
    for megabytes in [1, 10] { syntax(megabytes) }
    builds()
    LanguageServerBench.run()
  }

  // MARK: Lexing and parsing.

  private static func syntax(_ megabytes: Int) {
    let unit = SystemGenerator.generate(1_000)
    let header = "droid 1\nsystem generated\n"
    var text = header
    let body = unit.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).joined(separator: "\n")
    while text.utf8.count < megabytes * 1_000_000 { text += body }
    let source = SourceText(file: FileID(0), path: "generated.droid", bytes: Array(text.utf8))
    let size = Double(source.bytes.count) / 1e6
    let parse = best(of: 7) { _ = Parser.parse(source).nodes.count }
    var sum: UInt64 = 0
    let bytes = best(of: 7) { for byte in source.bytes { sum &+= UInt64(byte) } }
    let json = Data(json(of: source.bytes.count).utf8)
    let foundation = best(of: 3) { _ = try? JSONSerialization.jsonObject(with: json) }
    let jsonSpeed = Double(json.count) / 1e6 / foundation
    row(
      "lex and parse, \(megabytes) MB", String(format: "%.0f MB/s", size / parse),
      String(
        format: "1/%.1f of a byte sum, %.1f times JSONSerialization (%.0f MB/s)%@", parse / bytes,
        size / parse / jsonSpeed,
        jsonSpeed, sum == 0 ? " " : ""))
  }

  /// A JSON document of about a size, of the shape of a droidfile.
  private static func json(of size: Int) -> String {
    let item =
      #"{"component":"service-1","kind":"Service","replicas":[2,10],"cpu":0.25,"ports":[{"in":"api","type":"REST"}]},"#
    return "[" + String(repeating: item, count: size / item.utf8.count) + "0]"
  }

  // MARK: Whole processes.

  private static func processes() {
    let droid = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(
      "droid"
    ).path
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("droid-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var times: [Int: Double] = [:]
    row("droid version", milliseconds(spawn(droid, ["version"], times: 30)?.seconds), "start-up of the process")
    for size in [1_000, 10_000] {
      let file = folder.appendingPathComponent("\(size).droid")
      let text = SystemGenerator.generate(size)
      try? Data(text.utf8).write(to: file)
      guard let run = spawn(droid, ["check", file.path], times: 7) else {
        row("droid check, \(size) components", "failed", "run `droid-bench generate \(size) | droid check -`")
        continue
      }
      times[size] = run.seconds
      row(
        "droid check, \(size) components", milliseconds(run.seconds),
        String(format: "%.1f MB of text, %.0f MB of memory at most", Double(text.utf8.count) / 1e6, run.megabytes))
    }
    if let small = times[1_000], let large = times[10_000] {
      row("growth from 1,000 to 10,000", String(format: "%.1f times", large / small), "of the time of a check")
    }
    let output = folder.appendingPathComponent("out").path
    let file = folder.appendingPathComponent("1000.droid").path
    for run in ["first", "second"] {
      let result = spawn(droid, ["build", file, "-o", output], times: 1)
      row("droid build, 1,000 components, \(run) run", milliseconds(result?.seconds), "with the disk")
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], times: Int
  ) -> (seconds: Double, megabytes: Double)? {
    var result: (Double, Double)?
    for _ in 0..<times {
      var pid = pid_t()
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
      defer { posix_spawn_file_actions_destroy(&actions) }
      var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
      defer { for pointer in argv { free(pointer) } }
      let start = now()
      guard posix_spawn(&pid, program, &actions, nil, &argv, environ) == 0 else { return nil }
      var status: Int32 = 0
      var usage = rusage()
      guard wait4(pid, &status, 0, &usage) == pid, status == 0 else { return nil }
      let seconds = now() - start
      if result.map({ seconds < $0.0 }) ?? true { result = (seconds, Double(usage.ru_maxrss) / 1024) }
    }
    return result
  }

  // MARK: Backends, without the disk.

  /// All of them, unless some are named.
  private static func builds(_ wanted: Set<String> = []) {
    let text = SystemGenerator.generate(1_000)
    let tree = Parser.parse(SourceText(file: FileID(0), path: "generated.droid", text: text))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    guard let base = result.base else {
      for finding in result.diagnostics.prefix(5) { print("  \(finding.code.rawValue): \(finding.message)") }
      return row("backends", "failed", "the generated system has errors")
    }
    var total = best(of: 3) { _ = SystemSet(base: base, environments: result.environments).plans.count }
    row("plan, 1,000 components", milliseconds(total), "once, for all backends; contracts included")
    let systems = SystemSet(base: base, environments: result.environments)
    for (name, generate) in Backends.all where wanted.isEmpty || wanted.contains(name.rawValue) {
      var size = 0
      let seconds = best(of: 3) { size = generate(systems).drafts.reduce(0) { $0 + $1.bytes.count } }
      total += seconds
      row(
        "\(name), 1,000 components", milliseconds(seconds),
        String(format: "%.1f MB, %.0f MB/s", Double(size) / 1e6, Double(size) / 1e6 / seconds))
    }
    row("all backends", milliseconds(total), "processor time besides file calls")
  }

  // MARK: Tools.

  static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Processor time, which others on the machine lengthen least.
  private static func best(of times: Int, _ body: () -> Void) -> Double {
    (0..<times).map { _ in
      let start = now(CLOCK_PROCESS_CPUTIME_ID)
      body()
      return now(CLOCK_PROCESS_CPUTIME_ID) - start
    }.min() ?? 0
  }

  static func milliseconds(_ seconds: Double?) -> String {
    seconds.map { String(format: "%.1f ms", $0 * 1000) } ?? "failed"
  }

  static func row(_ name: String, _ figure: String, _ note: String) {
    print(
      name.padding(toLength: 40, withPad: " ", startingAt: 0),
      figure.padding(toLength: 12, withPad: " ", startingAt: 0), note)
  }
}
