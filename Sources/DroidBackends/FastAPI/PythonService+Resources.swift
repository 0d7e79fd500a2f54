import DroidSemantics

/// The operations of resources, which are ours from end to end; and what their lists may be asked for.
extension PythonService {
  func write(
    _ operation: OperationPlan, _ resource: ResourcePlan, _ action: ResourceAction, of port: PortPlan,
    to module: inout PythonModule
  ) {
    let writer = ResourceWriter(service: self, operation: operation, resource: resource, port: port)
    module.use("..dependencies", "StoresDependency")
    switch action {
    case .list: writer.list(to: &module)
    case .get: writer.get(to: &module)
    case .create: writer.create(to: &module)
    case .replace: writer.replace(to: &module)
    case .delete: writer.delete(to: &module)
    }
  }

  func queries() -> [UInt8] {
    var module = self.module("What lists may be asked for.")
    let types = types()
    for resource in listed {
      module.use("typing", "Annotated", "Literal")
      module.use("pydantic", "Field")
      module.use(".runtime.query", "ListQuery")
      module.use(".runtime.wire", "IntText")
      module.separate()
      module.line("class \(queryName(resource))(ListQuery):")
      module.docstring("A page of each \(resource.type).", depth: 1)
      module.line()
      let most = ResourcePlan.largestPage
      module.line("limit: Annotated[IntText, Field(ge=1, le=\(most))] = \(resource.pageSize)", depth: 1)
      let orders = resource.orders.flatMap { [$0.wireName, "-" + $0.wireName] }
      module.code(
        .group(
          "order: Literal", .square, orders.map { .text(PythonLiteral.string($0)) },
          " = \(PythonLiteral.string(resource.key.wireName))"), depth: 1)
      for filter in resource.filters { write(filter, to: &module, types) }
    }
    return module.bytes()
  }

  private func write(_ filter: FilterPlan, to module: inout PythonModule, _ types: PythonTypes) {
    let name = PythonSpelling.field(filter.field.name)
    let type = types.plain(filter.type, in: &module, .text)
    func line(_ suffix: String, _ type: PythonCode, _ alias: String, _ value: String) {
      let option = PythonCode.text("Field(alias=\(PythonLiteral.string(alias)))")
      module.code(.group("\(name)_\(suffix): Annotated", .square, [type, option], " = \(value)"), depth: 1)
    }
    line("in", .group("tuple", .square, [type, .text("...")]), filter.name, "()")
    if filter.hasBounds {
      line("min", type.wrapped("", " | None"), filter.name + ".min", "None")
      line("max", type.wrapped("", " | None"), filter.name + ".max", "None")
    }
  }

  /// The resources that are listed, here or by those that are asked, each type once.
  var listed: [ResourcePlan] {
    var seen: Set<String> = []
    return (plan.operations + plan.clients.flatMap(\.operations)).compactMap { operation in
      guard operation.operation.origin?.action == .list, let resource = operation.resource else { return nil }
      return seen.insert(resource.type).inserted ? resource : nil
    }
  }

  /// Out of the way of the user's types.
  func queryName(_ resource: ResourcePlan) -> String {
    var name = PythonSpelling.type(resource.type) + "Query"
    while plan.system.record(name) != nil || plan.system.enumeration(name) != nil || plan.system.error(name) != nil {
      name += "_"
    }
    return name
  }
}

/// Writes one operation of a resource.
private struct ResourceWriter {
  let service: PythonService
  let operation: OperationPlan
  let resource: ResourcePlan
  let port: PortPlan

  private var type: String { PythonSpelling.type(resource.type) }
  private var store: String { "stores.\(PythonService.storeName(resource))" }
  private var key: String { PythonSpelling.parameter(resource.key.name) }
  private var keyField: String { PythonSpelling.field(resource.key.name) }
  private var entity: String {
    let name = PythonSpelling.parameter(resource.type)
    return name == key ? name + "_" : name
  }

  func list(to module: inout PythonModule) {
    let page = PythonSpelling.type(resource.pageName)
    module.use("..models", page)
    module.use("..queries", service.queryName(resource))
    module.use("fastapi", "Query")
    module.use("typing", "Annotated")
    begin([.text("query: Annotated[\(service.queryName(resource)), Query()]")], page, in: &module)
    module.line("items, cursor = await \(store).page(query)", depth: 1)
    module.line("return \(page)(items=items, next=cursor)", depth: 1)
  }

