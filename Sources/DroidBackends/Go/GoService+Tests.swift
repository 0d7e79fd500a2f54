import DroidSemantics

/// The tests that come with a service: they hold whatever `src/` does, because a stub stands in its place.
extension GoService {
  func serviceTests() -> [UInt8] {
    var file = self.file()
    for path in [
      "net/http", "net/http/httptest", "testing", "github.com/prometheus/client_golang/prometheus",
      "gen/runtime/process",
    ] {
      file.use(path)
    }
    if hasApplications || hasSubscribers || isJob { writeStub(to: &file) }
    if hasApplications { writeHarness(to: &file) }
    if hasApplications {
      for application in plan.applications {
        let suffix = suffix(application)
        file.lines(
          """

          func TestContract\(suffix)(t *testing.T) {
          \tanswer := ask(t, \(newSubject(application)), exchange{method: "GET", path: "/openapi.json"})
          \tif answer.Code != http.StatusOK || answer.Body.String() != string(\(contract(application))) {
          \t\tt.Errorf("the contract is answered with %d", answer.Code)
          \t}
          }
          """)
      }
      file.lines(
        """

        func TestNoSuchPath(t *testing.T) {
        \tcheck(t, \(newSubject(plan.applications[0])), exchange{method: "GET", path: "/no/such/path", status: 404, isProblem: true})
        }
        """)
    }
    writeRun(to: &file)
    writeHealth(to: &file)
    writeMasks(to: &file)
    return file.bytes()
  }

  private func newSubject(_ application: ApplicationPlan) -> String {
    "new\(suffix(application))Subject(t, stub{})"
  }

  private func writeStub(to file: inout GoFile) {
    file.lines(
      """

      // stub answers with examples, or fails with what a test wants.
      type stub struct{ err error }
      """)
    if isJob { writeWorkStub(to: &file) }
    for operation in behaviours { writeStub(operation, to: &file) }
    for subscriber in plan.subscribers {
      let type = names.type(subscriber.record.name)
      file.use("context")
      if subscriber.batch != 1 { file.use("gen/runtime/events") }
      let given = subscriber.batch == 1 ? "\(type), string" : "[]events.Event[\(type)]"
      file.line()
      file.function("func (s stub) \(handler(subscriber))(context.Context, \(given)) error", "return s.err")
    }
  }

  /// What all tests of ports use.
  private func writeHarness(to file: inout GoFile) {
    let given = scopes.isEmpty ? "" : "\n\trequest.Header.Set(\"X-Scopes\", \(GoLiteral.string(scopes)))"
    for path in ["encoding/json", "reflect", "strings", "gen/runtime/problem", "gen/runtime/rest"] { file.use(path) }
    if hasGuards { writeGuards(to: &file) }
    for application in plan.applications { writeSubject(application, to: &file) }
    file.lines(
      """

      // exchange is a request and what is expected of its answer.
      type exchange struct {
      \tname      string
      \tmethod    string
      \tpath      string
      \theader    http.Header
      \tbody      string
      \terr       error
      \tstatus    int
      \tanswer    string
      \tisProblem bool
      }

      func ask(t *testing.T, subject http.Handler, e exchange) *httptest.ResponseRecorder {
      \tt.Helper()
      \trequest := httptest.NewRequest(e.method, e.path, strings.NewReader(e.body))
      \trequest.Header.Set("Content-Type", "application/json")\(given)
      \tfor name, values := range e.header {
      \t\trequest.Header[name] = values
      \t}
      \tanswer := httptest.NewRecorder()
      \tsubject.ServeHTTP(answer, request)
      \treturn answer
      }

      func check(t *testing.T, subject http.Handler, e exchange) http.Header {
      \tt.Helper()
      \tanswer := ask(t, subject, e)
      \tif answer.Code != e.status {
      \t\tt.Errorf("%s %s is answered with %d: %s", e.method, e.path, answer.Code, answer.Body)
      \t}
      \tif e.isProblem && answer.Header().Get("Content-Type") != problem.MediaType {
      \t\tt.Errorf("its type is %q", answer.Header().Get("Content-Type"))
      \t}
      \tif e.answer != "" && !reflect.DeepEqual(decoded(t, answer.Body.String()), decoded(t, e.answer)) {
      \t\tt.Errorf("%s %s is answered with %s", e.method, e.path, answer.Body)
      \t}
      \treturn answer.Header()
      }

      func pointer[T any](value T) *T { return &value }

      func decoded(t *testing.T, text string) any {
      \tt.Helper()
      \tvar value any
      \tif err := json.Unmarshal([]byte(text), &value); err != nil {
      \t\tt.Errorf("%s: %v", text, err)
      \t}
      \treturn value
      }
      """)
  }

