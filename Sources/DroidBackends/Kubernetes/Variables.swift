import DroidSemantics

/// The environment variables of a container.
struct Variables {
  private var entries: [(name: String, value: YAML)] = []

  /// In the order in which they were set, but for those that use others: they come after what they use.
  var list: YAML? {
    guard entries.contains(where: { !Self.used(in: $0.value.text ?? "").isEmpty }) else {
      return YAML.list(entries.map { Self.variable($0.name, $0.value) }).unlessEmpty
    }
    let positions = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [YAML] = []
    var seen: Set<Int> = []
    func visit(_ index: Int) {
      guard seen.insert(index).inserted else { return }
      let (name, value) = entries[index]
      for used in Self.used(in: value.text ?? "") {
        if let at = positions[used] { visit(at) }
      }
      order.append(Self.variable(name, value))
    }
    for index in entries.indices { visit(index) }
    return YAML.list(order).unlessEmpty
  }

  private static func variable(_ name: String, _ value: YAML) -> YAML {
    ["name": .string(name), value.text == nil ? "valueFrom" : "value": value]
  }

  /// The names in `$(NAME)`.
  private static func used(in text: String) -> [String] {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
    return text.split(separator: "$(").dropFirst(text.hasPrefix("$(") ? 0 : 1)
      .compactMap { part in part.firstIndex(of: ")").map { String(part[..<$0]) } }
  }

  private mutating func set(_ name: String, _ value: YAML) {
    if let at = entries.firstIndex(where: { $0.name == name }) {
      entries[at].value = value
    } else {
      entries.append((name, value))
    }
  }

  private mutating func set(_ name: String, secret: SecretReference) {
    set(name, ["secretKeyRef": ["name": .string(secret.object), "key": .string(secret.key)]])
  }

  init(_ component: Component, _ cluster: Cluster) {
    if component.kind == .postgres {
      set("PGDATA", .string(StoreImage.postgresData(component)))
      set("POSTGRES_DB", .string(component.databaseName))
      set("POSTGRES_USER", "app")
      set("POSTGRES_PASSWORD", secret: SecretReference(object: component.spelled, key: "password"))
      return
    }
    guard component.kind.runs else { return }
    if component.kind.isGenerated { set("LOG_LEVEL", .string(component.properties.choice("log") ?? "info")) }
    if let (target, port) = Cluster.telemetry(of: component, cluster.system) {
      set("OTEL_EXPORTER_OTLP_ENDPOINT", .string("http://\(target.spelled):\(port.properties.integer("port") ?? 4318)"))
      set("OTEL_SERVICE_NAME", .string(component.spelled))
    }
    for connection in cluster.outgoing[component.name] ?? [] {
      if component.kind == .container { bind(connection, cluster) } else { connect(connection, cluster) }
    }
    if component.kind == .container {
      // Who receives events asks their broker.
      for connection in cluster.incoming[component.name] ?? [] where connection.properties.reference("via") != nil {
        bind(connection, cluster)
      }
    }
    for entry in component.properties.map("env").sorted(by: { $0.key < $1.key }) {
      if let secret = entry.value.secret {
        set(entry.key, secret: secret)
      } else {
        set(entry.key, .string(entry.value.text ?? ""))
      }
    }
  }

  /// What generated services read: `DATABASE_URL`, `REDIS_URL`, `ORDERS_URL`.
  private mutating func connect(_ connection: Connection, _ cluster: Cluster) {
    guard let (target, port) = cluster.target(of: connection) else { return }
    switch port.type {
    case .sql: setDSN(DatabaseVariables.url(of: target, for: connection.from.component, cluster), target, port)
    case .kv where target.name == connection.to.component: setDSN("REDIS_URL", target, port)
    case .kv, .tcp, .udp, .blob, .events: break
    case .rest, .graphQL, .grpc: set(target.variablePrefix + "_URL", .string(url(target, port)))
    }
  }

  /// What a Container is told, in the forms that `bind` names.
  private mutating func bind(_ connection: Connection, _ cluster: Cluster) {
    guard let (target, port) = cluster.target(of: connection) else { return }
    let declared = cluster.system.component(connection.to.component)?.port(connection.to.port)
    guard let bind = connection.properties.record("bind") ?? declared?.properties.record("bind") else { return }
    if let (host, number) = cluster.address(of: connection) {
      if let name = bind.text("address") { set(name, .string("\(host):\(number)")) }
      if let name = bind.text("host") { set(name, .string(host)) }
      if let name = bind.text("port") { set(name, .string(String(number))) }
    }
    if let name = bind.text("url") {
      if target.kind.isStore { setDSN(name, target, port) } else { set(name, .string(url(target, port))) }
    }
    if let name = bind.text("dsn") { setDSN(name, target, port) }
    if let name = bind.text("public"), let url = target.publicURL(port) { set(name, .string(url)) }
  }

  private func url(_ target: Component, _ port: Port) -> String {
    if target.kind == .external { return target.properties.text("url") ?? "" }
    let scheme =
      switch port.type {
      case .tcp: "tcp"
      case .udp: "udp"
      default: "http"
      }
    return "\(scheme)://\(target.spelled):\(port.properties.integer("port") ?? 80)"
  }

  /// A connection string, with user and password: a Secret's where someone else runs the store.
  private mutating func setDSN(_ name: String, _ target: Component, _ port: Port) {
    if let secret = target.properties.secret("url") { return set(name, secret: secret) }
    let place = "\(target.spelled):\(port.properties.integer("port") ?? 80)"
    switch target.kind {
    case .postgres:
      let password = target.variablePrefix + "_PASSWORD"
      set(password, secret: SecretReference(object: target.spelled, key: "password"))
      set(name, .string("postgresql://app:$(\(password))@\(place)/\(target.databaseName)"))
    case .redis: set(name, .string("redis://\(place)"))
    case .nats: set(name, .string("nats://\(place)"))
    default: set(name, .string(url(target, port)))
    }
  }
}

/// `DATABASE_URL`, the one database of a service; of several, each bears its name. As the plan of the service has it.
enum DatabaseVariables {
  static func url(of store: Component, for caller: String, _ cluster: Cluster) -> String {
    let own = Set(cluster.system.component(caller)?.ports.flatMap(\.resources).compactMap(\.store) ?? [])
    let isOnly = own.isEmpty ? cluster.sqlStores(of: caller).count < 2 : own == [store.name]
    return isOnly ? "DATABASE_URL" : "DATABASE_URL_" + Names.constant(store.name)
  }
}

extension Cluster {
  fileprivate func sqlStores(of caller: String) -> Set<String> {
    Set(
      (outgoing[caller] ?? []).compactMap { connection in
        target(of: connection).flatMap { $0.port.type == .sql ? $0.component.name : nil }
      })
  }
}
