import DroidSyntax

/// What a check found, and what can be built from it.
package struct CheckResult: Sendable {
  /// In source order, those of the syntax too.
  package let diagnostics: [Diagnostic]
  /// What names and values mean; nil unless it was asked for.
  package let meanings: Meanings?
  /// Nil for a library, or where errors forbid it.
  private let draft: Draft?

  init(diagnostics: [Diagnostic], draft: Draft?, meanings: Meanings? = nil) {
    self.diagnostics = diagnostics
    self.draft = draft
    self.meanings = meanings
  }

  /// The system without any environment, made anew; nil for a library, or where errors forbid it.
  package var base: System? { draft?.base }

  /// The system in each of its environments, by their names, made anew; empty where `base` is nil.
  package var environments: [System] { draft.map { draft in draft.environments.map(draft.system) } ?? [] }

  /// The system in an environment; nil names the base.
  package func system(environment: String?) -> System? {
    guard let environment else { return base }
    guard let draft else { return nil }
    return draft.environments.first { $0.name == environment }.map(draft.system)
  }

  /// What `base` holds, without the work of making it.
  package var summary: Summary? { draft?.summary }

  /// How large a system is.
  package struct Summary: Sendable {
    package let name: String
    package let components: Int
    package let connections: Int
  }
}

/// Checks a unit: from trees to a `System` and everything that is wrong with them. Never stops at the first error, and
/// reports one error per cause: what follows from an error stays silent.
package final class Checker {
  private let library: StandardLibrary?
  /// The types of the standard library while it is read itself.
  var standardTypes: StandardTypes?
  var units: [Unit] = []
  var main: Unit { units[0] }

  /// How many may work at the same time.
  private(set) var threads = 1

  /// What names and values mean, if someone wants to know.
  var meanings: Meanings?

  private var found: [Diagnostic] = []
  private var reported: Set<Cause> = []

  /// What is being built; the check of a kind builds into one of its own.
  var builder = Builder()
  /// Types are the whole run's: filled before anything else is built.
  var types = TypeTable()
  var cachedConnectionSchema: Schema?
  var knownPresets: [Presets.Place: Presets] = [:]
  /// Patterns that not every language reads, where they stand.
  var patternsThatLook: [(pattern: String, range: SourceRange)] = []

  private struct Cause: Hashable {
    let code: DiagnosticCode
    let range: SourceRange
  }

  /// Without a standard library: to read that itself.
  init(standard: StandardLibrary?) { library = standard }

  var standard: StandardLibrary { library ?? .shared }
  var findings: [Diagnostic] { found }

  /// A pure function of the trees, however many threads work on it. Linear in their size.
  package static func check(_ input: CheckInput, threads: Int = 1) -> CheckResult {
    let checker = Checker(standard: .shared)
    checker.threads = threads
    return checker.run(input)
  }

  /// The same check, which also writes down what names and values mean.
  package static func study(_ input: CheckInput, threads: Int = 1) -> CheckResult {
    let checker = Checker(standard: .shared)
    checker.threads = threads
    checker.meanings = Meanings()
    return checker.run(input)
  }

  /// Reads the standard library, which the first check does otherwise.
  package static func prepare() { _ = StandardLibrary.shared }

  /// The text of a file of the standard library, which findings may point at.
  package static func standardText(_ file: FileID) -> SourceText? { StandardLibrary.text(of: file) }

  /// The tree of a file of the standard library.
  package static func standardTree(_ file: FileID) -> SyntaxTree? {
    StandardLibrary.shared.unit.input.trees.first { $0.source.file == file }
  }

  /// The names of types of data, sorted, and of what ports speak.
  package static var dataTypes: [String] { dataTypeNames.sorted() }
  package static var portTypes: [String] { portTypeNames }

  /// The signals that are always there, by name.
  package static var signalNames: [(name: String, doc: String?)] {
    StandardLibrary.shared.signals.values.map { ($0.name, $0.doc) }.sorted { $0.name < $1.name }
  }

  /// A letter, then letters and digits, joined by single `-` or `_`.
  package static func isName(_ text: String) -> Bool { isIdentifier(text) }

  private func run(_ input: CheckInput) -> CheckResult {
    for unit in input.units {
      for tree in unit.trees { found += tree.diagnostics }
    }
    guard !input.units.isEmpty else { return CheckResult(diagnostics: [], draft: nil) }
    collectUnits(input)
    resolveTypes()
    resolveKinds()
    checkKindBodies()
    let draft = buildSystem().map { Draft(system: $0, environments: buildEnvironments(of: $0)) }
    if let draft, !found.hasErrors {
      checkRegions(draft)
      checkPatches(draft)
      checkSignals(draft)
    }
    let diagnostics = found.inSourceOrder()
    return CheckResult(
      diagnostics: diagnostics, draft: diagnostics.hasErrors ? nil : draft, meanings: finishedMeanings())
  }

  /// Takes a finding, unless the same was found at the same place before: a template that is opened twice is wrong once.
  func report(
    _ code: DiagnosticCode, _ message: String, at range: SourceRange, _ label: String = "", notes: [Label] = [],
    help: String? = nil, fixes: [Fix] = [], in scope: Scope? = nil
  ) {
    guard reported.insert(Cause(code: code, range: range)).inserted else { return }
    var notes = notes
    if let instance = scope?.instance {
      notes.append(Label(instance.range, "in `\(instance.name)`, opened here"))
    }
    found.append(Diagnostic(code, message, at: range, label, notes: notes, help: help, fixes: fixes))
  }

  /// Takes what was found apart.
  func take(_ findings: [Diagnostic]) {
    for finding in findings
    where reported.insert(Cause(code: finding.code, range: finding.primary.range)).inserted {
      found.append(finding)
    }
  }

  /// "did you mean `orders`?" and the edit that writes it.
  func suggestion(
    _ name: String, among candidates: some Sequence<String>, at range: SourceRange
  ) -> (
    label: String, fixes: [Fix]
  ) {
    guard let nearest = Suggestion.nearest(to: name, among: candidates) else { return ("", []) }
    return ("did you mean `\(nearest)`?", [Fix("write `\(nearest)`", replacing: range, with: nearest)])
  }
}
