import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// A unit that was read, parsed and checked, with how long each took.
struct CheckedUnit {
  let sources: Sources
  let result: CheckResult
  let checkNanoseconds: UInt64

  /// What is wrong with files, imports, syntax and meaning, in source order.
  let diagnostics: [Diagnostic]

  init(_ location: Location, firstFile: Int = 0, progress: Progress? = nil) throws(UsageError) {
    Heap.reserve()
    progress?.enter("reading")
    let library = BackgroundThread(Compiler.prepare)
    defer { library?.join() }
    do throws(ReadFailure) {
      sources = try SourceReader.read(location, firstFile: firstFile, parse: Compiler.parse)
    } catch {
      throw UsageError(error.message, help: error.help)
    }
    progress?.enter("checking")
    let start = MonotonicClock.nanoseconds
    result = Compiler.check(sources.input)
    checkNanoseconds = MonotonicClock.nanoseconds - start
    diagnostics =
      sources.diagnostics.isEmpty
      ? result.diagnostics : (sources.diagnostics + result.diagnostics).inSourceOrder()
  }

  /// The system, if nothing is wrong with it.
  var system: System? { diagnostics.hasErrors ? nil : result.base }

  func text(_ file: FileID) -> SourceText? { sources.texts[file] ?? Compiler.standardText(file) }
}

/// How findings are shown.
enum ReportFormat: String, CaseIterable {
  case human, json, sarif, github

  init(_ invocation: Invocation) { self = invocation.value("format").flatMap(Self.init) ?? .human }

  /// Shows findings: to a person on standard error, to a machine on standard output.
  func show(_ findings: Findings, _ console: Console) {
    switch self {
    case .human: console.writeError(HumanRenderer.render(findings, paint: console.errorPaint))
    case .json: console.write(JSONRenderer.render(findings))
    case .sarif: console.write(SARIFRenderer.render(findings))
    case .github: console.write(GitHubRenderer.render(findings))
    }
  }
}
