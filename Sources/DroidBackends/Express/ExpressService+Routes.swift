import DroidJSON
import DroidSemantics

/// The operations of each port.
extension ExpressService {
  func routes(_ port: PortPlan) -> [UInt8] {
    var module = self.module("What the port `\(port.name)` answers\(hasPassages ? ", and passes on" : "").")
    if !port.operations.isEmpty { writeOperations(of: port, to: &module) }
    if hasPassages { writePassages(of: port, to: &module) }
    return module.bytes()
  }

  private func writeOperations(of port: PortPlan, to module: inout TypeScriptModule) {
    module.use(type: "Operation", from: "../runtime/operation.js")
    var parameters: [TypeScriptCode] = []
    for part in applicationParts where argumentsOfRoutes(port).contains(part.name) {
      module.use(type: part.type, from: "../\(part.module).js")
      parameters.append(.text("\(part.name): \(part.type)"))
    }
    var body = ByteWriter()
    let guards = Set(port.operations.map { guardCode($0.guards, in: &module).flat ?? "" })
    // What all operations of a port say is said once.
    let shared = guards.count == 1 ? port.operations.first.map { guardCode($0.guards, in: &module) } : nil
    for operation in Self.sorted(port.operations) {
      let own = shared == nil ? guardCode(operation.guards, in: &module) : nil
      let code = keyed(operation, code(operation, guard: own, in: &module), in: &module)
      body.indent(2)
      code.write(to: &body, depth: 2, column: 4, suffix: ",")
      body.newline()
    }
    module.line()
    module.comment(port.port.doc)
    module.code(
      .group("export function \(routesFunction(port))", .round, parameters, ": readonly Operation[] {"), suffix: "")
    let defaults = self.defaults(port, shared)
    if defaults.isEmpty {
      module.line("return [", depth: 1)
    } else {
      module.use("../runtime/operation.js", "withDefaults")
      module.code(
        .object(defaults).wrapped("const defaults = "), depth: 1)
      module.line("return withDefaults(defaults, [", depth: 1)
    }
    module.write(body)
    module.line(defaults.isEmpty ? "];" : "]);", depth: 1)
    module.line("}")
  }

  /// What a gateway passes on, the longest prefix first.
  private func writePassages(of port: PortPlan, to module: inout TypeScriptModule) {
    module.use(type: "Passage", from: "../runtime/gateway.js")
    var parameters: [TypeScriptCode] = []
    for part in applicationParts where argumentsOfPassages(port).contains(part.name) {
      module.use(type: part.type, from: "../\(part.module).js")
      parameters.append(.text("\(part.name): \(part.type)"))
    }
    module.line()
    module.comment("What is passed on; the first that fits counts.")
    module.code(
      .group("export function \(passagesFunction(port))", .round, parameters, ": readonly Passage[] {"), suffix: "")
    let guards = guardCode(port.guards, believes: false, in: &module)
    var members = [TypeScriptCode.member("port", .string(TypeScriptLiteral.string(port.name)))]
    if port.guards.timeout != TimeSpan(seconds: 30) {
      members.append(.member("timeout", .text(port.guards.timeout.seconds.description)))
    }
    members += defaults(port, guards)
    module.code(TypeScriptCode.object(members).wrapped("const shared = "), depth: 1)
    let passages = plan.routes.map { client -> TypeScriptCode in
      let route = client.route
      return .block(
        "",
        [
          .text("...shared"),
          .member("name", .string(TypeScriptLiteral.string(client.target.name))),
          .member("prefix", .string(TypeScriptLiteral.string(route?.prefix ?? ""))),
          .member("strips", .text(route?.strips == false ? "false" : "true")),
          .member("client", .text("clients.\(Names.camel(client.name)).forwarder")),
        ])
    }
    module.code(TypeScriptCode.array(passages).wrapped("return "), depth: 1)
    module.line("}")
  }

  /// Those of a resource as they are; those of the user's by the method of the service.
  private func code(
    _ operation: OperationPlan, guard own: TypeScriptCode?, in module: inout TypeScriptModule
  ) -> TypeScriptCode {
    guard let resource = operation.resource, let action = operation.operation.origin?.action else {
      return behaviour(operation, guard: own, in: &module)
    }
    let name = action.rawValue + "Operation"
    let constant = resourceConstant(resource)
    module.use("../runtime/collections.js", name)
    module.use("../stores.js", constant)
    var members = route(operation, guard: own)
    members.append(.member("resource", .text(constant)))
    members.append(.member("store", .text("stores.\(TypeScriptSpelling.store(resource.type))")))
    if action == .list { members.append(.member("pageSize", .text(String(resource.pageSize)))) }
    if let hook = plan.hook(after: operation) {
      let given = hook.givesKey ? "key" : "value"
      members.append(.member("after", .text("(\(given)) => service.\(Names.camel(hook.name))?.(\(given))")))
    }
    return .call(name, [.block("", members)])
  }

