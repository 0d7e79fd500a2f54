import DroidSemantics

/// The tests of typed clients: each operation asks a server that answers with an example.
extension GoService {
  func clientTests() -> [UInt8]? {
    let tested = clients.filter { !$0.operations.isEmpty }
    guard !tested.isEmpty else { return nil }
    var file = self.file()
    for path in [
      "context", "net/http", "net/http/httptest", "testing", "github.com/prometheus/client_golang/prometheus",
      "gen/runtime/client",
    ] { file.use(path) }
    file.lines(
      """

      // answering is a service that answers everything alike.
      func answering(t *testing.T, status int, body string) *client.Client {
      \tt.Helper()
      \tserver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
      \t\tw.WriteHeader(status)
      \t\t_, _ = w.Write([]byte(body))
      \t}))
      \tt.Cleanup(server.Close)
      \toptions := client.Options{Timeout: time.Minute}
      \treturn client.New("peer", server.URL, client.NewMetrics(prometheus.NewRegistry(), buckets), options)
      }
      """)
    file.use("time")
    for each in tested { write(each, to: &file) }
    return file.bytes()
  }

  private func write(_ plan: ClientPlan, to file: inout GoFile) {
    let type = clientField(plan) + "Client"
    file.line()
    file.line("func Test\(type)(t *testing.T) {")
    file.line("for name, test := range map[string]struct {", depth: 1)
    file.rows(
      [["status", "int"], ["answer", "string"], ["ask", "func(ctx context.Context, c \(type)) error"]], depth: 2)
    file.line("}{", depth: 1)
    for operation in plan.operations {
      guard let arguments = arguments(of: operation, in: &file), let answer = answer(of: operation) else { continue }
      let call = "c.\(GoSpelling.method(operation.name))(\((["ctx"] + arguments).joined(separator: ", ")))"
      let returns = operation.operation.origin?.action == .list || operation.operation.result != nil
      file.line(
        "\(GoLiteral.string(operation.name)): {\(operation.operation.status), \(GoLiteral.string(answer)), "
          + "func(ctx context.Context, c \(type)) error {", depth: 2)
      if returns && operation.operation.status != 204 {
        file.line("_, err := \(call)", depth: 3)
        file.line("return err", depth: 3)
      } else {
        file.line("return \(call)", depth: 3)
      }
      file.line("}},", depth: 2)
    }
    file.lines(
      """
      \t} {
      \t\tt.Run(name, func(t *testing.T) {
      \t\t\tif err := test.ask(t.Context(), \(type){answering(t, test.status, test.answer)}); err != nil {
      \t\t\t\tt.Error(err)
      \t\t\t}
      """)
    if plan.resilience.fallback == nil {
      file.lines(
        """
        \t\t\tif err := test.ask(t.Context(), \(type){answering(t, http.StatusTeapot, "")}); err == nil {
        \t\t\t\tt.Error("an answer that nobody declared is taken")
        \t\t\t}
        """)
    }
    file.lines("\t\t})\n\t}\n}")
  }

  /// The JSON of an example of what is answered; empty where there is nothing; nil if a pattern is beyond us.
  private func answer(of operation: OperationPlan) -> String? {
    if operation.operation.verb == .head { return operation.operation.result == nil ? "" : nil }
    if operation.operation.origin?.action == .list { return "{\"items\":[]}" }
    guard let result = operation.operation.result, operation.operation.status != 204 else { return "" }
    return plan.examples.value(of: result, named: operation.name)?.line
  }

  /// Examples of what must be there, nil for the rest; nil if a pattern is beyond us.
  private func arguments(of operation: OperationPlan, in file: inout GoFile) -> [String]? {
    if operation.operation.origin?.action == .list { return ["client.ListQuery{}"] }
    var arguments: [String] = []
    for parameter in operation.parameters {
      let field = parameter.field
      if field.type.isOptional {
        arguments.append("nil")
        continue
      }
      guard let example = plan.examples.field(field) else { return nil }
      file.use("gen/runtime/wire")
      arguments.append(
        "wire.MustDecode(\(GoLiteral.string(example.line)), \(types.travels(field.type, in: &file)))")
    }
    return arguments
  }
}
