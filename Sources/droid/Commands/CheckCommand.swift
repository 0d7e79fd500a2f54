import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// `droid check`: what is wrong with a droidfile.
enum CheckCommand {
  static let command = Command(
    name: "check",
    summary: "say what is wrong with a droidfile",
    operands: .init(usage: "[PATH…]", sort: .path, count: 0...Int.max),
    options: [Command.format, Command.Option(name: "stats", summary: "print time and counts per stage")],
    details: """
      PATH is a folder (its *.droid files are one system), a file, or `-` for standard input.
      Without one it is this folder.
      """,
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    let start = MonotonicClock.nanoseconds
    let format = ReportFormat(invocation)
    let progress = Progress(console)
    var units: [CheckedUnit] = []
    do {
      var nextFile = 0
      for path in invocation.operands.isEmpty ? ["."] : invocation.operands {
        let unit = try CheckedUnit(Location(argument: path), firstFile: nextFile, progress: progress)
        nextFile += unit.sources.texts.count
        units.append(unit)
      }
    } catch {
      progress.finish()
      throw error
    }
    progress.finish()
    console.keep(units)

    let findings = Findings(units.flatMap(\.diagnostics)) { file in
      units.lazy.compactMap { $0.sources.texts[file] }.first ?? Compiler.standardText(file)
    }
    format.show(findings, console)
    let hasErrors = findings.diagnostics.hasErrors
    if format == .human, !hasErrors {
      let time = Amount.milliseconds(MonotonicClock.nanoseconds - start)
      for unit in units { console.print("checked \(summary(unit)) in \(time)") }
    }
    if invocation.has("stats") {
      for unit in units { StageTable.of(unit, total: MonotonicClock.nanoseconds - start).show(console) }
    }
    return hasErrors ? .errors : .success
  }

  /// `6 components, 5 connections`.
  static func size(_ system: CheckResult.Summary) -> String {
    counted(system.components, "component") + ", " + counted(system.connections, "connection")
  }

  /// `shop: 6 components, 5 connections`.
  private static func summary(_ unit: CheckedUnit) -> String {
    guard let system = unit.result.summary else {
      let name = unit.sources.mainTrees.first.flatMap { $0.source.path } ?? "it"
      return "\(name): a library"
    }
    return "\(system.name): \(size(system))"
  }
}
