import DroidSemantics

/// The OpenAPI 3.1 document of what listens on one port of a process.
struct ContractDocument {
  private let plan: ServicePlan
  private let application: ApplicationPlan
  private let examples: Examples
  private let schemas: ContractSchemas
  /// The names of ours, out of the way of the user's.
  private let problem: String
  private let invalid: String

  private init(_ application: ApplicationPlan, of plan: ServicePlan) {
    self.plan = plan
    self.application = application
    examples = plan.examples
    schemas = ContractSchemas(examples)
    problem = application.types.contains("Problem") ? "Problem_" : "Problem"
    invalid = application.types.contains("Invalid") ? "Invalid_" : "Invalid"
  }

  /// The document of an application, as the running service answers it.
  static func bytes(of application: ApplicationPlan, in plan: ServicePlan) -> [UInt8] {
    ContractDocument(application, of: plan).tree().document()
  }

  private func tree() -> JSONTree {
    var info: [(String, JSONTree)] = [("title", .string(application.contract))]
    if let doc = plan.component.doc ?? plan.system.doc { info.append(("description", .string(doc))) }
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
    return .object(members)
  }

  /// The first sentence or line; and whether more follows.
  private static func summary(of doc: String) -> (String, Bool) {
    let line = doc.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? doc
    return (line, line.utf8.count != doc.utf8.count)
  }

  // MARK: Requests

  private func parameters(of plan: OperationPlan) -> [JSONTree] {
    if let resource = plan.resource, plan.operation.origin?.action == .list {
      return [
        parameter(
          "cursor", "query", "Where the page begins: the `next` of the page before.",
          schemas.type(resource.key.type)),
        parameter(
          "limit", "query", "The most items of one page.",
          .object([
            ("type", .string("integer")), ("minimum", .integer(1)), ("maximum", .integer(ResourcePlan.largestPage)),
            ("default", .integer(resource.pageSize)),
          ])),
      ]
    }
    return plan.plainParameters.map { parameter in
      let field = parameter.field
      let (name, place) =
        switch parameter.location {
        case .path: (field.name, "path")
        case .header(let header): (header, "header")
        case .query, .body: (field.wireName, "query")
        }
      let isKey = plan.resource != nil && parameter.location == .path
      let schema = isKey ? schemas.field(field, isKey: true) : schemas.parameter(field)
      return self.parameter(
        name, place, ContractSchemas.description(field), schema,
        isRequired: parameter.location == .path || schemas.isRequired(field), isDeprecated: field.deprecated != nil,
        example: field.examples.first.flatMap { examples.json($0, field.type) })
    }
  }

  private func parameter(
    _ name: String, _ place: String, _ doc: String?, _ schema: JSONTree, isRequired: Bool = false,
    isDeprecated: Bool = false, example: JSONTree? = nil
  ) -> JSONTree {
    var members: [(String, JSONTree)] = [("name", .string(name)), ("in", .string(place))]
    if let doc { members.append(("description", .string(doc))) }
    if isRequired { members.append(("required", .bool(true))) }
    if isDeprecated { members.append(("deprecated", .bool(true))) }
    members.append(("schema", schema))
    if let example { members.append(("example", example)) }
    return .object(members)
  }

  // MARK: Answers

  private func responses(of plan: OperationPlan) -> [(String, JSONTree)] {
    var responses: [(status: Int, JSONTree)] = [(plan.operation.status, success(of: plan))]
    if let result = plan.operation.result, result.isOptional, plan.operation.status != 204 {
      responses.append((204, .object([("description", .string("There is none."))])))
    }
    switch plan.operation.origin?.action {
    case .get?, .delete?: responses.append((404, Self.response("NotFound")))
    case .create?: responses.append((409, Self.response("Conflict")))
    case .replace?: responses += [(404, Self.response("NotFound")), (409, Self.response("Conflict"))]
    default: break
    }
    var declared: [(status: Int, errors: [ErrorType])] = []
    for error in plan.errors {
      if let index = declared.firstIndex(where: { $0.status == error.status }) {
        declared[index].errors.append(error)
      } else {
        declared.append((error.status, [error]))
      }
    }
    for (status, errors) in declared {
      let isShared = responses.contains { $0.status == status } || (status == 422 && plan.mayBeInvalid)
      responses.removeAll { $0.status == status }
      responses.append((status, failure(errors, isShared: isShared, status: status)))
    }
    if plan.mayBeInvalid, !declared.contains(where: { $0.status == 422 }) {
      responses.append((422, Self.response("Invalid")))
    }
    responses.sort { $0.status < $1.status }
    return responses.map { (String($0.status), $0.1) } + [("default", Self.response("Unexpected"))]
  }

