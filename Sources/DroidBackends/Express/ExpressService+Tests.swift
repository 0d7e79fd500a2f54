import DroidSemantics

/// The tests that come with a service: they hold whatever `src/` does, because a stub stands in its place.
extension ExpressService {
  private func exampleConstant(_ type: String) -> String { Names.camel(type) + "Example" }

  var hasExamples: Bool { plan.types.records.contains { plan.examples.record($0.name) != nil } }

  /// The values that requests and answers are made of.
  func testExamples() -> [UInt8] {
    var module = self.module("An example of each record.")
    module.use(type: "JSONObject", from: "../gen/runtime/json.js")
    for record in plan.types.records {
      guard let tree = plan.examples.record(record.name) else { continue }
      module.line()
      module.code(TypeScriptLiteral.json(tree).wrapped("export const \(exampleConstant(record.name)): JSONObject = "))
    }
    return module.bytes()
  }

  /// The service under test.
  func testSubject() -> [UInt8] {
    let subject = hasStub ? "with a stub in the place of `src/`" : "as it is"
    var module = self.module("The service under test: \(hasResources ? "in memory, " : "")\(subject).")
    module.line()
    if hasStub { writeStub(to: &module) } else { writeService(to: &module) }
    guard hasApplications else { return module.bytes() }
    let applications = applicationParts.map { part -> TypeScriptCode in
      if part.name == "service" { return .member("service", .text("stub")) }
      if ["access", "versions"].contains(part.name) { return .text(part.name) }
      if part.name == "health" {
        module.use("../gen/runtime/health.js", "Health")
        return .member("health", .text("new Health()"))
      }
      if part.name == "clients" { return .member(part.name, .call("createClients", clientArguments(in: &module))) }
      return .member(part.name, .call("await openStores", openArguments(in: &module)))
    }
    if hasStores { module.use("../gen/stores.js", "openStores") }
    if hasPassages { module.use("../gen/clients.js", "createClients") }
    if hasPassages || hasStores && hasDatabase || isModel { writeSettings(to: &module) }
    if isModel {
      module.use("../gen/versions.js", "createVersions")
      module.line("const versions = createVersions(settings);")
      module.line("await versions.load((version, uri) => stub.load(version, uri));")
    }
    if hasAccess { writeOpenAccess(to: &module) }
    module.use(type: "ApplicationParts", from: "../gen/app.js")
    module.line()
    module.comment("What the applications are made of.")
    module.code(.object(applications).wrapped("export const parts: ApplicationParts = "))
    return module.bytes()
  }

  private var hasStub: Bool { hasBehaviours || !plan.subscribers.isEmpty || isModel }

  private func openArguments(in module: inout TypeScriptModule) -> [TypeScriptCode] {
    if plan.stores.isEmpty { return [] }
    module.use("../gen/runtime/health.js", "Health")
    return [.text("settings"), .text("new Health()")]
  }

  private func clientArguments(in module: inout TypeScriptModule) -> [TypeScriptCode] {
    guard sharedCache != nil else { return [.text("settings")] }
    module.use("../gen/caches.js", "openCaches")
    module.use("../gen/runtime/health.js", "Health")
    return [.text("settings"), .call("openCaches", [.text("settings"), .text("new Health()")])]
  }

  /// Those that must be there: nobody is asked for real.
  private func writeSettings(to module: inout TypeScriptModule) {
    module.use("../gen/settings.js", "readSettings")
    module.line()
    module.code(.call("const settings = readSettings", [.object(settingsOfTests)]))
  }

  /// Those that must be there, where nobody is asked.
  var settingsOfTests: [TypeScriptCode] {
    let places = addresses.filter { !$0.isOptional }.map {
      TypeScriptCode.member($0.variable, .string("\"http://127.0.0.1:9\""))
    }
    return neededSettings(places: places)
  }

