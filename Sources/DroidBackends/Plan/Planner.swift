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

  /// The plans of services, gateways and workers: those of the first system, the base, then those that are in an environment
  /// alone. Code does not depend on the environment it runs in.
  static func plans(_ systems: [System]) -> [ServicePlan] {
    var plans: [ServicePlan] = []
    var seen: Set<String> = []
    for system in systems {
      let watches = Watches(system)
      for component in system.components where isPlanned(component) && seen.insert(component.name).inserted {
        plans.append(plan(component, of: system, watches))
      }
    }
    return plans
  }

  private static func isPlanned(_ component: Component) -> Bool {
    component.kind == .service || component.kind == .gateway || component.kind == .worker
  }

  private static func plan(_ component: Component, of system: System, _ watches: Watches) -> ServicePlan {
    let applications = applications(of: component, system)
    let types = TypeCollector.types(of: applications, in: system)
    let resources = applications.flatMap { $0.ports.flatMap(\.resources) }
    var plan = ServicePlan(
      system: system, component: component, applications: applications, types: types,
      stores: stores(of: component, resources, system, watches), metrics: metrics(of: component, watches),
      buckets: buckets(of: component, watches))
    for index in applications.indices {
      plan.applications[index].document = ContractDocument.bytes(of: applications[index], in: plan)
    }
    return plan
  }

  private static func applications(of component: Component, _ system: System) -> [ApplicationPlan] {
    let ports = component.ports.filter { $0.direction == .into && $0.type == .rest && !$0.operations.isEmpty }
    var targets: [(target: Int, ports: [Port])] = []
    for port in ports {
      let target = Int(port.properties.integer("target") ?? 8080)
      if let index = targets.firstIndex(where: { $0.target == target }) {
        targets[index].ports.append(port)
      } else {
        targets.append((target, [port]))
      }
    }
    var uses: [String: Int] = [:]
    for port in ports { for operation in port.operations { uses[operation.name, default: 0] += 1 } }
    return targets.enumerated().map { index, entry in
      let isAlone = entry.ports.count == 1
      return ApplicationPlan(
        target: entry.target,
        ports: entry.ports.map { plan($0, of: system, isAlone: isAlone, uses) },
        contract: index == 0 ? component.name : "\(component.name).\(entry.ports[0].name)")
    }
  }

  private static func plan(_ port: Port, of system: System, isAlone: Bool, _ uses: [String: Int]) -> PortPlan {
    let resources = port.resources.compactMap { resource -> ResourcePlan? in
      guard let record = system.record(resource.type), let key = record.key else { return nil }
      let page = resource.properties.integer("page") ?? port.properties.integer("page") ?? 50
      return ResourcePlan(resource: resource, record: record, key: key, pageSize: Int(page))
    }
    let operations = port.operations.map { operation in
      OperationPlan(
        port: port.name, operation: operation,
        resource: operation.origin.flatMap { origin in resources.first { $0.type == origin.type } },
        identifier: isAlone ? operation.name : "\(port.name).\(operation.name)",
        method: uses[operation.name] == 1 ? operation.name : "\(port.name).\(operation.name)",
        errors: operation.errors.compactMap { system.error($0) })
    }
    return PortPlan(port: port, operations: operations, resources: resources)
  }

  private static func stores(
    of component: Component, _ resources: [ResourcePlan], _ system: System, _ watches: Watches
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
    return groups.map { store, resources in
      let suffix = groups.count > 1 ? store.map { "_" + Names.constant($0) } ?? "" : ""
      let connection = (watches.connections[component.name] ?? []).first { $0.to.component == store }
      return StorePlan(
        component: store, variable: "DATABASE_URL" + suffix, poolVariable: "DATABASE_POOL_SIZE" + suffix,
        pool: Int(connection?.properties.integer("pool") ?? 10), resources: resources)
    }
  }

  private static func metrics(of component: Component, _ watches: Watches) -> [MetricPlan] {
    (watches.metrics[component.name] ?? []).map { watch in
      let unit = watch.properties.text("unit").map { "_" + Names.snake($0) } ?? ""
      return MetricPlan(
        watch: watch, kind: watch.properties.choice("kind") ?? "counter",
        name: "\(Names.snake(component.name))_\(Names.snake(watch.name))\(unit)",
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
  var connections: [String: [Connection]] = [:]

  init(_ system: System) {
    for metric in system.metrics { metrics[metric.target.component, default: []].append(metric) }
    for objective in system.objectives {
      if case .connection = objective.target { continue }
      objectives[objective.target.component, default: []].append(objective)
    }
    for connection in system.connections { connections[connection.from.component, default: []].append(connection) }
  }
}
