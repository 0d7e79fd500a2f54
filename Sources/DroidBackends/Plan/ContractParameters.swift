import DroidSemantics

/// What stands beside the body of a request.
extension ContractDocument {
  func parameters(of plan: OperationPlan) -> [JSONTree] {
    let shared = Shared.parameters(of: plan).map { Self.reference("parameters", $0.name) }
    if let resource = plan.resource, plan.operation.origin?.action == .list { return shared + query(of: resource) }
    let own = plan.plainParameters.map { parameter in
      let field = parameter.field
      let (name, place) =
        switch parameter.location {
        case .path: (field.name, "path")
        case .header(let header): (header, "header")
        case .query, .body: (field.wireName, "query")
        }
      let isKey = plan.resource != nil && parameter.location == .path
      let schema = isKey ? schemas.field(field, isKey: true) : schemas.parameter(field)
      return Self.parameter(
        name, place, ContractSchemas.description(field), schema,
        isRequired: parameter.location == .path || schemas.isRequired(field), isDeprecated: field.deprecated != nil,
        example: field.examples.first.flatMap { examples.json($0, field.type) })
    }
    return own + shared
  }

  /// A page, an order, and a filter for each field that has one.
  private func query(of resource: ResourcePlan) -> [JSONTree] {
    let names = resource.orders.flatMap { [$0.wireName, "-" + $0.wireName] }
    var parameters = [
      Self.parameter(
        "limit", "query", "The most items of one page.",
        .object([
          ("type", .string("integer")), ("minimum", .integer(1)), ("maximum", .integer(ResourcePlan.largestPage)),
          ("default", .integer(resource.pageSize)),
        ])),
      Self.parameter(
        "order", "query", "The field that they are ordered by; with `-` the greatest comes first.",
        .object([
          ("type", .string("string")), ("enum", .array(names.map { .string($0) })),
          ("default", .string(resource.key.wireName)),
        ])),
    ]
    for filter in resource.filters {
      let schema = schemas.type(filter.type)
      let list = JSONTree.object([("type", .string("array")), ("items", schema)])
      parameters.append(Self.parameter(filter.name, "query", "Those with any of these.", list))
      if filter.hasBounds {
        parameters.append(Self.parameter(filter.name + ".min", "query", "Those with at least this.", schema))
        parameters.append(Self.parameter(filter.name + ".max", "query", "Those with at most this.", schema))
      }
    }
    return parameters
  }

  static func parameter(
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

  static func reference(_ group: String, _ name: String) -> JSONTree {
    .object([("$ref", .string("#/components/\(group)/\(name)"))])
  }

  /// The parameters that several operations have.
  func sharedParameters(of operations: [OperationPlan]) -> [(String, JSONTree)] {
    let used = Set(operations.flatMap { Shared.parameters(of: $0) })
    return Shared.Parameter.allCases.filter(used.contains).map { ($0.name, $0.tree) }
  }

  /// What is said once in a contract, and pointed at.
  enum Shared {
    enum Parameter: String, CaseIterable {
      case cursor, idempotencyKey, idempotencyKeyRequired, ifMatch, ifNoneMatch

      var name: String { Names.pascal(rawValue) }

      var tree: JSONTree {
        let text = JSONTree.object([("type", .string("string"))])
        let key = JSONTree.object([("type", .string("string")), ("pattern", .string("^[\\x20-\\x7e]{1,255}$"))])
        let doc = "Names the request: sent again, it is answered again, and not done again."
        return switch self {
        case .cursor: parameter("cursor", "query", "Where the page begins: the `next` of the page before.", text)
        case .idempotencyKey: parameter("Idempotency-Key", "header", doc, key)
        case .idempotencyKeyRequired: parameter("Idempotency-Key", "header", doc, key, isRequired: true)
        case .ifMatch: parameter("If-Match", "header", "Only if its ETag is one of these, or `*`.", text)
        case .ifNoneMatch: parameter("If-None-Match", "header", "Only if its ETag is none of these.", text)
        }
      }
    }

    static func parameters(of plan: OperationPlan) -> [Parameter] {
      var parameters: [Parameter] = []
      switch plan.operation.origin?.action {
      case .list?: parameters.append(.cursor)
      case .get?: parameters.append(.ifNoneMatch)
      case .replace?, .delete?: parameters.append(.ifMatch)
      case .create?, nil: break
      }
      switch plan.idempotencyKey {
      case .taken?: parameters.append(.idempotencyKey)
      case .required?: parameters.append(.idempotencyKeyRequired)
      case nil: break
      }
      return parameters
    }
  }
}