  /// The variables without which no settings are read.
  func neededSettings(places: [TypeScriptCode]) -> [TypeScriptCode] {
    plan.secrets.map { .member($0.variable, .string("\"name:password\"")) } + places
      + (plan.model?.versions ?? []).filter { $0.model == nil }.map { .member($0.variable, .string("\"a model\"")) }
  }

  private func writeService(to module: inout TypeScriptModule) {
    module.use(type: interface, from: "../gen/service.js")
    module.line("const stub: \(interface) = {};")
  }

  private func writeStub(to module: inout TypeScriptModule) {
    module.use(type: interface, from: "../gen/service.js")
    if !plan.subscribers.isEmpty {
      module.use("node:events", "EventEmitter")
      module.comment("Emits the name of a method that has handled something.")
      module.line("export const handled = new EventEmitter();")
      module.line()
    }
    module.comment(
      hasBehaviours ? "Answers with examples, or throws what a test wants." : "Handles everything.")
    module.line("class Stub implements \(interface) {")
    if hasBehaviours { module.line("error: Error | undefined;", depth: 1) }
    let types = TypeScriptTypes(plan, root: "../gen/")
    if isJob {
      module.line("async run(): Promise<void> {}", depth: 1)
      module.line()
    }
    writeModelStub(to: &module, types)
    for operation in behaviours {
      module.line()
      if isBatched(operation) {
        writeBatchStub(of: operation, to: &module, types)
        continue
      }
      let result = operation.operation.result
      let type = result.map { types.type($0, in: &module) } ?? "void"
      let isStream = operation.operation.verb == .subscription
      let name = (isStream ? "async *" : "async ") + method(operation)
      module.line("\(name)(): \(isStream ? "AsyncGenerator" : "Promise")<\(type)> {", depth: 1)
      if let result {
        if let sample = sample(of: result, named: operation.name) {
          use(sample, in: &module)
          let codec = types.codec(result.unwrapped, in: &module)
          let value = TypeScriptCode.call(types.use("valueFrom", &module), [codec, sample])
          module.code(.call("\(isStream ? "yield" : "return") this.#answer", [value]), depth: 2)
        } else {
          module.line("throw new Error(\"there is no example\");", depth: 2)
        }
      } else {
        module.line("this.#answer(undefined);", depth: 2)
      }
      module.line("}", depth: 1)
    }
    for (index, subscriber) in plan.subscribers.enumerated() {
      if index > 0 || hasBehaviours { module.line() }
      module.line("async \(Self.handler(subscriber))(): Promise<void> {", depth: 1)
      module.line("handled.emit(\(TypeScriptLiteral.string(Self.handler(subscriber))));", depth: 2)
      module.line("}", depth: 1)
    }
    if hasBehaviours { writeAnswer(to: &module) }
    module.line("}")
    module.line()
    module.line("export const stub = new Stub();")
  }

  private func writeAnswer(to module: inout TypeScriptModule) {
    module.line()
    module.line("#answer<Value>(value: Value): Value {", depth: 1)
    module.line("if (this.error !== undefined) {", depth: 2)
    module.line("throw this.error;", depth: 3)
    module.line("}", depth: 2)
    module.line("return value;", depth: 2)
    module.line("}", depth: 1)
  }

  /// An example of a type: the constant of a record, or a literal.
  func sample(of type: ValueType, named name: String) -> TypeScriptCode? {
    switch type {
    case .optional(let inner): return sample(of: inner, named: name)
    case .record(let record):
      return plan.examples.record(record) == nil ? nil : .text(exampleConstant(record))
    case .list(.record(let record), let bounds) where (bounds.lower?.integer ?? 0) <= 1:
      return plan.examples.record(record) == nil ? nil : .array([.text(exampleConstant(record))])
    default: return plan.examples.value(of: type, named: name).map(TypeScriptLiteral.json)
    }
  }

  // MARK: A port

