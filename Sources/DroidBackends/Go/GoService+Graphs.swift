import DroidSemantics

/// The ports of GraphQL: what answers the fields of each.
extension GoService {
  var graphs: [GraphPlan] { plan.applications.flatMap(\.graphs) }
  var hasStreams: Bool { !graphs.allSatisfy(\.subscriptions.isEmpty) }

  func schemaFile(_ graph: GraphPlan) -> String { "\(graph.name).graphql" }
  /// `shopSchema`
  func schema(_ graph: GraphPlan) -> String { GoSpelling.local(graph.name) + "Schema" }
  /// The file of a port, which ends in a word that is no operating system.
  func graphFile(_ graph: GraphPlan) -> String { Names.snake(graph.name) + "_graph" }

  func register(_ graph: GraphPlan) -> String { "register" + GoSpelling.exported(graph.name) }

  /// What registers a port, by the names that it has in `run.go`.
  func registerArguments(_ graph: GraphPlan) -> [(name: String, type: String)] {
    let guards = [graph.guards] + graph.operations.map(\.guards)
    let usesGuards = guards.contains { code($0, origins: [])?.contains("guards.") == true }
    return [("service", "Service")] + (usesGuards ? [("guards", "*guards")] : [])
      + (graph.subscriptions.isEmpty ? [] : [("stopping", "<-chan struct{}")])
  }

  func routes(_ graph: GraphPlan) -> [UInt8] {
    var file = self.file()
    writeParameterTypes(graph.operations, to: &file)
    let type = GoSpelling.local(graph.name) + "Graph"
    file.line()
    file.comment(Self.described(type, "answers the port \(graph.name)", graph.port.doc))
    file.line("type \(type) struct{ service Service }")
    writeRegister(graph, type, to: &file)
    for operation in graph.queries + graph.mutations { writeField(operation, type, to: &file) }
    for operation in graph.subscriptions { writeStream(operation, type, to: &file) }
    return file.bytes()
  }

  private func writeRegister(_ graph: GraphPlan, _ type: String, to file: inout GoFile) {
    for path in ["net/http", "gen/runtime/graph", "gen/runtime/rest"] { file.use(path) }
    let arguments = (["router *rest.Router"] + registerArguments(graph).map { "\($0.name) \($0.type)" })
    file.line()
    file.line("func \(register(graph))(\(arguments.joined(separator: ", "))) {")
    file.line("p := &\(type){service}", depth: 1)
    var options = [["Document:", schema(graph) + ","]]
    func map(_ name: String, _ type: String, _ option: String, _ rows: [[String]]) {
      if rows.isEmpty { return }
      file.line("\(name) := map[string]\(type){", depth: 1)
      file.rows(rows, depth: 2)
      file.line("}", depth: 1)
      options.append([option + ":", name + ","])
    }
    let names = GraphNames(graph.types).wireNames(graph.types)
    if !names.isEmpty { file.comment("What is called otherwise where it travels as JSON.", depth: 1) }
    map("names", "string", "Names", names.map { [GoLiteral.string($0.place) + ":", GoLiteral.string($0.wire) + ","] })
    let fields = graph.queries.map { ("Query", $0) } + graph.mutations.map { ("Mutation", $0) }
    map(
      "fields", "graph.Field", "Fields", fields.map { root, operation in row(operation, root + ".", of: graph, &file) })
    map("streams", "graph.Stream", "Streams", graph.subscriptions.map { row($0, "", of: graph, &file) })
    options.append(["Depth:", "\(graph.depth),"])
    if graph.hasIntrospection { options.append(["HasIntrospection:", "true,"]) }
    if !graph.subscriptions.isEmpty { options.append(["Stopping:", "stopping,"]) }
    file.line("port := graph.New(graph.Options{", depth: 1)
    file.rows(options, depth: 2)
    file.line("})", depth: 1)
    if !graph.origins.isEmpty {
      let list = graph.origins.map { GoLiteral.string($0) }.joined(separator: ", ")
      file.line("origins := []string{\(list)}", depth: 1)
    }
    handle(graph, "graphql", "http.MethodPost", graph.path, graph.longest ?? graph.guards.timeout, "Answer", to: &file)
    if graph.hasIntrospection {
      handle(graph, "schema", "http.MethodGet", graph.schemaPath, graph.guards.timeout, "Schema", to: &file)
    }
    file.line("}")
  }

