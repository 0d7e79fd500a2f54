import DroidSemantics

/// `clients.ts`: one client for each connection, with a method for each operation of its target.
extension ExpressService {
  /// `PlainClient`, out of the way of the types that travel.
  private func clientType(_ client: ClientPlan) -> String {
    let name = Names.pascal(client.name) + "Client"
    let isTaken = plan.types.records.contains { TypeScriptSpelling.type($0.name) == name }
    return isTaken ? name + "_" : name
  }

  private func callerType(_ client: ClientPlan, in module: inout TypeScriptModule) -> String {
    let name = passesOn(client) ? "GatewayClient" : "Client"
    module.use("./runtime/\(passesOn(client) ? "forward" : "client").js", name)
    return name
  }

  func clients() -> [UInt8] {
    var module = self.module("Those that this service asks.")
    module.use(type: "Settings", from: "./settings.js")
    let clients = askedClients
    let errors = declaredErrors(of: clients)
    for error in errors { write(reader: error, to: &module) }
    for client in clients { write(client, to: &module) }
    module.line()
    module.comment("The clients, by the names of the ports that they ask through.")
    module.line("export interface Clients {")
    for client in clients { module.line("readonly \(Names.camel(client.name)): \(clientType(client));", depth: 1) }
    module.line("}")
    module.line()
    if sharedCache != nil { module.use(type: "Caches", from: "./caches.js") }
    let given = sharedCache == nil ? "" : ", caches: Caches"
    module.line("export function createClients(settings: Settings\(given)): Clients {")
    if let sharedCache { module.line("const shared = \(sharedCache);", depth: 1) }
    let members = clients.map { client in
      TypeScriptCode.member(
        Names.camel(client.name),
        .call(
          "create\(clientType(client))",
          [.call("new \(callerType(client, in: &module))", [.block("", options(of: client))])]))
    }
    module.code(.block("return ", members), depth: 1)
    module.line("}")
    return module.bytes()
  }

  // MARK: What the connection says

  private func options(of client: ClientPlan) -> [TypeScriptCode] {
    let resilience = client.resilience
    func seconds(_ span: TimeSpan) -> TypeScriptCode { .text(span.seconds.description) }
    var options: [TypeScriptCode] = [
      .member("peer", .string(TypeScriptLiteral.string(client.target.name))),
      .member("url", .text("settings.\(Names.camel(client.variable))")),
      .member("timeout", seconds(resilience.timeout)),
    ]
    if let retry = resilience.retry {
      let failures = retry.failures.map { TypeScriptCode.string(TypeScriptLiteral.string($0.rawValue)) }
      let share = retry.budget.hundredth?.description ?? "0.2"
      options.append(
        .member(
          "retry",
          .object([
            .member("attempts", .text(String(retry.attempts))), .member("timeout", seconds(retry.timeout)),
            .member("backoff", .array([seconds(retry.backoff.lower), seconds(retry.backoff.upper)])),
            .member("on", .array(failures + retry.statuses.map { .text(String($0)) })),
            .member("budget", .text(share)),
          ])))
    }
    if let breaker = resilience.breaker {
      options.append(
        .member(
          "breaker",
          .object([
            .member("failures", .text(String(breaker.failures))), .member("window", seconds(breaker.window)),
            .member("open", seconds(breaker.open)), .member("probes", .text(String(breaker.probes))),
          ])))
    }
    if let bulkhead = resilience.bulkhead {
      options.append(
        .member(
          "bulkhead",
          .object([
            .member("calls", .text(String(bulkhead.calls))), .member("queue", .text(String(bulkhead.queue))),
          ])))
    }
    if let limit = resilience.limit { options.append(.member("limit", .text(Self.perSecond(limit)))) }
    if let hedge = resilience.hedge {
      options.append(
        .member(
          "hedge", .object([.member("after", seconds(hedge.after)), .member("most", .text(String(hedge.most)))])))
    }
    switch resilience.fallback {
    case .empty?: options.append(.member("fallback", .string("\"empty\"")))
    case .cached?: options.append(.member("fallback", .string("\"cached\"")))
    case .value(let value)?:
      options.append(.member("fallback", .object([.member("value", TypeScriptLiteral.json(value.untypedJSON))])))
    case nil: break
    }
    if client.mayBeMeshed { options.append(.member("isMeshed", .text("settings.isMeshed"))) }
    if let cache = resilience.cache { options.append(.member("cache", seconds(cache))) }
    if sharedCache != nil { options.append(.text("shared")) }
    if client.forwardsIdentity { options.append(.member("forwardsIdentity", .text("true"))) }
    if client.forwardsAuthorization { options.append(.member("forwardsAuthorization", .text("true"))) }
    if let credentials = credentials(of: client.auth) { options.append(.member("credentials", credentials)) }
    return options
  }

