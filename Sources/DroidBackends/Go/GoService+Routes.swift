import DroidSemantics

/// The operations of a port: what each reads from a request, and how it answers.
extension GoService {
  func routes(_ port: PortPlan) -> [UInt8] {
    var file = self.file()
    let behaviours = port.operations.filter { $0.resource == nil }
    writeParameterTypes(behaviours, to: &file)
    let type = portType(port)
    if !behaviours.isEmpty {
      file.line()
      file.comment(Self.described(type, "answers the port \(port.name)", port.port.doc))
      file.line("type \(type) struct{ service Service }")
    }
    writeRegister(port, to: &file)
    for operation in behaviours { writeHandler(operation, type, to: &file) }
    return file.bytes()
  }

  /// The routes of a port, in the order of its operations.
  private func writeRegister(_ port: PortPlan, to file: inout GoFile) {
    file.use("gen/runtime/rest")
    let arguments = registerArguments(port).map { "\($0.name) \($0.type)" }
    file.line()
    file.line("func \(register(port))(\((["router *rest.Router"] + arguments).joined(separator: ", "))) {")
    if port.operations.contains(where: { $0.resource == nil }) {
      file.line("p := &\(portType(port)){service}", depth: 1)
    }
    let guards = port.operations.map { code($0.guards, origins: port.origins) }
    if !port.origins.isEmpty {
      let list = port.origins.map { GoLiteral.string($0) }.joined(separator: ", ")
      file.line("origins := []string{\(list)}", depth: 1)
    }
    // What comes to be passed on comes from anywhere.
    let passing = plan.routes.isEmpty ? nil : code(port.guards, origins: port.origins, believes: false)
    let usual = Self.commonest(guards.compactMap { $0 } + plan.routes.compactMap { _ in passing })
    if let usual { file.line("guard := \(usual)", depth: 1) }
    for resource in port.resources where port.operations.contains(where: { $0.resource?.type == resource.type }) {
      file.use("gen/runtime/resource")
      let place = GoLiteral.string(resource.resource.path)
      file.line(
        "\(handlers(resource)) := resource.New(\(names.resource(resource.type)), stores.\(storeField(resource)), "
          + "\(place), \(resource.pageSize))", depth: 1)
      let hooks = hooks(of: port).filter { $0.resource.type == resource.type }
      writeHooks(hooks, handlers: handlers(resource), to: &file)
    }
    for (operation, guardCode) in zip(port.operations, guards) {
      file.use("time")
      var options = [
        "Port: \(GoLiteral.string(port.name))", "Name: \(GoLiteral.string(operation.name))",
        "Method: \(GoLiteral.string(operation.operation.verb.rawValue.uppercased()))",
        "Path: \(GoLiteral.string(Names.pathTemplate(operation.operation.path)))",
        "Timeout: \(GoLiteral.duration(operation.guards.timeout))",
      ]
      if let cache = operation.cache {
        let visibility = operation.guards.auth == nil ? "public" : "private"
        options.append("CacheControl: \"\(visibility), max-age=\(cache.nanoseconds / 1_000_000_000)\"")
      }
      file.line("router.Handle(rest.Operation{", depth: 1)
      if guardCode == usual, guardCode != nil { options.append("Guard: guard") }
      file.line(options.joined(separator: ", ") + ",", depth: 2)
      if let guardCode, guardCode != usual { file.line("Guard: \(guardCode),", depth: 2) }
      file.line("}, \(handler(operation, port)))", depth: 1)
    }
    if !plan.routes.isEmpty {
      writePassages(port, passing == usual ? passing.map { _ in "guard" } : passing, to: &file)
    }
    file.line("}")
  }