  /// A module of tests that ask a server of the application.
  func portTests(_ doc: String, _ application: ApplicationPlan) -> TypeScriptModule {
    var module = module(doc)
    module.use("node:test", "after", "test")
    module.use("node:assert/strict", "default assert")
    module.use("../gen/app.js", factory(application))
    module.use("./client.js", "clientOf")
    module.use("./subject.js", "parts")
    module.line()
    module.line("const client = await clientOf(\(factory(application))(parts));")
    module.line("after(() => client.close());")
    return module
  }

  func tests(_ port: PortPlan, of application: ApplicationPlan) -> [UInt8] {
    var module = portTests("The port `\(port.name)`, as its contract has it.", application)
    for resource in port.resources { write(resource, port, to: &module) }
    for operation in port.operations where operation.resource == nil { write(operation, to: &module) }
    if hasPassages {
      for client in plan.routes {
        let path = TypeScriptLiteral.string((client.route?.prefix ?? "") + "/no/such/path/at/all")
        module.test("\(client.target.name) is asked, and is not there") {
          $0.line("const reply = await client.ask(\"GET\", \(path));", depth: 1)
          $0.line("assert.equal(reply.status, 503);", depth: 1)
        }
      }
    }
    if isFirst(application), port.name == application.ports[0].name { writeCommon(to: &module) }
    return module.bytes()
  }

  private func writeCommon(to module: inout TypeScriptModule) {
    module.test("the contract is served") {
      $0.line("const reply = await client.ask(\"GET\", \"/openapi.json\");", depth: 1)
      $0.line("assert.equal(reply.status, 200);", depth: 1)
      $0.line("const again = await client.ask(\"DELETE\", \"/openapi.json\");", depth: 1)
      $0.line("assert.equal(again.status, 405);", depth: 1)
      $0.line("assert.equal(again.headers.get(\"allow\"), \"GET\");", depth: 1)
    }
    if plan.routes.contains(where: { $0.route?.prefix == "" }) { return }
    module.test("what is not there is a problem") {
      $0.line("const reply = await client.ask(\"GET\", \"/no/such/path/at/all\");", depth: 1)
      $0.line("assert.equal(reply.status, 404);", depth: 1)
      $0.line("assert.equal(reply.headers.get(\"content-type\"), \"application/problem+json\");", depth: 1)
    }
  }

  // MARK: Operations

  private func write(_ operation: OperationPlan, to module: inout TypeScriptModule) {
    guard let request = request(of: operation, in: &module) else { return }
    let result = operation.operation.result
    let expected = result.flatMap { sample(of: $0, named: operation.name) }
    if result != nil && expected == nil { return }
    let name = operation.method
    let isHead = operation.operation.verb == .head
    module.test(name) {
      $0.code(request.wrapped("const reply = await "), depth: 1)
      $0.line("assert.equal(reply.status, \(operation.operation.status));", depth: 1)
      if let expected, !isHead {
        use(expected, in: &$0)
        $0.code(.call("assert.deepEqual", [.text("reply.body"), expected]), depth: 1)
      }
      if plan.model?.versions.contains(where: { $0.name != nil }) == true {
        $0.line("assert.ok(reply.headers.get(\"x-model-version\"));", depth: 1)
      }
    }
    for error in operation.errors {
      // With a key of its own: an answer to the same would be given again.
      let request = self.request(of: operation, in: &module, key: "\(operation.method)-\(error.name)")
      if let request { write(error, operation, request, to: &module) }
    }
    guard operation.body != nil else { return }
    let refused = self.request(of: operation, in: &module, body: .array([.text("\"no body\"")]))
    module.test("\(name) refuses what is no body") {
      $0.code((refused ?? request).wrapped("const reply = await "), depth: 1)
      $0.line("assert.equal(reply.status, 422);", depth: 1)
      $0.line("assert.equal(reply.headers.get(\"content-type\"), \"application/problem+json\");", depth: 1)
    }
  }

