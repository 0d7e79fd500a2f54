import DroidSemantics

/// Finds the types that the operations of a component reach.
struct TypeCollector {
  private let system: System
  private var types = TypePlan()
  private var seen: Set<String> = []
  /// On the way down: a record that is met again here is part of a cycle.
  private var open: Set<String> = []

  private init(_ system: System) { self.system = system }

  /// In the order of first use, each after what it is made of.
  static func types(of applications: [ApplicationPlan], in system: System) -> TypePlan {
    var collector = TypeCollector(system)
    for application in applications {
      for operation in application.ports.lazy.flatMap(\.operations) {
        if let resource = operation.resource { collector.add(record: resource.type) }
        for parameter in operation.parameters { collector.add(parameter.field.type) }
        if let result = operation.operation.result, operation.resource == nil { collector.add(result) }
        for error in operation.errors where collector.seen.insert(error.name).inserted {
          for field in error.fields { collector.add(field.type) }
          collector.types.errors.append(error)
        }
      }
    }
    return collector.types
  }

  private mutating func add(_ type: ValueType) {
    switch type {
    case .optional(let inner), .list(let inner, _), .map(let inner, _): add(inner)
    case .enumeration(let name):
      if seen.insert(name).inserted, let enumeration = system.enumeration(name) {
        types.enumerations.append(enumeration)
      }
    case .record(let name): add(record: name)
    default: break
    }
  }

  private mutating func add(record name: String) {
    if open.contains(name) {
      types.hasCycles = true
      return
    }
    guard seen.insert(name).inserted, let record = system.record(name) else { return }
    open.insert(name)
    for field in record.fields { add(field.type) }
    open.remove(name)
    types.records.append(record)
  }
}
