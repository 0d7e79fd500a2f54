import DroidSemantics

/// What a component is made of, in no language yet: every language spells the same plan. Plans are classes, for they are
/// passed on and looked up everywhere: a reference is copied, not all that they hold.
package final class ServicePlan: Sendable {
  package let system: System
  package let component: Component
  /// One for each port of the process that answers REST, in the order in which they are declared.
  package let applications: [ApplicationPlan]
  /// What its contracts are made of, and what travels to those it asks and through its events; each type after what it is
  /// made of, where that is possible.
  package let types: TypePlan
  package let examples: Examples
  /// Where its resources are; else the database that keeps what was handled and answered, if something is.
  package let stores: [StorePlan]
  /// The same, and then the databases that it is connected to and keeps no resource in.
  package let databases: [StorePlan]
  /// One for each connection to what answers REST.
  package let clients: [ClientPlan]
  package let publishers: [PublisherPlan]
  package let subscribers: [SubscriberPlan]
  /// The Redis that answers are kept in and user code may use, one for each connection.
  package let caches: [CachePlan]
  /// Of a Model.
  package let model: ModelPlan?
  /// One for each port that answers GraphQL.
  package let graphs: [GraphPlan]
  package let metrics: [MetricPlan]
  /// In seconds, sorted.
  package let buckets: [ExactDecimal]
  /// How long a process may take to end.
  package let grace: TimeSpan
  /// The largest request, in bytes.
  package let bodyLimit: Int

  /// Those of all applications.
  package let operations: [OperationPlan]
  package let resources: [ResourcePlan]
  /// The operations that the user writes.
  package let behaviours: [OperationPlan]
  /// The settings that hold secrets, by their names.
  package let secrets: [SecretPlan]
  /// What its events pass through, in the order of the settings that say where it is.
  package let brokers: [BrokerPlan]

  package var name: String { component.name }
  package var language: String? { component.properties.choice("language") }

  init(
    system: System, component: Component, applications: [ApplicationPlan], types: TypePlan, examples: Examples,
    databases: [StorePlan], clients: [ClientPlan], publishers: [PublisherPlan], subscribers: [SubscriberPlan],
    caches: [CachePlan], model: ModelPlan?, graphs: [GraphPlan], metrics: [MetricPlan], buckets: [ExactDecimal]
  ) {
    self.system = system
    self.component = component
    self.applications = applications
    self.types = types
    self.databases = databases
    self.clients = clients
    self.publishers = publishers
    self.subscribers = subscribers
    self.caches = caches
    self.model = model
    self.graphs = graphs
    self.metrics = metrics
    self.buckets = buckets
    self.examples = examples
    grace = component.properties.duration("grace") ?? TimeSpan(seconds: 30)
    bodyLimit = Int(component.properties.bytes("body")?.bytes ?? 1 << 20)
    operations = applications.flatMap { $0.ports.flatMap(\.operations) }
    resources = applications.flatMap { $0.ports.flatMap(\.resources) }
    behaviours = operations.filter { $0.resource == nil }
    let guards = applications.flatMap { $0.ports.map(\.guards) + $0.graphs.map(\.guards) }
    let auths = operations.compactMap(\.guards.auth) + guards.compactMap(\.auth)
    let keepsWhatWasDone = !subscribers.isEmpty || operations.contains { $0.idempotencyKey != nil }
    stores =
      resources.isEmpty && keepsWhatWasDone
      ? Array(databases.prefix(1)) : databases.filter { !$0.resources.isEmpty }
    secrets = Set((auths + clients.compactMap(\.auth)).compactMap(\.secret)).sorted { $0.variable < $1.variable }
    brokers = Set((publishers.flatMap(\.topics) + subscribers.flatMap(\.topics)).map(\.broker))
      .sorted { $0.variable < $1.variable }
  }

  /// The connections that a gateway passes requests on by; the longest prefix first, which is the one that counts.
  package var routes: [ClientPlan] {
    clients.filter { $0.route != nil }.sorted { first, second in
      let (a, b) = (first.route?.prefix ?? "", second.route?.prefix ?? "")
      return a.utf8.count != b.utf8.count ? a.utf8.count > b.utf8.count : a < b
    }
  }
}

extension ServicePlan {
  /// What its events pass through and its values are kept in: all that settings say the place of.
  package var brokersAndCaches: [BrokerPlan] {
    Set(brokers + caches.map(\.broker)).sorted { $0.variable < $1.variable }
  }

  /// Answers that are kept are shared through the first of its key-value stores.
  package var sharesAnswers: Bool {
    !caches.isEmpty && clients.contains { $0.resilience.cache != nil || $0.operations.contains { $0.cache != nil } }
  }

  /// The setting of the port that an application listens on: `PORT` for the first, `PORT_ADMIN` for the others.
  package func portSetting(_ application: ApplicationPlan) -> String {
    application.contract == applications.first?.contract ? "PORT" : "PORT_" + Names.constant(application.names[0])
  }
}

extension ServicePlan {
  /// The name of a schema: the component's, or `orders.admin` where it has several.
  package func contract(of graph: GraphPlan) -> String { graphs.count == 1 ? name : "\(name).\(graph.name)" }
}

