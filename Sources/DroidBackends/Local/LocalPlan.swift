import DroidSemantics

/// A system on one machine: which processes there are, where they listen, and what each is told.
package struct LocalPlan: Sendable {
  package let stores: [LocalStore]
  /// In the order in which they start: who is asked before who asks, as far as there is such an order.
  package let services: [LocalService]
  /// What does not run here, in a few words each: `cart (a ready image)`.
  package let absent: [String]

  /// - Parameters:
  ///   - plans: Those of its services, where they are made already.
  ///   - only: The services that are wanted; all if it is empty.
  ///   - isFree: Whether nothing listens on a port of this machine.
  ///   - variable: What an environment variable of this machine holds.
  package init(
    _ system: System, plans: [ServicePlan]? = nil, only: Set<String> = [], isFree: @escaping (Int) -> Bool,
    variable: (String) -> String?
  ) {
    var ports = FreePorts(isFree)
    // A job runs when its time has come, or someone wants it.
    let plans = (plans ?? Planner.plans([system]))
      .filter { $0.component.kind != .job && (only.isEmpty || only.contains($0.name)) }
    let planned = Set(plans.map(\.name))
    let gateways = plans.filter { $0.component.kind == .gateway }
    let ordered = gateways + plans.filter { $0.component.kind != .gateway }
    var places: [String: Place] = [:]
    for plan in ordered {
      let listening = plan.applications.map { application in
        LocalService.Listener(
          ports: application.ports.map(\.name), setting: plan.portSetting(application), number: ports.take(from: 8080))
      }
      places[plan.name] = Place(listeners: listening, admin: ports.take(from: 9464))
    }
    let used = Set(
      plans.flatMap { plan in plan.databases.compactMap(\.component) + plan.brokers.map(\.component) }
        + plans.flatMap { $0.caches.map(\.broker.component) })
    stores = system.components.compactMap { component -> LocalStore? in
      guard used.contains(component.name), let kind = LocalStore.Kind(component.kind),
        component.properties.secret("url") == nil
      else { return nil }
      return LocalStore(name: component.name, kind: kind, port: ports.take(from: kind.usualPort))
    }
    let wiring = Wiring(places: places, stores: Dictionary(uniqueKeysWithValues: stores.map { ($0.name, $0) }))
    services = Self.ordered(ordered).compactMap { plan in
      guard let place = places[plan.name], let language = plan.component.properties.choice("language") else {
        return nil
      }
      return LocalService(
        name: plan.name, language: language, listeners: place.listeners, admin: place.admin,
        environment: wiring.environment(of: plan, place, variable))
    }
    absent = system.components.compactMap { component in
      guard only.isEmpty else { return nil }
      switch component.kind {
      case .container: return "\(component.name) (a ready image)"
      case .kafka, .bucket: return "\(component.name) (\(component.kind.rawValue))"
      case .job, .model:
        return planned.contains(component.name) ? nil : "\(component.name) (\(component.kind.rawValue))"
      default: return nil
      }
    }
  }

  /// Who is asked comes first; in a cycle, who stands first in the order of names.
  private static func ordered(_ plans: [ServicePlan]) -> [ServicePlan] {
    let byName = Dictionary(uniqueKeysWithValues: plans.map { ($0.name, $0) })
    var result: [ServicePlan] = []
    var seen: Set<String> = []
    // A stack of our own: a chain of services may be as long as the system.
    for plan in plans {
      var stack: [(plan: ServicePlan, isDone: Bool)] = [(plan, false)]
      while let (plan, isDone) = stack.popLast() {
        if isDone {
          result.append(plan)
        } else if seen.insert(plan.name).inserted {
          stack.append((plan, true))
          for client in plan.clients.reversed() {
            if let target = byName[client.target.name] { stack.append((target, false)) }
          }
        }
      }
    }
    return result
  }
}

/// A process of a generated service.
package struct LocalService: Sendable {
  package let name: String
  package let language: String
  package let listeners: [Listener]
  /// Where it tells how it is.
  package let admin: Int
  /// Sorted by name.
  package let environment: [(name: String, value: String)]

  /// Below the output folder.
  package var folder: String { "services/\(name)" }

  package struct Listener: Sendable {
    /// The ports of the droidfile that it answers for.
    package let ports: [String]
    /// `PORT`, `PORT_ADMIN`.
    package let setting: String
    package let number: Int
  }
}

/// A store that is started on this machine, if its program is there.
package struct LocalStore: Sendable {
  package let name: String
  package let kind: Kind
  package let port: Int

  package enum Kind: String, Sendable {
    case postgres = "PostgreSQL"
    case redis = "Redis"
    case nats = "NATS"

    init?(_ kind: PrimitiveKind) {
      switch kind {
      case .postgres: self = .postgres
      case .redis: self = .redis
      case .nats: self = .nats
      default: return nil
      }
    }

    var usualPort: Int {
      switch self {
      case .postgres: 5432
      case .redis: 6379
      case .nats: 4222
      }
    }
  }

  package var url: String {
    switch kind {
    case .postgres: "postgresql://app@127.0.0.1:\(port)/postgres"
    case .redis: "redis://127.0.0.1:\(port)"
    case .nats: "nats://127.0.0.1:\(port)"
    }
  }
}

/// Hands out ports that nothing listens on, each once.
private struct FreePorts {
  private let isFree: (Int) -> Bool
  private var taken: Set<Int> = []
  /// Where to go on looking, by where it began: below it nothing is free.
  private var next: [Int: Int] = [:]

  init(_ isFree: @escaping (Int) -> Bool) { self.isFree = isFree }

  mutating func take(from first: Int) -> Int {
    var port = next[first] ?? first
    while port < 65_535, taken.contains(port) || !isFree(port) { port += 1 }
    taken.insert(port)
    next[first] = min(port + 1, 65_535)
    return port
  }
}

private struct Place {
  let listeners: [LocalService.Listener]
  let admin: Int
}

/// Who is where, and what services are told of it.
private struct Wiring {
  let places: [String: Place]
  let stores: [String: LocalStore]

  func environment(
    of plan: ServicePlan, _ place: Place, _ variable: (String) -> String?
  ) -> [(name: String, value: String)] {
    var result: [String: String] = [:]
    for setting in plan.settings {
      if case .value(let value) = setting.tells {
        result[setting.name] = value.text
      } else {
        result[setting.name] = variable(setting.name) ?? self.value(setting.tells)
      }
    }
    // The keys of an issuer that this machine cannot ask.
    if let keys = variable("JWT_KEYS") { result["JWT_KEYS"] = keys }
    result["HOST"] = "127.0.0.1"
    for listener in place.listeners { result[listener.setting] = String(listener.number) }
    result["ADMIN_PORT"] = String(place.admin)
    // Nobody routes traffic here, so there is nobody to wait for.
    result["DRAIN_SECONDS"] = "0"
    result["LOG_LEVEL"] = variable("LOG_LEVEL") ?? plan.component.properties.choice("log") ?? "info"
    return result.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }

  private func value(_ tells: SettingPlan.Tells) -> String? {
    switch tells {
    case .value(let value): return value.text
    case .client(let client):
      if client.target.kind == .external { return client.target.properties.text("url") }
      let listener = places[client.target.name]?.listeners.first { $0.ports.contains(client.connection.to.port) }
      return listener.map { "http://127.0.0.1:\($0.number)" }
    case .store(let component): return component.flatMap { stores[$0]?.url }
    case .broker(let broker): return stores[broker.component]?.url
    case .secret: return "development:development"
    }
  }
}
