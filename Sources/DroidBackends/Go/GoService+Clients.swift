import DroidSemantics

/// Typed clients: each connection is a type, each operation of the port that it asks a method.
extension GoService {
  /// Connections whose operations are known, or that a gateway passes requests on by.
  var clients: [ClientPlan] { plan.clients.filter { !$0.operations.isEmpty || $0.route != nil } }
  var hasClients: Bool { !clients.isEmpty }

  /// Lists of what others keep.
  var asksLists: Bool { plan.clients.contains { $0.operations.contains { $0.operation.origin?.action == .list } } }

  func clientField(_ client: ClientPlan) -> String { GoSpelling.exported(client.name) }
  private func clientType(_ client: ClientPlan) -> String { clientField(client) + "Client" }

  func clientsFile() -> [UInt8] {
    var file = self.file()
    file.use("gen/runtime/client")
    file.line()
    file.comment("Clients ask others, each by the name of its connection.")
    file.line("type Clients struct {")
    file.rows(clients.map { [clientField($0), "*" + clientType($0)] }, depth: 1)
    file.line("}")
    file.line()
    let shared = plan.sharesAnswers ? ", shared client.Shared" : ""
    file.line("func newClients(settings Settings, metrics *client.Metrics\(shared)) *Clients {")
    file.line("return &Clients{", depth: 1)
    for each in clients {
      let target = GoLiteral.string(each.target.name)
      file.line(
        "\(clientField(each)): &\(clientType(each)){client.New(\(target), settings.\(addressField(each)), metrics, client.Options{",
        depth: 2)
      file.rows(options(each, in: &file), depth: 3)
      file.line("})},", depth: 2)
    }
    file.line("}", depth: 1)
    file.line("}")
    for each in clients { write(each, to: &file) }
    return file.bytes()
  }

  /// The setting that says where its target is.
  func addressField(_ client: ClientPlan) -> String { GoSpelling.exported(client.variable) }

  // MARK: How a connection holds out

  private func options(_ client: ClientPlan, in file: inout GoFile) -> [[String]] {
    let resilience = client.resilience
    file.use("time")
    var rows: [(String, String)] = [("Timeout", GoLiteral.duration(resilience.timeout))]
    if let retry = resilience.retry { rows.append(("Retry", code(retry))) }
    if let breaker = resilience.breaker {
      let window = GoLiteral.duration(breaker.window)
      let open = GoLiteral.duration(breaker.open)
      rows.append(
        (
          "Breaker",
          "client.Breaker{Failures: \(breaker.failures), Window: \(window), Open: \(open), Probes: \(breaker.probes)}"
        ))
    }
    if let bulkhead = resilience.bulkhead {
      rows.append(("Bulkhead", "client.Bulkhead{Calls: \(bulkhead.calls), Queue: \(bulkhead.queue)}"))
    }
    if let limit = resilience.limit { rows.append(("Rate", GoLiteral.rate(limit, spaced: true))) }
    if let hedge = resilience.hedge {
      rows.append(("Hedge", "client.Hedge{After: \(GoLiteral.duration(hedge.after)), Most: \(hedge.most)}"))
    }
    if client.mayBeMeshed { rows.append(("IsMeshed", "settings.IsMeshed")) }
    if let cache = resilience.cache { rows.append(("Cache", GoLiteral.duration(cache))) }
    if plan.sharesAnswers { rows.append(("Shared", "shared")) }
    if case .cached? = resilience.fallback { rows.append(("Remembers", "true")) }
    switch client.auth {
    case .bearer(let secret)?: rows.append(("Authorization", "\"Bearer \" + settings.\(secretField(secret))"))
    case .basic(let secret)?: rows.append(("Authorization", "client.Basic(settings.\(secretField(secret)))"))
    case .key(let header, let secret)?:
      rows.append(("Key", "client.Key{Header: \(GoLiteral.string(header)), Secret: settings.\(secretField(secret))}"))
    case .jwt?, nil: break
    }
    if client.forwardsIdentity { rows.append(("ForwardsIdentity", "true")) }
    if client.forwardsAuthorization { rows.append(("ForwardsAuthorization", "true")) }
    return rows.map { [$0.0 + ":", $0.1 + ","] }
  }

