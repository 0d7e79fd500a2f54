import DroidSemantics

/// A router for each port.
extension PythonService {
  func router(_ port: PortPlan) -> [UInt8] {
    var module = self.module("The port `\(port.name)`.")
    module.use("fastapi", "APIRouter")
    module.use("..runtime.requests", "Operation")
    module.line()
    module.line("router = APIRouter(tags=[\(PythonLiteral.string(port.name))], route_class=Operation)")
    for operation in port.operations {
      module.separate()
      if let resource = operation.resource, let action = operation.operation.origin?.action {
        write(operation, resource, action, to: &module)
      } else {
        write(operation, to: &module)
      }
    }
    return module.bytes()
  }

  // MARK: What the user writes

  private func write(_ operation: OperationPlan, to module: inout PythonModule) {
    let types = types("..")
    let result = operation.operation.result
    let status = operation.operation.status
    let isEmpty = result == nil && status != 204
    let mayBeMissing = result?.isOptional == true && status != 204
    let code = result.map { types.bare($0.unwrapped, in: &module).flat }
    var options: [String] = []
    if mayBeMissing, let code { options.append("response_model=\(code)") }
    writeDecorator(operation, options: options, to: &module)
    var required: [PythonCode] = [.text("service: ServiceDependency")]
    var optional: [PythonCode] = []
    for parameter in operation.parameters {
      let value = types.defaultValue(parameter.field, in: &module)
      let isPath = parameter.location == .path
      let code = self.parameter(parameter, value: isPath ? nil : value, in: &module, types)
      if value == nil || isPath { required.append(code) } else { optional.append(code) }
    }
    if operation.cache != nil {
      module.use("fastapi", "Response")
      required.append(.text("response: Response"))
    }
    let answer =
      if isEmpty {
        "Response"
      } else if mayBeMissing {
        "\(code ?? "None") | Response"
      } else {
        code ?? "None"
      }
    writeFunction(operation.name, required + optional, answer, doc: operation.operation.doc, to: &module)
    module.use("..dependencies", "ServiceDependency")
    if let cache = operation.cache {
      module.line("response.headers[\"Cache-Control\"] = \"max-age=\(cache.nanoseconds / 1_000_000_000)\"", depth: 1)
    }
    let call = PythonCode.call(
      "await service.\(PythonSpelling.method(operation.method))",
      operation.parameters.map { .text(PythonSpelling.parameter($0.field.name)) })
    if isEmpty {
      module.use("fastapi", "Response")
      module.code(call, depth: 1)
      module.line("return Response(status_code=\(status))", depth: 1)
    } else if mayBeMissing {
      module.use("fastapi", "Response")
      module.code(call.wrapped("result = "), depth: 1)
      module.line("return Response(status_code=204) if result is None else result", depth: 1)
    } else {
      module.code(result == nil ? call : call.wrapped("return "), depth: 1)
    }
  }

  private func parameter(
    _ parameter: Parameter, value: String?, in module: inout PythonModule, _ types: PythonTypes
  ) -> PythonCode {
    let field = parameter.field
    let name = PythonSpelling.parameter(field.name)
    let suffix = value.map { " = \($0)" } ?? ""
    let (call, wire, place): (String, String, PythonTypes.Place) =
      switch parameter.location {
      case .path: ("Path", Names.pathParameter(field.name), .text)
      case .query: ("Query", field.wireName, .text)
      case .header(let header): ("Header", header, .text)
      case .body: ("Body", field.wireName, .body)
      }
    if parameter.location == .body, case .record = field.type.unwrapped {
      return types.bare(field.type, in: &module).wrapped("\(name): ", suffix)
    }
    var options: [PythonCode] = []
    if call == "Header" || name != wire { options.append(.text("alias=" + PythonLiteral.string(wire))) }
    if field.deprecated != nil { options.append(.text("deprecated=True")) }
    let code = types.annotated(field.type, options: options, extra: [], with: call, in: &module, place, always: true)
    return code.wrapped("\(name): ", suffix)
  }

  // MARK: Both

  private func writeDecorator(_ operation: OperationPlan, options: [String], to module: inout PythonModule) {
    let path = Names.pathTemplate(operation.operation.path)
    var arguments = [PythonLiteral.string(path), "operation_id=\(PythonLiteral.string(operation.identifier))"]
    let status = operation.operation.status
    if status != 200 { arguments.append("status_code=\(status)") }
    module.code(
      .call("@router.\(operation.operation.verb.rawValue)", (arguments + options).map { .text($0) }))
  }

  private func writeFunction(
    _ name: String, _ parameters: [PythonCode], _ answer: String, doc: String?, to module: inout PythonModule
  ) {
    module.code(.group("async def \(PythonSpelling.function(name))", .round, parameters, " -> \(answer):"))
    if let doc { module.docstring(doc, depth: 1) }
  }

  // MARK: Resources