  private func handle(
    _ graph: GraphPlan, _ name: String, _ method: String, _ path: String, _ timeout: TimeSpan, _ handler: String,
    to file: inout GoFile
  ) {
    file.use("time")
    let options = [
      "Port: \(GoLiteral.string(graph.name))", "Name: \(GoLiteral.string(name))", "Method: \(method)",
      "Path: \(GoLiteral.string(path))", "Timeout: \(GoLiteral.duration(timeout))",
    ]
    file.line("router.Handle(rest.Operation{", depth: 1)
    file.line(options.joined(separator: ", ") + ",", depth: 2)
    if let guardCode = code(graph.guards, origins: graph.origins) { file.line("Guard: \(guardCode),", depth: 2) }
    file.line("}, port.\(handler))", depth: 1)
  }

  /// `"Query.order": {Ask: p.answerOrder},`
  private func row(_ operation: OperationPlan, _ root: String, of graph: GraphPlan, _ file: inout GoFile) -> [String] {
    var parts: [String] = []
    let guards = operation.guards
    // Who asks is known by then.
    var own: [String] = []
    if !guards.scopes.isEmpty, guards.scopes != graph.guards.scopes {
      own.append("Scopes: []string{\(guards.scopes.map { GoLiteral.string($0) }.joined(separator: ", "))}")
    }
    if let limit = guards.limit, limit != graph.guards.limit, let found = limits.first(where: { $0.limit == limit }) {
      own.append("Limit: guards.\(found.field)")
    }
    if !own.isEmpty { parts.append("Guard: rest.Guard{\(own.joined(separator: ", "))}") }
    if operation.operation.verb != .subscription, let most = graph.longest, guards.timeout != most {
      parts.append("Timeout: \(GoLiteral.duration(guards.timeout))")
    }
    parts.append("Ask: p.\(asking(operation))")
    let place = GoLiteral.string(root + GraphNames.member(operation.name))
    return ["\(place):", "{\(parts.joined(separator: ", "))},"]
  }

  private func asking(_ operation: OperationPlan) -> String { "answer" + GoSpelling.exported(operation.name) }

  /// The head of a method, and what it reads; the call of the user's method.
  private func open(
    _ operation: OperationPlan, _ head: String, _ none: String, to file: inout GoFile
  ) -> String {
    file.use("context")
    let request = operation.parameters.isEmpty ? "_" : "r"
    file.line()
    file.line(head.replacingAll("(ctx", with: "(ctx context.Context, \(request) *graph.Arguments") + " {")
    for parameter in operation.parameters {
      let type = parameter.field.type
      let form = !type.isOptional ? "Required" : GoTypes.isNilable(type.unwrapped) ? "Nilable" : "Optional"
      let travels = travels(parameter, operation, in: &file)
      let name = GoLiteral.string(GraphNames.field(parameter.field))
      file.line("\(GoSpelling.parameter(parameter.field.name)) := graph.\(form)(r, \(name), \(travels))", depth: 1)
    }
    if !operation.parameters.isEmpty {
      file.lines("\tif err := r.Err(); err != nil {\n\t\treturn \(none)err\n\t}")
    }
    let arguments = ["ctx"] + operation.parameters.map { GoSpelling.parameter($0.field.name) }
    return "p.service.\(GoSpelling.method(operation.method))(\(arguments.joined(separator: ", ")))"
  }

  private func writeField(_ operation: OperationPlan, _ type: String, to file: inout GoFile) {
    let call = open(operation, "func (p *\(type)) \(asking(operation))(ctx) ([]byte, error)", "nil, ", to: &file)
    if let result = operation.operation.result {
      let isPointer = result.isOptional && !GoTypes.isNilable(result.unwrapped)
      let isAbsent = result.isOptional ? " || result == nil" : ""
      file.use("gen/runtime/wire")
      file.lines("\tresult, err := \(call)\n\tif err != nil\(isAbsent) {\n\t\treturn nil, err\n\t}")
      let travels = travels(result, of: operation, in: &file)
      file.line("return wire.Encode(\(isPointer ? "*" : "")result, \(travels))", depth: 1)
    } else {
      file.lines("\tif err := \(call); err != nil {\n\t\treturn nil, err\n\t}")
      file.line("return []byte(\"true\"), nil", depth: 1)
    }
    file.line("}")
  }

  private func writeStream(_ operation: OperationPlan, _ type: String, to file: inout GoFile) {
    guard let result = operation.operation.result else { return }
    let head = "func (p *\(type)) \(asking(operation))(ctx, tell func(answer []byte) bool) error"
    let call = open(operation, head, "", to: &file)
    let code = travels(result, of: operation, in: &file)
    let travels = result.isOptional ? "wire.Nullable(\(code))" : code
    if result.isOptional { file.use("gen/runtime/wire") }
    file.line("return graph.Tell(\(call), \(travels), tell)", depth: 1)
    file.line("}")
  }

  private func travels(_ result: ValueType, of operation: OperationPlan, in file: inout GoFile) -> String {
    types.isNamed(result) ? named(resultOf: operation) : types.travels(result, in: &file)
  }
}
