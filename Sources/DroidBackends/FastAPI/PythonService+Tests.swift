import DroidSemantics

/// The tests that come with a service: they hold whatever `src/` does, because a stub stands in its place.
extension PythonService {
  /// The types that the requests and answers of the tests are made of, by the name of their constant.
  private var samples: [(constant: String, record: RecordType, tree: JSONTree)] {
    let examples = plan.examples
    return plan.types.records.compactMap { record in
      examples.record(record.name).map { (Names.constant(record.name) + "_EXAMPLE", record, $0) }
    }
  }

  func testConfiguration() -> [UInt8] {
    let subject = hasHandlers ? "with a stub in the place of `src/\(userPackage)`" : "as it is"
    var module = self.module("The service under test: \(hasResources ? "in memory, " : "")\(subject).")
    module.use("collections.abc", "Iterator")
    module.use(module: "pytest")
    module.use("fastapi.testclient", "TestClient")
    module.use("\(package).app", "create_app")
    module.use("\(package).settings", "Settings")
    let samples = self.samples
    if !samples.isEmpty {
      module.use("typing", "Any")
      module.line()
    }
    for (constant, _, tree) in samples {
      module.code(PythonLiteral.json(tree).wrapped("\(constant): dict[str, Any] = "))
    }
    writeCredentials(to: &module)
    if hasHandlers { writeStub(to: &module) }
    for application in plan.applications.dropFirst() { module.use("\(package).app", "create_\(variable(application))") }
    module.separate()
    module.line("@pytest.fixture(scope=\"session\")")
    module.line("def client() -> Iterator[TestClient]:")
    module.code(.call("settings = Settings", testSettings(in: &module)), depth: 1)
    module.line("with TestClient(create_app(settings\(hasHandlers ? ", Stub" : ""))) as client:", depth: 1)
    module.line("yield client", depth: 2)
    for application in plan.applications.dropFirst() {
      let name = variable(application)
      module.use("fastapi", "FastAPI")
      module.separate()
      module.line("@pytest.fixture(scope=\"session\")")
      module.line("def \(name)_client(client: TestClient) -> TestClient:")
      module.line("assert isinstance(client.app, FastAPI)", depth: 1)
      module.line("return TestClient(create_\(name)(client.app))", depth: 1)
    }
    return module.bytes()
  }

  /// Nothing of the machine's: in memory, with nobody to ask.
  func testSettings(in module: inout PythonModule) -> [PythonCode] {
    let databases = Set(stores.map(\.variable) + (brokers + plan.caches.map(\.broker)).map(\.variable)).sorted().map {
      PythonCode.text("\($0.lowercased())=None")
    }
    let urls = Set(plan.clients.map(\.variable)).sorted().map {
      PythonCode.text("\($0.lowercased())=\"http://localhost\"")
    }
    let secrets = plan.secrets.map { secret in
      module.use("pydantic", "SecretStr")
      return PythonCode.text("\(secret.variable.lowercased())=SecretStr(SECRET)")
    }
    return [.text("admin_port=0")] + databases + urls + secrets
  }

