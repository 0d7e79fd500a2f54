import DroidSemantics

/// A router for each port of GraphQL, with what answers its fields.
extension PythonService {
  func schemaFile(_ graph: GraphPlan) -> String { "\(graph.name).graphql" }

  func router(_ graph: GraphPlan) -> [UInt8] {
    var module = self.module("The port `\(graph.name)`, which answers GraphQL.")
    module.use("importlib.resources", "files")
    module.use("fastapi", "APIRouter", "Request", "Response")
    module.use("..dependencies", "ServiceDependency")
    module.use("..runtime.graphql", "Graph", "GraphField", "Question")
    let route = routeClass(of: graph.asked, in: &module)
    module.line()
    let options = ["tags=[\(PythonLiteral.string(graph.name))]", "route_class=\(route)", "include_in_schema=False"]
    module.code(.call("router = APIRouter", options.map { .text($0) }))
    writeNames(graph, to: &module)
    writeFields(graph, to: &module)
    module.line()
    var arguments = [
      "files(\(PythonLiteral.string(package))) / \(PythonLiteral.string(schemaFile(graph)))", "names=NAMES",
      "fields=FIELDS",
      "depth=\(graph.depth)",
    ]
    if graph.hasIntrospection { arguments.append("has_introspection=True") }
    module.code(.call("graph = Graph", arguments.map { .text($0) }))
    module.separate()
    module.line("@router.post(\(PythonLiteral.string(graph.path)), operation_id=\"graphql\")")
    if let timeout = graph.longest, timeout != graph.guards.timeout {
      module.use("..runtime.operations", "policy")
      module.line("@policy(timeout=\(timeout.seconds))")
    }
    module.code(
      .group(
        "async def answer", .round,
        ["request: Request", "service: ServiceDependency", "question: Question"].map { .text($0) }, " -> Response:"))
    module.docstring("Answer a document of GraphQL.", depth: 1)
    module.line("return await graph.answer(request, service, question)", depth: 1)
    if graph.hasIntrospection {
      module.separate()
      module.line("@router.get(\(PythonLiteral.string(graph.schemaPath)), operation_id=\"schema\")")
      module.line("async def schema() -> Response:")
      module.docstring("The schema, in GraphQL's own language.", depth: 1)
      module.line("return Response(graph.document, media_type=\"application/graphql\")", depth: 1)
    }
    return module.bytes()
  }

  private func writeNames(_ graph: GraphPlan, to module: inout PythonModule) {
    let entries = GraphNames(graph.types).wireNames(graph.types).map { place, wire in
      PythonCode.text("\(PythonLiteral.string(place)): \(PythonLiteral.string(wire))")
    }
    module.line()
    module.line("# What is called otherwise where it travels as JSON.")
    module.code(.group("NAMES: dict[str, str] = ", .curly, entries))
  }

  private func writeFields(_ graph: GraphPlan, to module: inout PythonModule) {
    let roots = [("Query", graph.queries), ("Mutation", graph.mutations), ("Subscription", graph.subscriptions)]
    let most = graph.longest
    let fields = roots.flatMap { root, operations in
      operations.map { operation in
        let place = PythonLiteral.string("\(root).\(GraphNames.member(operation.name))")
        let code = PythonCode.call("GraphField", field(operation, of: graph, within: most, in: &module))
        return code.wrapped("\(place): ")
      }
    }
    module.code(.group("FIELDS: dict[str, GraphField] = ", .curly, fields))
  }

  private func field(
    _ operation: OperationPlan, of graph: GraphPlan, within most: TimeSpan?, in module: inout PythonModule
  ) -> [PythonCode] {
    let types = types("..")
    module.use("pydantic", "TypeAdapter")
    func adapter(_ type: ValueType) -> PythonCode {
      let bare = types.bare(type, in: &module).flat
      return .call("TypeAdapter[\(bare)]", [types.plain(type, in: &module)])
    }
    var arguments: [PythonCode] = [.text("ask=\(PythonLiteral.string(method(operation)))")]
    let given = operation.parameters.map { parameter in
      adapter(parameter.field.type).wrapped(PythonLiteral.string(GraphNames.field(parameter.field)) + ": ")
    }
    arguments.append(.group("arguments=", .curly, given))
    if let result = operation.operation.result { arguments.append(adapter(result).wrapped("result=")) }
    let before = guards(graph.guards, of: graph.asked, in: &module)
    // Who asks is known by then.
    let own = guards(operation.guards, of: graph.asked, in: &module)
      .filter { name in !before.contains(name) && !auths.contains { $0.name == name } && name != "believe_identity" }
    if !own.isEmpty { arguments.append(Self.tuple(own).wrapped("guards=")) }
    let timeout = operation.guards.timeout
    if operation.operation.verb != .subscription, let most, timeout != most {
      arguments.append(.text("timeout=\(timeout.seconds)"))
    }
    return arguments
  }
}
