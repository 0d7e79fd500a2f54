import DroidSemantics

/// `clients.py`: the services that this one asks, each with what its connection says.
extension PythonService {
  /// Those that have operations; what a gateway passes on has none that code would call.
  var clients: [ClientPlan] { plan.clients }
  var hasClients: Bool { !clients.isEmpty }
  /// Calls that a mesh may watch over.
  var hasCalls: Bool { clients.contains { $0.target.kind != .external } }
  var hasPassages: Bool { hasApplications && !plan.routes.isEmpty }

  struct AskedPort {
    let client: ClientPlan
    /// Of its class, and of the adapters of its operations: `OrdersClient`, `ORDERS`.
    let name: String
    let constant: String
  }

  static func askedPorts(_ clients: [ClientPlan]) -> [AskedPort] {
    var ports: [AskedPort] = []
    for client in clients where !ports.contains(where: { $0.client.isSamePort(client) }) {
      let isAlone = clients.allSatisfy { $0.target.name != client.target.name || $0.isSamePort(client) }
      let port = isAlone ? "" : Names.pascal(client.connection.to.port)
      let name = Names.pascal(client.target.name) + port
      ports.append(AskedPort(client: client, name: name + "Client", constant: Names.constant(name)))
    }
    return ports
  }

  private func className(_ client: ClientPlan) -> String {
    askedPorts.first { $0.client.isSamePort(client) }?.name ?? "Client"
  }

