import DroidBackends
import DroidSemantics
import DroidWorkspace

/// What the backends make of a system.
struct Generation {
  private(set) var drafts: [FileDraft] = []
  private(set) var notGenerated: [String] = []
  private var counts: [(noun: String, count: Int)] = []
  private var stages: [(target: Target, nanoseconds: UInt64, files: Int, bytes: Int)] = []

  init(_ systems: SystemSet, targets: [Target]) {
    for (target, generate) in Backends.all where targets.contains(target) {
      let start = MonotonicClock.nanoseconds
      let output = generate(systems)
      drafts += output.drafts
      counts += output.counts.filter { $0.count > 0 }
      for thing in output.notGenerated where !notGenerated.contains(thing) { notGenerated.append(thing) }
      let bytes = output.drafts.reduce(0) { $0 + $1.bytes.count }
      stages.append((target, MonotonicClock.nanoseconds - start, output.drafts.count, bytes))
    }
  }

  /// `3 services, 41 objects, 68 rules`.
  var summary: String { counts.map { counted($0.count, Self.singular($0.noun)) }.joined(separator: ", ") }

  /// Backends count in the plural.
  private static func singular(_ noun: String) -> String { noun.hasSuffix("s") ? String(noun.dropLast()) : noun }

  func addStages(to table: inout StageTable) {
    for stage in stages {
      table.add(
        stage.target.rawValue, stage.nanoseconds, "\(counted(stage.files, "file")), \(Amount.bytes(stage.bytes))")
    }
  }
}
