import DroidSemantics

/// An in port that answers GraphQL.
package struct GraphPlan: Sendable {
  package let port: Port
  package let queries: [OperationPlan]
  package let mutations: [OperationPlan]
  package let subscriptions: [OperationPlan]
  /// What stands before all of them.
  package let guards: GuardPlan
  /// The origins of pages that may call it.
  package let origins: [String]
  /// The process's port.
  package let target: Int
  /// `/graphql`, or `/graphql/back-office` where the process's port has several.
  package let path: String
  /// The most that fields may be inside each other.
  package let depth: Int
  /// Tells its schema to whom asks.
  package let hasIntrospection: Bool
  package let types: TypePlan
  /// The schema in GraphQL's own language, which the running service answers and which stands beside the services.
  package let document: [UInt8]

  package var name: String { port.name }
  package var operations: [OperationPlan] { queries + mutations + subscriptions }

  init(port plan: PortPlan, target: Int, isAlone: Bool, types: TypePlan, in system: System) {
    port = plan.port
    func of(_ verb: Operation.Verb) -> [OperationPlan] { plan.operations.filter { $0.operation.verb == verb } }
    queries = of(.query)
    mutations = of(.mutation)
    subscriptions = of(.subscription)
    guards = plan.guards
    origins = plan.origins
    self.target = target
    path = isAlone ? "/graphql" : "/graphql/\(Names.kebab(plan.name))"
    depth = Int(port.properties.integer("depth") ?? 10)
    hasIntrospection = port.properties.bool("introspection")
    self.types = types
    document = GraphDocument(system, types).bytes([
      ("Query", queries), ("Mutation", mutations), ("Subscription", subscriptions),
    ])
  }

  /// A request has the time of the slowest of its operations; each of the others has less.
  package var longest: TimeSpan? {
    (operations.filter { $0.operation.verb != .subscription }.map(\.guards.timeout) + [guards.timeout])
      .max { $0.nanoseconds < $1.nanoseconds }
  }

  /// As what stands before requests sees it.
  package var asked: PortPlan {
    PortPlan(port: port, operations: operations, resources: [], guards: guards, origins: origins)
  }

  /// Where the schema is told, if it is.
  package var schemaPath: String { (path == "/graphql" ? "" : path) + "/schema.graphql" }
}