  private func code(_ retry: ResiliencePlan.Retry) -> String {
    var parts = ["Attempts: \(retry.attempts)", "Timeout: \(GoLiteral.duration(retry.timeout))"]
    parts.append("Least: \(GoLiteral.duration(retry.backoff.lower))")
    parts.append("Most: \(GoLiteral.duration(retry.backoff.upper))")
    let failures = retry.failures.map { "\(GoSpelling.exported($0.rawValue)): true" }
    if !failures.isEmpty { parts.append("On: client.On{\(failures.joined(separator: ", "))}") }
    if !retry.statuses.isEmpty {
      parts.append("Statuses: []int{\(retry.statuses.map(String.init).joined(separator: ", "))}")
    }
    parts.append("Budget: \(retry.budget.hundredth ?? retry.budget)")
    return "client.Retry{\(parts.joined(separator: ", "))}"
  }

  // MARK: Operations

  private func write(_ client: ClientPlan, to file: inout GoFile) {
    let type = clientType(client)
    file.line()
    file.comment(Self.described(type, "asks \(client.target.name)", client.connection.doc))
    file.line("type \(type) struct{ client *client.Client }")
    for operation in client.operations { write(operation, of: client, to: &file) }
  }

  private func write(_ operation: OperationPlan, of client: ClientPlan, to file: inout GoFile) {
    file.use("context")
    let name = GoSpelling.method(operation.name)
    let place = "\(operation.operation.verb.rawValue.uppercased()) \(operation.operation.path)"
    file.line()
    let errors = operation.errors.map { names.error($0.name) }
    let fails = errors.isEmpty ? "" : "\n\nIt may fail with \(errors.joined(separator: ", "))."
    file.comment(Self.described(name, "asks \(place)", operation.operation.doc ?? operation.resourceDoc) + fails)
    let isList = operation.operation.origin?.action == .list
    let arguments =
      isList
      ? ["query client.ListQuery"]
      : operation.parameters.map {
        "\(GoSpelling.parameter($0.field.name)) \(types.type($0.field.type, in: &file))"
      }
    let result = result(of: operation, in: &file)
    let list = (["ctx context.Context"] + arguments).joined(separator: ", ")
    file.line("func (c *\(clientType(client))) \(name)(\(list)) \(result.map { "(\($0.type), error)" } ?? "error") {")
    file.line("call := client.Call{\(call(operation, of: client, in: &file))}", depth: 1)
    writeParameters(operation, to: &file)
    guard let result else {
      file.line("return client.Nothing(ctx, c.client, call)", depth: 1)
      file.line("}")
      return
    }
    let form = operation.operation.result?.isOptional == true && !isList ? "Optional" : "JSON"
    if form == "Optional", GoTypes.isNilable(operation.operation.result?.unwrapped ?? .bool) {
      file.lines(
        """
        \tresult, err := client.Optional(ctx, c.client, call, \(result.travels))
        \tif err != nil || result == nil {
        \t\treturn nil, err
        \t}
        \treturn *result, nil
        """)
    } else {
      file.line("return client.\(form)(ctx, c.client, call, \(result.travels))", depth: 1)
    }
    file.line("}")
  }

  /// The type of a result, and what says how it travels; nil where there is none.
  private func result(of operation: OperationPlan, in file: inout GoFile) -> (type: String, travels: String)? {
    if operation.operation.origin?.action == .list, let resource = operation.resource {
      let type = names.type(resource.type)
      return ("client.Page[\(type)]", "client.PageType(\(names.variable(resource.type)))")
    }
    guard let result = operation.operation.result, operation.operation.status != 204 else { return nil }
    return (types.type(result, in: &file), types.travels(result, in: &file))
  }

  private func call(_ operation: OperationPlan, of client: ClientPlan, in file: inout GoFile) -> String {
    var parts = [
      "Operation: \(GoLiteral.string(operation.name))",
      "Method: \(GoLiteral.string(operation.operation.verb.rawValue.uppercased()))",
      "Path: \(path(operation, in: &file))",
    ]
    let template = Names.pathTemplate(operation.operation.path)
    if template.utf8.contains(UInt8(ascii: "{")) { parts.append("Template: \(GoLiteral.string(template))") }
    switch operation.repeatability {
    case .always: parts.append("IsRepeatable: true")
    case .withKey: parts.append("IsKeyed: true")
    case .never: break
    }
    if let cache = operation.cache { parts.append("Cache: \(GoLiteral.duration(cache))") }
    if let fallback = fallback(operation, client.resilience) {
      parts.append("Fallback: \(GoLiteral.string(fallback))")
    }
    if !operation.errors.isEmpty {
      let failures = operation.errors.map { Self.lowered(names.error($0.name)) + "Failure" }
      parts.append("Failures: []client.Failure{\(failures.joined(separator: ", "))}")
    }
    return parts.joined(separator: ", ")
  }

  private static func lowered(_ name: String) -> String { GoSpelling.local(name) }

