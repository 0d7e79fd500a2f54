import DroidSemantics

/// How the official image of a store is run without root and on a read-only root file system.
struct StoreImage {
  let image: String
  /// The user that the image was made for.
  let user: Int64
  /// Where its data are.
  let data: String?
  let arguments: [String]
  /// Folders that it writes to besides.
  let scratch: [(name: String, path: String)]
  let probe: [String]?

  init?(_ component: Component) {
    let properties = component.properties
    let version = properties.integer("version").map(String.init) ?? "latest"
    switch component.kind {
    case .postgres:
      image = "docker.io/postgres:\(version)"
      user = 999
      data = "/var/lib/postgresql/data"
      arguments = properties.explicit("connections")?.integer.map { ["-c", "max_connections=\($0)"] } ?? []
      scratch = [("run", "/var/run/postgresql")]
      probe = ["pg_isready", "--username=app", "--dbname=\(component.databaseName)"]
    case .redis:
      image = "docker.io/redis:\(version)"
      user = 999
      data = "/data"
      let persistence =
        properties.bytes("storage") == nil ? ["--save", "", "--appendonly", "no"] : ["--appendonly", "yes"]
      let eviction = properties.choice("eviction").map { ["--maxmemory-policy", "allkeys-\($0)"] } ?? []
      arguments = persistence + eviction
      scratch = properties.bytes("storage") == nil ? [("data", "/data")] : []
      probe = ["redis-cli", "ping"]
    case .nats:
      image = "docker.io/nats:\(version)"
      user = 1000
      data = "/data"
      arguments = ["--jetstream", "--store_dir", "/data"]
      scratch = []
      probe = nil
    default: return nil
    }
  }
}

extension Component {
  /// The database in a Postgres: the component's name.
  var databaseName: String { spelled.replacing("-", with: "_") }
}

/// The environment variables of a container.
struct Variables {
  private var entries: [(name: String, value: YAML)] = []

  /// Sorted so that `$(NAME)` comes after what it uses.
  var list: YAML? {
    YAML.list(
      entries.map { entry in
        if case .string = entry.value { return .map(["name": .string(entry.name), "value": entry.value]) }
        return .map(["name": .string(entry.name), "valueFrom": entry.value])
      }
    ).unlessEmpty
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
    let properties = component.properties
    if component.kind == .postgres {
      set("PGDATA", "/var/lib/postgresql/data/pgdata")
      set("POSTGRES_DB", .string(component.databaseName))
      set("POSTGRES_USER", "app")
      set("POSTGRES_PASSWORD", secret: SecretReference(object: component.spelled, key: "password"))
      return
    }
    guard component.kind.runs else { return }
    if component.kind.isGenerated {
      set("LOG_LEVEL", .string(properties.choice("log") ?? "info"))
      if let telemetry = properties.reference("telemetry") {
        let parts = telemetry.split(separator: ".").map(String.init)
        if let target = cluster.system.component(parts[0]) {
          let port =
            (parts.count > 1 ? target.port(parts[1]) : target.listening.first)?.properties.integer("port") ?? 4318
          set("OTEL_EXPORTER_OTLP_ENDPOINT", .string("http://\(target.spelled):\(port)"))
          set("OTEL_SERVICE_NAME", .string(component.spelled))
        }
      }
    }
    for connection in cluster.outgoing[component.name] ?? [] {
      guard let target = cluster.system.component(connection.to.component), let port = target.port(connection.to.port)
      else { continue }
      if component.kind == .container { bind(connection, target, port) } else { connect(connection, target, port) }
    }
    let own = properties.map("env")
    for entry in own.filter({ !Self.usesOthers($0) }) + own.filter({ Self.usesOthers($0) }) {
      if let secret = entry.value.secret {
        set(entry.key, secret: secret)
      } else {
        set(entry.key, .string(entry.value.text ?? ""))
      }
    }
  }

  private static func usesOthers(_ entry: MapEntry) -> Bool { entry.value.text?.contains("$(") ?? false }

  /// What generated services read: `DATABASE_URL`, `REDIS_URL`, `ORDERS_URL`.
  private mutating func connect(_ connection: Connection, _ target: Component, _ port: Port) {
    let prefix = String(target.spelled.uppercased().map { $0 == "-" ? "_" : $0 })
    let number = port.properties.integer("port") ?? 80
    switch port.type {
    case .sql:
      if let secret = target.properties.secret("url") {
        set("DATABASE_URL", secret: secret)
      } else {
        set("\(prefix)_PASSWORD", secret: SecretReference(object: target.spelled, key: "password"))
        set(
          "DATABASE_URL",
          .string("postgresql://app:$(\(prefix)_PASSWORD)@\(target.spelled):\(number)/\(target.databaseName)"))
      }
    case .kv:
      if let secret = target.properties.secret("url") {
        set("REDIS_URL", secret: secret)
      } else {
        set("REDIS_URL", .string("redis://\(target.spelled):\(number)"))
      }
    case .events: break
    default:
      let url = target.kind == .external ? target.properties.text("url") ?? "" : "http://\(target.spelled):\(number)"
      set("\(prefix)_URL", .string(url))
    }
  }

  /// What a Container is told, in the forms that `bind` names.
  private mutating func bind(_ connection: Connection, _ target: Component, _ port: Port) {
    guard let bind = connection.properties.record("bind") ?? port.properties.record("bind") else { return }
    let number = port.properties.integer("port") ?? 80
    if let name = bind.text("address") { set(name, .string("\(target.spelled):\(number)")) }
    if let name = bind.text("host") { set(name, .string(target.spelled)) }
    if let name = bind.text("port") { set(name, .string(String(number))) }
    if let name = bind.text("url") { set(name, .string("http://\(target.spelled):\(number)")) }
    if let name = bind.text("dsn") {
      let prefix = String(target.spelled.uppercased().map { $0 == "-" ? "_" : $0 })
      if target.kind == .postgres {
        set("\(prefix)_PASSWORD", secret: SecretReference(object: target.spelled, key: "password"))
        set(name, .string("postgresql://app:$(\(prefix)_PASSWORD)@\(target.spelled):\(number)/\(target.databaseName)"))
      } else {
        set(name, .string("\(target.kind == .redis ? "redis" : "tcp")://\(target.spelled):\(number)"))
      }
    }
  }
}
