import DroidSemantics

/// What generated services read, by the names that their plan has.
extension Variables {
  mutating func addSettings(_ unit: Deployable, _ cluster: Cluster) {
    let component = unit.component
    guard let plan = cluster.plans[component.name] else { return }
    for connection in cluster.outgoing[component.name] ?? [] where unit.makes(connection) {
      guard let (target, port) = cluster.target(of: connection) else { continue }
      switch port.type {
      case .sql: setDSN(Self.database(connection, plan), target, port, cluster)
      case .rest, .graphQL, .grpc:
        let client = plan.clients.first { $0.connection.from == connection.from && $0.connection.to == connection.to }
        set(client?.variable ?? Names.constant(target.name) + "_URL", .string(url(target, port)))
      case .kv, .tcp, .udp, .blob, .events: break
      }
    }
    for broker in plan.brokers + plan.caches.map(\.broker) {
      guard let target = cluster.system.component(broker.component), let port = target.listening.first else { continue }
      setDSN(broker.variable, target, port, cluster)
    }
    for secret in plan.secrets { set(secret.variable, secret: secret.reference) }
    addDifferences(component, plan, cluster)
  }

  /// `DATABASE_URL`, as the plan has it; where nothing is kept in the database, the code of the user's reads it.
  private static func database(_ connection: Connection, _ plan: ServicePlan) -> String {
    let name = connection.to.component
    return plan.databases.first { $0.component == name }?.variable ?? "DATABASE_URL"
  }

  /// The code is that of all environments: what one of them says otherwise is told to the process.
  private mutating func addDifferences(_ component: Component, _ plan: ServicePlan, _ cluster: Cluster) {
    for application in plan.applications {
      guard let port = component.port(application.names[0]) else { continue }
      let target = component.target(port)
      if target != application.target { set(plan.portSetting(application), .string(String(target))) }
    }
    for store in plan.databases {
      let connection = cluster.outgoing[component.name]?.first { $0.to.component == store.component }
      if let pool = connection?.properties.integer("pool"), pool != store.pool {
        set(store.poolVariable, .string(String(pool)))
      }
    }
    if let grace = component.properties.duration("grace"), grace != plan.grace {
      set("SHUTDOWN_SECONDS", .string(String(max(1, grace.wholeSeconds - 6))))
    }
  }
}
