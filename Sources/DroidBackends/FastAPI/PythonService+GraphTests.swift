import DroidSemantics

/// The tests of a port of GraphQL.
extension PythonService {
  func tests(_ graph: GraphPlan, of application: ApplicationPlan) -> [UInt8] {
    var module = self.module("The port `\(graph.name)`, as its schema has it.")
    let client = isFirst(application) ? "client" : "\(variable(application))_client"
    module.use("fastapi.testclient", "TestClient")
    for operation in graph.operations { write(operation, of: graph, client, to: &module) }
    write("what_does_not_fit_is_refused", "{ _no_such_field }", graph, client, status: 400, to: &module)
    module.line("assert response.json()[\"errors\"]", depth: 1)
    write(
      "the_schema_is\(graph.hasIntrospection ? "" : "_not")_told", "{ __schema { queryType { name } } }", graph, client,
      status: graph.hasIntrospection ? 200 : 400, to: &module)
    if graph.hasIntrospection {
      let headers = credentials(graph).map { ", headers=\($0)" } ?? ""
      module.line("schema = \(client).get(\(PythonLiteral.string(graph.schemaPath))\(headers))", depth: 1)
      module.line("assert schema.status_code == 200", depth: 1)
      module.line("assert \"type Query {\" in schema.text", depth: 1)
    }
    if graph.guards.auth != nil {
      module.separate()
      module.test("test_strangers_are_refused", client)
      module.code(ask(graph, client, .text("{\"query\": \"{ __typename }\"}"), headers: []), depth: 1)
      module.line("assert response.status_code == 401", depth: 1)
    }
    return module.bytes()
  }

  private func credentials(_ graph: GraphPlan) -> String? {
    if let auth = graph.guards.auth, let name = auths.first(where: { $0.auth == auth })?.name {
      return name + "_HEADERS"
    }
    return graph.operations.contains { !$0.guards.scopes.isEmpty } ? "IDENTITY_HEADERS" : nil
  }

  private func ask(_ graph: GraphPlan, _ client: String, _ question: PythonCode, headers: [String]) -> PythonCode {
    let told = headers.isEmpty ? [] : [PythonCode.text("headers=" + headers.joined(separator: " | "))]
    return .call(
      "response = \(client).post",
      [.text(PythonLiteral.string(graph.path)), question.wrapped("json=")] + told)
  }

  private func write(
    _ name: String, _ document: String, _ graph: GraphPlan, _ client: String, status: Int,
    to module: inout PythonModule
  ) {
    let credentials = credentials(graph).map { [$0] } ?? []
    if let name = credentials.first { module.use("conftest", name) }
    module.separate()
    module.test("test_\(name)", client)
    module.code(
      ask(
        graph, client, .group("", .curly, [.text("\"query\": \(PythonLiteral.string(document))")]), headers: credentials
      ),
      depth: 1)
    module.line("assert response.status_code == \(status)", depth: 1)
  }

  private func write(
    _ operation: OperationPlan, of graph: GraphPlan, _ client: String, to module: inout PythonModule
  ) {
    let samples = GraphSamples(graph, in: plan.system)
    let expected = samples.expected(operation, plan.examples)
    guard let (question, answer) = samples.exchange(operation, plan.examples, answering: expected) else { return }
    var headers = credentials(graph).map { [$0] } ?? []
    if let name = headers.first { module.use("conftest", name) }
    let isStream = operation.operation.verb == .subscription
    if isStream { headers.append("{\"accept\": \"text/event-stream\"}") }
    module.separate()
    module.test("test_\(Names.snake(operation.method))", client)
    module.code(ask(graph, client, PythonLiteral.json(question), headers: headers), depth: 1)
    module.line("assert response.status_code == 200", depth: 1)
    if isStream {
      module.use(module: "json")
      module.line("event, data, _, last, *_ = response.text.split(\"\\n\")", depth: 1)
      module.line("assert (event, last) == (\"event: next\", \"event: complete\")", depth: 1)
      module.code(
        PythonLiteral.json(answer).wrapped("assert json.loads(data.removeprefix(\"data: \")) == "), depth: 1)
    } else {
      module.code(PythonLiteral.json(answer).wrapped("assert response.json() == "), depth: 1)
    }
  }
}