  private func success(of plan: OperationPlan) -> JSONTree {
    let action = plan.operation.origin?.action
    let text =
      switch action {
      case .list?: "A page."
      case .create?: "What was created."
      case .delete?: "It is deleted."
      default: plan.operation.result == nil ? "It is done." : "The answer."
      }
    var members: [(String, JSONTree)] = [("description", .string(text))]
    var headers: [(String, JSONTree)] = []
    if action == .create { headers.append(("Location", header("The path of what was created."))) }
    if plan.cache != nil { headers.append(("Cache-Control", header("How long the answer holds."))) }
    if !headers.isEmpty { members.append(("headers", .object(headers))) }
    if let resource = plan.resource, action == .list {
      var media: [(String, JSONTree)] = [("schema", ContractSchemas.reference(resource.pageName(in: self.plan)))]
      if let record = examples.record(resource.type) {
        media.append(("example", .object([("items", .array([record]))])))
      }
      members.append(("content", .object([("application/json", .object(media))])))
    } else if let result = plan.operation.result {
      members.append(("content", content(of: result.unwrapped, named: plan.name)))
    }
    return .object(members)
  }

  private func header(_ doc: String) -> JSONTree {
    .object([("description", .string(doc)), ("schema", .object([("type", .string("string"))]))])
  }

  /// Declared errors of one status; where others have it too, their problems are like any.
  private func failure(_ errors: [ErrorType], isShared: Bool, status: Int) -> JSONTree {
    var forms = errors.map { ContractSchemas.reference($0.name) }
    if isShared { forms.append(ContractSchemas.reference(status == 422 ? invalid : problem)) }
    let texts = errors.map { $0.doc ?? Problems.title(of: $0) + "." }
    return .object([
      ("description", .string(texts.joined(separator: " "))),
      (
        "content",
        .object([
          (
            "application/problem+json",
            .object([("schema", forms.count == 1 ? forms[0] : .object([("anyOf", .array(forms))]))])
          )
        ])
      ),
    ])
  }

  private func content(of type: ValueType, named name: String) -> JSONTree {
    var media: [(String, JSONTree)] = [("schema", schemas.type(type))]
    if let example = examples.value(of: type, named: name) { media.append(("example", example)) }
    return .object([("application/json", .object(media))])
  }

  private static func response(_ name: String) -> JSONTree {
    .object([("$ref", .string("#/components/responses/\(name)"))])
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
      entries.append((resource.pageName(in: plan), page(resource)))
    }
    entries.append((problem, problemSchema))
    if operations.contains(where: \.mayBeInvalid) { entries.append((invalid, invalidSchema)) }
    entries.sort { $0.0 < $1.0 }
    return .object([("schemas", .object(entries)), ("responses", .object(sharedResponses(operations)))])
  }

  private func page(_ resource: ResourcePlan) -> JSONTree {
    ContractSchemas.object(
      doc: "Some of them, in the order of their keys.",
      [
        ("items", .object([("type", .string("array")), ("items", ContractSchemas.reference(resource.type))])),
        ("next", cursor(resource)),
      ], required: ["items"])
  }

  private func cursor(_ resource: ResourcePlan) -> JSONTree {
    let doc = ("description", JSONTree.string("The `cursor` of the page that follows, if one does."))
    guard case .object(let members) = schemas.type(resource.key.type) else { return schemas.type(resource.key.type) }
    return .object(members + [doc])
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

  private func sharedResponses(_ operations: [OperationPlan]) -> [(String, JSONTree)] {
    let actions = Set(operations.compactMap { $0.operation.origin?.action })
    var responses: [(String, JSONTree)] = []
    func add(_ name: String, _ text: String, _ schema: String) {
      responses.append(
        (
          name,
          .object([
            ("description", .string(text)),
            (
              "content",
              .object([("application/problem+json", .object([("schema", ContractSchemas.reference(schema))]))])
            ),
          ])
        ))
    }
    if actions.contains(.create) || actions.contains(.replace) {
      add("Conflict", "The request does not fit what is there.", problem)
    }
    if operations.contains(where: \.mayBeInvalid) {
      add("Invalid", "The request is not what the contract allows.", invalid)
    }
    if !actions.isDisjoint(with: [.get, .replace, .delete]) {
      add("NotFound", "There is nothing by this name.", problem)
    }
    add("Unexpected", "Anything else that went wrong.", problem)
    return responses
  }
}

extension ResourcePlan {
  /// The name of the type of a page, out of the way of the user's types.
  package func pageName(in plan: ServicePlan) -> String {
    var name = type + "Page"
    while plan.system.record(name) != nil || plan.system.enumeration(name) != nil || plan.system.error(name) != nil {
      name += "_"
    }
    return name
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
