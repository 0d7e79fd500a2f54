import DroidSyntax

/// Patterns that the language of a component cannot read.
extension Checker {
  /// Go's `regexp` takes as long as the text is, always, and so looks neither ahead nor behind nor back.
  func checkPatterns(_ system: System) {
    if patternsThatLook.isEmpty { return }
    for component in system.components where component.properties.choice("language") == "go" {
      var reach = PatternReach(system)
      reach.add(component)
      for (pattern, range) in patternsThatLook where reach.patterns.contains(pattern) {
        report(
          .patternLooksAround, "Go cannot read this pattern, and `\(component.name)` is in Go", at: range,
          "it looks ahead, behind or back, which Go's regular expressions do not",
          help: "say it without looking: with `|`, with bounds of the length, or with one more field")
      }
    }
  }
}

/// The patterns of the texts that a component meets: in what it answers, asks, publishes and handles.
struct PatternReach {
  private let system: System
  private(set) var patterns: Set<String> = []
  private var records: Set<String> = []

  init(_ system: System) { self.system = system }

  mutating func add(_ component: Component) {
    for port in component.ports { add(port) }
    for connection in system.connections where connection.from.component == component.name {
      if let port = system.component(connection.to.component)?.port(connection.to.port) { add(port) }
    }
  }

  private mutating func add(_ port: Port) {
    if case .events(let record) = port.type { add(.record(record)) }
    for operation in port.operations {
      for parameter in operation.parameters { add(parameter.field.type) }
      if let result = operation.result { add(result) }
      for error in system.errors where operation.errors.contains(error.name) {
        for field in error.fields { add(field.type) }
      }
    }
  }

  private mutating func add(_ type: ValueType) {
    switch type {
    case .string(let rules): if let pattern = rules.pattern { patterns.insert(pattern) }
    case .optional(let inner), .list(let inner, _), .map(let inner, _): add(inner)
    case .record(let name):
      guard records.insert(name).inserted, let record = system.record(name) else { return }
      for field in record.fields { add(field.type) }
    default: break
    }
  }

  /// A pattern looks ahead, behind or back.
  static func looksAround(_ pattern: String) -> Bool {
    var rest = pattern.utf8[...]
    while let first = rest.popFirst() {
      if first == UInt8(ascii: "\\") {
        guard let next = rest.popFirst() else { return false }
        if next == UInt8(ascii: "k") || (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(next) { return true }
      } else if first == UInt8(ascii: "(") {
        for form in ["?=", "?!", "?<=", "?<!", "?>"] where rest.starts(with: form.utf8) { return true }
      }
    }
    return false
  }
}