/// What listens on one port of the process.
package struct ApplicationPlan: Sendable {
  /// The process's port.
  package let target: Int
  package let ports: [PortPlan]
  /// The ports that answer GraphQL here, where the language of the component has it.
  package let graphs: [GraphPlan]
  /// The name of its contract: the component's, or `orders.admin` for all but the first.
  package let contract: String
  /// What its contract is made of.
  package let types: TypePlan
  /// The contract itself: its OpenAPI document, which the running service answers and which stands beside the services.
  package internal(set) var document: [UInt8] = []

  /// Of all its ports.
  package var names: [String] { ports.map(\.name) + graphs.map(\.name) }
}

/// An in port that answers REST.
package final class PortPlan: Sendable {
  package let port: Port
  package let operations: [OperationPlan]
  package let resources: [ResourcePlan]
  /// What stands before requests that a gateway passes on.
  package let guards: GuardPlan
  /// The origins of pages that may call it.
  package let origins: [String]
  package var name: String { port.name }

  init(port: Port, operations: [OperationPlan], resources: [ResourcePlan], guards: GuardPlan, origins: [String]) {
    self.port = port
    self.operations = operations
    self.resources = resources
    self.guards = guards
    self.origins = origins
  }
}

/// An operation of a REST port.
package final class OperationPlan: Sendable {
  package let port: String
  package let operation: Operation
  /// The resource whose operation it is; nil for what the user writes.
  package let resource: ResourcePlan?
  /// Unique in its contract: `cancel`, `Order.list`; with the port before it where there are several.
  package let identifier: String
  /// Unique in its component: `cancel`, `admin.cancel` where two ports have one.
  package let method: String
  package let errors: [ErrorType]
  package let guards: GuardPlan

  init(
    port: String, operation: Operation, resource: ResourcePlan?, identifier: String, method: String,
    errors: [ErrorType], guards: GuardPlan
  ) {
    self.port = port
    self.operation = operation
    self.resource = resource
    self.identifier = identifier
    self.method = method
    self.errors = errors
    self.guards = guards
  }

  package var name: String { operation.name }
  package var parameters: [Parameter] { operation.parameters }

  /// The parameters that are no body.
  package var plainParameters: [Parameter] { parameters.filter { $0.location != .body } }
  package var body: Parameter? { parameters.first { $0.location == .body } }
  /// A request can be one that the contract does not allow.
  package var mayBeInvalid: Bool { !parameters.isEmpty || resource != nil || idempotencyKey != nil }
  /// For how long an answer may be kept.
  package var cache: TimeSpan? { operation.properties.duration("cache") }
}

/// A collection of records.
package final class ResourcePlan: Sendable {
  package let resource: Resource
  package let record: RecordType
  package let key: DataField
  package let pageSize: Int
  /// The name of the type of a page, out of the way of the user's types.
  package let pageName: String
  package static let largestPage = 500

  package var type: String { record.name }

  init?(_ resource: Resource, of port: Port, in system: System) {
    guard let record = system.record(resource.type), let key = record.key else { return nil }
    self.resource = resource
    self.record = record
    self.key = key
    pageSize = Int(resource.properties.integer("page") ?? port.properties.integer("page") ?? 50)
    var name = record.name + "Page"
    while system.record(name) != nil || system.enumeration(name) != nil || system.error(name) != nil { name += "_" }
    pageName = name
  }
}

/// A database, and the setting that says where it is.
package struct StorePlan: Sendable {
  /// The component, or nil when none is connected.
  package let component: String?
  /// `DATABASE_URL`, or `DATABASE_URL_ARCHIVE` where there are several.
  package let variable: String
  package let poolVariable: String
  package let pool: Int
  package let resources: [ResourcePlan]
}

/// A Redis, and the setting that says where it is.
package struct CachePlan: Sendable {
  /// The caller's out port, which names it.
  package let port: Port
  package let broker: BrokerPlan
  package var variable: String { broker.variable }
}

/// A metric of the user's.
package struct MetricPlan: Sendable {
  package let watch: Watch
  package let kind: String
  /// On the wire, without the `_total` of a counter.
  package let name: String
  package let labels: [String]
  package let buckets: [ExactDecimal]
}

extension Watch {
  /// Of a metric, on the wire: `orders_revenue_euros`, without the `_total` of a counter.
  package var seriesName: String {
    let unit = properties.text("unit").map { "_" + Names.snake($0) } ?? ""
    return "\(Names.snake(target.component))_\(Names.snake(name))\(unit)"
  }
}

/// The types that a service needs, in declaration order but each after those it is made of.
package struct TypePlan: Sendable {
  package var enumerations: [EnumerationType] = []
  package var records: [RecordType] = []
  package var errors: [ErrorType] = []
  /// Records that reach themselves: a reference to them may come before they do.
  package var hasCycles = false

  func contains(_ name: String) -> Bool {
    records.contains { $0.name == name } || enumerations.contains { $0.name == name }
      || errors.contains { $0.name == name }
  }
}
