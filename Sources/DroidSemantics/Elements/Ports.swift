import DroidSyntax

/// Ports and what they can be asked.
extension Checker {
  static let portTypeNames = ["REST", "GraphQL", "GRPC", "TCP", "UDP", "Events", "SQL", "KV", "Blob"]

  func addPort(_ node: Syntax, to component: inout Component, in scope: Scope) {
    guard let name = node.name, let typeNode = node.typeNode else { return }
    if let earlier = component.ports.first(where: { $0.name == name.text }) {
      return duplicate(name, "port", earlier.range)
    }
    guard let type = portType(typeNode, in: scope) else {
      builder.poisoned.insert(component.name + "." + name.text)
      return
    }
    let keyword = node.keyword
    let direction: Port.Direction = keyword == "in" ? .into : .out
    if direction == .out, component.kind == .external || component.kind.isStore {
      report(
        .wrongDirection, "`\(component.name)` asks nobody", at: node.headRange,
        "a `\(component.kindName)` only answers: `in \(name.text): …`", in: scope)
    }
    let schema = standard.ports.schema(direction, type)
    var port = Port(
      name: name.text, direction: direction, isOptional: keyword == "optional", isImplied: false, type: type,
      doc: node.doc,
      properties: Properties(schema), operations: [], resources: [], range: name.range)
    if let path = node.child(.path) {
      report(
        .misplacedMember, "this port stands for another one", at: path.range,
        "only the ports of a template do: they stand for one inside", in: scope)
    }
    if let block = node.block {
      set(&port.properties, from: block, owner: .named(name.text), in: scope)
      fill(&port, from: block, component, in: scope)
    }
    component.ports.append(port)
  }

  func portType(_ node: Syntax, in scope: Scope) -> PortType? {
    guard node.kind == .namedType, let path = node.child(.path) else {
      report(.unknownPortType, "a port speaks one of \(Suggestion.list(Self.portTypeNames, limit: 12))", at: node.range)
      return nil
    }
    let arguments = node.child(.typeArguments)
    if path.text != "Events", let arguments {
      report(.badRefinement, "`\(path.text)` takes nothing in parentheses", at: arguments.range)
    }
    switch path.text {
    case "REST": return .rest
    case "GraphQL": return .graphQL
    case "GRPC": return .grpc
    case "TCP": return .tcp
    case "UDP": return .udp
    case "SQL": return .sql
    case "KV": return .kv
    case "Blob": return .blob
    case "Events":
      guard let argument = arguments?.children().first(where: { $0.kind.isType }) else {
        report(
          .missingType, "`Events` needs the type of its events", at: path.range, "such as `Events(Order)`", in: scope)
        return nil
      }
      guard let payload = valueType(argument, in: scope) else { return nil }
      guard case .record(let name) = payload else {
        report(.typeMismatch, "events are records", at: argument.range, "and this is \(payload.spoken)", in: scope)
        return nil
      }
      return .events(name)
    default:
      let guess = suggestion(path.text, among: Self.portTypeNames, at: path.range)
      let isHTTP = path.text.uppercased().hasPrefix("HTTP")
      report(
        .unknownPortType, "ports do not speak `\(path.text)`", at: path.range,
        isHTTP ? "HTTP with JSON is `REST`" : guess.label,
        help: "there are \(Suggestion.list(Self.portTypeNames, limit: 12))",
        fixes: isHTTP ? [Fix("write `REST`", replacing: path.range, with: "REST")] : guess.fixes, in: scope)
      return nil
    }
  }

  /// The operations and resources of a port.
  private func fill(_ port: inout Port, from block: Syntax, _ component: Component, in scope: Scope) {
    var names: [String: SourceRange] = [:]
    for member in block.children() {
      switch member.kind {
      case .property, .missing, .unexpected: break
      case .operation:
        guard checkPlace(of: member, port, component) else { continue }
        guard let operation = operation(member, port, in: scope) else { continue }
        if let earlier = names.updateValue(operation.range, forKey: operation.name), let name = member.name {
          duplicate(name, "operation", earlier)
          continue
        }
        port.operations.append(operation)
      case .resource:
        guard checkPlace(of: member, port, component) else { continue }
        addResource(member, to: &port, component, &names, in: scope)
      default: misplaced(member, in: "a port")
      }
    }
    checkRoutes(port)
  }

