import DroidSemantics

/// The tests of the clients: each operation asks what its contract says, and reads what that allows.
extension ExpressService {
  var hasClientTests: Bool { askedClients.contains { !$0.operations.isEmpty } }

  func clientTests() -> [UInt8] {
    var module = self.module("Those that this service asks, with one who stands in for all of them.")
    module.use("node:assert/strict", "default assert")
    module.use("node:test", "after", "test")
    module.use("../gen/clients.js", "createClients")
    module.use("../gen/settings.js", "readSettings")
    module.use("./standIn.js", "openStandIn")
    module.line()
    module.line("const standIn = await openStandIn();")
    module.line("after(() => standIn.close());")
    let places = addresses.map { TypeScriptCode.member($0.variable, .text("standIn.url")) }
    module.code(.call("const settings = readSettings", [.object(neededSettings(places: places))]))
    if sharedCache != nil {
      module.use("../gen/caches.js", "openCaches")
      module.use("../gen/runtime/health.js", "Health")
      module.line("const clients = createClients(settings, openCaches(settings, new Health()));")
    } else {
      module.line("const clients = createClients(settings);")
    }
    var errors: Set<String> = []
    for client in askedClients {
      // No more than may be asked in a second.
      let most = client.resilience.limit.map { max(1, Int($0.perSecond)) } ?? Int.max
      for operation in client.operations.prefix(most) {
        guard let (argument, path) = argument(of: operation, in: &module, TypeScriptTypes(plan, root: "../gen/")) else {
          continue
        }
        let call = TypeScriptCode.call(
          "clients.\(Names.camel(client.name)).\(methodName(operation))", argument.map { [$0] } ?? [])
        writeTest(of: client, operation, call, at: path, to: &module)
        if client.resilience.limit != nil || client.resilience.fallback != nil { continue }
        for error in operation.errors where errors.insert(error.name).inserted {
          writeTest(of: client, operation, call, failingWith: error, to: &module)
        }
      }
    }
    return module.bytes()
  }

  /// Each declared error is read once, wherever it comes first.
  private func writeTest(
    of client: ClientPlan, _ operation: OperationPlan, _ call: TypeScriptCode, failingWith error: ErrorType,
    to module: inout TypeScriptModule
  ) {
    var document: [(String, JSONTree)] = [
      ("type", .string(Problems.type(of: error))), ("title", .string(Problems.title(of: error))),
      ("status", .integer(error.status)),
    ]
    for field in error.fields where !field.type.isOptional {
      guard let example = plan.examples.field(field) else { return }
      document.append((field.wireName, example))
    }
    let name = TypeScriptSpelling.type(error.name)
    module.use("../gen/errors.js", name)
    module.test("\(client.name).\(operation.name) may fail with \(error.name)") {
      $0.code(TypeScriptLiteral.json(.object(document)).wrapped("standIn.answer = "), depth: 1)
      $0.line("standIn.status = \(error.status);", depth: 1)
      $0.code(.call("await assert.rejects", [call, .text(name)]), depth: 1)
      $0.line("standIn.status = 200;", depth: 1)
    }
  }

  private func writeTest(
    of client: ClientPlan, _ operation: OperationPlan, _ call: TypeScriptCode, at path: String,
    to module: inout TypeScriptModule
  ) {
    let types = TypeScriptTypes(plan, root: "../gen/")
    var answer: (value: TypeScriptCode, codec: TypeScriptCode)?
    let action = operation.operation.origin?.action
    if let resource = operation.resource, action != .delete {
      guard let example = sample(of: .record(resource.type), named: resource.type) else { return }
      use(example, in: &module)
      let record = types.codec(.record(resource.type), in: &module)
      answer = (example, record)
      if action == .list {
        module.use("../gen/runtime/questions.js", "pageOf")
        answer = (.object([.member("items", .array([example]))]), .call("pageOf", [record]))
      }
    } else if operation.resource == nil, let result = operation.operation.result {
      guard let example = sample(of: result, named: operation.name) else { return }
      use(example, in: &module)
      answer = (example, types.codec(result.unwrapped, in: &module))
    }
    let verb = operation.operation.verb.rawValue.uppercased()
    let valueFrom = answer.map { _ in types.use("valueFrom", &module) } ?? ""
    module.test("\(client.name).\(operation.name)") {
      guard let answer else {
        $0.line("standIn.answer = undefined;", depth: 1)
        $0.code(call.wrapped("await "), depth: 1)
        $0.line("assert.equal(standIn.asked, \(TypeScriptLiteral.string("\(verb) \(path)")));", depth: 1)
        return
      }
      $0.code(answer.value.wrapped("standIn.answer = "), depth: 1)
      $0.code(call.wrapped("const reply = await "), depth: 1)
      $0.line("assert.equal(standIn.asked, \(TypeScriptLiteral.string("\(verb) \(path)")));", depth: 1)
      $0.code(
        .call("assert.deepEqual", [.text("reply"), .call(valueFrom, [answer.codec, .text("standIn.answer")])]), depth: 1
      )
    }
  }

  /// What a method is given, and the path that it asks at; nil where there is no example.
  private func argument(
    of operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> (code: TypeScriptCode?, path: String)? {
    var path = operation.operation.path
    func value(_ type: ValueType, _ example: TypeScriptCode) -> TypeScriptCode {
      use(example, in: &module)
      return .call(types.use("valueFrom", &module), [types.codec(type.unwrapped, in: &module), example])
    }
    if let resource = operation.resource {
      guard let example = sample(of: .record(resource.type), named: resource.type),
        case .object(let members)? = plan.examples.record(resource.type),
        let key = members.first(where: { $0.0 == resource.key.wireName })?.1
      else { return nil }
      path = path.replacingAll("{\(resource.key.name)}", with: Examples.text(key))
      switch operation.operation.origin?.action {
      case .create?, .replace?: return (value(.record(resource.type), example), path)
      case .get?, .delete?: return (value(resource.key.type, TypeScriptLiteral.json(key)), path)
      default: return (nil, path)
      }
    }
    var members: [TypeScriptCode] = []
    for parameter in operation.parameters {
      let field = parameter.field
      let isNeeded = field.defaultValue == nil && !field.type.isOptional
      guard isNeeded || parameter.location == .path else { continue }
      guard let example = plan.examples.field(field),
        let sample = parameter.location == .body ? sample(of: field.type, named: field.name) : .json(example)
      else { return nil }
      if parameter.location == .path {
        path = path.replacingAll("{\(field.name)}", with: Examples.text(example))
      }
      members.append(
        .member(TypeScriptLiteral.name(TypeScriptSpelling.member(field.name)), value(field.type, sample)))
    }
    return (members.isEmpty ? nil : .object(members), path)
  }
}

extension TypeScriptCode {
  fileprivate static func json(_ tree: JSONTree) -> TypeScriptCode { TypeScriptLiteral.json(tree) }
}