  /// What a gateway passes on, the longest prefix first.
  private func writePassages(_ port: PortPlan, _ guardCode: String?, to file: inout GoFile) {
    file.use("gen/runtime/gateway")
    file.use("time")
    file.line("router.PassOn(", depth: 1)
    for client in plan.routes {
      guard let route = client.route else { continue }
      let prefix = GoLiteral.string(route.prefix)
      var options = [
        "Port: \(GoLiteral.string(port.name))", "Peer: \(GoLiteral.string(client.target.name))", "Prefix: \(prefix)",
        "Timeout: \(GoLiteral.duration(port.guards.timeout))",
      ]
      if let guardCode { options.append("Guard: \(guardCode)") }
      file.line("rest.Passage{", depth: 2)
      file.line(options.joined(separator: ", ") + ",", depth: 3)
      file.line("Pass: gateway.Pass(clients.\(clientField(client)).client, \(prefix), \(route.strips)),", depth: 3)
      file.line("},", depth: 2)
    }
    file.line(")", depth: 1)
  }

  /// What is said more than once, most often.
  private static func commonest(_ codes: [String]) -> String? {
    var counts: [(code: String, count: Int)] = []
    for code in codes {
      if let index = counts.firstIndex(where: { $0.code == code }) {
        counts[index].count += 1
      } else {
        counts.append((code, 1))
      }
    }
    return counts.filter { $0.count > 1 }.max { $0.count < $1.count }?.code
  }

  /// The function that gives a router the operations of a port.
  func register(_ port: PortPlan) -> String { "register" + GoSpelling.exported(port.name) }

  /// What that function needs, by the names that it has in `run.go`.
  func registerArguments(_ port: PortPlan) -> [(name: String, type: String)] {
    var arguments: [(name: String, type: String)] = []
    if port.operations.contains(where: { $0.resource == nil }) || !hooks(of: port).isEmpty {
      arguments.append(("service", "Service"))
    }
    if !port.resources.isEmpty { arguments.append(("stores", "*Stores")) }
    if !plan.routes.isEmpty { arguments.append(("clients", "*Clients")) }
    if port.operations.contains(where: { code($0.guards, origins: [])?.contains("guards.") == true })
      || !plan.routes.isEmpty && code(port.guards, origins: [])?.contains("guards.") == true
    {
      arguments.append(("guards", "*guards"))
    }
    if port.operations.contains(where: { $0.repeatability == .withKey }) {
      arguments.append(("answers", "rest.Answers"))
    }
    return arguments
  }

  private func handler(_ operation: OperationPlan, _ port: PortPlan) -> String {
    var code = "p." + method(operation)
    if let resource = operation.resource, let action = operation.operation.origin?.action {
      code = "\(handlers(resource)).\(GoSpelling.exported(action.rawValue))"
    }
    if operation.repeatability != .withKey { return code }
    let isRequired = operation.operation.origin?.action != .create
    return "rest.Once(answers, \(GoLiteral.string("\(port.name).\(operation.name)")), \(isRequired), \(code))"
  }

  private func handlers(_ resource: ResourcePlan) -> String { GoSpelling.local(resource.type) + "Handlers" }

  private func method(_ operation: OperationPlan) -> String { "handle" + GoSpelling.exported(operation.name) }

  // MARK: Handlers

  /// The types of parameters and results that have rules of their own.
  func writeParameterTypes(_ operations: [OperationPlan], to file: inout GoFile) {
    var rows: [[String]] = []
    for operation in operations {
      for parameter in operation.parameters where types.isNamed(parameter.field.type) {
        rows.append([named(parameter, operation), "= " + types.travels(parameter.field.type, in: &file)])
      }
      if let result = operation.operation.result, types.isNamed(result) {
        rows.append([named(resultOf: operation), "= " + types.travels(result, in: &file)])
      }
    }
    guard !rows.isEmpty else { return }
    file.line()
    if rows.count == 1 {
      file.line("var " + rows[0].joined(separator: " "))
      return
    }
    file.line("var (")
    file.rows(rows, depth: 1)
    file.line(")")
  }

  private func named(_ parameter: Parameter, _ operation: OperationPlan) -> String {
    GoSpelling.local(operation.method) + GoSpelling.exported(parameter.field.name) + "Parameter"
  }

