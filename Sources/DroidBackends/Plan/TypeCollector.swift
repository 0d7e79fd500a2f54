import DroidSemantics

/// Finds the types that operations and events reach: in the order of first use, each after what it is made of.
struct TypeCollector {
  private let system: System
  private(set) var types = TypePlan()
  private var seen: Set<String> = []
  /// On the way down: a record that is met again here is part of a cycle.
  private var open: Set<String> = []

  init(_ system: System) { self.system = system }

  mutating func add(_ operations: [OperationPlan]) {
    for operation in operations {
      if let resource = operation.resource { add(record: resource.type) }
      for parameter in operation.parameters { add(parameter.field.type) }
      if let result = operation.operation.result, operation.resource == nil { add(result) }
      for error in operation.errors where seen.insert(error.name).inserted {
        for field in error.fields { add(field.type) }
        types.errors.append(error)
      }
    }
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

  mutating func add(record name: String) {
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
