import DroidJSON
import DroidSemantics

/// Prints a schema in GraphQL's own language (October 2021): the same text in the file and from the running service.
struct GraphDocument: ~Copyable {
  private let types: TypePlan
  private let names: GraphNames
  private let examples: Examples
  private let system: System
  private var writer = ByteWriter()

  init(_ system: System, _ types: TypePlan) {
    self.system = system
    self.types = types
    names = GraphNames(types)
    examples = Examples(system, for: types)
  }

  /// - Parameter roots: `Query`, `Mutation`, `Subscription` with their operations; those without are left out.
  consuming func bytes(_ roots: [(name: String, operations: [OperationPlan])]) -> [UInt8] {
    let operations = roots.flatMap(\.operations)
    let arguments = Reach(system, operations.flatMap(\.parameters).map(\.field.type))
    let answers = Reach(system, operations.compactMap(\.operation.result))
    for scalar in GraphNames.scalars where (arguments.scalars.union(answers.scalars)).contains(scalar) {
      writer.write("scalar \(scalar)\n")
    }
    for root in roots where !root.operations.isEmpty {
      open("type \(root.name)", nil)
      for operation in root.operations { write(operation) }
      // GraphQL has no schema without a query.
      close()
    }
    if roots.first?.operations.isEmpty ?? true {
      open("type Query", "There is nothing to ask; GraphQL wants one query.")
      writer.write("  _empty: Boolean\n")
      close()
    }
    for enumeration in types.enumerations {
      open("enum \(names.output(enumeration.name))", enumeration.doc)
      for each in enumeration.cases {
        doc(each.doc, depth: 1)
        writer.write("  \(GraphNames.constant(each))")
        writeDeprecation(each.deprecated)
        writer.newline()
      }
      close()
    }
    for record in types.records where answers.records.contains(record.name) {
      open("type \(names.output(record.name))", record.doc)
      for field in record.fields {
        doc(field.doc, depth: 1)
        writer.write("  \(GraphNames.field(field)): \(names.type(field.type, isInput: false))")
        writeDeprecation(field.deprecated)
        writer.newline()
      }
      close()
    }
    for record in types.records where arguments.records.contains(record.name) {
      open("input \(names.input(record.name))", record.doc)
      for field in record.fields {
        doc(field.doc, depth: 1)
        writer.write("  \(argument(field))\n")
      }
      close()
    }
    return writer.bytes
  }

  private mutating func write(_ operation: OperationPlan) {
    doc(operation.operation.doc, depth: 1)
    let arguments = operation.parameters.map { argument($0.field) }
    let result = operation.operation.result.map { names.type($0, isInput: false) } ?? "Boolean"
    let list = arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
    // A field that fails is null, and takes no other with it.
    let type = result.hasSuffix("!") && operation.operation.verb != .subscription ? String(result.dropLast()) : result
    writer.write("  \(GraphNames.member(operation.name))\(list): \(type)\n")
  }

  private func argument(_ field: DataField) -> String {
    var text = "\(GraphNames.field(field)): \(names.type(field.type, isInput: true))"
    if let value = field.defaultValue, let tree = examples.json(value, field.type) {
      text += " = \(literal(tree, field.type.unwrapped))"
    }
    return text
  }

  private func literal(_ tree: JSONTree, _ type: ValueType) -> String {
    switch (tree, type) {
    case (.string(let wire), .enumeration(let name)):
      let each = system.enumeration(name)?.cases.first { $0.wireName == wire }
      return each.map(GraphNames.constant) ?? wire
    case (.array(let elements), .list(let element, _)):
      return "[" + elements.map { literal($0, element.unwrapped) }.joined(separator: ", ") + "]"
    case (.object(let members), .record(let name)):
      let fields = system.record(name)?.fields ?? []
      let parts = members.compactMap { key, value in
        fields.first { $0.wireName == key }
          .map { "\(GraphNames.field($0)): \(literal(value, $0.type.unwrapped))" }
      }
      return "{" + parts.joined(separator: ", ") + "}"
    default: return tree.line
    }
  }

  private mutating func open(_ head: String, _ text: String?) {
    if writer.count > 0 { writer.newline() }
    doc(text, depth: 0)
    writer.write(head + " {\n")
  }

  private mutating func close() { writer.write("}\n") }

  private mutating func doc(_ text: String?, depth: Int) {
    guard let text else { return }
    let lines = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").split(separator: "\n")
    writer.indent(depth)
    if lines.count < 2 { return writer.write("\"\(lines.first ?? "")\"\n") }
    writer.write("\"\"\"\n")
    for line in text.replacing("\"\"\"", with: "\\\"\"\"").split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty { writer.indent(depth) }
      writer.write("\(line)\n")
    }
    writer.indent(depth)
    writer.write("\"\"\"\n")
  }

  private mutating func writeDeprecation(_ reason: String?) {
    guard let reason else { return }
    writer.write(" @deprecated")
    if !reason.isEmpty { writer.write("(reason: \(JSONTree.string(reason).line))") }
  }
}

/// The records and scalars that some types are made of.
private struct Reach {
  var records: Set<String> = []
  var scalars: Set<String> = []

  init(_ system: System, _ types: [ValueType]) {
    var open = types
    while let type = open.popLast() {
      switch type {
      case .optional(let inner), .list(let inner, _): open.append(inner)
      case .record(let name):
        if records.insert(name).inserted { open += system.record(name)?.fields.map(\.type) ?? [] }
      case .enumeration: break
      default:
        let name = GraphNames(TypePlan()).type(type, isInput: false).dropLast()
        scalars.insert(String(name))
      }
    }
  }
}
