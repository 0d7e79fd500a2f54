import DroidSyntax

/// `resource Order "/orders"`: a collection of records, and the operations it makes.
extension Checker {
  func addResource(
    _ node: Syntax, to port: inout Port, _ component: Component, _ names: inout [String: SourceRange], in scope: Scope
  ) {
    guard let typePath = node.child(.path), let pathNode = node.child(.string) else { return }
    guard component.kind.isGenerated else {
      report(
        .misplacedMember, "`\(component.name)` is not generated, so nothing could keep a resource",
        at: node.keywordRange,
        "a `\(component.kindName)` says its operations one by one", in: scope)
      return
    }
    guard case .record(let typeName)? = namedDataType(typePath, in: scope), let record = types.record(typeName) else {
      return
    }
    guard let key = record.key else {
      report(
        .resourceWithoutKey, "`\(typeName)` has no key, so one of its records could not be named", at: typePath.range,
        "mark the field that identifies it: `key id: UUID`", notes: [Label(record.range, "declared here")],
        fixes: record.fields.first { $0.name == "id" }.map {
          [Fix("make `id` the key", replacing: $0.range.atStart, with: "key ")]
        } ?? [], in: scope)
      return
    }
    let path = string(pathNode)
    guard path.hasPrefix("/"), !path.contains("{") else {
      report(.badPath, "the path of a resource begins with `/` and names no parameter", at: pathNode.range)
      return
    }
    let options = standard.schema("Resource")
    let operationOptions = standard.schema("Operation")
    let schema = Schema(name: "resource", fields: options.fields + operationOptions.fields)
    var properties = Properties(schema)
    if let block = node.block {
      set(&properties, from: block, owner: "this resource", in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        misplaced(member, in: "a resource")
      }
    }
    let actions = properties.list("only").compactMap { $0.choice.flatMap(ResourceAction.init(rawValue:)) }
    let resource = Resource(
      type: typeName, path: path, actions: actions, store: properties.reference("store"), properties: properties,
      doc: node.doc, range: typePath.range)
    if port.resources.contains(where: { $0.type == typeName }) {
      return duplicate(typePath, "resource", port.resources.first { $0.type == typeName }?.range ?? typePath.range)
    }
    port.resources.append(resource)
    let short = typeName.split(separator: ".").last.map(String.init) ?? typeName
    let item = (path == "/" ? "" : path) + "/{\(key.name)}"
    for action in actions {
      let operation = operation(of: resource, action, short, item, record, key)
      names[operation.name] = typePath.range
      port.operations.append(operation)
    }
  }

  private func operation(
    of resource: Resource, _ action: ResourceAction, _ short: String, _ item: String, _ record: RecordType,
    _ key: DataField
  ) -> Operation {
    let keyParameter = Parameter(field: key.asParameter(named: key.name, type: key.type), location: .path)
    let body = Parameter(field: key.asParameter(named: "body", type: .record(record.name)), location: .body)
    let (verb, path, parameters, result): (Operation.Verb, String, [Parameter], ValueType?) =
      switch action {
      case .list:
        (
          .get, resource.path,
          [
            Parameter(field: key.asParameter(named: "cursor", type: .optional(.string(.none))), location: .query),
            Parameter(
              field: key.asParameter(
                named: "limit", type: .optional(.int(Bounds(lower: ExactDecimal(1), upper: ExactDecimal(500))))),
              location: .query),
          ], .list(.record(record.name), .none)
        )
      case .get: (.get, item, [keyParameter], .record(record.name))
      case .create: (.post, resource.path, [body], .record(record.name))
      case .replace: (.put, item, [keyParameter, body], .record(record.name))
      case .delete: (.delete, item, [keyParameter], nil)
      }
    var properties = Properties(standard.schema("Operation"))
    for name in resource.properties.explicitNames where name != "cache" || verb == .get {
      properties.set(name, resource.properties[name])
    }
    return Operation(
      name: "\(short).\(action.rawValue)", doc: nil, verb: verb, path: path, parameters: parameters, result: result,
      errors: [], properties: properties, origin: .init(type: resource.type, action: action), range: resource.range)
  }
}

extension DataField {
  /// A parameter in the place of this field.
  fileprivate func asParameter(named name: String, type: ValueType) -> DataField {
    DataField(
      name: name, wireName: name, doc: name == self.name ? doc : nil, type: type, defaultValue: nil, isKey: false,
      isPersonal: false, isSecret: false, deprecated: nil, examples: [], header: nil, range: range)
  }
}
