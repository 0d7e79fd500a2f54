import DroidSemantics

/// What tests ask a port of GraphQL: all fields of an answer as far as the port's depth allows, but no record within itself; and
/// examples by its names.
package struct GraphSamples: Sendable {
  private let system: System
  private let names: GraphNames
  private let depth: Int

  package init(_ graph: GraphPlan, in system: System) {
    self.system = system
    names = GraphNames(graph.types)
    depth = graph.depth
  }

  /// `query ($id: UUID!) { order(id: $id) { id number } }`, of the parameters that must be there.
  package func document(_ operation: OperationPlan) -> String? {
    let given = Self.needed(operation)
    let variables = given.map { "$\(GraphNames.field($0.field)): \(names.type($0.field.type, isInput: true))" }
    let arguments = given.map { "\(GraphNames.field($0.field)): $\(GraphNames.field($0.field))" }
    guard let selection = operation.operation.result.map({ selection($0, left: depth - 1, []) }) ?? "" else {
      return nil
    }
    func list(_ parts: [String]) -> String { parts.isEmpty ? "" : "(\(parts.joined(separator: ", ")))" }
    let head = operation.operation.verb.rawValue + (given.isEmpty ? "" : " " + list(variables))
    return "\(head) { \(GraphNames.member(operation.name))\(list(arguments))\(selection) }"
  }

  /// The parameters without which an operation cannot be asked.
  private static func needed(_ operation: OperationPlan) -> [Parameter] {
    operation.parameters.filter { $0.field.defaultValue == nil && !$0.field.type.isOptional }
  }

  /// An example as an argument has it.
  private func argument(_ tree: JSONTree, _ type: ValueType) -> JSONTree {
    renamed(tree, type) { record, members in
      record.fields.compactMap { field in
        members.first { $0.0 == field.wireName }
          .map { (GraphNames.field(field), argument($0.1, field.type)) }
      }
    }
  }

  /// An example as the answer to the document has it: what is absent is null.
  private func answer(_ tree: JSONTree, _ type: ValueType) -> JSONTree { answer(tree, type, left: depth - 1, []) }

  /// What a stub answers, as it travels.
  package func expected(_ operation: OperationPlan, _ examples: Examples) -> JSONTree? {
    func tree(_ type: ValueType) -> JSONTree? {
      switch type {
      case .optional(let inner): tree(inner)
      case .record(let name): examples.record(name)
      case .list(.record(let name), let bounds) where (bounds.lower?.integer ?? 0) <= 1:
        examples.record(name).map { .array([$0]) }
      default: examples.value(of: type, named: operation.name)
      }
    }
    return operation.operation.result.map(tree) ?? .bool(true)
  }

  /// The body that asks an operation, and what comes back for what a stub answers; nil where no example can be made.
  package func exchange(
    _ operation: OperationPlan, _ examples: Examples, answering expected: JSONTree?
  ) -> (question: JSONTree, answer: JSONTree)? {
    guard let document = document(operation), let expected else { return nil }
    var variables: [(String, JSONTree)] = []
    for parameter in Self.needed(operation) {
      guard let value = examples.field(parameter.field) else { return nil }
      variables.append((GraphNames.field(parameter.field), argument(value, parameter.field.type)))
    }
    var question: [(String, JSONTree)] = [("query", .string(document))]
    if !variables.isEmpty { question.append(("variables", .object(variables))) }
    let told = operation.operation.result.map { answer(expected, $0) } ?? expected
    return (
      .object(question), .object([("data", .object([(GraphNames.member(operation.name), told)]))])
    )
  }

  private func answer(_ tree: JSONTree, _ type: ValueType, left: Int, _ open: Set<String>) -> JSONTree {
    renamed(tree, type) { record, members in
      let open = open.union([record.name])
      return record.fields.compactMap { field in
        if selection(field.type, left: left - 1, open) == nil { return nil }
        let member = members.first { $0.0 == field.wireName }?.1
        return (GraphNames.field(field), answer(member ?? .null, field.type, left: left - 1, open))
      }
    }
  }

  private func renamed(
    _ tree: JSONTree, _ type: ValueType, _ rename: (RecordType, [(String, JSONTree)]) -> [(String, JSONTree)]
  ) -> JSONTree {
    switch (type, tree) {
    case (.optional(let inner), _): renamed(tree, inner, rename)
    case (.list(let element, _), .array(let elements)): .array(elements.map { renamed($0, element, rename) })
    case (.record(let name), .object(let members)): system.record(name).map { .object(rename($0, members)) } ?? tree
    case (.enumeration(let name), .string(let wire)):
      .string(
        system.enumeration(name)?.cases.first { $0.wireName == wire }.map(GraphNames.constant) ?? wire)
    default: tree
    }
  }

  /// ` { id number }` of a record, nothing of a value; nil of a record whose fields would be too deep.
  private func selection(_ type: ValueType, left: Int, _ open: Set<String>) -> String? {
    switch type {
    case .optional(let inner), .list(let inner, _): return selection(inner, left: left, open)
    case .record(let name):
      guard left > 0, !open.contains(name), let record = system.record(name) else { return nil }
      let fields = record.fields.compactMap { field in
        selection(field.type, left: left - 1, open.union([name])).map { GraphNames.field(field) + $0 }
      }
      return fields.isEmpty ? nil : " { \(fields.joined(separator: " ")) }"
    default: return ""
    }
  }
}