  private func writeStub(_ operation: OperationPlan, to file: inout GoFile) {
    let signature = signature(of: operation, in: &file)
    let open = signature.firstIndex(of: "(") ?? signature.endIndex
    let head = signature[..<open]
    // Parameters without names: a stub looks at none of them.
    let types = (["context.Context"] + operation.parameters.map { self.types.type($0.field.type, in: &file) })
      .joined(separator: ", ")
    let result = operation.operation.result
    if operation.operation.verb == .subscription, let result {
      writeStream(String(head), types, result, operation, to: &file)
      return
    }
    let answer = result.map { "(\(self.types.type($0, in: &file)), error)" } ?? "error"
    file.line()
    file.line("func (s stub) \(head)(\(types)) \(answer) {")
    guard let result else {
      file.line("return s.err", depth: 1)
      file.line("}")
      return
    }
    if let example = plan.examples.value(of: result, named: operation.name) {
      file.use("gen/runtime/wire")
      let travels = self.types.travels(result, in: &file)
      let isPointer = result.isOptional && !GoTypes.isNilable(result.unwrapped)
      file.line("result := wire.MustDecode(\(GoLiteral.string(example.line)), \(travels))", depth: 1)
      file.line("return \(isPointer ? "&" : "")result, s.err", depth: 1)
    } else {
      file.line("return \(self.types.zero(result, in: &file)), s.err", depth: 1)
    }
    file.line("}")
  }

  /// A stub of a subscription gives one value.
  private func writeStream(
    _ head: String, _ types: String, _ result: ValueType, _ operation: OperationPlan, to file: inout GoFile
  ) {
    file.use("iter")
    let type = self.types.type(result, in: &file)
    let example = plan.examples.value(of: result, named: operation.name)
    file.line()
    file.line("func (s stub) \(head)(\(types)) iter.Seq2[\(type), error] {")
    file.line("return func(yield func(\(type), error) bool) {", depth: 1)
    if let example {
      file.use("gen/runtime/wire")
      let isPointer = result.isOptional && !GoTypes.isNilable(result.unwrapped)
      let value = "wire.MustDecode(\(GoLiteral.string(example.line)), \(self.types.travels(result, in: &file)))"
      file.line("yield(\(isPointer ? "pointer(\(value))" : value), s.err)", depth: 2)
    } else {
      file.line("yield(\(self.types.zero(result, in: &file)), s.err)", depth: 2)
    }
    file.line("}", depth: 1)
    file.line("}")
  }

  private func writeSubject(_ application: ApplicationPlan, to file: inout GoFile) {
    let suffix = suffix(application)
    let arguments = handlerArguments(application)
    let usesService = arguments.contains { $0.name == "service" }
    file.line()
    file.comment("new\(suffix)Subject is a handler as a process has it, in memory.")
    file.line("func new\(suffix)Subject(t *testing.T, \(usesService ? "service" : "_") stub) http.Handler {")
    file.line("t.Helper()", depth: 1)
    file.line("registry := prometheus.NewRegistry()", depth: 1)
    if arguments.contains(where: { $0.name == "stores" })
      || (hasStores && arguments.contains { $0.name == "answers" })
    {
      file.lines(
        """
        \tstores, err := OpenStores(t.Context(), Settings{}, &process.Health{}, registry)
        \tif err != nil {
        \t\tt.Fatal(err)
        \t}
        """)
    }
    if arguments.contains(where: { $0.name == "clients" }) { file.use("gen/runtime/client") }
    let values = arguments.map { argument in
      switch argument.name {
      case "metrics": "rest.NewMetrics(registry, buckets)"
      case "guards": "openGuards()"
      case "clients": "newClients(Settings{}, client.NewMetrics(registry, buckets)\(plan.sharesAnswers ? ", nil" : ""))"
      case "stopping": "nil"
      case "answers": hasStores ? "stores.answers" : "&rest.MemoryAnswers{}"
      default: argument.name
      }
    }
    file.line("return \(handler(application))(\(values.joined(separator: ", ")))", depth: 1)
    file.line("}")
  }

  /// All that an operation may ask for.
  private var scopes: String { Set(operations.flatMap(\.guards.scopes)).sorted().joined(separator: " ") }