  private func write(
    _ operation: OperationPlan, _ resource: ResourcePlan, _ action: ResourceAction, to module: inout PythonModule
  ) {
    let types = types("..")
    let type = PythonSpelling.type(resource.type)
    let store = "stores.\(Self.storeName(resource))"
    let key = PythonSpelling.parameter(resource.key.name)
    let keyField = PythonSpelling.field(resource.key.name)
    var entity = PythonSpelling.parameter(resource.type)
    if entity == key { entity += "_" }
    module.use("..dependencies", "StoresDependency")
    module.use("..models", type)
    writeDecorator(operation, options: [], to: &module)
    let stores = PythonCode.text("stores: StoresDependency")
    let body = PythonCode.text("\(entity): \(type)")
    let wireKey = Names.pathParameter(resource.key.name)
    let alias = key == wireKey ? [] : [PythonCode.text("alias=" + PythonLiteral.string(wireKey))]
    let path =
      action == .list || action == .create
      ? .text("")
      : types.annotated(
        PythonTypes.key(resource.key.type), options: alias, extra: [], with: "Path", in: &module, .text, always: true
      ).wrapped("\(key): ")
    let cached: [PythonCode] = operation.cache == nil ? [] : [.text("response: Response")]
    if operation.cache != nil { module.use("fastapi", "Response") }
    let doc = operation.operation.doc ?? operation.resourceDoc
    func cacheLine() {
      guard let cache = operation.cache else { return }
      module.line("response.headers[\"Cache-Control\"] = \"max-age=\(cache.nanoseconds / 1_000_000_000)\"", depth: 1)
    }
    func missing(_ condition: String) {
      module.use("..runtime.problems", "NotFound")
      module.line("if \(condition):", depth: 1)
      module.line(
        "raise NotFound(\(PythonLiteral.string("There is no \(resource.type) with this \(resource.key.name).")))",
        depth: 2)
    }
    func conflict(_ condition: String, _ reason: String) {
      module.use("..runtime.problems", "Conflict")
      module.line("if \(condition):", depth: 1)
      module.line("raise Conflict(\(PythonLiteral.string(reason)))", depth: 2)
    }
    switch action {
    case .list:
      let page = PythonSpelling.type(resource.pageName(in: plan))
      module.use("..models", page)
      module.use("..runtime.wire", "IntText")
      module.use("fastapi", "Query")
      module.use("typing", "Annotated")
      let cursor = types.annotated(
        .optional(resource.key.type), options: [], extra: [], with: "Query", in: &module, .text, always: true)
      let limit = "limit: Annotated[IntText, Query(ge=1, le=\(ResourcePlan.largestPage))] = \(resource.pageSize)"
      writeFunction(
        operation.name, [stores] + cached + [cursor.wrapped("cursor: ", " = None"), .text(limit)], page, doc: doc,
        to: &module)
      cacheLine()
      module.line("items = await \(store).page(after=cursor, limit=limit + 1)", depth: 1)
      module.line("more = len(items) > limit", depth: 1)
      module.code(
        .call(
          "return \(page)",
          [.text("items=items[:limit]"), .text("next=items[limit - 1].\(keyField) if more else None")]), depth: 1)
    case .get:
      writeFunction(operation.name, [stores, path] + cached, type, doc: doc, to: &module)
      cacheLine()
      module.line("\(entity) = await \(store).get(\(key))", depth: 1)
      missing("\(entity) is None")
      module.line("return \(entity)", depth: 1)
    case .create:
      module.use("fastapi", "Response")
      writeFunction(operation.name, [stores, body, .text("response: Response")], type, doc: doc, to: &module)
      conflict(
        "not await \(store).create(\(entity))", "There is a \(resource.type) with this \(resource.key.name) already.")
      module.line("response.headers[\"Location\"] = \(location(operation, entity, resource, &module))", depth: 1)
      module.line("return \(entity)", depth: 1)
    case .replace:
      writeFunction(operation.name, [stores, path, body], type, doc: doc, to: &module)
      conflict(
        "\(entity).\(keyField) != \(key)", "The \(resource.key.name) of the \(resource.type) is not that of the path.")
      missing("not await \(store).replace(\(entity))")
      module.line("return \(entity)", depth: 1)
    case .delete:
      writeFunction(operation.name, [stores, path], "None", doc: doc, to: &module)
      missing("not await \(store).delete(\(key))")
    }
  }

  /// The path of what was created, as an f-string.
  private func location(
    _ operation: OperationPlan, _ entity: String, _ resource: ResourcePlan, _ module: inout PythonModule
  ) -> String {
    let path = operation.operation.path == "/" ? "" : operation.operation.path
    let key = "\(entity).\(PythonSpelling.field(resource.key.name))"
    switch resource.key.type {
    case .string, .url, .email:
      module.use("urllib.parse", "quote")
      return "f\"\(path)/{quote(\(key), safe='')}\""
    case .time: return "f\"\(path)/{\(key).isoformat().replace('+00:00', 'Z')}\""
    default: return "f\"\(path)/{\(key)}\""
    }
  }
}

extension Names {
  /// The name of a path parameter, where a hyphen may not stand.
  static func pathParameter(_ name: String) -> String { name.mapBytes { $0 == 0x2d ? 0x5f : $0 } }

  /// A path whose parameters have such names: `/orders/{order_id}`.
  static func pathTemplate(_ path: String) -> String {
    guard path.utf8.contains(0x7b) else { return path }
    var result: [UInt8] = []
    var isInside = false
    for byte in path.utf8 {
      if byte == 0x7b { isInside = true } else if byte == 0x7d { isInside = false }
      result.append(isInside && byte == 0x2d ? 0x5f : byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
