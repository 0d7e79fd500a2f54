import DroidSemantics

/// Makes the plans of all components of a system that we generate.
enum Planner {
  /// OpenTelemetry's bounds for the duration of a request, in seconds.
  private static let usualBuckets = [
    ExactDecimal(5, scale: 3), ExactDecimal(1, scale: 2), ExactDecimal(25, scale: 3), ExactDecimal(5, scale: 2),
    ExactDecimal(75, scale: 3), ExactDecimal(1, scale: 1), ExactDecimal(25, scale: 2), ExactDecimal(5, scale: 1),
    ExactDecimal(75, scale: 2), ExactDecimal(1), ExactDecimal(25, scale: 1), ExactDecimal(5),
    ExactDecimal(75, scale: 1),
    ExactDecimal(10),
  ]

  /// The plans of services, gateways, workers, jobs and models: those of the first system, the base, then those that are in an environment
  /// alone. Code does not depend on the environment it runs in.
  static func plans(_ systems: [System], of isWanted: (Component) -> Bool = isPlanned) -> [ServicePlan] {
    var plans: [ServicePlan] = []
    var seen: Set<String> = []
    for system in systems {
      var watches = Watches(system)
      for component in system.components where isWanted(component) && seen.insert(component.name).inserted {
        plans.append(plan(component, of: system, &watches))
      }
    }
    return plans
  }

  private static func isPlanned(_ component: Component) -> Bool {
    switch component.kind {
    case .service, .gateway, .worker: true
    case .job: component.properties.choice("language").map(languagesOfJobs.contains) ?? false
    case .model: component.properties.choice("language").map(languagesOfModels.contains) ?? false
    default: false
    }
  }

  /// Whether ports of GraphQL are answered by what is generated for a component; a model's are not.
  static func answersGraphQL(_ component: Component) -> Bool {
    component.kind != .model && component.properties.choice("language").map(languagesOfGraphQL.contains) ?? false
  }

  /// Those that ports of GraphQL are generated in.
  static let languagesOfGraphQL: Set<String> = ["go", "python", "typescript"]
  /// Those that a job is generated in.
  static let languagesOfJobs: Set<String> = ["go", "python", "typescript"]
  /// Those that a model is generated in.
  static let languagesOfModels: Set<String> = ["python", "typescript"]

  private static func plan(_ component: Component, of system: System, _ watches: inout Watches) -> ServicePlan {
    let graphs = graphs(of: component, system)
    var applications = applications(of: component, answersGraphQL(component) ? graphs : [], system)
    let outgoing = watches.outgoing[component.name] ?? []
    let incoming = watches.incoming[component.name] ?? []
    let clients = outgoing.compactMap { client(of: component, $0, system, &watches.asked) }
    let brokers = Brokers(of: outgoing + incoming, in: system)
    let publishers = component.ports.compactMap { PublisherPlan($0, of: component, outgoing, in: system, brokers) }
    let subscribers = component.ports.compactMap { SubscriberPlan($0, of: component, incoming, in: system, brokers) }
    var types = TypeCollector(system)
    for application in applications { for port in application.ports { types.add(port.operations) } }
    for graph in graphs { types.add(graph.operations) }
    for client in clients { types.add(client.operations) }
    for record in publishers.map(\.record) + subscribers.map(\.record) { types.add(record: record.name) }
    let resources = applications.flatMap { $0.ports.flatMap(\.resources) }
    let examples = Examples(system, for: types.types)
    for index in applications.indices where !applications[index].ports.isEmpty {
      applications[index].document = ContractDocument.bytes(of: applications[index], component, examples, in: system)
    }
    return ServicePlan(
      system: system, component: component, applications: applications, types: types.types, examples: examples,
      databases: databases(of: component, resources, outgoing), clients: clients, publishers: publishers,
      subscribers: subscribers, caches: caches(of: component, outgoing, brokers),
      model: ModelPlan(component, in: system), graphs: graphs,
      metrics: metrics(of: component, watches), buckets: buckets(of: component, watches))
  }