  private func fallback(_ operation: OperationPlan, _ resilience: ResiliencePlan) -> String? {
    switch resilience.fallback {
    case .empty?:
      guard let result = operation.operation.result else { return nil }
      if result.isOptional { return "null" }
      switch result {
      case .list: return "[]"
      case .map: return "{}"
      default: return nil
      }
    case .value(let value)?: return operation.operation.result == nil ? nil : value.untypedJSON.line
    case .cached?, nil: return nil
    }
  }

  /// `"/items/" + client.Text(id, wire.IntType)`
  private func path(_ operation: OperationPlan, in file: inout GoFile) -> String {
    var parts: [String] = []
    var rest = Substring(operation.operation.path)
    while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      if open > rest.startIndex { parts.append(GoLiteral.string(String(rest[..<open]))) }
      if let parameter = operation.parameters.first(where: { $0.field.name == name && $0.location == .path }) {
        let travels = types.travels(parameter.field.type.withoutRules, in: &file)
        parts.append("client.Text(\(GoSpelling.parameter(name)), \(travels))")
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(GoLiteral.string(String(rest))) }
    return parts.joined(separator: " + ")
  }

  private func writeParameters(_ operation: OperationPlan, to file: inout GoFile) {
    if operation.operation.origin?.action == .list {
      file.line("call.Query = query.Query()", depth: 1)
      return
    }
    for parameter in operation.parameters {
      let field = parameter.field
      let name = GoSpelling.parameter(field.name)
      switch parameter.location {
      case .path: break
      case .query:
        writeValues(field, name, to: &file) { value, travels in
          "call.Query = client.With(call.Query, \(GoLiteral.string(field.wireName)), \(value), \(travels))"
        }
      case .header(let header):
        writeValues(field, name, to: &file) { value, travels in
          "call.Header = client.WithHeader(call.Header, \(GoLiteral.string(header)), \(value), \(travels))"
        }
      case .body: writeBody(field, name, to: &file)
      }
    }
  }

  private func writeValues(
    _ field: DataField, _ name: String, to file: inout GoFile, _ statement: (String, String) -> String
  ) {
    let type = field.type.unwrapped
    if case .list(let element, _) = type {
      file.line("for _, each := range \(name) {", depth: 1)
      file.line(statement("each", types.travels(element.withoutRules, in: &file)), depth: 2)
      file.line("}", depth: 1)
      return
    }
    let travels = types.travels(type.withoutRules, in: &file)
    if field.type.isOptional {
      file.line("if \(name) != nil {", depth: 1)
      file.line(statement(GoTypes.isNilable(type) ? name : "*" + name, travels), depth: 2)
      file.line("}", depth: 1)
    } else {
      file.line(statement(name, travels), depth: 1)
    }
  }

  private func writeBody(_ field: DataField, _ name: String, to file: inout GoFile) {
    let travels = types.travels(field.type, in: &file)
    if field.type.isOptional {
      let value = GoTypes.isNilable(field.type.unwrapped) ? name : "*" + name
      file.line("if \(name) != nil {", depth: 1)
      file.line("call = client.Body(call, \(travels), \(value))", depth: 2)
      file.line("}", depth: 1)
    } else {
      file.line("call = client.Body(call, \(travels), \(name))", depth: 1)
    }
  }

  // MARK: Declared errors

  /// The errors that those may answer with whom we ask.
  var askedErrors: [ErrorType] {
    let names = Set(plan.clients.flatMap { $0.operations.flatMap(\.errors) }.map(\.name))
    return plan.types.errors.filter { names.contains($0.name) }
  }

  func writeFailure(_ error: ErrorType, hasDetail: Bool, to file: inout GoFile) {
    let name = names.error(error.name)
    file.use("gen/runtime/client")
    let detail =
      hasDetail
      ? GoFile.function("func(e *\(name), detail string)", "e.Detail = detail", depth: 0) : "func(*\(name), string) {}"
    file.line()
    file.line(
      "var \(Self.lowered(name))Failure = client.Declared(\(GoLiteral.string(Problems.type(of: error))), "
        + "\(names.errorVariable(error.name)), \(detail))")
  }
}

extension ValueType {
  /// The type, whatever its values must be: those whom we ask know.
  var withoutRules: ValueType {
    switch self {
    case .int: .int(.none)
    case .float: .float(.none)
    case .decimal: .decimal(.none)
    case .string: .string(.none)
    case .duration: .duration(.none)
    case .binary: .binary(.none)
    case .optional(let inner): inner.withoutRules
    default: self
    }
  }
}
