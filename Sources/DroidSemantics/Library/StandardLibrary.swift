import DroidSyntax

/// The standard library, read from its text once in a process.
final class StandardLibrary: Sendable {
  let unit: Unit
  /// Records of options and unions, by name.
  let schemas: [String: Schema]
  let choices: [String: Choices]
  let signals: [String: Signal]
  let ports: PortSchemas

  /// A signal that is always there.
  struct Signal: Sendable {
    let name: String
    let type: ValueType
    /// What it can be about: `port`, `component`, `workload`, …
    let targets: [String]
    let argument: Argument?
    let doc: String?
    let range: SourceRange

    enum Argument: Sendable { case quantile, window }
  }

  /// What ports of each type and direction may say.
  struct PortSchemas: Sendable {
    let answering: Schema
    let rest: Schema
    let graphQL: Schema
    let subscriber: Schema
    let publisher: Schema
    let asking: Schema

    func schema(_ direction: Port.Direction, _ type: PortType) -> Schema {
      switch (direction, type) {
      case (.into, .rest): rest
      case (.into, .graphQL): graphQL
      case (.into, .events): subscriber
      case (.into, _): answering
      case (.out, .events): publisher
      case (.out, _): asking
      }
    }
  }

  static let shared = StandardLibrary()

  /// The number of its first file: beyond those of any project.
  private static let firstFile = 0x7fff_0000

  /// The text of one of its files, which findings may point at.
  static func text(of file: FileID) -> SourceText? {
    let index = Int(file.index) - firstFile
    guard StdlibFiles.all.indices.contains(index) else { return nil }
    let entry = StdlibFiles.all[index]
    return SourceText(file: file, path: "stdlib/\(entry.path)", text: entry.text.description)
  }

  /// What is wrong with its own text; a test holds that it is nothing.
  let diagnostics: [Diagnostic]

  private init() {
    let checker = Checker(standard: nil)
    let trees = StdlibFiles.all.enumerated().map { number, file in
      Parser.parse(
        SourceText(file: FileID(Self.firstFile + number), path: "stdlib/\(file.path)", text: file.text.description))
    }
    let unit = Unit(input: UnitInput(folder: "stdlib", trees: trees), isStandard: true, qualifier: "")
    checker.units = [unit]
    checker.collectDeclarations(of: unit)
    let types = StandardTypes(unit: unit, checker: checker)
    checker.standardTypes = types
    for name in unit.records.keys.sorted() { _ = types.schema(name) }
    checker.resolveKinds()
    self.unit = unit
    schemas = types.schemas
    choices = types.choices
    signals = types.signals()
    func joined(_ names: [String]) -> Schema {
      Schema(
        name: names[0], doc: types.schemas[names[0]]?.doc, fields: names.flatMap { types.schemas[$0]?.fields ?? [] })
    }
    ports = PortSchemas(
      answering: joined(["InPort"]), rest: joined(["InPort", "Asked"]),
      graphQL: joined(["InPort", "Asked", "GraphQL"]),
      subscriber: joined(["Subscriber"]), publisher: joined(["Publisher"]), asking: joined(["OutPort"]))
    diagnostics = trees.flatMap(\.diagnostics) + checker.findings
  }

  /// A record of options; an unknown name is an empty one.
  func schema(_ name: String) -> Schema { schemas[name] ?? Self.nothing }

  private static let nothing = Schema(name: "Nothing", fields: [])
}

/// The types of the standard library while it is read: a type of constructors and literals is a union, any other a record
/// of options, an enum a choice.
final class StandardTypes {
  private let unit: Unit
  private unowned let checker: Checker
  private(set) var schemas: [String: Schema] = [:]
  private(set) var choices: [String: Choices] = [:]

  init(unit: Unit, checker: Checker) {
    self.unit = unit
    self.checker = checker
    for (name, declaration) in unit.enumerations {
      let words = declaration.syntax.children().filter { $0.kind == .enumCase }.compactMap { $0.name?.text }
      choices[name] = Choices(name: name, words: words)
    }
  }

  func type(_ name: String) -> ValueType? {
    if let choices = choices[name] { return .choice(choices) }
    guard let schema = schema(name) else { return nil }
    return schema.fields.contains { $0.form != .property } ? .union(schema) : .options(schema)
  }

  func schema(_ name: String) -> Schema? {
    if let known = schemas[name] { return known }
    guard let declaration = unit.records[name] else { return nil }
    // The signals are no record of options: their types say what they measure.
    let fields = declaration.syntax.block.map { checker.schemaFields(in: $0, of: Scope(unit: unit)) } ?? []
    let schema = Schema(name: name, doc: declaration.syntax.doc, fields: fields)
    schemas[name] = schema
    return schema
  }

  func signals() -> [String: StandardLibrary.Signal] {
    var result: [String: StandardLibrary.Signal] = [:]
    guard let block = unit.records["Signals"]?.syntax.block, let schema = schemas["Signals"] else { return result }
    for field in block.children() where field.kind == .field {
      guard let name = field.name?.text, let declared = schema[name] else { continue }
      var targets: [String] = []
      var argument: StandardLibrary.Signal.Argument?
      for attribute in field.children() where attribute.kind == .attribute {
        switch attribute.name?.text {
        case "on": targets = (attribute.child(.arguments)?.children()).map { $0.map(\.text) } ?? []
        case "quantile": argument = .quantile
        case "window": argument = .window
        default: break
        }
      }
      result[name] = .init(
        name: name, type: declared.type, targets: targets, argument: argument, doc: declared.doc,
        range: declared.range)
    }
    return result
  }
}