  private static func client(
    of caller: Component, _ connection: Connection, _ system: System, _ asked: inout [PortAddress: [OperationPlan]]
  ) -> ClientPlan? {
    guard let port = caller.port(connection.from.port), let target = system.component(connection.to.component),
      let answering = target.port(connection.to.port), answering.type == .rest, connection.properties.bool("calls")
    else { return nil }
    let operations =
      asked[connection.to] ?? plan(answering, of: target, in: system, isAlone: true, [:]).operations
    asked[connection.to] = operations
    let properties = connection.properties
    let forwards = properties.choice("identity") != nil && target.kind != .external
    var forwardsAuthorization = false
    for operation in operations {
      if case .jwt = operation.guards.auth { forwardsAuthorization = forwards }
    }
    var prefix = properties.text("path")
    while prefix?.hasSuffix("/") == true { prefix?.removeLast() }
    return ClientPlan(
      connection: connection, port: port, target: target,
      variable: Names.constant(target.name) + "_URL", operations: operations,
      resilience: ResiliencePlan(properties),
      auth: target.kind == .external
        ? AuthPlan(answering.properties.explicit("auth") ?? target.properties["auth"]) : nil,
      forwardsIdentity: forwards, forwardsAuthorization: forwardsAuthorization,
      isOptional: properties.bool("optional"),
      route: prefix.map { RoutePlan(prefix: $0, strips: properties.bool("strip")) })
  }

  private static func caches(of component: Component, _ outgoing: [Connection], _ brokers: Brokers) -> [CachePlan] {
    outgoing.compactMap { connection in
      guard let port = component.port(connection.from.port), port.type == .kv,
        let broker = brokers[connection.to.component]
      else { return nil }
      return CachePlan(port: port, broker: broker)
    }
  }

  private static func applications(
    of component: Component, _ graphs: [GraphPlan], _ system: System
  ) -> [ApplicationPlan] {
    // A gateway listens for what it passes on, too.
    let ports = component.ports.filter { port in
      port.direction == .into && port.type == .rest && (!port.operations.isEmpty || component.kind == .gateway)
    }
    var targets: [(target: Int, ports: [Port])] = []
    for port in ports {
      let target = Int(port.properties.integer("target") ?? 8080)
      if let index = targets.firstIndex(where: { $0.target == target }) {
        targets[index].ports.append(port)
      } else {
        targets.append((target, [port]))
      }
    }
    for graph in graphs where !targets.contains(where: { $0.target == graph.target }) {
      targets.append((graph.target, []))
    }
    let uses = uses(of: component)
    return targets.enumerated().map { index, entry in
      let isAlone = entry.ports.count == 1
      let own = graphs.filter { $0.target == entry.target }
      let ports = entry.ports.map { plan($0, of: component, in: system, isAlone: isAlone, uses) }
      var types = TypeCollector(system)
      for port in ports { types.add(port.operations) }
      return ApplicationPlan(
        target: entry.target, ports: ports, graphs: own,
        contract: index == 0 ? component.name : "\(component.name).\(ports.first?.name ?? own[0].name)",
        types: types.types)
    }
  }

  /// How many operations that the user writes have a name.
  private static func uses(of component: Component) -> [String: Int] {
    var uses: [String: Int] = [:]
    for port in component.ports
    where port.direction == .into && (port.type == .rest || port.type == .graphQL && answersGraphQL(component)) {
      for operation in port.operations { uses[operation.name, default: 0] += 1 }
    }
    return uses
  }

  private static func graphs(of component: Component, _ system: System) -> [GraphPlan] {
    let ports = component.ports.filter { $0.direction == .into && $0.type == .graphQL && !$0.operations.isEmpty }
    return ports.map { port in
      let target = Int(port.properties.integer("target") ?? 8080)
      let isAlone = ports.count { Int($0.properties.integer("target") ?? 8080) == target } == 1
      let plan = plan(port, of: component, in: system, isAlone: ports.count == 1, uses(of: component))
      var types = TypeCollector(system)
      types.add(plan.operations)
      return GraphPlan(port: plan, target: target, isAlone: isAlone, types: types.types, in: system)
    }
  }