  private func writeGuards(to file: inout GoFile) {
    if auths.isEmpty {
      file.lines(
        """

        // openGuards let everybody ask as often as they like.
        func openGuards() *guards { return &guards{} }
        """)
      return
    }
    file.use("context")
    let fields = auths.map { "\($0.field): everybody{}" }.joined(separator: ", ")
    let list = scopes.isEmpty ? "" : ", Scopes: strings.Fields(\(GoLiteral.string(scopes)))"
    file.lines(
      """

      // everybody may do everything.
      type everybody struct{}

      func (everybody) Caller(context.Context, *http.Request) (rest.Caller, error) {
      \treturn rest.Caller{Subject: "somebody"\(list)}, nil
      }

      // openGuards let everybody ask as often as they like.
      \(GoFile.function("func openGuards() *guards", "return &guards{\(fields)}", depth: 0))

      func TestNobodyIsRefused(t *testing.T) {
      \tguards := newGuards(Settings{})
      \tfor _, auth := range []rest.Auth{\(auths.map { "guards.\($0.field)" }.joined(separator: ", "))} {
      \t\t_, err := auth.Caller(t.Context(), httptest.NewRequest(http.MethodGet, "/", nil))
      \t\tif problem.Of(err).Status != http.StatusUnauthorized {
      \t\t\tt.Errorf("nobody gets %v", err)
      \t\t}
      \t}
      }
      """)
  }

  /// The whole process starts, and stops when it is told to.
  private func writeRun(to file: inout GoFile) {
    file.use("context")
    var settings = [("HOST", "127.0.0.1"), ("ADMIN_PORT", "0"), ("DRAIN_SECONDS", "0"), ("LOG_LEVEL", "error")]
    settings += plan.applications.map { (plan.portSetting($0), "0") } + plan.stores.map { ($0.variable, "") }
    settings +=
      clients.map { ($0.variable, "http://127.0.0.1:9") } + plan.secrets.map { ($0.variable, "name:password") }
    settings += plan.brokers.map { ($0.variable, "") }
    let stub = hasApplications || hasSubscribers || isJob ? "stub{}" : "nil"
    file.line()
    file.line("func TestRun(t *testing.T) {")
    file.line("for name, value := range map[string]string{", depth: 1)
    var seen: Set<String> = []
    file.rows(
      settings.filter { seen.insert($0.0).inserted }
        .map { [GoLiteral.string($0.0) + ":", GoLiteral.string($0.1) + ","] }, depth: 2)
    if isJob {
      file.lines(
        """
        \t} {
        \t\tt.Setenv(name, value)
        \t}
        \tfor _, err := range []error{nil, context.DeadlineExceeded} {
        \t\tgot := run(t.Context(), func(context.Context, Parts) (Service, error) { return stub{err}, nil })
        \t\tif (got == nil) != (err == nil) {
        \t\t\tt.Errorf("work that ends with %v ends with %v", err, got)
        \t\t}
        \t}
        }
        """)
      return
    }
    file.lines(
      """
      \t} {
      \t\tt.Setenv(name, value)
      \t}
      \tctx, stop := context.WithCancel(t.Context())
      \terr := run(ctx, func(context.Context, Parts) (Service, error) {
      \t\tstop() // it is told to stop before it is told to start
      \t\treturn \(stub), nil
      \t})
      \tif err != nil {
      \t\tt.Error(err)
      \t}
      \tt.Setenv("ADMIN_PORT", "none")
      \tif err := run(t.Context(), nil); err == nil {
      \t\tt.Error("it starts on a port that is none")
      \t}
      }
      """)
  }

  private func writeHealth(to file: inout GoFile) {
    file.lines(
      """

      func TestProbes(t *testing.T) {
      \thealth := &process.Health{}
      \tadmin := process.AdminHandler(health, prometheus.NewRegistry())
      \texpect := func(path string, status int) {
      \t\tt.Helper()
      \t\tanswer := httptest.NewRecorder()
      \t\tadmin.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
      \t\tif answer.Code != status {
      \t\t\tt.Errorf("%s is answered with %d", path, answer.Code)
      \t\t}
      \t}
      \texpect("/livez", http.StatusOK)
      \texpect("/startupz", http.StatusServiceUnavailable)
      \texpect("/readyz", http.StatusServiceUnavailable)
      \thealth.Start()
      \texpect("/startupz", http.StatusOK)
      \texpect("/readyz", http.StatusOK)
      \texpect("/metrics", http.StatusOK)
      \thealth.Drain()
      \texpect("/readyz", http.StatusServiceUnavailable)
      }
      """)
  }

  private func writeMasks(to file: inout GoFile) {
    let masked = plan.types.records.filter { isMasked($0.name) && plan.examples.record($0.name) != nil }
    guard !masked.isEmpty else { return }
    for path in ["fmt", "strings", "gen/runtime/wire"] { file.use(path) }
    file.line()
    file.line("func TestMasks(t *testing.T) {")
    file.line("for _, record := range []any{", depth: 1)
    for record in masked {
      guard let tree = plan.examples.record(record.name) else { continue }
      file.line("wire.MustDecode(\(GoLiteral.string(tree.line)), \(names.variable(record.name))),", depth: 2)
    }
    file.lines(
      """
      \t} {
      \t\tif text := fmt.Sprintf("%+v", record); !strings.Contains(text, "***") {
      \t\t\tt.Errorf("nothing is masked in %s", text)
      \t\t}
      \t}
      }
      """)
  }
}