  private func behaviour(
    _ operation: OperationPlan, guard own: TypeScriptCode?, in module: inout TypeScriptModule
  ) -> TypeScriptCode {
    let types = TypeScriptTypes(plan, root: "../")
    let result = operation.operation.result
    let name = result == nil ? "command" : "operation"
    module.use("../runtime/operation.js", name)
    let inputs = operation.parameters.map { parameter in
      TypeScriptCode.field(
        TypeScriptSpelling.member(parameter.field.name), input(parameter, in: &module, types))
    }
    var members = route(operation, guard: own)
    members.append(.member("inputs", .object(inputs)))
    members.append(.member("status", .text(String(operation.operation.status))))
    if let result { members.append(.member("result", types.codec(result, in: &module))) }
    let method = "service.\(method(operation))"
    let handle = inputs.isEmpty ? "() => \(method)()" : "(input) => \(method)(input)"
    members.append(.member("handle", isModel ? prediction(operation, in: &module) : .text(handle)))
    return .call(name, [.block("", members)])
  }

  /// What all operations say of themselves.
  private func route(_ operation: OperationPlan, guard own: TypeScriptCode?) -> [TypeScriptCode] {
    var members: [TypeScriptCode] = [
      .member("port", .string(TypeScriptLiteral.string(operation.port))),
      .member("name", .string(TypeScriptLiteral.string(operation.name))),
      .member("method", .string(TypeScriptLiteral.string(operation.operation.verb.rawValue))),
      .member("path", .string(TypeScriptLiteral.string(operation.operation.path))),
    ]
    if operation.guards.timeout != TimeSpan(seconds: 30) {
      members.append(.member("timeout", .text(operation.guards.timeout.seconds.description)))
    }
    if let cache = operation.cache {
      let seconds = cache.nanoseconds / 1_000_000_000
      let who = operation.guards.auth == nil ? "public" : "private"
      members.append(.member("cache", .string("\"\(who), max-age=\(seconds)\"")))
    }
    if let own, own.flat != "{}" { members.append(.member("guard", own)) }
    return members
  }

  private func input(
    _ parameter: Parameter, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> TypeScriptCode {
    let field = parameter.field
    var codec = types.codec(field.type.unwrapped, in: &module)
    if let fallback = types.fallback(field, in: &module) {
      codec = .call(types.use("withDefault", &module), [codec, fallback])
    }
    let (source, name): (String, String?) =
      switch parameter.location {
      case .path: ("fromPath", field.name)
      case .query: ("fromQuery", field.wireName)
      case .header(let header): ("fromHeader", header)
      case .body: ("fromBody", nil)
      }
    module.use("../runtime/operation.js", source)
    let code = TypeScriptCode.call(source, (name.map { [.text(TypeScriptLiteral.string($0))] } ?? []) + [codec])
    guard field.type.isOptional, field.defaultValue == nil else { return code }
    module.use("../runtime/operation.js", "ifGiven")
    return .call("ifGiven", [code])
  }

  /// The same operation, done once for each key.
  private func keyed(
    _ operation: OperationPlan, _ code: TypeScriptCode, in module: inout TypeScriptModule
  ) -> TypeScriptCode {
    guard operation.repeatability == .withKey else { return code }
    module.use("../runtime/idempotency.js", "idempotent")
    let isRequired = operation.resource == nil
    let options: [TypeScriptCode] =
      [.member("answers", .text("stores.answers"))] + (isRequired ? [.member("isRequired", .text("true"))] : [])
    return .group("idempotent", .round, [code, .object(options)])
  }

  /// In the order of the droidfile, but a path that says more comes before one that would hide it: Express takes the first.
  private static func sorted(_ operations: [OperationPlan]) -> [OperationPlan] {
    var result: [OperationPlan] = []
    for operation in operations {
      let path = operation.operation.path
      let index = result.firstIndex { hides($0.operation.path, path) }
      result.insert(operation, at: index ?? result.endIndex)
    }
    return result
  }

  private static func hides(_ first: String, _ second: String) -> Bool {
    guard first != second, first.utf8.contains(0x7b) else { return false }
    let a = first.split(separator: "/")
    let b = second.split(separator: "/")
    return a.count == b.count && zip(a, b).allSatisfy { $0.hasPrefix("{") ? true : $0 == $1 }
      && zip(a, b).contains { $0.hasPrefix("{") && !$1.hasPrefix("{") }
  }
}