  func named(resultOf operation: OperationPlan) -> String { GoSpelling.local(operation.method) + "Result" }

  func travels(_ parameter: Parameter, _ operation: OperationPlan, in file: inout GoFile) -> String {
    types.isNamed(parameter.field.type)
      ? named(parameter, operation) : types.travels(parameter.field.type, in: &file)
  }

  private func writeHandler(_ operation: OperationPlan, _ type: String, to file: inout GoFile) {
    file.use("context")
    let hasParameters = !operation.parameters.isEmpty
    let request = hasParameters ? "r" : "_"
    file.line()
    file.line(
      "func (p *\(type)) \(method(operation))(ctx context.Context, \(request) *rest.Request) (*rest.Response, error) {")
    var arguments = ["ctx"]
    for parameter in operation.parameters {
      let name = GoSpelling.parameter(parameter.field.name)
      file.line("\(name) := \(reading(parameter, operation, in: &file))", depth: 1)
      let isPointer =
        parameter.field.type.isOptional && parameter.field.defaultValue != nil
        && !GoTypes.isNilable(parameter.field.type.unwrapped) && parameter.location != .body
      arguments.append(isPointer ? "&" + name : name)
    }
    if hasParameters {
      file.lines("\tif err := r.Err(); err != nil {\n\t\treturn nil, err\n\t}")
    }
    writeAnswer(
      operation, "p.service.\(GoSpelling.method(operation.method))(\(arguments.joined(separator: ", ")))", to: &file)
    file.line("}")
  }

  private func writeAnswer(_ operation: OperationPlan, _ call: String, to file: inout GoFile) {
    let status = operation.operation.status
    guard let result = operation.operation.result else {
      file.lines("\tif err := \(call); err != nil {\n\t\treturn nil, err\n\t}")
      file.line("return rest.Empty(\(status))", depth: 1)
      return
    }
    file.lines("\tresult, err := \(call)\n\tif err != nil {\n\t\treturn nil, err\n\t}")
    let travels = types.isNamed(result) ? named(resultOf: operation) : types.travels(result, in: &file)
    if result.isOptional {
      file.lines("\tif result == nil {\n\t\treturn rest.Empty(204)\n\t}")
    }
    let isPointer = result.isOptional && !GoTypes.isNilable(result.unwrapped)
    file.line("return rest.JSON(\(status), \(travels), \(isPointer ? "*" : "")result)", depth: 1)
  }

  /// `rest.Default(r.Query("limit"), searchLimitParameter, "5")`
  private func reading(_ parameter: Parameter, _ operation: OperationPlan, in file: inout GoFile) -> String {
    let field = parameter.field
    let travels = travels(parameter, operation, in: &file)
    let source: String
    switch parameter.location {
    case .body:
      if !field.type.isOptional { return "rest.Body(r, \(travels))" }
      return GoTypes.isNilable(field.type.unwrapped)
        ? "rest.NilBody(r, \(travels))" : "rest.OptionalBody(r, \(travels))"
    case .path: return "rest.Required(r.Path(\(GoLiteral.string(Names.pathParameter(field.name)))), \(travels))"
    case .query: source = "r.Query(\(GoLiteral.string(field.wireName)))"
    case .header(let name): source = "r.Header(\(GoLiteral.string(name)))"
    }
    var form = "Required"
    var more = ""
    if case .list = field.type.unwrapped { form = "List" }
    if let value = field.defaultValue, let tree = plan.examples.json(value, field.type) {
      form = form == "List" ? "DefaultList" : "Default"
      more = tree.parameters.map { ", " + GoLiteral.string($0) }.joined()
    } else if field.type.isOptional {
      form = form == "List" ? "OptionalList" : "Optional"
    }
    if case .binary = field.type.unwrapped, form == "Optional" { form = "OptionalBytes" }
    return "rest.\(form)(\(source), \(travels)\(more))"
  }
}
