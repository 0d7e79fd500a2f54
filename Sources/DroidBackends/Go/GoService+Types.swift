import DroidSemantics

/// `models.go` and `errors.go`.
extension GoService {
  func models() -> [UInt8] {
    var file = self.file()
    for enumeration in plan.types.enumerations { write(enumeration, to: &file) }
    for record in plan.types.records { write(record, to: &file) }
    return file.bytes()
  }

  private func write(_ enumeration: EnumerationType, to file: inout GoFile) {
    let name = names.type(enumeration.name)
    file.line()
    file.comment(Self.described(name, "is one of a few names", enumeration.doc))
    file.line("type \(name) string")
    file.line()
    file.comment("The values of \(name).")
    file.line("const (")
    file.fields(
      enumeration.cases.map { each in
        let constant = names.constant(enumeration.name, each.name)
        return (
          [constant, name, "= " + GoLiteral.string(each.wireName)],
          Self.doc(each.doc, deprecated: each.deprecated)
        )
      })
    file.line(")")
    file.line()
    file.use("gen/runtime/wire")
    let constants = enumeration.cases.map { names.constant(enumeration.name, $0.name) }
    file.line("var \(names.variable(enumeration.name)) = wire.Enum(\(constants.joined(separator: ", ")))")
  }

  private func write(_ record: RecordType, to file: inout GoFile) {
    let name = names.type(record.name)
    file.line()
    file.comment(Self.described(name, "is a record of the contract", record.doc))
    writeStruct(name, record.fields, to: &file)
    let reader = RecordWriter(service: self, type: name, variable: names.variable(record.name), fields: record.fields)
    reader.write(key: record.key?.name, isOfCycle: reaches(record.name, record.name), to: &file)
    if isMasked(record.name) {
      file.use("fmt")
      file.use("log/slog")
      let variable = names.variable(record.name)
      file.line()
      file.comment("LogValue masks what is personal or secret.")
      file.function("func (r \(name)) LogValue() slog.Value", "return \(variable).Log(&r)")
      file.line()
      file.comment("Format masks what is personal or secret, whatever the verb.")
      file.function("func (r \(name)) Format(state fmt.State, _ rune)", "\(variable).Print(state, &r)")
    }
  }

  private func writeStruct(_ name: String, _ fields: [DataField], more: [String] = [], to file: inout GoFile) {
    if fields.isEmpty && more.isEmpty {
      file.line("type \(name) struct{}")
      return
    }
    file.line("type \(name) struct {")
    var rows = fields.map { field in
      (
        [GoSpelling.field(field.name), types.type(field.type, in: &file)],
        Self.doc(field.doc, deprecated: field.deprecated)
      )
    }
    if !more.isEmpty { rows.append((more, "Detail says more, for people; it may be empty.")) }
    file.fields(rows)
    file.line("}")
  }

  func errors() -> [UInt8] {
    var file = self.file()
    file.use("gen/runtime/problem")
    file.use("gen/runtime/wire")
    for error in plan.types.errors { write(error, to: &file) }
    return file.bytes()
  }

  private func write(_ error: ErrorType, to file: inout GoFile) {
    let name = names.error(error.name)
    let hasDetail = !error.fields.contains { GoSpelling.field($0.name) == "Detail" }
    file.line()
    file.comment(Self.described(name, "is answered with \(error.status)", error.doc))
    writeStruct(name, error.fields, more: hasDetail ? ["Detail", "string"] : [], to: &file)
    let title = GoLiteral.string(Problems.title(of: error))
    file.line()
    file.comment("Error is the title of the problem.")
    file.function("func (*\(name)) Error() string", "return \(title)")
    file.line()
    file.comment("Problem is what the caller gets.")
    file.line("func (e *\(name)) Problem() *problem.Problem {")
    let detail = hasDetail ? "e.Detail" : "\"\""
    let type = GoLiteral.string(Problems.type(of: error))
    file.line(
      "return problem.Declared(\(type), e.Error(), \(error.status), \(detail), \(names.errorVariable(error.name)), e)",
      depth: 1)
    file.line("}")
    let reader = RecordWriter(
      service: self, type: name, variable: names.errorVariable(error.name), fields: error.fields, receiver: "e")
    reader.write(key: nil, isOfCycle: false, to: &file)
    if askedErrors.contains(where: { $0.name == error.name }) {
      writeFailure(error, hasDetail: hasDetail, to: &file)
    }
  }

