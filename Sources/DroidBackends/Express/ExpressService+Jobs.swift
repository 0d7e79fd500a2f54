import DroidSemantics

/// What a job has in the place of ports: its work, which is done once.
extension ExpressService {
  var isJob: Bool { plan.component.kind == .job }
  /// How many processes share the work.
  private var parallel: Int64 { plan.component.properties.integer("parallel") ?? 1 }
  private var hasParts: Bool { parallel > 1 }

  /// `run(signal: AbortSignal, part: number, parts: number): Promise<void>`
  func workSignature(unused: String = "") -> String {
    let parts = hasParts ? ", \(unused)part: number, \(unused)parts: number" : ""
    return "run(\(unused)signal: AbortSignal\(parts)): Promise<void>"
  }

  var workDoc: String {
    let parts = "\n\nOf `parts` processes that share it, this one does the `part`, counted from 0."
    return "Do the work, once. The signal fires when the cluster asks for the end." + (hasParts ? parts : "")
  }

  var workCode: String {
    "work: (signal) => service.run(signal\(hasParts ? ", settings.part, settings.parts" : "")),"
  }

  var jobSettings: [(name: String, type: String?, value: String)] {
    guard isJob, hasParts else { return [] }
    return [
      ("part", "number", "whole(\"JOB_COMPLETION_INDEX\", 0)"),
      ("parts", "number", "count(\"JOB_PARTS\", \(parallel))"),
    ]
  }
}
