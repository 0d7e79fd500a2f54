import DroidSemantics

/// The tests of a port: a table of exchanges, and a way there and back for each resource.
extension GoService {
  func tests(_ port: PortPlan, of application: ApplicationPlan) -> [UInt8]? {
    var file = self.file()
    file.use("testing")
    let subject = "new\(suffix(application))Subject"
    var isEmpty = true
    for resource in port.resources where write(resource, port, subject, to: &file) { isEmpty = false }
    let exchanges = port.operations.filter { $0.resource == nil }.flatMap { self.exchanges($0, in: &file) }
    if !exchanges.isEmpty {
      isEmpty = false
      file.test(exchanges, of: "\(GoSpelling.exported(port.name))Port", subject)
    }
    return isEmpty ? nil : file.bytes()
  }

  // MARK: Operations

  private func exchanges(_ operation: OperationPlan, in file: inout GoFile) -> [[[String]]] {
    guard let request = request(of: operation, in: &file) else { return [] }
    let result = operation.operation.result
    let expected = result.flatMap { plan.examples.value(of: $0, named: operation.name) }
    if result != nil && expected == nil { return [] }
    let isHead = operation.operation.verb == .head
    var exchanges: [[[String]]] = []
    func add(_ name: String, _ request: [[String]], _ rows: [[String]]) {
      exchanges.append([["name:", GoLiteral.string(name) + ","]] + request + rows)
    }
    var answer: [[String]] = [["status:", "\(operation.operation.status),"]]
    if let expected, !isHead { answer.append(["answer:", GoLiteral.string(expected.line) + ","]) }
    add(operation.name, request, answer)
    for error in operation.errors {
      guard let (literal, tree) = failure(error, in: &file) else { continue }
      var rows = [["err:", literal + ","], ["status:", "\(error.status),"]]
      if !isHead { rows += [["answer:", GoLiteral.string(tree.line) + ","], ["isProblem:", "true,"]] }
      add("\(operation.name) may fail with \(error.name)", request, rows)
    }
    if operation.body != nil, let refused = self.request(of: operation, in: &file, body: "[\"no body\"]") {
      add("\(operation.name) refuses what is no body", refused, [["status:", "422,"], ["isProblem:", "true,"]])
    }
    return exchanges
  }

  /// An error as a Go value, and the problem that it becomes.
  private func failure(_ error: ErrorType, in file: inout GoFile) -> (literal: String, problem: JSONTree)? {
    var members: [(String, JSONTree)] = [
      ("type", .string(Problems.type(of: error))), ("title", .string(Problems.title(of: error))),
      ("status", .integer(error.status)),
    ]
    var fields: [(String, JSONTree)] = []
    for field in error.fields {
      guard let value = plan.examples.field(field) else {
        if field.type.isOptional { continue }
        return nil
      }
      fields.append((field.wireName, value))
    }
    members += fields
    let name = names.error(error.name)
    if fields.isEmpty { return ("&\(name){}", .object(members)) }
    file.use("gen/runtime/wire")
    let example = GoLiteral.string(JSONTree.object(fields).line)
    return ("pointer(wire.MustDecode(\(example), \(names.errorVariable(error.name))))", .object(members))
  }

  /// A request with an example of all that must be there.
  private func request(of operation: OperationPlan, in file: inout GoFile, body: String? = nil) -> [[String]]? {
    var path = operation.operation.path
    var query: [String] = []
    var headers: [(String, [String])] = []
    var content = body
    for parameter in operation.parameters {
      let field = parameter.field
      guard field.defaultValue == nil && !field.type.isOptional || parameter.location == .path else { continue }
      guard let value = plan.examples.field(field) else { return nil }
      switch parameter.location {
      case .path: path = path.replacingAll("{\(field.name)}", with: Examples.encoded(value.parameters.first ?? ""))
      case .query: query += value.parameters.map { "\(Examples.encoded(field.wireName))=\(Examples.encoded($0))" }
      case .header(let name): headers.append((name, value.parameters))
      case .body: if content == nil { content = value.line }
      }
    }
    if operation.repeatability == .withKey { headers.append(("Idempotency-Key", ["key"])) }
    let target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    var rows = [
      ["method:", GoLiteral.string(operation.operation.verb.rawValue.uppercased()) + ","],
      ["path:", GoLiteral.string(target) + ","],
    ]
    if !headers.isEmpty {
      file.use("net/http")
      let entries = headers.map { name, values in
        "http.CanonicalHeaderKey(\(GoLiteral.string(name))): {\(values.map(GoLiteral.string).joined(separator: ", "))}"
      }
      rows.append(["header:", "http.Header{\(entries.joined(separator: ", "))},"])
    }
    if let content { rows.append(["body:", GoLiteral.string(content) + ","]) }
    return rows
  }