  private func writeStub(to module: inout PythonModule) {
    if hasBehaviours {
      module.use("typing", "Any")
      module.use("pydantic", "TypeAdapter")
    }
    module.use("typing", "ClassVar")
    module.use("\(package).service", interface)
    module.separate()
    module.line("class Stub(\(interface)):")
    module.docstring("Answers with examples, or raises what a test wants.", depth: 1)
    module.line()
    module.line("error: ClassVar[Exception | None] = None", depth: 1)
    let types = types(package + ".")
    writeModelStub(to: &module)
    for operation in plan.behaviours {
      module.line()
      module.code(signature(of: operation, in: &module, types), depth: 1)
      guard let result = operation.operation.result else {
        module.line("answer(None, None)", depth: 2)
        if isBatched(operation) { module.line("return [None for _ in bodies]", depth: 2) }
        continue
      }
      let type = types.bare(result, in: &module).flat
      if let sample = sample(of: result, named: operation.name) {
        module.code(.call("result: \(type) = answer", [.text(type), sample]), depth: 2)
        module.line("return \(isBatched(operation) ? "[result for _ in bodies]" : "result")", depth: 2)
      } else {
        module.line("raise NotImplementedError", depth: 2)
      }
    }
    for subscriber in plan.subscribers {
      module.line()
      module.code(signature(of: subscriber, in: &module, types), depth: 1)
      module.line("pass", depth: 2)
    }
    if !hasBehaviours { return }
    module.separate()
    module.line("def answer(kind: Any, example: object) -> Any:")
    module.docstring("The example as a value of its type.", depth: 1)
    module.line("if Stub.error is not None:", depth: 1)
    module.line("raise Stub.error", depth: 2)
    module.line("return TypeAdapter(kind).validate_python(example)", depth: 1)
  }

  /// An example of a type: the constant of a record, or a literal.
  private func sample(of type: ValueType, named name: String) -> PythonCode? {
    let examples = plan.examples
    switch type {
    case .optional(let inner): return sample(of: inner, named: name)
    case .record(let record):
      return examples.record(record) == nil ? nil : .text(Names.constant(record) + "_EXAMPLE")
    case .list(.record(let record), let bounds) where (bounds.lower?.integer ?? 0) <= 1:
      return examples.record(record) == nil ? nil : .text("[\(Names.constant(record))_EXAMPLE]")
    default: return examples.value(of: type, named: name).map(PythonLiteral.json)
    }
  }

  func tests(_ port: PortPlan, of application: ApplicationPlan) -> [UInt8] {
    var module = self.module("The port `\(port.name)`, as its contract has it.")
    let client = isFirst(application) ? "client" : "\(variable(application))_client"
    module.use("fastapi.testclient", "TestClient")
    for resource in port.resources { write(resource, port, client, to: &module) }
    for operation in port.operations where operation.resource == nil { write(operation, client, to: &module) }
    return module.bytes()
  }

  // MARK: Operations

  private func write(_ operation: OperationPlan, _ client: String, to module: inout PythonModule) {
    guard let request = request(of: operation, client, in: &module) else { return }
    let name = Names.snake(operation.method)
    let result = operation.operation.result
    let expected = result.flatMap { sample(of: $0, named: operation.name) }
    if result != nil && expected == nil { return }
    module.separate()
    module.test("test_\(name)", client)
    module.code(request.wrapped("response = "), depth: 1)
    module.line("assert response.status_code == \(operation.operation.status)", depth: 1)
    if operation.operation.verb == .head { return }
    if plan.model?.versions.contains(where: { $0.name != nil }) == true {
      module.line("assert response.headers[\"x-model-version\"]", depth: 1)
    }
    if let expected {
      use(expected, in: &module)
      var isFlag = false
      if case .text(let text) = expected { isFlag = text == "True" || text == "False" }
      module.code(expected.wrapped("assert response.json() \(isFlag ? "is" : "==") "), depth: 1)
    }
    for error in operation.errors {
      let request = self.request(of: operation, client, in: &module, key: error.name) ?? request
      write(error, operation, request, client, to: &module)
    }
    if operation.guards.auth != nil {
      module.separate()
      module.test("test_\(name)_refuses_strangers", client)
      let stranger = self.request(of: operation, client, in: &module, isStranger: true)
      module.code((stranger ?? request).wrapped("response = "), depth: 1)
      module.line("assert response.status_code == 401", depth: 1)
      module.line("assert \"www-authenticate\" in response.headers", depth: 1)
    }
    if operation.body != nil {
      module.separate()
      module.test("test_\(name)_refuses_what_is_no_body", client)
      let refused = self.request(of: operation, client, in: &module, body: .text("json=[\"no body\"]"))
      module.code((refused ?? request).wrapped("response = "), depth: 1)
      module.line("assert response.status_code == 422", depth: 1)
      module.line("assert response.headers[\"content-type\"] == \"application/problem+json\"", depth: 1)
    }
  }

