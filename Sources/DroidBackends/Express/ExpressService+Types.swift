import DroidSemantics

/// `models.ts` and `errors.ts`.
extension ExpressService {
  func models() -> [UInt8] {
    var module = self.module("The types of the contract, and how they travel.")
    for enumeration in plan.types.enumerations { write(enumeration, to: &module) }
    for record in plan.types.records { write(record, to: &module) }
    return module.bytes()
  }

  private func write(_ enumeration: EnumerationType, to module: inout TypeScriptModule) {
    let name = TypeScriptSpelling.type(enumeration.name)
    let words = enumeration.cases.map { TypeScriptLiteral.string($0.wireName) }
    module.line()
    module.comment(enumeration.doc)
    let isPlain = enumeration.cases.allSatisfy { $0.doc == nil && $0.deprecated == nil }
    let line = "export type \(name) = \(words.joined(separator: " | "));"
    if isPlain && line.columns <= TypeScriptCode.lineLength {
      module.line(line)
    } else {
      module.line("export type \(name) =")
      for (index, each) in enumeration.cases.enumerated() {
        module.comment(each.doc, tags: Self.tags(each.deprecated), depth: 1)
        module.line("| \(words[index])\(index == words.count - 1 ? ";" : "")", depth: 1)
      }
    }
    module.line()
    module.use("./runtime/values.js", "oneOf")
    module.use(type: "Codec", from: "./runtime/values.js")
    module.code(.call("export const \(name): Codec<\(name)> = oneOf", words.map { .text($0) }))
  }

  private func write(_ record: RecordType, to module: inout TypeScriptModule) {
    let name = TypeScriptSpelling.type(record.name)
    let types = TypeScriptTypes(plan, root: "./", declaring: record.name)
    write(interface: name, record.fields, doc: record.doc, to: &module, types)
    let key = record.key?.name
    let members = record.fields.map { field in
      TypeScriptCode.field(
        TypeScriptSpelling.member(field.name), types.field(field, in: &module, isKey: field.name == key))
    }
    module.line()
    module.use("./runtime/values.js", "record")
    if types.reachesLater(record) { module.use(type: "RecordCodec", from: "./runtime/values.js") }
    let type = types.reachesLater(record) ? ": RecordCodec<\(name)>" : ""
    module.code(.call("export const \(name)\(type) = record<\(name)>", [.block("", members)]))
  }

  /// The type of a record of these fields.
  private func write(
    interface name: String, _ fields: [DataField], doc: String?, to module: inout TypeScriptModule,
    _ types: TypeScriptTypes
  ) {
    module.line()
    module.comment(doc)
    if fields.isEmpty {
      module.line("export type \(name) = Readonly<Record<never, never>>;")
      return
    }
    module.line("export interface \(name) {")
    for field in fields {
      module.comment(field.doc, tags: Self.tags(field.deprecated), depth: 1)
      let mark = field.type.isOptional ? "?" : ""
      let member = TypeScriptLiteral.name(TypeScriptSpelling.member(field.name))
      module.line("readonly \(member)\(mark): \(types.type(field.type, in: &module));", depth: 1)
    }
    module.line("}")
  }

  private static func tags(_ deprecated: String?) -> [String] {
    deprecated.map { [$0.isEmpty ? "@deprecated" : "@deprecated \($0)"] } ?? []
  }

  func errors() -> [UInt8] {
    var module = self.module("The errors of the contract. Throw one, and the caller gets it as a problem (RFC 9457).")
    module.use("./runtime/problems.js", "Problem")
    for error in plan.types.errors { write(error, to: &module) }
    return module.bytes()
  }

  private func write(_ error: ErrorType, to module: inout TypeScriptModule) {
    let name = TypeScriptSpelling.type(error.name)
    let fields = fieldsType(error)
    let types = TypeScriptTypes(plan, root: "./")
    if let fields {
      write(interface: fields, error.fields, doc: nil, to: &module, types)
      let members = error.fields.map {
        TypeScriptCode.field(TypeScriptSpelling.member($0.name), types.field($0, in: &module))
      }
      module.line()
      module.use("./runtime/values.js", "membersOf", "record")
      let isRead = plan.clients.contains { $0.operations.contains { $0.errors.contains { $0.name == error.name } } }
      module.code(.call("\(isRead ? "export " : "")const \(fields) = record<\(fields)>", [.block("", members)]))
    }
    module.line()
    module.comment(error.doc ?? "\(Problems.title(of: error)): answered with \(error.status).")
    module.line("export class \(name) extends Problem {")
    if let fields {
      module.line("readonly fields: \(fields);", depth: 1)
      module.line()
    }
    let parameters = (fields.map { ["fields: \($0)"] } ?? []) + ["detail?: string"]
    module.line("constructor(\(parameters.joined(separator: ", "))) {", depth: 1)
    var options: [TypeScriptCode] = [
      .member("type", .string(TypeScriptLiteral.string(Problems.type(of: error)))),
      .member("title", .string(TypeScriptLiteral.string(Problems.title(of: error)))),
      .text("detail"),
    ]
    if let fields { options.append(.member("members", .text("membersOf(\(fields), fields)"))) }
    module.code(.call("super", [.text(String(error.status)), .block("", options)]), depth: 2)
    if fields != nil { module.line("this.fields = fields;", depth: 2) }
    module.line("}", depth: 1)
    module.line("}")
  }

  /// The type of the fields of an error, out of the way of the user's types; nil for one without fields.
  func fieldsType(_ error: ErrorType) -> String? {
    if error.fields.isEmpty { return nil }
    let name = Names.pascal(error.name) + "Fields"
    let isTaken =
      plan.types.records.contains { TypeScriptSpelling.type($0.name) == name }
      || plan.types.enumerations.contains { TypeScriptSpelling.type($0.name) == name }
      || plan.types.errors.contains { TypeScriptSpelling.type($0.name) == name }
    return isTaken ? name + "_" : name
  }
}
