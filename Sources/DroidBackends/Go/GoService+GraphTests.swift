import DroidSemantics

/// The tests of a port of GraphQL: a table of exchanges, and one test for each subscription.
extension GoService {
  func tests(_ graph: GraphPlan, of application: ApplicationPlan) -> [UInt8] {
    var file = self.file()
    file.use("testing")
    let subject = "new\(suffix(application))Subject"
    let path = GoLiteral.string(graph.path)
    func exchange(_ name: String, _ question: JSONTree, _ status: Int, answer: JSONTree? = nil) -> [[String]] {
      let rows = [
        ["name:", GoLiteral.string(name) + ","], ["method:", "\"POST\","], ["path:", path + ","],
        ["body:", GoLiteral.string(question.line) + ","], ["status:", "\(status),"],
      ]
      return rows + (answer.map { [["answer:", GoLiteral.string($0.line) + ","]] } ?? [])
    }
    func asking(_ document: String) -> JSONTree { .object([("query", .string(document))]) }
    var exchanges = (graph.queries + graph.mutations).compactMap { operation in
      sample(operation, of: graph).map { exchange(operation.name, $0.question, 200, answer: $0.answer) }
    }
    exchanges.append(exchange("what does not fit is refused", asking("{ _no_such_field }"), 400))
    let told = "the schema is \(graph.hasIntrospection ? "" : "not ")told"
    exchanges.append(
      exchange(told, asking("{ __schema { queryType { name } } }"), graph.hasIntrospection ? 200 : 400))
    if graph.hasIntrospection {
      exchanges.append([
        ["name:", "\"its document is told\","], ["method:", "\"GET\","],
        ["path:", GoLiteral.string(graph.schemaPath) + ","], ["status:", "200,"],
      ])
    }
    file.test(exchanges, of: "\(GoSpelling.exported(graph.name))Graph", subject)
    for operation in graph.subscriptions {
      guard let sample = sample(operation, of: graph) else { continue }
      for path in ["net/http", "reflect", "strings"] { file.use(path) }
      let name = GoSpelling.exported(graph.name) + GoSpelling.exported(operation.name)
      file.lines(
        """

        func Test\(name)Stream(t *testing.T) {
        \tanswer := ask(t, \(subject)(t, stub{}), exchange{
        \t\tmethod: "POST", path: \(path), header: http.Header{"Accept": {"text/event-stream"}},
        \t\tbody: \(GoLiteral.string(sample.question.line)),
        \t})
        \tdata, end, _ := strings.Cut(strings.TrimPrefix(answer.Body.String(), "event: next\\ndata: "), "\\n")
        \tif end != "\\nevent: complete\\ndata: \\n\\n" {
        \t\tt.Errorf("it ends with %q", end)
        \t}
        \tif !reflect.DeepEqual(decoded(t, data), decoded(t, \(GoLiteral.string(sample.answer.line)))) {
        \t\tt.Errorf("it begins with %s", data)
        \t}
        }
        """)
    }
    return file.bytes()
  }

  private func sample(_ operation: OperationPlan, of graph: GraphPlan) -> (question: JSONTree, answer: JSONTree)? {
    let answer = operation.operation.result.map { plan.examples.value(of: $0, named: operation.name) } ?? .bool(true)
    return GraphSamples(graph, in: plan.system).exchange(operation, plan.examples, answering: answer)
  }
}
