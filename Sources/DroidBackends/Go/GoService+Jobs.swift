import DroidSemantics

/// What a job has in the place of ports: its work, which is done once.
extension GoService {
  var isJob: Bool { plan.component.kind == .job }
  /// How many processes share the work.
  private var parallel: Int64 { plan.component.properties.integer("parallel") ?? 1 }
  private var hasParts: Bool { parallel > 1 }

  var workSignature: String { "Run(ctx context.Context\(hasParts ? ", part, parts int" : "")) error" }

  var workDoc: String {
    let parts = "\n\nOf so many parts, which are counted from 0, this process does one."
    return "Run does the work, once. Its context ends when the cluster asks for the end.\(hasParts ? parts : "")"
  }

  var jobSettings: [(name: String, type: String, value: String)] {
    guard isJob, hasParts else { return [] }
    return [
      ("Part", "int", "env.Int(\"JOB_COMPLETION_INDEX\", 0, 0, 1_000_000)"),
      ("Parts", "int", "env.Int(\"JOB_PARTS\", \(parallel), 1, 1_000_000)"),
    ]
  }

  func writeWork(to file: inout GoFile) {
    if !hasParts {
      file.line("return process.Once(ctx, health, settings.Shutdown, service.Run)", depth: 1)
      return
    }
    file.lines(
      """
      \treturn process.Once(ctx, health, settings.Shutdown, func(ctx context.Context) error {
      \t\treturn service.Run(ctx, settings.Part, settings.Parts)
      \t})
      """)
  }

  func writeWorkStub(to file: inout GoFile) {
    file.use("context")
    file.line()
    file.line("func (s stub) Run(context.Context\(hasParts ? ", int, int" : "")) error { return s.err }")
  }
}
