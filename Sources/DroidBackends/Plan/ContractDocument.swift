import DroidSemantics

/// The OpenAPI 3.1 document of what listens on one port of a process.
struct ContractDocument {
  private let application: ApplicationPlan
  /// What the component says of itself, or the system.
  private let doc: String?
  let examples: Examples
  let schemas: ContractSchemas
  /// The names of ours, out of the way of the user's.
  let problem: String
  let invalid: String

  private init(_ application: ApplicationPlan, doc: String?, _ examples: Examples) {
    self.application = application
    self.doc = doc
    self.examples = examples
    schemas = ContractSchemas(examples)
    problem = application.types.contains("Problem") ? "Problem_" : "Problem"
    invalid = application.types.contains("Invalid") ? "Invalid_" : "Invalid"
  }

  /// The document of an application, as the running service answers it.
  static func bytes(
    of application: ApplicationPlan, _ component: Component, _ examples: Examples, in system: System
  ) -> [UInt8] {
    ContractDocument(application, doc: component.doc ?? system.doc, examples).tree().document()
  }

  private func tree() -> JSONTree {
    var info: [(String, JSONTree)] = [("title", .string(application.contract))]
    if let doc { info.append(("description", .string(doc))) }
    info.append(("version", .string("0.1.0")))
    return .object([
      ("openapi", .string("3.1.0")), ("info", .object(info)),
      ("tags", .array(application.ports.map(tag))), ("paths", .object(paths())), ("components", components()),
    ])
  }

  private func tag(_ port: PortPlan) -> JSONTree {
    .object([("name", .string(port.name))] + (port.port.doc.map { [("description", .string($0))] } ?? []))
  }

  private func paths() -> [(String, JSONTree)] {
    var order: [String] = []
    var items: [String: [(String, JSONTree)]] = [:]
    for operation in application.ports.flatMap(\.operations) {
      let path = operation.operation.path
      if items[path] == nil { order.append(path) }
      items[path, default: []].append((operation.operation.verb.rawValue, self.operation(operation)))
    }
    return order.map { ($0, .object(items[$0] ?? [])) }
  }

  private func operation(_ plan: OperationPlan) -> JSONTree {
    var members: [(String, JSONTree)] = [
      ("tags", .array([.string(plan.port)])), ("operationId", .string(plan.identifier)),
    ]
    if let doc = plan.operation.doc ?? plan.resourceDoc {
      let (summary, rest) = Self.summary(of: doc)
      members.append(("summary", .string(summary)))
      if rest { members.append(("description", .string(doc))) }
    }
    let parameters = self.parameters(of: plan)
    if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
    if let body = plan.body {
      members.append(
        (
          "requestBody",
          .object([
            ("required", .bool(!body.field.type.isOptional)),
            ("content", content(of: body.field.type, named: body.field.wireName)),
          ])
        ))
    }
    members.append(("responses", .object(responses(of: plan))))
    if let auth = plan.guards.auth, let name = scheme(of: auth) {
      members.append(("security", .array([.object([(name, .array(plan.guards.scopes.map { .string($0) }))])])))
    }
    return .object(members)
  }

  /// The first sentence or line; and whether more follows.
  private static func summary(of doc: String) -> (String, Bool) {
    let line = doc.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? doc
    return (line, line.utf8.count != doc.utf8.count)
  }

  // MARK: Components

  private func components() -> JSONTree {
    let types = application.types
    var entries: [(String, JSONTree)] = []
    entries += types.enumerations.map { ($0.name, schemas.enumeration($0)) }
    entries += types.records.map { ($0.name, schemas.record($0)) }
    entries += types.errors.map { ($0.name, schemas.error($0)) }
    let operations = application.ports.flatMap(\.operations)
    var paged: Set<String> = []
    for operation in operations where operation.operation.origin?.action == .list {
      guard let resource = operation.resource, paged.insert(resource.type).inserted else { continue }
      entries.append((resource.pageName, page(resource)))
    }
    entries.append((problem, problemSchema))
    if operations.contains(where: \.mayBeInvalid) { entries.append((invalid, invalidSchema)) }
    entries.sort { $0.0 < $1.0 }
    var groups: [(String, JSONTree)] = [
      ("schemas", .object(entries)), ("responses", .object(sharedResponses(of: operations))),
    ]
    let parameters = sharedParameters(of: operations)
    if !parameters.isEmpty { groups.append(("parameters", .object(parameters))) }
    let headers = sharedHeaders(of: operations)
    if !headers.isEmpty { groups.append(("headers", .object(headers))) }
    if !schemes.isEmpty { groups.append(("securitySchemes", .object(schemes.map { ($0.name, Self.scheme($0.auth)) }))) }
    return .object(groups)
  }