  func get(to module: inout PythonModule) {
    module.use("..runtime.etags", "IfNoneMatch", "is_known")
    module.use("fastapi", "Response")
    let header = PythonCode.text("if_none_match: IfNoneMatch = None")
    begin(
      [path(in: &module), .text("response: Response"), header], "\(type) | Response",
      options: ["response_model=\(type)"], in: &module)
    module.line("found = await \(store).fetch(\(key))", depth: 1)
    missing("found is None", to: &module)
    module.line("\(entity), etag = found", depth: 1)
    module.line("if is_known(etag, if_none_match):", depth: 1)
    module.line("return Response(status_code=304, headers={\"ETag\": etag})", depth: 2)
    end(to: &module)
  }

  func create(to module: inout PythonModule) {
    module.use("fastapi", "Response")
    begin([body, .text("response: Response")], type, in: &module)
    module.line("etag = await \(store).create(\(entity))", depth: 1)
    conflict("etag is None", "The \(resource.key.name) of the \(resource.type) is taken.", to: &module)
    callHook(with: entity, to: &module)
    module.line("response.headers[\"Location\"] = \(location(in: &module))", depth: 1)
    end(to: &module)
  }

  func replace(to module: inout PythonModule) {
    module.use("fastapi", "Response")
    begin(
      [path(in: &module), body, .text("response: Response"), ifMatch(in: &module)], type, in: &module)
    conflict(
      "\(entity).\(keyField) != \(key)", "The \(resource.key.name) of the \(resource.type) is not that of the path.",
      to: &module)
    module.line("etag = await \(store).replace(\(entity), if_match)", depth: 1)
    missing("etag is None", to: &module)
    callHook(with: entity, to: &module)
    end(to: &module)
  }

  func delete(to module: inout PythonModule) {
    begin([path(in: &module), ifMatch(in: &module)], "None", in: &module)
    missing("not await \(store).delete(\(key), if_match)", to: &module)
    callHook(with: key, to: &module)
  }

  /// Tells the user's code what was written.
  private func callHook(with argument: String, to module: inout PythonModule) {
    guard let hook = service.plan.hook(after: operation) else { return }
    module.line("await hooks.\(hook.name)(\(argument))", depth: 1)
  }

  private var body: PythonCode { .text("\(entity): \(type)") }

  private func begin(
    _ parameters: [PythonCode], _ answer: String, options: [String] = [], in module: inout PythonModule
  ) {
    if answer.hasPrefix(type) { module.use("..models", type) }
    service.writeDecorator(operation, of: port, options: options, to: &module)
    var given = [PythonCode.text("stores: StoresDependency")]
    if service.plan.hook(after: operation) != nil {
      module.use("..dependencies", "ServiceDependency")
      given.append(.text("hooks: ServiceDependency"))
    }
    service.writeFunction(
      operation.name, given + parameters, answer,
      doc: operation.operation.doc ?? operation.resourceDoc, to: &module)
  }

  private func end(to module: inout PythonModule) {
    module.line("response.headers[\"ETag\"] = etag", depth: 1)
    module.line("return \(entity)", depth: 1)
  }

  private func ifMatch(in module: inout PythonModule) -> PythonCode {
    module.use("..runtime.etags", "IfMatch")
    return .text("if_match: IfMatch = None")
  }

  private func path(in module: inout PythonModule) -> PythonCode {
    let wireKey = Names.pathParameter(resource.key.name)
    let alias = key == wireKey ? [] : [PythonCode.text("alias=" + PythonLiteral.string(wireKey))]
    return service.types("..").annotated(
      PythonTypes.key(resource.key.type), options: alias, extra: [], with: "Path", in: &module, .text, always: true
    ).wrapped("\(key): ")
  }

  private func missing(_ condition: String, to module: inout PythonModule) {
    module.use("..runtime.problems", "NotFound")
    module.line("if \(condition):", depth: 1)
    let text = "There is no \(resource.type) with this \(resource.key.name)."
    module.line("raise NotFound(\(PythonLiteral.string(text)))", depth: 2)
  }

  private func conflict(_ condition: String, _ reason: String, to module: inout PythonModule) {
    module.use("..runtime.problems", "Conflict")
    module.line("if \(condition):", depth: 1)
    module.line("raise Conflict(\(PythonLiteral.string(reason)))", depth: 2)
  }

  /// The path of what was created, as an f-string.
  private func location(in module: inout PythonModule) -> String {
    let path = operation.operation.path == "/" ? "" : operation.operation.path
    let key = "\(entity).\(keyField)"
    switch resource.key.type {
    case .uuid, .int: return "f\"\(path)/{\(key)}\""
    default:
      module.use("..runtime.wire", "segment")
      return "f\"\(path)/{segment(\(key))}\""
    }
  }
}