  private static func plan(
    _ port: Port, of component: Component, in system: System, isAlone: Bool, _ uses: [String: Int]
  ) -> PortPlan {
    let resources = port.resources.compactMap { ResourcePlan($0, of: port, in: system) }
    let operations = port.operations.map { operation in
      OperationPlan(
        port: port.name, operation: operation,
        resource: operation.origin.flatMap { origin in resources.first { $0.type == origin.type } },
        identifier: isAlone ? operation.name : "\(port.name).\(operation.name)",
        method: uses[operation.name, default: 1] == 1 ? operation.name : "\(port.name).\(operation.name)",
        errors: operation.errors.compactMap { system.error($0) }, guards: GuardPlan(operation, of: port, in: component))
    }
    let origins = port.properties.explicit("cors") ?? component.properties["cors"]
    return PortPlan(
      port: port, operations: operations, resources: resources, guards: GuardPlan(nil, of: port, in: component),
      origins: origins.list.compactMap(\.text))
  }

  private static func databases(
    of component: Component, _ resources: [ResourcePlan], _ outgoing: [Connection]
  ) -> [StorePlan] {
    var groups: [(store: String?, resources: [ResourcePlan])] = []
    for resource in resources {
      let store = resource.resource.store
      if let index = groups.firstIndex(where: { $0.store == store }) {
        if !groups[index].resources.contains(where: { $0.type == resource.type }) {
          groups[index].resources.append(resource)
        }
      } else {
        groups.append((store, [resource]))
      }
    }
    let kept = groups.count
    let connected = outgoing.filter { component.port($0.from.port)?.type == .sql }.map(\.to.component)
    for name in connected where !groups.contains(where: { $0.store == name }) { groups.append((name, [])) }
    return groups.enumerated().map { index, group in
      let (store, resources) = group
      let isAlone = (index < kept ? kept : groups.count) == 1
      let suffix = isAlone ? "" : store.map { "_" + Names.constant($0) } ?? ""
      let connection = outgoing.first { $0.to.component == store }
      return StorePlan(
        component: store, variable: "DATABASE_URL" + suffix, poolVariable: "DATABASE_POOL_SIZE" + suffix,
        pool: Int(connection?.properties.integer("pool") ?? 10), resources: resources)
    }
  }

  private static func metrics(of component: Component, _ watches: Watches) -> [MetricPlan] {
    (watches.metrics[component.name] ?? []).map { watch in
      MetricPlan(
        watch: watch, kind: watch.properties.choice("kind") ?? "counter", name: watch.seriesName,
        labels: watch.properties.list("labels").compactMap { $0.choice ?? $0.text },
        buckets: watch.properties.list("buckets").compactMap { $0.number ?? $0.duration?.seconds }.sorted())
    }
  }

  private static func buckets(of component: Component, _ watches: Watches) -> [ExactDecimal] {
    let wanted = (watches.objectives[component.name] ?? []).compactMap { $0.properties.duration("latency")?.seconds }
    return wanted.isEmpty ? usualBuckets : Set(usualBuckets + wanted).sorted()
  }
}

/// What is said about components, by component: looked up once for the whole system.
private struct Watches {
  var metrics: [String: [Watch]] = [:]
  var objectives: [String: [Watch]] = [:]
  var outgoing: [String: [Connection]] = [:]
  var incoming: [String: [Connection]] = [:]
  /// The operations of ports that others ask: planned for the first of them.
  var asked: [PortAddress: [OperationPlan]] = [:]

  init(_ system: System) {
    for metric in system.metrics { metrics[metric.target.component, default: []].append(metric) }
    for objective in system.objectives {
      if case .connection = objective.target { continue }
      objectives[objective.target.component, default: []].append(objective)
    }
    for connection in system.connections {
      outgoing[connection.from.component, default: []].append(connection)
      incoming[connection.to.component, default: []].append(connection)
    }
  }
}