  // MARK: Who may ask

  /// The ways to prove who asks, by the order of their first use.
  private var schemes: [(name: String, auth: AuthPlan)] {
    var schemes: [(name: String, auth: AuthPlan)] = []
    for auth in application.ports.flatMap(\.operations).compactMap(\.guards.auth)
    where !schemes.contains(where: { $0.auth == auth }) {
      let kind =
        switch auth {
        case .jwt: "jwt"
        case .basic: "basic"
        case .key: "key"
        case .bearer: "bearer"
        }
      let count = schemes.count { $0.name.hasPrefix(kind) }
      schemes.append((kind + (count == 0 ? "" : String(count + 1)), auth))
    }
    return schemes
  }

  private func scheme(of auth: AuthPlan) -> String? { schemes.first { $0.auth == auth }?.name }

  private static func scheme(_ auth: AuthPlan) -> JSONTree {
    func http(_ scheme: String) -> [(String, JSONTree)] { [("type", .string("http")), ("scheme", .string(scheme))] }
    switch auth {
    case .jwt(let issuer, let audience, _):
      return .object(
        http("bearer") + [
          ("bearerFormat", .string("JWT")), ("description", .string("A token of \(issuer) for \(audience).")),
        ])
    case .basic: return .object(http("basic"))
    case .bearer: return .object(http("bearer"))
    case .key(let header, _):
      return .object([("type", .string("apiKey")), ("name", .string(header)), ("in", .string("header"))])
    }
  }

  // MARK: Types of ours

  private func page(_ resource: ResourcePlan) -> JSONTree {
    ContractSchemas.object(
      doc: "Some of them.",
      [
        ("items", .object([("type", .string("array")), ("items", ContractSchemas.reference(resource.type))])),
        (
          "next",
          .object([
            ("type", .string("string")),
            ("description", .string("The `cursor` of the page that follows, if one does.")),
          ])
        ),
      ], required: ["items"])
  }

  private var problemSchema: JSONTree {
    .object([
      ("type", .string("object")), ("description", .string("What went wrong (RFC 9457).")),
      ("properties", .object(Self.problemMembers(status: .object([("type", .string("integer"))])))),
      ("required", .array([.string("type"), .string("title"), .string("status")])),
    ])
  }

  private var invalidSchema: JSONTree {
    let text = JSONTree.object([("type", .string("string"))])
    let error = ContractSchemas.object(
      doc: nil, [("detail", text), ("pointer", text), ("parameter", text)], required: ["detail"])
    return ContractSchemas.object(
      doc: "What the contract does not allow, and where it stands in the request.",
      Self.problemMembers(status: .object([("const", .integer(422))]))
        + [("errors", .object([("type", .string("array")), ("items", error)]))],
      required: ["type", "title", "status", "errors"])
  }

  private static func problemMembers(status: JSONTree) -> [(String, JSONTree)] {
    let text = JSONTree.object([("type", .string("string"))])
    return [
      ("type", .object([("type", .string("string")), ("format", .string("uri-reference"))])),
      ("title", text), ("status", status), ("detail", text),
    ]
  }
}

extension OperationPlan {
  /// What an operation of a resource does, in a sentence.
  package var resourceDoc: String? {
    guard let resource, let action = operation.origin?.action else { return nil }
    let type = resource.type
    switch action {
    case .list: return "List each \(type), by \(resource.key.name)."
    case .get: return "Get the \(type) with this \(resource.key.name)."
    case .create: return "Create the \(type)."
    case .replace: return "Replace the \(type) with this \(resource.key.name)."
    case .delete: return "Delete the \(type) with this \(resource.key.name)."
    }
  }
}