  private func write(
    _ error: ErrorType, _ operation: OperationPlan, _ request: TypeScriptCode, to module: inout TypeScriptModule
  ) {
    var fields: [TypeScriptCode] = []
    var expected: [(String, JSONTree)] = []
    let types = TypeScriptTypes(plan, root: "../gen/")
    for field in error.fields where !field.type.isOptional {
      guard let value = plan.examples.field(field) else { return }
      let codec = types.codec(field.type, in: &module)
      fields.append(
        .member(
          TypeScriptLiteral.name(TypeScriptSpelling.member(field.name)),
          .call(types.use("valueFrom", &module), [codec, TypeScriptLiteral.json(value)])))
      expected.append((field.wireName, value))
    }
    let spelled = TypeScriptSpelling.type(error.name)
    module.use("../gen/errors.js", spelled)
    module.use("./subject.js", "stub")
    let isHead = operation.operation.verb == .head
    module.test("\(operation.method) may fail with \(error.name)") {
      $0.code(.call("stub.error = new \(spelled)", error.fields.isEmpty ? [] : [.object(fields)]), depth: 1)
      $0.code(request.wrapped("const reply = await "), depth: 1)
      $0.line("stub.error = undefined;", depth: 1)
      $0.line("assert.equal(reply.status, \(error.status));", depth: 1)
      if isHead { return }
      let document: [(String, JSONTree)] =
        [
          ("type", .string(Problems.type(of: error))), ("title", .string(Problems.title(of: error))),
          ("status", .integer(error.status)),
        ] + expected
      $0.code(.call("assert.deepEqual", [.text("reply.body"), TypeScriptLiteral.json(.object(document))]), depth: 1)
    }
  }

  func use(_ sample: TypeScriptCode, in module: inout TypeScriptModule) {
    switch sample {
    case .text(let text) where text.hasSuffix("Example"): module.use("./examples.js", text)
    case .group(_, _, let parts, _): for part in parts { use(part, in: &module) }
    default: break
    }
  }

  /// A request with an example of all that must be there.
  private func request(
    of operation: OperationPlan, in module: inout TypeScriptModule, body: TypeScriptCode? = nil, key: String? = nil
  ) -> TypeScriptCode? {
    var path = operation.operation.path
    var query: [(String, JSONTree)] = []
    var headers: [(String, JSONTree)] = []
    var content = body
    for parameter in operation.parameters {
      let field = parameter.field
      let isNeeded = field.defaultValue == nil && !field.type.isOptional
      guard isNeeded || parameter.location == .path else { continue }
      guard let value = plan.examples.field(field) else { return nil }
      switch parameter.location {
      case .path: path = path.replacingAll("{\(field.name)}", with: Examples.encoded(Examples.text(value)))
      case .query: query.append((field.wireName, Examples.parameter(value)))
      case .header(let name): headers.append((name, Examples.parameter(value)))
      case .body:
        if content != nil { continue }
        guard let sample = sample(of: field.type, named: field.name) else { return nil }
        use(sample, in: &module)
        content = sample
      }
    }
    if operation.guards.believesIdentity, !operation.guards.scopes.isEmpty {
      headers.append(("x-scopes", .string(operation.guards.scopes.joined(separator: " "))))
    }
    if operation.repeatability == .withKey { headers.append(("Idempotency-Key", .string(key ?? operation.method))) }
    var members: [TypeScriptCode] = []
    if !query.isEmpty { members.append(.member("query", TypeScriptLiteral.json(.object(query)))) }
    if !headers.isEmpty { members.append(.member("headers", TypeScriptLiteral.json(.object(headers)))) }
    if let content { members.append(.member("body", content)) }
    let verb = TypeScriptLiteral.string(operation.operation.verb.rawValue.uppercased())
    return .call(
      "client.ask",
      [.text(verb), .text(TypeScriptLiteral.string(path))] + (members.isEmpty ? [] : [.object(members)]))
  }

  // MARK: Resources