  // MARK: Resources

  private func write(_ resource: ResourcePlan, _ port: PortPlan, _ subject: String, to file: inout GoFile) -> Bool {
    let actions = Set(
      port.operations.filter { $0.resource?.type == resource.type }.compactMap { $0.operation.origin?.action })
    guard let tree = plan.examples.record(resource.type), case .object(let members) = tree,
      let key = members.first(where: { $0.0 == resource.key.wireName }), actions.contains(.create)
    else { return false }
    let path = resource.resource.path
    let item = (path == "/" ? "" : path) + "/" + Examples.encoded(key.1.parameters.first ?? "")
    func line(_ rest: String) { file.line("check(t, subject, exchange{\(rest)})", depth: 1) }
    let collection = "path: \(GoLiteral.string(path))"
    let one = "path: \(GoLiteral.string(item))"
    file.line()
    file.line("func Test\(GoSpelling.exported(port.name))\(GoSpelling.exported(resource.type))(t *testing.T) {")
    file.line("subject := \(subject)(t, stub{})", depth: 1)
    file.line("example := \(GoLiteral.string(tree.line))", depth: 1)
    line("method: \"POST\", \(collection), body: example, status: 201, answer: example")
    line("method: \"POST\", \(collection), body: example, status: 409, isProblem: true")
    line("method: \"POST\", \(collection), body: `{\"no field\":1}`, status: 422, isProblem: true")
    if actions.contains(.list) {
      line("method: \"GET\", \(collection), status: 200, answer: `{\"items\":[` + example + `]}`")
      let beyond = GoLiteral.string("\(path)?limit=\(ResourcePlan.largestPage + 1)")
      line("method: \"GET\", path: \(beyond), status: 422, isProblem: true")
      line("method: \"GET\", path: \(GoLiteral.string(path + "?no-field=1")), status: 422, isProblem: true")
    }
    if actions.contains(.get) {
      file.use("net/http")
      file.line(
        "header := check(t, subject, exchange{method: \"GET\", \(one), status: 200, answer: example})", depth: 1)
      file.line("known := http.Header{\"If-None-Match\": {header.Get(\"ETag\")}}", depth: 1)
      line("method: \"GET\", \(one), header: known, status: 304")
    }
    if actions.contains(.replace) {
      file.use("net/http")
      line("method: \"PUT\", \(one), body: example, status: 200, answer: example")
      line(
        "method: \"PUT\", \(one), header: http.Header{\"If-Match\": {`\"old\"`}}, body: example, status: 412, isProblem: true"
      )
    }
    if actions.contains(.delete) {
      line("method: \"DELETE\", \(one), status: 204")
      line("method: \"DELETE\", \(one), status: 404, isProblem: true")
      if actions.contains(.get) { line("method: \"GET\", \(one), status: 404, isProblem: true") }
    }
    file.line("}")
    return true
  }
}

extension JSONTree {
  /// As a parameter has it: one text, or one for each element.
  var parameters: [String] {
    switch self {
    case .array(let elements): elements.flatMap(\.parameters)
    case .string(let text): [text]
    default: [line]
    }
  }
}

extension GoFile {
  /// One test that plays a table of exchanges, each as rows of its fields, to what `subject` makes.
  mutating func test(_ exchanges: [[[String]]], of name: String, _ subject: String) {
    line()
    line("func Test\(name)(t *testing.T) {")
    line("for _, e := range []exchange{", depth: 1)
    for exchange in exchanges {
      line("{", depth: 2)
      rows(exchange, depth: 3)
      line("},", depth: 2)
    }
    lines(
      """
      \t} {
      \t\tt.Run(e.name, func(t *testing.T) { check(t, \(subject)(t, stub{e.err}), e) })
      \t}
      }
      """)
  }
}