  private func credentials(of auth: AuthPlan?) -> TypeScriptCode? {
    guard let auth, let secret = auth.secret else { return nil }
    let setting = "settings.\(Names.camel(secret.variable))"
    switch auth {
    case .bearer: return .object([.member("Authorization", .text("`Bearer ${\(setting)}`"))])
    case .basic:
      return .object([.member("Authorization", .text("`Basic ${Buffer.from(\(setting)).toString(\"base64\")}`"))])
    case .key(let header, _): return .object([.member(TypeScriptLiteral.name(header), .text(setting))])
    case .jwt: return nil
    }
  }

  // MARK: Declared errors

  private func declaredErrors(of clients: [ClientPlan]) -> [ErrorType] {
    var seen: Set<String> = []
    return clients.flatMap { $0.operations.flatMap(\.errors) }.filter { seen.insert($0.name).inserted }
  }

  private func readerName(_ error: ErrorType) -> String { "read\(TypeScriptSpelling.type(error.name))" }

  private func write(reader error: ErrorType, to module: inout TypeScriptModule) {
    let name = TypeScriptSpelling.type(error.name)
    module.use("./errors.js", name)
    module.use("./runtime/questions.js", "declared")
    var parts: [TypeScriptCode] = [.text(TypeScriptLiteral.string(Problems.type(of: error)))]
    if let fields = fieldsType(error) {
      module.use("./errors.js", fields)
      parts += [.text(fields), .text("(fields, detail) => new \(name)(fields, detail)")]
    } else {
      module.use("./runtime/values.js", "record")
      parts += [.text("record({})"), .text("(_fields, detail) => new \(name)(detail)")]
    }
    module.line()
    module.code(.call("const \(readerName(error)) = declared", parts))
  }

  // MARK: A client

  private func write(_ client: ClientPlan, to module: inout TypeScriptModule) {
    let type = clientType(client)
    let types = TypeScriptTypes(plan, root: "./")
    let operations = client.operations
    for operation in operations where operation.resource == nil && !operation.parameters.isEmpty {
      module.line()
      module.line("export interface \(inputType(client, operation)) {")
      for parameter in operation.parameters {
        let field = parameter.field
        let isOptional = field.type.isOptional || field.defaultValue != nil
        let member = TypeScriptLiteral.name(TypeScriptSpelling.member(field.name))
        let spelled = types.type(isOptional ? .optional(field.type.unwrapped) : field.type, in: &module)
        module.line("readonly \(member)\(isOptional ? "?" : ""): \(spelled);", depth: 1)
      }
      module.line("}")
    }
    module.line()
    module.comment(client.target.doc ?? "Asks `\(client.target.name)`.")
    module.line("export interface \(type) {")
    if passesOn(client) {
      module.comment("Passes requests on as they are.", depth: 1)
      module.line("readonly forwarder: GatewayClient;", depth: 1)
    }
    for operation in operations {
      module.comment(operation.operation.doc, depth: 1)
      module.code(signature(client, operation, in: &module, types), depth: 1)
    }
    module.line("}")
    module.line()
    module.line("function create\(type)(client: \(callerType(client, in: &module))): \(type) {")
    if operations.isEmpty {
      module.line("return { forwarder: client };", depth: 1)
      module.line("}")
      return
    }
    module.line("return {", depth: 1)
    if passesOn(client) { module.line("forwarder: client,", depth: 2) }
    for operation in operations {
      module.line("async \(methodName(operation))(\(argument(operation))) {", depth: 2)
      module.code(question(operation, in: &module, types, resilience: client.resilience), depth: 3)
      module.line("},", depth: 2)
    }
    module.line("};", depth: 1)
    module.line("}")
  }

  func methodName(_ operation: OperationPlan) -> String {
    let name = Names.camel(operation.name)
    return name == "forwarder" ? "forwarder_" : name
  }

  private func inputType(_ client: ClientPlan, _ operation: OperationPlan) -> String {
    Names.pascal(client.name) + Names.pascal(operation.name) + "Input"
  }

  private func argument(_ operation: OperationPlan) -> String {
    switch operation.operation.origin?.action {
    case .list?: "query = {}"
    case .get?, .delete?: "key"
    case .create?, .replace?: "value"
    case nil: operation.parameters.isEmpty ? "" : Self.mayBeEmpty(operation) ? "input = {}" : "input"
    }
  }

  private static func mayBeEmpty(_ operation: OperationPlan) -> Bool {
    operation.parameters.allSatisfy { $0.field.type.isOptional || $0.field.defaultValue != nil }
  }

