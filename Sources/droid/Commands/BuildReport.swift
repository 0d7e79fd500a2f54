import DroidWorkspace

/// What a build says: one line if all is well.
struct BuildReport {
  private let name: String
  private let folder: OutputFolder
  private let generation: Generation
  private let report: OutputReport
  private let isComparison: Bool

  /// So many paths of a list are shown.
  private static let most = 20

  init(_ name: String, _ folder: OutputFolder, _ generation: Generation, _ report: OutputReport, isComparison: Bool) {
    self.name = name
    self.folder = folder
    self.generation = generation
    self.report = report
    self.isComparison = isComparison
  }

  func show(_ console: Console, nanoseconds: UInt64) -> ExitStatus {
    let time = Amount.milliseconds(nanoseconds)
    if isComparison { return showComparison(console, time) }
    let changed = report.changed.isEmpty ? "nothing changed" : counted(report.changed.count, "file") + " changed"
    console.print(
      "built \(name) into \(folder.path): \(([generation.summary].filter { !$0.isEmpty } + [changed]).joined(separator: "; ")) in \(time)"
    )
    showNotGenerated(console)
    guard !report.kept.isEmpty else { return .success }
    console.complain(
      "\(counted(report.kept.count, "file")) in `\(folder.path)` \(report.kept.count == 1 ? "is" : "are") not as generated,"
        + " and kept", help: "move your changes to `src/` or the droidfile; `--force` replaces what is listed here")
    list(report.kept) { console.writeError(Array(($0 + "\n").utf8)) }
    return .differences
  }

  private func showComparison(_ console: Console, _ time: String) -> ExitStatus {
    guard !report.differences.isEmpty else {
      console.print(
        "\(folder.path) is up to date with \(name): \(counted(report.unchanged, "file")) compared in \(time)")
      return .success
    }
    list(report.differences, console.print)
    let verb = report.differences.count == 1 ? "differs" : "differ"
    let kept = report.kept.count
    let advice =
      kept == 0
      ? "`droid build` mends it"
      : kept < report.differences.count
        ? "`droid build` mends what was not edited" : "it is kept until `droid build --force`"
    console.print("\(counted(report.differences.count, "file")) of \(folder.path) \(verb) from \(name); \(advice)")
    return .differences
  }

  private func list(_ differences: [OutputReport.Difference], _ print: (String) -> Void) {
    for difference in differences.prefix(Self.most) {
      let words = Self.words(difference.state)
      print("  \(words)" + String(repeating: " ", count: 13 - words.count) + folder.path + "/" + difference.path)
    }
    if differences.count > Self.most { print("  and \(differences.count - Self.most) more") }
  }

  private static func words(_ state: OutputState) -> String {
    switch state {
    case .missing: "missing"
    case .outOfDate: "out of date"
    case .stale: "stale"
    case .edited: "edited"
    case .staleAndEdited: "stale, edited"
    case .foreign: "not ours"
    }
  }

  /// What the droidfile says and nothing generates yet.
  private func showNotGenerated(_ console: Console) {
    let things = generation.notGenerated
    guard !things.isEmpty else { return }
    let shown = things.prefix(6).joined(separator: ", ")
    let more = things.count > 6 ? " and \(things.count - 6) more" : ""
    console.print("not generated yet: \(shown)\(more)")
  }
}