  private func write(
    _ error: ErrorType, _ operation: OperationPlan, _ request: PythonCode, _ client: String,
    to module: inout PythonModule
  ) {
    let examples = plan.examples
    var arguments: [PythonCode] = []
    let types = types(package + ".")
    var expected: [(String, JSONTree)] = []
    for field in error.fields where field.defaultValue == nil && !field.type.isOptional {
      guard let value = examples.field(field) else { return }
      let type = types.bare(field.type, in: &module)
      module.use("pydantic", "TypeAdapter")
      arguments.append(
        .call(
          "\(PythonSpelling.field(field.name))=TypeAdapter(\(type.flat)).validate_python", [PythonLiteral.json(value)]))
      expected.append((field.wireName, value))
    }
    let spelled = PythonSpelling.type(error.name)
    module.use("pytest", "MonkeyPatch")
    module.use("\(package).errors", spelled)
    module.use("conftest", "Stub")
    module.separate()
    module.code(
      .group(
        "def test_\(Names.snake(operation.method))_may_fail_with_\(Names.snake(error.name))", .round,
        [.text("\(client): TestClient"), .text("monkeypatch: MonkeyPatch")], " -> None:"))
    module.code(
      .call("monkeypatch.setattr", [.text("Stub"), .text("\"error\""), .call(spelled, arguments)]), depth: 1)
    module.code(request.wrapped("response = "), depth: 1)
    module.line("assert response.status_code == \(error.status)", depth: 1)
    if operation.operation.verb == .head { return }
    module.line("assert response.headers[\"content-type\"] == \"application/problem+json\"", depth: 1)
    module.line("assert response.json()[\"type\"] == \(PythonLiteral.string(Problems.type(of: error)))", depth: 1)
    for (name, value) in expected {
      module.code(
        PythonLiteral.json(value).wrapped("assert response.json()[\(PythonLiteral.string(name))] == "), depth: 1)
    }
  }

  private func use(_ sample: PythonCode, in module: inout PythonModule) {
    guard case .text(let text) = sample else { return }
    let name = text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text
    if name.hasSuffix("_EXAMPLE") { module.use("conftest", name) }
  }

  /// A request with an example of all that must be there.
  private func request(
    of operation: OperationPlan, _ client: String, in module: inout PythonModule, body: PythonCode? = nil,
    isStranger: Bool = false, key: String? = nil
  ) -> PythonCode? {
    let examples = plan.examples
    var path = operation.operation.path
    var query: [(String, JSONTree)] = []
    var headers: [(String, JSONTree)] = []
    var content = body
    for parameter in operation.parameters {
      let field = parameter.field
      let isNeeded = field.defaultValue == nil && !field.type.isOptional
      guard isNeeded || parameter.location == .path else { continue }
      guard let value = examples.field(field) else { return nil }
      switch parameter.location {
      case .path: path = path.replacingAll("{\(field.name)}", with: Self.encoded(Self.text(value)))
      case .query: query.append((field.wireName, Self.parameter(value)))
      case .header(let name): headers.append((name, Self.parameter(value)))
      case .body:
        if content != nil { continue }
        guard let sample = sample(of: field.type, named: field.name) else { return nil }
        use(sample, in: &module)
        content = sample.wrapped("json=")
      }
    }
    var arguments: [PythonCode] = [.text(PythonLiteral.string(path))]
    if !query.isEmpty { arguments.append(PythonLiteral.json(.object(query)).wrapped("params=")) }
    if operation.idempotencyKey == .required { headers.append(("Idempotency-Key", .string(key ?? operation.name))) }
    let credentials = isStranger ? nil : credentials(for: operation)
    if let credentials { module.use("conftest", credentials) }
    if !headers.isEmpty {
      let own = PythonLiteral.json(.object(headers))
      arguments.append(own.wrapped("headers=" + (credentials.map { "\($0) | " } ?? "")))
    } else if let credentials {
      arguments.append(.text("headers=\(credentials)"))
    }
    if let content { arguments.append(content) }
    return .call("\(client).\(operation.operation.verb.rawValue)", arguments)
  }

