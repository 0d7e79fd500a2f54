import DroidSemantics

/// The tests of a port of GraphQL.
extension ExpressService {
  func tests(_ graph: GraphPlan, of application: ApplicationPlan) -> [UInt8] {
    var module = portTests("The port `\(graph.name)`, as its schema has it.", application)
    for operation in graph.operations { write(operation, of: graph, to: &module) }
    let nonsense = ask(graph, .object([("query", .string("{ _no_such_field }"))]))
    module.test("what does not fit is refused") {
      $0.code(nonsense, depth: 1)
      $0.line("assert.equal(reply.status, 400);", depth: 1)
    }
    let introspection = ask(graph, .object([("query", .string("{ __schema { queryType { name } } }"))]))
    module.test("the schema is \(graph.hasIntrospection ? "" : "not ")told") {
      $0.code(introspection, depth: 1)
      $0.line("assert.equal(reply.status, \(graph.hasIntrospection ? 200 : 400));", depth: 1)
      if graph.hasIntrospection {
        $0.line(
          "const schema = await client.ask(\"GET\", \(TypeScriptLiteral.string(graph.schemaPath)));", depth: 1)
        $0.line("assert.match(String(schema.body), /type Query \\{/);", depth: 1)
      }
    }
    return module.bytes()
  }

  private func ask(
    _ graph: GraphPlan, _ body: JSONTree, headers: [(String, JSONTree)] = []
  )
    -> TypeScriptCode
  {
    var headers = headers
    let scopes = Set(graph.operations.flatMap(\.guards.scopes)).sorted()
    if graph.guards.believesIdentity, !scopes.isEmpty {
      headers.append(("x-scopes", .string(scopes.joined(separator: " "))))
    }
    let told = headers.isEmpty ? [] : [TypeScriptCode.member("headers", TypeScriptLiteral.json(.object(headers)))]
    return .call(
      "const reply = await client.ask",
      [
        .text("\"POST\""), .text(TypeScriptLiteral.string(graph.path)),
        .object(told + [.member("body", TypeScriptLiteral.json(body))]),
      ])
  }

  private func write(_ operation: OperationPlan, of graph: GraphPlan, to module: inout TypeScriptModule) {
    let samples = GraphSamples(graph, in: plan.system)
    let expected = samples.expected(operation, plan.examples)
    guard let (question, answer) = samples.exchange(operation, plan.examples, answering: expected) else { return }
    let isStream = operation.operation.verb == .subscription
    let asking = ask(graph, question, headers: isStream ? [("accept", .string("text/event-stream"))] : [])
    if isStream { module.use("../gen/runtime/json.js", "readJSON") }
    module.test(operation.method) {
      $0.code(asking, depth: 1)
      $0.line("assert.equal(reply.status, 200);", depth: 1)
      if isStream {
        $0.line("const [event, data = \"\", , last] = String(reply.body).split(\"\\n\");", depth: 1)
        $0.line("assert.deepEqual([event, last], [\"event: next\", \"event: complete\"]);", depth: 1)
        $0.code(
          .call(
            "assert.deepEqual", [.text("readJSON(data.slice(\"data: \".length))"), TypeScriptLiteral.json(answer)]),
          depth: 1)
      } else {
        $0.code(.call("assert.deepEqual", [.text("reply.body"), TypeScriptLiteral.json(answer)]), depth: 1)
      }
    }
  }
}