  /// Go's comments begin with the name: `Order is a record of the contract: what a customer bought.`
  static func described(_ name: String, _ what: String, _ doc: String?) -> String {
    guard let doc, !doc.isEmpty else { return "\(name) \(what)." }
    let second = doc.dropFirst().first
    let isWord = second.map { $0.isLowercase || $0 == " " } ?? false
    return "\(name) \(what): " + (isWord ? doc.prefix(1).lowercased() + doc.dropFirst() : doc)
  }

  static func doc(_ doc: String?, deprecated: String?) -> String? {
    let reason = deprecated.map { "Deprecated: " + ($0.isEmpty ? "it will go." : $0) }
    let parts = [doc, reason].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }

  // MARK: What types reach

  private func recordsOf(_ type: ValueType) -> [String] {
    switch type {
    case .record(let name): [name]
    case .optional(let inner), .list(let inner, _), .map(let inner, _): recordsOf(inner)
    default: []
    }
  }

  /// Can a record be a part of another, or of itself?
  private func reaches(_ from: String, _ to: String) -> Bool {
    var seen: Set<String> = []
    var open = [from]
    while let name = open.popLast() {
      for field in plan.system.record(name)?.fields ?? [] {
        for next in recordsOf(field.type) {
          if next == to { return true }
          if seen.insert(next).inserted { open.append(next) }
        }
      }
    }
    return false
  }

  /// Does it hold something personal or secret?
  func isMasked(_ name: String) -> Bool {
    var seen: Set<String> = [name]
    var open = [name]
    while let name = open.popLast() {
      for field in plan.system.record(name)?.fields ?? [] {
        if field.isPersonal || field.isSecret { return true }
        for next in recordsOf(field.type) where seen.insert(next).inserted { open.append(next) }
      }
    }
    return false
  }
}

/// Writes the variable that says how a record travels.
private struct RecordWriter {
  let service: GoService
  let type: String
  let variable: String
  let fields: [DataField]
  var receiver = "r"

  func write(key: String?, isOfCycle: Bool, to file: inout GoFile) {
    file.use("gen/runtime/wire")
    file.line()
    if fields.isEmpty {
      file.line("var \(variable) = &wire.Record[\(type)]{}")
      return
    }
    // What reaches itself cannot be initialized by itself.
    if isOfCycle {
      file.line("var \(variable) = &wire.Record[\(type)]{}")
      file.line()
      file.line("func init() {")
      file.line("\(variable).Fields = []wire.Field[\(type)]{", depth: 1)
      for field in fields { file.line(line(field, key, depth: 2, in: &file), depth: 2) }
      file.line("}", depth: 1)
      file.line("}")
      return
    }
    file.line("var \(variable) = &wire.Record[\(type)]{Fields: []wire.Field[\(type)]{")
    for field in fields { file.line(line(field, key, depth: 1, in: &file), depth: 1) }
    file.line("}}")
  }

  private func line(_ field: DataField, _ key: String?, depth: Int, in file: inout GoFile) -> String {
    let types = service.types
    let name = GoSpelling.field(field.name)
    let travels = types.travels(field.type, isKey: field.name == key, in: &file)
    let goType = types.type(field.type, in: &file)
    let pointer = GoFile.function("func(\(receiver) *\(type)) *\(goType)", "return &\(receiver).\(name)", depth: depth)
    var code = "wire.\(form(field.type))(\(GoLiteral.string(field.wireName)), \(pointer), \(travels))"
    if let value = field.defaultValue, let tree = Examples(service.plan.system).json(value, field.type) {
      code += ".Default(\(GoLiteral.string(tree.line)))"
    }
    if field.isPersonal || field.isSecret { code += ".Hidden()" }
    return code + ","
  }

  private func form(_ type: ValueType) -> String {
    guard case .optional(let inner) = type else { return "Required" }
    switch inner {
    case .list, .binary, .json: return "OptionalList"
    case .map: return "OptionalMap"
    default: return "Optional"
    }
  }
}
