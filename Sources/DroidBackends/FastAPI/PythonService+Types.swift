import DroidSemantics

/// `models.py` and `errors.py`.
extension PythonService {
  func models() -> [UInt8] {
    var module = self.module("The types of the contract.")
    let types = types(declares: true)
    if plan.types.hasCycles { module.use("__future__", "annotations") }
    for enumeration in plan.types.enumerations { write(enumeration, to: &module) }
    for record in plan.types.records {
      module.separate()
      module.use(".runtime.wire", "Model")
      module.line("class \(PythonSpelling.type(record.name))(Model):")
      write(record.fields, doc: record.doc, to: &module, types, keyed: record.key?.name)
    }
    writePages(to: &module, types)
    if plan.types.hasCycles {
      module.separate()
      for record in plan.types.records { module.line("\(PythonSpelling.type(record.name)).model_rebuild()") }
    }
    return module.bytes()
  }

  private func write(_ enumeration: EnumerationType, to module: inout PythonModule) {
    module.use("enum", "StrEnum")
    module.separate()
    module.line("class \(PythonSpelling.type(enumeration.name))(StrEnum):")
    if let doc = enumeration.doc {
      module.docstring(doc, depth: 1)
      module.line()
    }
    for each in enumeration.cases {
      module.line("\(PythonSpelling.member(each.name)) = \(PythonLiteral.string(each.wireName))", depth: 1)
      if let doc = each.doc { module.docstring(doc, depth: 1) }
    }
  }

  private func writePages(to module: inout PythonModule, _ types: PythonTypes) {
    for resource in listed {
      module.separate()
      module.use(".runtime.wire", "Model")
      module.line("class \(PythonSpelling.type(resource.pageName))(Model):")
      module.docstring("Some of them, and the cursor of those that follow.", depth: 1)
      module.line()
      module.line("items: list[\(PythonSpelling.type(resource.type))]", depth: 1)
      module.line("next: str | None = None", depth: 1)
    }
  }

  /// The body of a class of fields.
  private func write(
    _ fields: [DataField], doc: String?, to module: inout PythonModule, _ types: PythonTypes, keyed: String? = nil
  ) {
    if let doc {
      module.docstring(doc, depth: 1)
      if !fields.isEmpty { module.line() }
    } else if fields.isEmpty {
      module.line("pass", depth: 1)
    }
    for field in fields {
      let name = PythonSpelling.field(field.name)
      let code = types.field(field, in: &module, isKey: field.name == keyed)
      module.code(code.wrapped("\(name): ", assignment(field, in: &module, types)), depth: 1)
      if let doc = field.doc { module.docstring(doc, depth: 1) }
    }
  }

  /// ` = …`, for what may be left out.
  private func assignment(_ field: DataField, in module: inout PythonModule, _ types: PythonTypes) -> String {
    guard let value = types.defaultValue(field, in: &module) else { return "" }
    switch field.type.unwrapped {
    case .list, .map, .record:
      if value == "None" { return " = None" }
      module.use("pydantic", "Field")
      let factory = value == "[]" ? "list" : value == "{}" ? "dict" : "lambda: \(value)"
      return " = Field(default_factory=\(factory))"
    default: return " = \(value)"
    }
  }

  func errors() -> [UInt8] {
    var module = self.module("The errors of the contract. Raise one, and the caller gets it as a problem (RFC 9457).")
    module.use("typing", "Literal")
    module.use(".runtime.problems", "Problem", "ProblemError")
    for error in plan.types.errors { write(error, to: &module) }
    return module.bytes()
  }

  private func write(_ error: ErrorType, to module: inout PythonModule) {
    let types = types()
    let name = PythonSpelling.type(error.name)
    module.separate()
    module.line("class \(name)Problem(Problem):")
    let type = PythonLiteral.string(Problems.type(of: error))
    let title = PythonLiteral.string(Problems.title(of: error))
    module.line("type: Literal[\(type)] = \(type)", depth: 1)
    module.line("title: Literal[\(title)] = \(title)", depth: 1)
    module.line("status: Literal[\(error.status)] = \(error.status)", depth: 1)
    let fields = error.fields
    if !fields.isEmpty { write(fields, doc: nil, to: &module, types) }

    module.separate()
    module.line("class \(name)(ProblemError):")
    module.docstring(error.doc ?? "\(Problems.title(of: error)): answered with \(error.status).", depth: 1)
    module.line()
    module.line("problem: \(name)Problem", depth: 1)
    module.line()
    var arguments: [PythonCode] = [.text("self"), .text("*")]
    for field in fields where types.defaultValue(field, in: &module) == nil {
      arguments.append(types.bare(field.type, in: &module).wrapped(PythonSpelling.field(field.name) + ": "))
    }
    for field in fields {
      guard let value = types.defaultValue(field, in: &module) else { continue }
      let name = PythonSpelling.field(field.name)
      arguments.append(types.bare(field.type, in: &module).wrapped(name + ": ", " = \(value)"))
    }
    arguments.append(.text("detail: str | None = None"))
    let names = fields.map { PythonSpelling.field($0.name) } + ["detail"]
    module.code(.group("def __init__", .round, arguments, " -> None:"), depth: 1)
    module.code(.call("super().__init__", [.call("\(name)Problem", names.map { .text("\($0)=\($0)") })]), depth: 2)
  }
}