  func clientsModule() -> [UInt8] {
    var module = self.module("What this service asks others, as its connections say.")
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "asynccontextmanager")
    module.use("dataclasses", "dataclass")
    module.use(".runtime.client", "connections")
    module.use(".settings", "Settings")
    for port in askedPorts { writeAdapters(port, to: &module) }
    for port in askedPorts { write(port, to: &module) }
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Clients:")
    module.docstring("The clients, by the names of their ports.", depth: 1)
    module.line()
    for client in clients { module.line("\(PythonSpelling.field(client.name)): \(className(client))", depth: 1) }
    module.separate()
    module.line("@asynccontextmanager")
    let caches = sharedCache == nil ? "" : ", caches: Caches"
    if sharedCache != nil { module.use(".caches", "Caches") }
    module.line("async def open_clients(settings: Settings\(caches)) -> AsyncIterator[Clients]:")
    module.docstring("Open the clients, and close them at the end.", depth: 1)
    module.line("async with connections() as http:", depth: 1)
    let made = clients.map { client in
      PythonCode.call(
        "\(PythonSpelling.field(client.name))=\(className(client))", arguments(client, in: &module))
    }
    module.code(.call("yield Clients", made), depth: 2)
    return module.bytes()
  }

  // MARK: Operations

  /// A list of a resource is answered page by page.
  private func page(of operation: OperationPlan) -> String? {
    guard operation.operation.origin?.action == .list else { return nil }
    return operation.resource.map { PythonSpelling.type($0.pageName) }
  }

  private func writeAdapters(_ port: AskedPort, to module: inout PythonModule) {
    let types = types()
    var isFirst = true
    func separate() {
      if isFirst { module.line() }
      isFirst = false
    }
    for operation in port.client.operations {
      if let page = page(of: operation) {
        separate()
        module.use("pydantic", "TypeAdapter")
        module.use(".models", page)
        module.line("\(adapter(port, operation, "RESULT")) = TypeAdapter[\(page)](\(page))")
      } else if let result = operation.operation.result {
        separate()
        write(adapter(port, operation, "RESULT"), result, to: &module, types)
      }
      if let body = operation.body?.field.type, !body.isRecord {
        separate()
        write(adapter(port, operation, "BODY"), body, to: &module, types)
      }
    }
  }

  private func write(_ name: String, _ type: ValueType, to module: inout PythonModule, _ types: PythonTypes) {
    module.use("pydantic", "TypeAdapter")
    let bare = types.bare(type, in: &module).flat
    module.code(.call("\(name) = TypeAdapter[\(bare)]", [types.plain(type, in: &module)]))
  }

  private func adapter(_ port: AskedPort, _ operation: OperationPlan, _ what: String) -> String {
    "\(port.constant)_\(Names.constant(operation.name))_\(what)"
  }

  private func write(_ port: AskedPort, to module: inout PythonModule) {
    let client = port.client
    module.separate()
    let base = clients.contains { $0.isSamePort(client) && $0.route != nil } ? "GatewayClient" : "Client"
    module.use(base == "Client" ? ".runtime.client" : ".runtime.gateway", base)
    module.line("class \(port.name)(\(base)):")
    module.docstring("Asks `\(client.target.name)`.", depth: 1)
    let types = types()
    for operation in client.operations {
      module.line()
      write(operation, port, to: &module, types)
    }
  }

  private func write(
    _ operation: OperationPlan, _ port: AskedPort, to module: inout PythonModule, _ types: PythonTypes
  ) {
    module.use(".runtime.call", "Call")
    var required: [PythonCode] = [.text("self")]
    var optional: [PythonCode] = []
    let page = page(of: operation)
    if page != nil, let resource = operation.resource {
      module.use(".queries", queryName(resource))
      optional.append(.text("query: \(queryName(resource)) | None = None"))
    }
    for parameter in page == nil ? operation.parameters : [] {
      let name = PythonSpelling.parameter(parameter.field.name)
      let code = types.bare(parameter.field.type, in: &module).wrapped(name + ": ")
      if parameter.field.type.isOptional { optional.append(code.wrapped("", " = None")) } else { required.append(code) }
    }
    let result = operation.operation.result
    let answer = page ?? result.map { types.bare($0, in: &module).flat } ?? "None"
    module.code(
      .group(
        "async def \(PythonSpelling.method(operation.name.replacingAll(".", with: "_")))", .round, required + optional,
        " -> \(answer):"), depth: 1)
    if let doc = operation.operation.doc ?? operation.resourceDoc { module.docstring(doc, depth: 2) }
    module.code(.call("call = Call", callArguments(operation, port, in: &module)), depth: 2)
    if result == nil { module.use(".runtime.call", "NOTHING") }
    let adapter = result == nil ? "NOTHING" : adapter(port, operation, "RESULT")
    module.line("\(result == nil ? "" : "return ")await self.ask(call, \(adapter))", depth: 2)
  }

  private func callArguments(
    _ operation: OperationPlan, _ port: AskedPort, in module: inout PythonModule
  ) -> [PythonCode] {
    let verb = operation.operation.verb.rawValue.uppercased()
    var arguments: [PythonCode] = [
      .text("operation=\(PythonLiteral.string(operation.name))"), .text("method=\"\(verb)\""),
      .text("path=\(path(of: operation, in: &module))"),
    ]
    if operation.parameters.contains(where: { $0.location == .path }) {
      arguments.append(.text("route=\(PythonLiteral.string(operation.operation.path))"))
    }
    func named(_ parameters: [(String, Parameter)]) -> PythonCode {
      .group(
        "", .curly,
        parameters.map { .text("\(PythonLiteral.string($0.0)): \(PythonSpelling.parameter($0.1.field.name))") })
    }
    let query = operation.parameters.filter { $0.location == .query }.map { ($0.field.wireName, $0) }
    if page(of: operation) != nil {
      arguments.append(.text("query={} if query is None else query.parameters()"))
    } else if !query.isEmpty {
      arguments.append(named(query).wrapped("query="))
    }
    let headers = operation.parameters.compactMap { parameter -> (String, Parameter)? in
      guard case .header(let name) = parameter.location else { return nil }
      return (name, parameter)
    }
    if !headers.isEmpty { arguments.append(named(headers).wrapped("headers=")) }
    if let body = operation.body {
      let name = PythonSpelling.parameter(body.field.name)
      let dump =
        body.field.type.isRecord
        ? "\(name).model_dump_json(exclude_none=True).encode()"
        : "\(adapter(port, operation, "BODY")).dump_json(\(name), exclude_none=True)"
      let absent = body.field.type.isOptional ? "None if \(name) is None else " : ""
      arguments.append(.text("body=\(absent)\(dump)"))
    }
    switch operation.repeatability {
    case .always: arguments.append(.text("is_repeatable=True"))
    case .withKey: arguments.append(.text("takes_key=True"))
    case .never: break
    }
    if let cache = operation.cache { arguments.append(.text("cache=\(cache.seconds)")) }
    if !operation.errors.isEmpty {
      let errors = operation.errors.map { error in
        let name = PythonSpelling.type(error.name)
        module.use(".errors", name, name + "Problem")
        return PythonCode.text("(\(name), \(name)Problem)")
      }
      arguments.append(.group("errors=", .square, errors))
    }
    if page(of: operation) == nil, let empty = Self.empty(operation.operation.result) {
      arguments.append(.text("empty=\(empty)"))
    }
    return arguments
  }

  /// What stands for an answer that has nothing to tell.
  private static func empty(_ result: ValueType?) -> String? {
    switch result {
    case nil, .optional?: "None"
    case .list(_, let bounds)? where (bounds.lower ?? .zero) == .zero: "[]"
    case .map(_, let bounds)? where (bounds.lower ?? .zero) == .zero: "{}"
    default: nil
    }
  }

  private func path(of operation: OperationPlan, in module: inout PythonModule) -> String {
    var path = PythonLiteral.string(operation.operation.path)
    var hasSegments = false
    for parameter in operation.parameters where parameter.location == .path {
      module.use(".runtime.wire", "segment")
      let place = "{\(parameter.field.name)}"
      let filled = path.replacingAll(place, with: "{segment(\(PythonSpelling.parameter(parameter.field.name)))}")
      if filled != path { hasSegments = true }
      path = filled
    }
    return hasSegments ? "f" + path : path
  }

  // MARK: Connections

  private func arguments(_ client: ClientPlan, in module: inout PythonModule) -> [PythonCode] {
    let plan = client.resilience
    var arguments: [PythonCode] = [
      .text("http"), .text("settings.\(client.variable.lowercased())"),
      .text("peer=\(PythonLiteral.string(client.target.name))"), .text("timeout=\(plan.timeout.seconds)"),
    ]
    if let retry = plan.retry {
      module.use(".runtime.resilience", "Retry")
      let failures = retry.failures.map { "\"\($0.rawValue)\"" } + retry.statuses.map(String.init)
      arguments.append(
        .call(
          "retry=Retry",
          [
            .text("attempts=\(retry.attempts)"), .text("timeout=\(retry.timeout.seconds)"),
            .text("backoff=(\(retry.backoff.lower.seconds), \(retry.backoff.upper.seconds))"),
            .group("on=frozenset(", .curly, failures.map { .text($0) }, ")"),
            .text("budget=\(retry.budget.hundredth ?? .zero)"),
          ]))
    }
    if let breaker = plan.breaker {
      module.use(".runtime.resilience", "Breaker")
      arguments.append(
        .call(
          "breaker=Breaker",
          [
            .text(PythonLiteral.string(client.target.name)), .text("failures=\(breaker.failures)"),
            .text("window=\(breaker.window.seconds)"), .text("open_for=\(breaker.open.seconds)"),
            .text("probes=\(breaker.probes)"),
          ]))
    }
    if let bulkhead = plan.bulkhead {
      module.use(".runtime.resilience", "Bulkhead")
      arguments.append(.text("bulkhead=Bulkhead(\(bulkhead.calls), \(bulkhead.queue))"))
    }
    if let limit = plan.limit {
      module.use(".runtime.resilience", "Rate")
      arguments.append(.text("limit=Rate(\(limit.perSecond.description))"))
    }
    if let hedge = plan.hedge { arguments.append(.text("hedge=(\(hedge.after.seconds), \(hedge.most))")) }
    switch plan.fallback {
    case .empty?: arguments.append(.text("fallback=\"empty\""))
    case .cached?: arguments.append(.text("fallback=\"cached\""))
    case .value(let value)?:
      arguments.append(.text("fallback=\"value\""))
      arguments.append(PythonLiteral.json(plan.json(of: value)).wrapped("value="))
    case nil: break
    }
    if let cache = plan.cache { arguments.append(.text("cache=\(cache.seconds)")) }
    if let sharedCache, plan.cache != nil || client.operations.contains(where: { $0.cache != nil }) {
      arguments.append(.text("shared=\(sharedCache)"))
    }
    if client.target.kind != .external { arguments.append(.text("is_meshed=settings.is_meshed")) }
    if client.forwardsIdentity { arguments.append(.text("forwards_identity=True")) }
    if client.forwardsAuthorization { arguments.append(.text("forwards_authorization=True")) }
    if let auth = client.auth, let code = credentials(auth, in: &module) { arguments.append(code) }
    return arguments
  }

  private func credentials(_ auth: AuthPlan, in module: inout PythonModule) -> PythonCode? {
    func secret(_ plan: SecretPlan) -> String { "settings.\(plan.variable.lowercased()).get_secret_value()" }
    switch auth {
    case .jwt: return nil
    case .basic(let plan):
      module.use(".runtime.client", "basic")
      return .group("credentials=", .curly, [.text("\"Authorization\": basic(\(secret(plan)))")])
    case .bearer(let plan):
      return .group("credentials=", .curly, [.text("\"Authorization\": f\"Bearer {\(secret(plan))}\"")])
    case .key(let header, let plan):
      return .group("credentials=", .curly, [.text("\(PythonLiteral.string(header)): \(secret(plan))")])
    }
  }
}

extension ClientPlan {
  fileprivate func isSamePort(_ other: ClientPlan) -> Bool {
    target.name == other.target.name && connection.to.port == other.connection.to.port
  }
}

extension ValueType {
  fileprivate var isRecord: Bool { if case .record = unwrapped { true } else { false } }
}

extension ResiliencePlan {
  /// A value of the droidfile, which has no type of its own here.
  fileprivate func json(of value: Value) -> JSONTree {
    switch value {
    case .none: return .null
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .number(String(number))
    case .number(let number): return .number(number.description)
    case .list(let values): return .array(values.map(json))
    case .map(let entries): return .object(entries.map { ($0.key, json(of: $0.value)) })
    case .choice(let word): return .string(word)
    default: return value.text.map { .string($0) } ?? value.duration.map { .number($0.seconds.description) } ?? .null
    }
  }
}
