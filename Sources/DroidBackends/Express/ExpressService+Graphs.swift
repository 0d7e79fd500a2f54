import DroidSemantics

/// The ports of GraphQL: what answers the fields of each.
extension ExpressService {
  func schemaFile(_ graph: GraphPlan) -> String { "\(graph.name).graphql" }

  /// What the fields of a port are answered with.
  func argumentsOfRoutes(_ graph: GraphPlan) -> [String] {
    let guards = [graph.guards] + graph.operations.map(\.guards)
    let usesAccess = guards.contains { $0.auth != nil || $0.limit != nil }
    return ["service"] + (usesAccess ? ["access"] : []) + ["health"]
  }

  func routes(_ graph: GraphPlan) -> [UInt8] {
    var module = self.module("What the port `\(graph.name)` answers, by GraphQL.")
    module.use("../runtime/graphql.js", "operationsOfGraph")
    module.use(type: "Operation", from: "../runtime/operation.js")
    var parameters: [TypeScriptCode] = []
    for part in applicationParts where argumentsOfRoutes(graph).contains(part.name) {
      module.use(type: part.type, from: "../\(part.module).js")
      parameters.append(.text("\(part.name): \(part.type)"))
    }
    parameters.append(.text("document: string"))
    var options: [TypeScriptCode] = [
      .member("port", .string(TypeScriptLiteral.string(graph.name))),
      .member("path", .string(TypeScriptLiteral.string(graph.path))),
      .text("document"),
      .member("stopping", .text("health.stopping")),
      .member("depth", .text(String(graph.depth))),
    ]
    if graph.hasIntrospection { options.append(.member("hasIntrospection", .text("true"))) }
    if let timeout = graph.longest, timeout != TimeSpan(seconds: 30) {
      options.append(.member("timeout", .text(timeout.seconds.description)))
    }
    options += defaults(graph.asked, guardCode(graph.guards, in: &module))
    let names = GraphNames(graph.types).wireNames(graph.types).map { place, wire in
      TypeScriptCode.member(
        TypeScriptLiteral.string(place), .string(TypeScriptLiteral.string(wire)))
    }
    options.append(.member("names", .object(names)))
    let roots = [("queries", graph.queries), ("mutations", graph.mutations), ("subscriptions", graph.subscriptions)]
    for (root, operations) in roots where !operations.isEmpty {
      let fields = operations.map { operation in
        TypeScriptCode.member(
          TypeScriptLiteral.name(GraphNames.member(operation.name)), field(operation, of: graph, in: &module))
      }
      options.append(.member(root, .block("", fields)))
    }
    module.line()
    module.comment(graph.port.doc)
    module.code(
      .group("export function \(routesFunction(graph))", .round, parameters, ": readonly Operation[] {"), suffix: "")
    module.code(.call("return operationsOfGraph", [.block("", options)]), depth: 1)
    module.line("}")
    return module.bytes()
  }

  private func field(
    _ operation: OperationPlan, of graph: GraphPlan, in module: inout TypeScriptModule
  ) -> TypeScriptCode {
    let types = TypeScriptTypes(plan, root: "../")
    let isStream = operation.operation.verb == .subscription
    let result = operation.operation.result
    let kind = isStream ? "subscription" : result == nil ? "command" : "field"
    module.use("../runtime/graphql.js", kind)
    let given = operation.parameters.map { parameter in
      TypeScriptCode.field(
        TypeScriptSpelling.member(parameter.field.name),
        types.field(parameter.field, in: &module, called: GraphNames.field(parameter.field)))
    }
    let input = inputs[operation.method]
    if let input { module.use(type: input, from: "../service.js") }
    let record = types.use("record", &module) + (input.map { "<\($0)>" } ?? "")
    var members = [TypeScriptCode.member("inputs", .call(record, [.object(given)]))]
    if let result { members.append(.member("result", types.codec(result, in: &module))) }
    var guarding: [TypeScriptCode] = []
    if !operation.guards.scopes.isEmpty {
      let scopes = operation.guards.scopes.map { TypeScriptCode.string(TypeScriptLiteral.string($0)) }
      guarding.append(.member("scopes", .array(scopes)))
    }
    // Those of the port stand before the request.
    if let limit = operation.guards.limit, limit != graph.guards.limit {
      guarding.append(.member("limit", .text("access.\(limitName(limit))")))
    }
    if !guarding.isEmpty {
      let realm = TypeScriptCode.member("realm", .string(TypeScriptLiteral.string(plan.name)))
      members.append(.member("guard", .object([realm] + guarding)))
    }
    let timeout = operation.guards.timeout
    if !isStream, timeout != graph.longest { members.append(.member("timeout", .text(timeout.seconds.description))) }
    let method = "service.\(method(operation))"
    members.append(.member("handle", .text(input == nil ? "() => \(method)()" : "(input) => \(method)(input)")))
    return .call(kind, [.block("", members)])
  }
}
