import DroidSemantics

/// What an operation answers.
extension ContractDocument {
  func responses(of plan: OperationPlan) -> [(String, JSONTree)] {
    var responses: [(status: Int, JSONTree)] = [(plan.operation.status, success(of: plan))]
    if let result = plan.operation.result, result.isOptional, plan.operation.status != 204 {
      responses.append((204, .object([("description", .string("There is none."))])))
    }
    for shared in Shared.responses(of: plan) {
      responses.append((shared.rawValue, Self.reference("responses", shared.name)))
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
      let isShared = responses.contains { $0.status == status }
      responses.removeAll { $0.status == status }
      responses.append((status, failure(errors, isShared: isShared, status: status)))
    }
    responses.sort { $0.status < $1.status }
    return responses.map { (String($0.status), $0.1) } + [("default", Self.reference("responses", "Unexpected"))]
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
    let headers = Shared.headers(of: plan)
    if !headers.isEmpty { members.append(("headers", Self.references(headers))) }
    if let resource = plan.resource, action == .list {
      var media: [(String, JSONTree)] = [("schema", ContractSchemas.reference(resource.pageName))]
      if let record = examples.record(resource.type) {
        media.append(("example", .object([("items", .array([record]))])))
      }
      members.append(("content", .object([("application/json", .object(media))])))
    } else if let result = plan.operation.result {
      members.append(("content", content(of: result.unwrapped, named: plan.name)))
    }
    return .object(members)
  }

  /// Declared errors of one status; where others have it too, their problems are like any.
  private func failure(_ errors: [ErrorType], isShared: Bool, status: Int) -> JSONTree {
    var forms = errors.map { ContractSchemas.reference($0.name) }
    if isShared { forms.append(ContractSchemas.reference(status == 422 ? invalid : problem)) }
    let texts = errors.map { $0.doc ?? Problems.title(of: $0) + "." }
    return .object([
      ("description", .string(texts.joined(separator: " "))),
      ("content", Self.problemContent(forms.count == 1 ? forms[0] : .object([("anyOf", .array(forms))]))),
    ])
  }

  func content(of type: ValueType, named name: String) -> JSONTree {
    var media: [(String, JSONTree)] = [("schema", schemas.type(type))]
    if let example = examples.value(of: type, named: name) { media.append(("example", example)) }
    return .object([("application/json", .object(media))])
  }

  private static func problemContent(_ schema: JSONTree) -> JSONTree {
    .object([("application/problem+json", .object([("schema", schema)]))])
  }

  private static func references(_ headers: [Shared.Header]) -> JSONTree {
    .object(headers.map { ($0.rawValue, reference("headers", $0.rawValue)) })
  }

  /// The answers that several operations have.
  func sharedResponses(of operations: [OperationPlan]) -> [(String, JSONTree)] {
    let used = Set(operations.flatMap { Shared.responses(of: $0) })
    var responses = Shared.Response.allCases.filter(used.contains).map { shared -> (String, JSONTree) in
      var members: [(String, JSONTree)] = [("description", .string(shared.description))]
      if !shared.headers.isEmpty { members.append(("headers", Self.references(shared.headers))) }
      if shared != .notModified {
        members.append(
          ("content", Self.problemContent(ContractSchemas.reference(shared == .invalid ? invalid : problem))))
      }
      return (shared.name, .object(members))
    }
    responses.append(
      (
        "Unexpected",
        .object([
          ("description", .string("Anything else that went wrong.")),
          ("content", Self.problemContent(ContractSchemas.reference(problem))),
        ])
      ))
    return responses
  }

  /// The headers that several answers have.
  func sharedHeaders(of operations: [OperationPlan]) -> [(String, JSONTree)] {
    let used = Set(operations.flatMap { Shared.headers(of: $0) + Shared.responses(of: $0).flatMap(\.headers) })
    return Shared.Header.allCases.filter(used.contains).map { header in
      (
        header.rawValue,
        .object([("description", .string(header.description)), ("schema", .object([("type", .string(header.type))]))])
      )
    }
  }
}