  private func checkPlace(of member: Syntax, _ port: Port, _ component: Component) -> Bool {
    guard port.direction == .into else {
      report(
        .misplacedMember, "an `out` port asks; it has no operations of its own", at: member.headRange,
        "it has those of the port it is connected to")
      return false
    }
    switch port.type {
    case .rest where member.kind == .resource || !Self.isGraphQL(member.keyword): return true
    case .graphQL where member.kind == .operation && Self.isGraphQL(member.keyword): return true
    case .rest:
      report(
        .misplacedOperation, "a `\(member.keyword)` is of GraphQL, and `\(port.name)` speaks REST",
        at: member.headRange,
        "REST has `get`, `post`, `put`, `patch`, `delete` and `head`")
    case .graphQL:
      report(
        .misplacedOperation, "`\(port.name)` speaks GraphQL", at: member.headRange,
        "GraphQL has `query`, `mutation` and `subscription`")
    case .grpc:
      report(
        .misplacedOperation, "a GRPC port has no operations of its own in this edition", at: member.headRange,
        "field numbers need a contract: `contract = \"protos/….proto\"`")
    default:
      report(.misplacedOperation, "a port of this type has no operations", at: member.headRange)
    }
    return false
  }

  private static func isGraphQL(_ keyword: String) -> Bool { ["query", "mutation", "subscription"].contains(keyword) }

  private func operation(_ node: Syntax, _ port: Port, in scope: Scope) -> Operation? {
    guard let name = node.name, let verb = Operation.Verb(rawValue: node.keyword) else { return nil }
    var path = ""
    var pathNames: [String] = []
    if let pathNode = node.child(.string) {
      path = string(pathNode)
      guard let names = pathParameters(path, pathNode.range) else { return nil }
      pathNames = names
    }
    let (fields, nodes) = dataFields(node.child(.parameters), owner: .named(name.text), in: scope)
    var parameters: [Parameter] = []
    parameters.reserveCapacity(fields.count)
    var body: Parameter?
    for (field, fieldNode) in zip(fields, nodes) {
      var field = field
      (field.defaultValue, field.examples) = defaultAndExamples(fieldNode, field, in: scope)
      let location = location(of: field, verb, pathNames)
      let parameter = Parameter(field: field, location: location)
      if location == .body {
        if let body {
          report(
            .secondBody, "`\(name.text)` has two bodies", at: field.range,
            "one record travels as the body of a request",
            notes: [Label(body.field.range, "the first is here")], help: "make one record of both", in: scope)
          continue
        }
        body = parameter
      } else if case .record = field.type.unwrapped, !port.type.isGraphQL {
        report(
          .secondBody, "a `\(verb.rawValue)` has no body, and `\(field.name)` is a record", at: field.range,
          "its parameters are single values", in: scope)
        continue
      }
      parameters.append(parameter)
    }
    for missing in pathNames where !fields.contains(where: { $0.name == missing }) {
      guard let pathNode = node.child(.string), node.child(.parameters)?.isBroken != true,
        fields.count == nodes.count,
        fields.count == node.child(.parameters)?.children().filter({ $0.kind == .field }).count
      else { continue }
      let guess = Suggestion.nearest(to: missing, among: fields.map(\.name))
      report(
        .unknownParameter, "the path names `{\(missing)}`, and `\(name.text)` has no such parameter",
        at: pathNode.range,
        guess.map { "did you mean `{\($0)}`?" } ?? "add `\(missing): UUID`, or whatever it is", in: scope)
    }
    let result = node.child(.resultType)?.typeNode.flatMap { valueType($0, in: scope) }
    let errors = (node.child(.throwsClause)?.children()).map {
      $0.filter { $0.kind == .path }.compactMap { errorName($0, in: scope) }
    }
    var operation = Operation(
      name: name.text, doc: node.doc, verb: verb, path: path, parameters: parameters, result: result,
      errors: errors ?? [],
      properties: Properties(standard.schema("Operation")), origin: nil, range: name.range)
    if let block = node.block {
      set(&operation.properties, from: block, owner: .named(name.text), in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        misplaced(member, in: "an operation")
      }
      if operation.properties.explicit("cache") != nil, verb != .get, verb != .query {
        report(
          .badOption, "the answer of a `\(verb.rawValue)` cannot be kept", at: name.range,
          "`cache` is for `get` and `query`", in: scope)
      }
    }
    return operation
  }

  private func location(of field: DataField, _ verb: Operation.Verb, _ pathNames: [String]) -> Parameter.Location {
    if pathNames.contains(field.name) { return .path }
    if let header = field.header { return .header(header.isEmpty ? Self.headerName(field.wireName) : header) }
    if verb == .post || verb == .put || verb == .patch, Self.isBody(field.type) { return .body }
    return .query
  }

