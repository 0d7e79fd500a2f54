import DroidBackends
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// `droid build`: from a droidfile to files.
enum BuildCommand {
  static let command = Command(
    name: "build",
    summary: "generate services, manifests and alerts",
    operands: .init(usage: "[PATH]", sort: .path, count: 0...1),
    options: [
      Command.Option(
        name: "output", letter: "o", value: "OUT",
        summary: "the folder to write into (default: `out` beside the droidfile)"),
      Command.Option(
        name: "target", value: "NAME", choices: Target.allCases.map(\.rawValue), mayRepeat: true,
        summary: "only this output: \(Target.allCases.map(\.rawValue).joined(separator: ", "))"),
      Command.Option(name: "environment", value: "NAME", mayRepeat: true, summary: "only this environment's overlays"),
      Command.Option(name: "check", summary: "write nothing; say what differs, and exit 3 if anything does"),
      Command.Option(name: "force", summary: "replace generated files that were edited by hand"),
      Command.Option(name: "stats", summary: "print time and counts per stage"),
      Command.format,
    ],
    details: """
      Generated files are kept equal to the droidfile: stale ones are removed, edited ones reported and kept.
      Files under `src/` are written once and then yours. With --target or --environment nothing is removed.
      """,
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    let progress = Progress(console)
    defer { progress.finish() }
    let start = MonotonicClock.nanoseconds
    let format = ReportFormat(invocation)
    let unit = try CheckedUnit(Location(argument: invocation.operands.first ?? "."), progress: progress)
    if format != .human || !unit.diagnostics.isEmpty {
      progress.finish()
      format.show(Findings(unit.diagnostics, texts: unit.text), console)
    }
    if unit.diagnostics.hasErrors { return .errors }
    guard let system = unit.system else {
      throw UsageError("this is a library: there is nothing to build", help: "build a system that imports it")
    }

    let folder = outputFolder(invocation, unit)
    try refuseSources(folder, unit)
    let environments = try chosenEnvironments(invocation.values("environment"), unit.result)
    let wanted = invocation.values("target").compactMap(Target.init)
    progress.enter("generating \(system.name)")
    let generation = Generation(
      of: system, in: environments, ofAll: unit.result.environments,
      targets: wanted.isEmpty ? Target.allCases : wanted)

    progress.enter("writing \(folder.path)")
    let options = OutputFolder.Options(
      isForced: invocation.has("force"), isComparison: invocation.has("check"),
      isPartial: !wanted.isEmpty || invocation.has("environment"))
    let writeStart = MonotonicClock.nanoseconds
    let report: OutputReport
    var renames = RenamedOperations()
    do throws(OutputFailure) {
      report = try folder.update(
        generation.drafts, options, replacing: { renames.look(at: $0, in: folder) },
        progress: { done, of in
          if done % 256 == 0 { progress.enter("writing \(folder.path): \(done) of \(of) files") }
        })
    } catch {
      throw UsageError(error.message, help: error.help)
    }
    let end = MonotonicClock.nanoseconds
    progress.finish()

    var status = ExitStatus.success
    if format == .human {
      status = BuildReport(system.name, folder, generation, report, isComparison: options.isComparison)
        .show(console, nanoseconds: end - start)
      renames.show(console, folder)
    } else if options.isComparison ? !report.differences.isEmpty : !report.kept.isEmpty {
      status = .differences
    }
    if invocation.has("stats") {
      var table = StageTable.of(unit)
      generation.addStages(to: &table)
      table.add(
        options.isComparison ? "compare" : "compare, write", end - writeStart,
        "\(report.unchanged) unchanged, \(report.changed.count) changed, \(Amount.bytes(report.bytesWritten)) written")
      table.finish(end - start)
      table.show(console)
    }
    return status
  }

  /// What `--output` says, else `out` beside the droidfiles.
  static func outputFolder(_ invocation: Invocation, _ unit: CheckedUnit) -> OutputFolder {
    if let said = invocation.value("output") { return OutputFolder(said) }
    return .beside(unit.sources.input.units.first?.folder ?? "")
  }

  /// Generated files beside or around the droidfiles would be taken for sources, by people and by git.
  static func refuseSources(_ folder: OutputFolder, _ unit: CheckedUnit) throws(UsageError) {
    guard let output = Disk.realPath(folder.path) else { return }
    for source in unit.sources.input.units {
      guard let place = Disk.realPath(source.folder.isEmpty ? "." : source.folder) else { continue }
      if place == output || place.hasPrefix(output == "/" ? "/" : output + "/") {
        throw UsageError(
          "`\(folder.path)` holds the droidfiles, and generated files would stand among them",
          help: "build into a folder of its own: `-o \(folder.path == "." ? "out" : folder.path + "/out")`")
      }
    }
  }

  static func chosenEnvironments(_ names: [String], _ result: CheckResult) throws(UsageError) -> [System] {
    let environments = result.environments
    guard !names.isEmpty else { return environments }
    let known = environments.compactMap(\.environment)
    for name in names where !known.contains(name) {
      let nearest = Suggestion.nearest(to: name, among: known)
      let list = known.map { "`\($0)`" }.joined(separator: ", ")
      throw UsageError(
        "no environment is called `\(name)`",
        help: nearest.map { "did you mean `\($0)`?" } ?? (known.isEmpty ? "the system has none" : "there is \(list)"))
    }
    return environments.filter { names.contains($0.environment ?? "") }
  }
}