  private func signature(
    _ client: ClientPlan, _ operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> TypeScriptCode {
    let name = methodName(operation)
    guard let resource = operation.resource, let action = operation.operation.origin?.action else {
      let result = operation.operation.result.map { types.type($0, in: &module) } ?? "void"
      let input =
        operation.parameters.isEmpty
        ? [] : [TypeScriptCode.text("input\(Self.mayBeEmpty(operation) ? "?" : ""): \(inputType(client, operation))")]
      return .group(name, .round, input, ": Promise<\(result)>")
    }
    let record = types.type(.record(resource.type), in: &module)
    let key = types.type(resource.key.type, in: &module)
    switch action {
    case .list:
      module.use(type: "Page", "Parameters", from: "./runtime/questions.js")
      return .group(name, .round, [.text("query?: Parameters")], ": Promise<Page<\(record)>>")
    case .get: return .group(name, .round, [.text("key: \(key)")], ": Promise<\(record)>")
    case .delete: return .group(name, .round, [.text("key: \(key)")], ": Promise<void>")
    case .create, .replace: return .group(name, .round, [.text("value: \(record)")], ": Promise<\(record)>")
    }
  }

  private func question(
    _ operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes, resilience: ResiliencePlan
  ) -> TypeScriptCode {
    let result = operation.operation.result
    var members: [TypeScriptCode] = [
      .member("operation", .string(TypeScriptLiteral.string(operation.name))),
      .member("method", .string(TypeScriptLiteral.string(operation.operation.verb.rawValue))),
      .member("path", .text(path(of: operation, in: &module, types))),
    ]
    if operation.operation.path.utf8.contains(0x7b) {
      members.append(.member("template", .string(TypeScriptLiteral.string(operation.operation.path))))
    }
    if let resource = operation.resource, let action = operation.operation.origin?.action {
      if action == .list { members.append(.text("query")) }
      if action == .create || action == .replace {
        let record = types.codec(.record(resource.type), in: &module)
        members.append(.member("body", .call("\(record.flat ?? "").encode", [.text("value")])))
      }
    } else {
      members += parameters(of: operation, in: &module, types)
    }
    let repeats: String =
      switch operation.repeatability {
      case .always: "always"
      case .never: "never"
      case .withKey: "withKey"
      }
    members.append(.member("repeats", .string("\"\(repeats)\"")))
    if let cache = operation.cache { members.append(.member("cache", .text(cache.seconds.description))) }
    if !operation.errors.isEmpty {
      members.append(.member("errors", .array(operation.errors.map { .text(readerName($0)) })))
    }
    guard operation.operation.origin?.action != .delete else {
      return .call("await client.tell", [.block("", members)])
    }
    if operation.operation.origin?.action == .list, let resource = operation.resource {
      module.use("./runtime/questions.js", "pageOf")
      members.append(.member("result", .call("pageOf", [types.codec(.record(resource.type), in: &module)])))
      return .call("return client.ask", [.block("", members)])
    }
    guard let result = result ?? operation.resource.map({ .record($0.type) }) else {
      return .call("await client.tell", [.block("", members)])
    }
    members.append(.member("result", types.codec(result.unwrapped, in: &module)))
    if case .empty? = resilience.fallback {
      if case .list = result { members.append(.member("empty", .text("[]"))) }
      if case .map = result { members.append(.member("empty", .text("{}"))) }
    }
    return .call(result.isOptional ? "return client.askMaybe" : "return client.ask", [.block("", members)])
  }

  private func parameters(
    of operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> [TypeScriptCode] {
    var query: [TypeScriptCode] = []
    var headers: [TypeScriptCode] = []
    var body: [TypeScriptCode] = []
    for parameter in operation.parameters where parameter.location != .path {
      let field = parameter.field
      module.use("./runtime/questions.js", "encoded")
      let value = TypeScriptCode.call(
        "encoded", [types.codec(field.type.unwrapped, in: &module), .text(Self.access("input", field))])
      switch parameter.location {
      case .query: query.append(.member(TypeScriptLiteral.name(field.wireName), value))
      case .header(let name): headers.append(.member(TypeScriptLiteral.name(name), value))
      case .body, .path: body.append(.member("body", value))
      }
    }
    return (query.isEmpty ? [] : [.member("query", .object(query))])
      + (headers.isEmpty ? [] : [.member("headers", .object(headers))]) + body
  }

  private static func access(_ object: String, _ field: DataField) -> String {
    object + "." + TypeScriptSpelling.member(field.name)
  }

  /// `` `/items/${segment(uuid, input.id)}` ``
  private func path(
    of operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> String {
    var path = operation.operation.path
    guard path.utf8.contains(0x7b) else { return TypeScriptLiteral.string(path) }
    module.use("./runtime/questions.js", "segment")
    if let resource = operation.resource {
      let codec = types.codec(resource.key.type, in: &module).flat ?? ""
      let value =
        operation.operation.origin?.action == .replace ? Self.access("value", resource.key) : "key"
      path = path.replacingAll("{\(resource.key.name)}", with: "${segment(\(codec), \(value))}")
    } else {
      for parameter in operation.parameters where parameter.location == .path {
        let codec = types.codec(parameter.field.type, in: &module).flat ?? ""
        path = path.replacingAll(
          "{\(parameter.field.name)}", with: "${segment(\(codec), \(Self.access("input", parameter.field)))}")
      }
    }
    return "`\(path)`"
  }
}