  private static func parameter(_ tree: JSONTree) -> JSONTree {
    if case .array(let elements) = tree { return .array(elements.map { .string(text($0)) }) }
    return .string(text(tree))
  }

  static func text(_ tree: JSONTree) -> String {
    switch tree {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: ""
    }
  }

  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
        || [0x2d, 0x2e, 0x5f, 0x7e, 0x3a].contains(byte)
      if isPlain { result.append(byte) } else { result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: The whole service

  func serviceTests() -> [UInt8] {
    var module = self.module("What holds for the whole service.")
    module.use("fastapi", "FastAPI")
    module.use("fastapi.testclient", "TestClient")
    module.use("\(package).runtime.health", "Health", "create_admin_app")
    for application in plan.applications {
      let client = isFirst(application) ? "client" : "\(variable(application))_client"
      let suffix = isFirst(application) ? "" : "_of_\(variable(application))"
      module.separate()
      module.test("test_the_routes\(suffix)_are_those_of_the_contract", client)
      module.line("assert isinstance(\(client).app, FastAPI)", depth: 1)
      module.line("contract = \(client).get(\"/openapi.json\").json()", depth: 1)
      module.line("assert routes(\(client).app.openapi()) == routes(contract)", depth: 1)
    }
    module.separate()
    module.line("def routes(document: dict[str, dict[str, dict[str, object]]]) -> list[str]:")
    module.docstring("A hyphen in the name of a path parameter is an underscore in a route.", depth: 1)
    module.line("return sorted(", depth: 1)
    module.line("f\"{verb} {path.replace('-', '_')}\"", depth: 2)
    module.line("for path, operations in document[\"paths\"].items()", depth: 2)
    module.line("for verb in operations", depth: 2)
    module.line(")", depth: 1)
    module.separate()
    module.test("test_what_is_not_there_is_a_problem", "client")
    module.line("response = client.get(\"/no/such/path\")", depth: 1)
    module.line("assert response.status_code == 404", depth: 1)
    module.line("assert response.headers[\"content-type\"] == \"application/problem+json\"", depth: 1)
    writeHealthTests(to: &module)
    return module.bytes()
  }

  func healthTests() -> [UInt8] {
    var module = self.module("What holds for the whole service.")
    module.use("starlette.testclient", "TestClient")
    module.use("\(package).runtime.health", "Health", "create_admin_app")
    writeHealthTests(to: &module)
    if isJob { writeJobTests(to: &module) }
    return module.bytes()
  }

  private func writeHealthTests(to module: inout PythonModule) {
    module.separate()
    module.line("def test_the_probes_tell_how_it_is() -> None:")
    module.line("health = Health()", depth: 1)
    module.line("admin = TestClient(create_admin_app(health))", depth: 1)
    module.line("assert admin.get(\"/livez\").status_code == 200", depth: 1)
    module.line("assert admin.get(\"/startupz\").status_code == 503", depth: 1)
    module.line("health.start()", depth: 1)
    module.line("assert admin.get(\"/startupz\").status_code == 200", depth: 1)
    module.line("assert admin.get(\"/readyz\").status_code == 200", depth: 1)
    module.line("health.drain()", depth: 1)
    module.line("assert admin.get(\"/readyz\").status_code == 503", depth: 1)
    module.line("assert \"python_info\" in admin.get(\"/metrics\").text", depth: 1)
  }
}

extension PythonModule {
  /// The first line of a test that is given a client.
  mutating func test(_ name: String, _ client: String) {
    code(.group("def \(name)", .round, [.text("\(client): TestClient")], " -> None:"))
  }
}
