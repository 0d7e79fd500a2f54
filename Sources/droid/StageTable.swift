import DroidWorkspace

/// What `--stats` prints: a line a stage.
struct StageTable {
  private var rows: [(stage: String, nanoseconds: UInt64?, note: String)] = []

  mutating func add(_ stage: String, _ nanoseconds: UInt64?, _ note: String = "") {
    rows.append((stage, nanoseconds, note))
  }

  /// The stages that every command has.
  static func of(_ unit: CheckedUnit) -> StageTable {
    let statistics = unit.sources.statistics
    var table = StageTable()
    table.add(
      "read", statistics.readNanoseconds, "\(counted(statistics.files, "file")), \(Amount.bytes(statistics.bytes))")
    let speed = statistics.parseNanoseconds == 0 ? 0 : UInt64(statistics.bytes) * 1_000 / statistics.parseNanoseconds
    table.add("parse", statistics.parseNanoseconds, "\(counted(statistics.tokens, "token")), \(speed) MB/s")
    var note = counted(unit.diagnostics.count, "finding")
    if let system = unit.result.summary { note = CheckCommand.size(system) + ", " + note }
    table.add("check", unit.checkNanoseconds, note)
    return table
  }

  static func of(_ unit: CheckedUnit, total: UInt64) -> StageTable {
    var table = of(unit)
    table.finish(total)
    return table
  }

  mutating func finish(_ total: UInt64) {
    add("total", total, "\(Amount.bytes(Console.peakMemory)) of memory at most")
  }

  func show(_ console: Console) {
    let width = rows.map(\.stage.count).max() ?? 0
    for row in rows {
      let time = row.nanoseconds.map(Amount.duration) ?? ""
      let stage = row.stage + String(repeating: " ", count: width - row.stage.count)
      let padding = String(repeating: " ", count: max(0, 10 - time.count))
      console.print("\(stage)\(padding)\(time)" + (row.note.isEmpty ? "" : "   " + row.note))
    }
  }
}
