import DroidSemantics

/// What a job has in the place of ports: its work, which is done once.
extension PythonService {
  var isJob: Bool { plan.component.kind == .job }
  /// How many processes share the work.
  private var parallel: Int64 { plan.component.properties.integer("parallel") ?? 1 }
  private var hasParts: Bool { parallel > 1 }

  func writeJobSettings(to module: inout PythonModule) {
    if !hasParts { return }
    module.line("# Each of the processes does a part of the work.", depth: 1)
    module.line("job_completion_index: Annotated[int, Field(ge=0)] = 0", depth: 1)
    module.line("job_parts: Annotated[int, Field(ge=1)] = \(parallel)", depth: 1)
  }

  /// `async def run(self, part: int, parts: int) -> None:`
  var workSignature: PythonCode {
    .group(
      "async def run", .round, (["self"] + (hasParts ? ["part: int", "parts: int"] : [])).map { .text($0) },
      " -> None:")
  }

  var workDoc: String {
    let parts = "\n\nOf `parts` processes that share it, this one does the `part`, counted from 0."
    return "Do the work, once. It is cancelled when the cluster asks for the end." + (hasParts ? parts : "")
  }

  func jobMain() -> [UInt8] {
    var module = self.module("Run the job once: `python -m \(package)`.")
    module.use(".process", "running")
    module.use(".runtime.jobs", "once", "run")
    writeMainHead("Start, do the work, and end.", to: &module)
    module.line("async with running(settings, service_type) as process:", depth: 1)
    let parts = hasParts ? ["settings.job_completion_index", "settings.job_parts"] : []
    module.code(
      .call(
        "await once",
        [
          .call("process.service.run", parts.map { .text($0) }), .text("process.health"),
          .text("settings.shutdown_seconds"),
        ]), depth: 2)
    module.separate()
    module.line("if __name__ == \"__main__\":")
    module.line("run(main(load(Settings)))", depth: 1)
    return module.bytes()
  }

  func writeJobStub(to module: inout PythonModule) {
    module.line("done: ClassVar[list[tuple[int, ...]]] = []", depth: 1)
    module.line()
    module.code(workSignature, depth: 1)
    module.line("if self.error is not None:", depth: 2)
    module.line("raise self.error", depth: 3)
    module.line("self.done.append((\(hasParts ? "part, parts" : "")))", depth: 2)
  }

  func writeJobTests(to module: inout PythonModule) {
    module.use(module: "pytest")
    module.use("conftest", "Stub", "settings")
    module.use("\(package).__main__", "main")
    module.use("\(package).runtime.jobs", "run")
    module.separate()
    module.line("def test_the_work_is_done_once() -> None:")
    module.line("Stub.done.clear()", depth: 1)
    module.line("run(main(settings(), Stub))", depth: 1)
    module.line("assert Stub.done == [(\(hasParts ? "0, \(parallel)" : ""))]", depth: 1)
    module.separate()
    module.line("def test_a_failure_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:")
    module.line("monkeypatch.setattr(Stub, \"error\", ValueError(\"no luck\"))", depth: 1)
    module.line("with pytest.raises(SystemExit, match=\"1\"):", depth: 1)
    module.line("run(main(settings(), Stub))", depth: 2)
  }
}
