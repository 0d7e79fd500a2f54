import DroidBackends
import DroidSemantics
import DroidWorkspace

/// What the backends make of a system.
struct Generation {
  private(set) var drafts: [FileDraft] = []
  private(set) var notGenerated: [String] = []
  private var counts: [(noun: String, count: Int)] = []
  private var stages: [(name: String, nanoseconds: UInt64, note: String)] = []

  init(of base: System, in environments: [System], ofAll all: [System]? = nil, targets: [Target]) {
    var start = MonotonicClock.nanoseconds
    func stage(_ name: String, _ note: String) {
      let end = MonotonicClock.nanoseconds
      stages.append((name, end - start, note))
      start = end
    }
    let systems = SystemSet(base: base, environments: environments, of: all)
    stage("plan", counted(systems.plans.count, "service"))
    var missing: Set<String> = []
    for (target, generate) in Backends.all where targets.contains(target) {
      let output = generate(systems)
      drafts += output.drafts
      for (noun, count) in output.counts where count > 0 {
        // Services are written in several languages.
        if let at = counts.firstIndex(where: { $0.noun == noun }) {
          counts[at].count += count
        } else {
          counts.append((noun, count))
        }
      }
      notGenerated += output.notGenerated.filter { missing.insert($0).inserted }
      let bytes = output.drafts.reduce(0) { $0 + $1.bytes.count }
      stage(target.rawValue, "\(counted(output.drafts.count, "file")), \(Amount.bytes(bytes))")
    }
  }

  /// `3 services, 41 objects, 68 rules`.
  var summary: String { counts.map { counted($0.count, Self.singular($0.noun)) }.joined(separator: ", ") }

  /// Backends count in the plural.
  private static func singular(_ noun: String) -> String { noun.hasSuffix("s") ? String(noun.dropLast()) : noun }

  func addStages(to table: inout StageTable) {
    for stage in stages { table.add(stage.name, stage.nanoseconds, stage.note) }
  }
}