  /// What has no form as a text, and so stands in a body alone.
  private static func isBody(_ type: ValueType) -> Bool {
    switch type.unwrapped {
    case .record, .map, .json: return true
    case .list(let element, _):
      if case .list = element.unwrapped { return true }
      return isBody(element)
    default: return false
    }
  }

  /// `tenant_id` travels as `Tenant-Id`.
  private static func headerName(_ name: String) -> String {
    name.split { $0 == "_" || $0 == "-" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
  }

  func errorName(_ path: Syntax, in scope: Scope) -> String? {
    let segments = path.segments
    guard let last = segments.last, let unit = unit(of: segments, in: scope) else { return nil }
    if let error = unit.errors[last.text] {
      note(last.range, error.nameRange)
      return unit.qualifier + last.text
    }
    let guess = suggestion(last.text, among: unit.errors.keys.sorted(), at: last.range)
    report(
      .unknownError, "no error is called `\(last.text)`", at: last.range, guess.label,
      help: guess.fixes.isEmpty ? "declare it: `error \(last.text) 409 { … }`" : nil, fixes: guess.fixes, in: scope)
    return nil
  }

  /// The names in braces of a path; nil where it is none.
  private func pathParameters(_ path: String, _ range: SourceRange) -> [String]? {
    guard path.hasPrefix("/") else {
      report(
        .badPath, "a path begins with `/`", at: range,
        fixes: [Fix("write `\"/\(path)\"`", replacing: range, with: StringLiteral.encode("/" + path))])
      return nil
    }
    var names: [String] = []
    for bytes in path.utf8.split(separator: UInt8(ascii: "/")) {
      let segment = Substring(bytes)
      if bytes.first == UInt8(ascii: ":") {
        let name = segment.dropFirst()
        report(
          .badPath, "a parameter of a path stands in braces", at: range, "`{\(name)}`",
          fixes: [
            Fix(
              "write `{\(name)}`", replacing: range,
              with: StringLiteral.encode(
                path.split(separator: "/").map { $0 == segment ? "{\(name)}" : String($0) }.reduce("") { $0 + "/" + $1 }
              ))
          ])
        return nil
      }
      guard bytes.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else { continue }
      let name = String(Substring(bytes.dropFirst().dropLast()))
      guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), Self.isIdentifier(name) else {
        report(.badPath, "`\(segment)` is no part of a path", at: range, "a parameter fills a whole part: `/{id}/`")
        return nil
      }
      if names.contains(name) {
        report(.badPath, "the path names `{\(name)}` twice", at: range)
        return nil
      }
      names.append(name)
    }
    return names
  }

  /// A path without the names in its braces, and without slashes that mean nothing.
  private static func shape(of path: String) -> String {
    var shape: [UInt8] = []
    var isInBraces = false
    for byte in path.utf8 {
      if byte == UInt8(ascii: "}") { isInBraces = false }
      if isInBraces || byte == UInt8(ascii: "/") && shape.last == byte { continue }
      isInBraces = byte == UInt8(ascii: "{")
      shape.append(byte)
    }
    if shape.last == UInt8(ascii: "/") { shape.removeLast() }
    return String(decoding: shape, as: UTF8.self)
  }

  /// Two operations of a port that a request cannot tell apart.
  private func checkRoutes(_ port: Port) {
    let verbs = port.operations.map(\.verb)
    guard verbs.indices.contains(where: { verbs[..<$0].contains(verbs[$0]) }) else { return }
    var routes: [String: Int] = [:]
    for (index, operation) in port.operations.enumerated() where !operation.path.isEmpty {
      let route = operation.verb.rawValue + Self.shape(of: operation.path)
      if let earlier = routes.updateValue(index, forKey: route).map({ port.operations[$0] }) {
        report(
          .sameRoute, "`\(operation.name)` and `\(earlier.name)` are asked in the same way", at: operation.range,
          "both are `\(operation.verb.rawValue) \(earlier.path)`", notes: [Label(earlier.range, "the first is here")])
      }
    }
  }
}

extension PortType {
  var isGraphQL: Bool { self == .graphQL }

  /// As it is written.
  package var spoken: String {
    switch self {
    case .rest: "REST"
    case .graphQL: "GraphQL"
    case .grpc: "GRPC"
    case .tcp: "TCP"
    case .udp: "UDP"
    case .sql: "SQL"
    case .kv: "KV"
    case .blob: "Blob"
    case .events(let payload): "Events(\(payload))"
    }
  }
}