  private func write(_ resource: ResourcePlan, _ port: PortPlan, to module: inout TypeScriptModule) {
    let actions = Set(
      port.operations.filter { $0.resource?.type == resource.type }.compactMap { $0.operation.origin?.action })
    guard case .object(let members)? = plan.examples.record(resource.type),
      let key = members.first(where: { $0.0 == resource.key.wireName })
    else { return }
    let example = exampleConstant(resource.type)
    let path = resource.resource.path
    let collection = TypeScriptLiteral.string(path)
    let item = TypeScriptLiteral.string((path == "/" ? "" : path) + "/" + Examples.encoded(Examples.text(key.1)))
    if actions.contains(.create) {
      module.use("./examples.js", example)
      module.test("\(resource.type): there and back") {
        $0.line("const created = await client.ask(\"POST\", \(collection), { body: \(example) });", depth: 1)
        $0.line("assert.equal(created.status, 201);", depth: 1)
        $0.line("assert.deepEqual(created.body, \(example));", depth: 1)
        $0.code(.call("assert.equal", [.text("created.headers.get(\"location\")"), .text(item)]), depth: 1)
        $0.line("const again = await client.ask(\"POST\", \(collection), { body: \(example) });", depth: 1)
        $0.line("assert.equal(again.status, 409);", depth: 1)
        if actions.contains(.get) {
          $0.code(.call("const got = await client.ask", [.text("\"GET\""), .text(item)]), depth: 1)
          $0.line("assert.deepEqual(got.body, \(example));", depth: 1)
          $0.line("assert.equal(got.headers.get(\"etag\"), created.headers.get(\"etag\"));", depth: 1)
        }
        if actions.contains(.list) {
          $0.line("const page = await client.ask(\"GET\", \(collection));", depth: 1)
          $0.line("assert.deepEqual(page.body, { items: [\(example)] });", depth: 1)
        }
        if actions.contains(.replace) {
          $0.code(
            .call(
              "const replaced = await client.ask",
              [.text("\"PUT\""), .text(item), .object([.member("body", .text(example))])]), depth: 1)
          $0.line("assert.deepEqual(replaced.body, \(example));", depth: 1)
        }
        if actions.contains(.delete) {
          $0.code(.call("const deleted = await client.ask", [.text("\"DELETE\""), .text(item)]), depth: 1)
          $0.line("assert.equal(deleted.status, 204);", depth: 1)
        }
      }
      module.test("\(resource.type): unknown fields are refused") {
        $0.line("const body = { ...\(example), \"no field\": 1 };", depth: 1)
        $0.line("const reply = await client.ask(\"POST\", \(collection), { body });", depth: 1)
        $0.line("assert.equal(reply.status, 422);", depth: 1)
        $0.line("assert.equal(reply.headers.get(\"content-type\"), \"application/problem+json\");", depth: 1)
      }
    }
    if actions.contains(.get), !actions.contains(.create) || actions.contains(.delete) {
      module.test("\(resource.type): one may be missing") {
        $0.code(.call("const reply = await client.ask", [.text("\"GET\""), .text(item)]), depth: 1)
        $0.line("assert.equal(reply.status, 404);", depth: 1)
      }
    }
    if actions.contains(.list) {
      module.test("\(resource.type): a page has a limit") {
        let query = TypeScriptCode.object([.member("limit", .text("\"\(ResourcePlan.largestPage + 1)\""))])
        $0.code(
          .call(
            "const reply = await client.ask",
            [.text("\"GET\""), .text(collection), .object([.member("query", query)])]), depth: 1)
        $0.line("assert.equal(reply.status, 422);", depth: 1)
      }
    }
  }
}

extension TypeScriptModule {
  mutating func test(_ name: String, _ body: (inout TypeScriptModule) -> Void) {
    line()
    line("test(\(TypeScriptLiteral.string(name)), async () => {")
    body(&self)
    line("});")
  }
}