extension ContractDocument.Shared {
  /// By its status.
  enum Response: Int, CaseIterable {
    case notModified = 304
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case conflict = 409
    case preconditionFailed = 412
    case tooLarge = 413
    case unsupportedMediaType = 415
    case invalid = 422
    case tooManyRequests = 429
    case tooSlow = 504

    var name: String {
      switch self {
      case .notModified: "NotModified"
      case .unauthorized: "Unauthorized"
      case .forbidden: "Forbidden"
      case .notFound: "NotFound"
      case .conflict: "Conflict"
      case .preconditionFailed: "PreconditionFailed"
      case .tooLarge: "TooLarge"
      case .unsupportedMediaType: "UnsupportedMediaType"
      case .invalid: "Invalid"
      case .tooManyRequests: "TooManyRequests"
      case .tooSlow: "TooSlow"
      }
    }

    var description: String {
      switch self {
      case .notModified: "It is what the caller has."
      case .unauthorized: "The caller has not proved who it is."
      case .forbidden: "The caller may not do this."
      case .notFound: "There is nothing by this name."
      case .conflict: "The request does not fit what is there."
      case .preconditionFailed: "It has changed since the caller saw it."
      case .tooLarge: "The body is too large."
      case .unsupportedMediaType: "The body is no `application/json`."
      case .invalid: "The request is not what the contract allows."
      case .tooManyRequests: "The caller asks too often."
      case .tooSlow: "The answer took too long."
      }
    }

    var headers: [Header] {
      switch self {
      case .notModified: [.etag]
      case .unauthorized, .forbidden: [.authenticate]
      case .tooManyRequests: [.retryAfter, .rateLimit, .rateLimitPolicy]
      default: []
      }
    }
  }

  static func responses(of plan: OperationPlan) -> [Response] {
    var responses: Set<Response> = [.tooSlow]
    switch plan.operation.origin?.action {
    case .get?: responses.formUnion([.notModified, .notFound])
    case .create?: responses.insert(.conflict)
    case .replace?: responses.formUnion([.notFound, .conflict, .preconditionFailed])
    case .delete?: responses.formUnion([.notFound, .preconditionFailed])
    case .list?, nil: break
    }
    if plan.idempotencyKey != nil { responses.insert(.conflict) }
    if plan.body != nil { responses.formUnion([.tooLarge, .unsupportedMediaType]) }
    if plan.mayBeInvalid { responses.insert(.invalid) }
    if plan.guards.auth != nil { responses.insert(.unauthorized) }
    if !plan.guards.scopes.isEmpty { responses.insert(.forbidden) }
    if plan.guards.limit != nil { responses.insert(.tooManyRequests) }
    return responses.sorted { $0.rawValue < $1.rawValue }
  }

  /// By its name.
  enum Header: String, CaseIterable {
    case cacheControl = "Cache-Control"
    case etag = "ETag"
    case replayed = "Idempotency-Replayed"
    case location = "Location"
    case rateLimit = "RateLimit"
    case rateLimitPolicy = "RateLimit-Policy"
    case retryAfter = "Retry-After"
    case authenticate = "WWW-Authenticate"

    var type: String { self == .retryAfter ? "integer" : "string" }

    var description: String {
      switch self {
      case .cacheControl: "How long the answer holds."
      case .etag: "Names this state of it; another after each write."
      case .replayed: "`true`: the request was done before."
      case .location: "The path of what was created."
      case .rateLimit: "What is left, and when more is there."
      case .rateLimitPolicy: "How often may be asked."
      case .retryAfter: "The seconds to wait."
      case .authenticate: "How to prove who asks."
      }
    }
  }

  /// Of a good answer.
  static func headers(of plan: OperationPlan) -> [Header] {
    var headers: [Header] = []
    switch plan.operation.origin?.action {
    case .create?: headers += [.location, .etag]
    case .get?, .replace?: headers.append(.etag)
    case .list?, .delete?, nil: break
    }
    if plan.idempotencyKey != nil { headers.append(.replayed) }
    if plan.cache != nil { headers.append(.cacheControl) }
    if plan.guards.limit != nil { headers += [.rateLimit, .rateLimitPolicy] }
    return headers
  }
}
