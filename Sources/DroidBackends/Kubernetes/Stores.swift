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
  /// What its probes ask.
  let probe: YAML

  init?(_ component: Component) {
    guard component.kind.isStore else { return nil }
    let properties = component.properties
    let version = properties.integer("version").map(String.init) ?? "latest"
    switch component.kind {
    case .postgres:
      image = "docker.io/postgres:\(version)"
      user = 999
      // Since 18 the image keeps a folder for each major version below the volume.
      data = Self.hasFolders(component) ? "/var/lib/postgresql" : "/var/lib/postgresql/data"
      arguments = properties.explicit("connections")?.integer.map { ["-c", "max_connections=\($0)"] } ?? []
      scratch = [("run", "/var/run/postgresql")]
      probe = ["exec": ["command": ["pg_isready", "--username=app", .string("--dbname=\(component.databaseName())")]]]
    case .redis:
      image = "docker.io/redis:\(version)"
      user = 999
      data = "/data"
      let persistence =
        properties.bytes("storage") == nil ? ["--save", "", "--appendonly", "no"] : ["--appendonly", "yes"]
      let eviction = properties.choice("eviction").map { ["--maxmemory-policy", "allkeys-\($0)"] } ?? []
      arguments = persistence + eviction
      scratch = properties.bytes("storage") == nil ? [("data", "/data")] : []
      probe = ["exec": ["command": ["redis-cli", "ping"]]]
    case .nats:
      image = "docker.io/nats:\(version)"
      user = 1000
      data = "/data"
      arguments = ["--jetstream", "--store_dir", "/data", "--http_port", "8222"] + Self.routes(component)
      scratch = []
      probe = ["httpGet": ["path": "/healthz", "port": 8222]]
    case .kafka:
      image = "docker.io/apache/kafka:" + (version == "3" ? "3.9.1" : "4.1.0")
      user = 1000
      data = "/var/lib/kafka/data"
      arguments = []
      scratch = [("config", "/opt/kafka/config"), ("logs", "/opt/kafka/logs")]
      probe = ["tcpSocket": ["port": 9092]]
    default: return nil
    }
  }

  /// What makes several servers of NATS one: each has a name of its own and knows the others.
  private static func routes(_ component: Component) -> [String] {
    let servers = component.properties.integer("replicas") ?? 1
    if servers < 2 { return [] }
    let peers = (0..<servers).map { "nats://\(component.spelled)-\($0).\(component.spelled)-peers:\(natsClusterPort)" }
    return [
      "--name", "$(POD_NAME)", "--cluster_name", component.spelled, "--cluster", "nats://0.0.0.0:\(natsClusterPort)",
      "--routes", peers.joined(separator: ","),
    ]
  }

  /// What an image is told by its environment.
  static func settings(_ component: Component, _ cluster: Cluster) -> [(name: String, value: YAML)] {
    switch component.kind {
    case .postgres:
      return [
        ("PGDATA", .string(postgresData(component))), ("POSTGRES_DB", .string(component.databaseName())),
        ("POSTGRES_USER", "app"),
        ("POSTGRES_PASSWORD", ["secretKeyRef": ["name": .string(component.spelled), "key": "password"]]),
      ]
    case .nats where component.isNATSCluster:
      return [("POD_NAME", ["fieldRef": ["fieldPath": "metadata.name"]])]
    case .kafka:
      // One process is broker and controller.
      return [
        ("KAFKA_NODE_ID", "1"), ("KAFKA_PROCESS_ROLES", "broker,controller"),
        ("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093"),
        ("KAFKA_ADVERTISED_LISTENERS", .string("PLAINTEXT://\(component.spelled):9092")),
        ("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
        ("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
        ("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"), ("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
        ("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"), ("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
        ("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"), ("KAFKA_LOG_DIRS", "/var/lib/kafka/data"),
      ]
    default: return []
    }
  }

  /// Where PostgreSQL keeps its data: never the volume itself, which may hold `lost+found`.
  static func postgresData(_ component: Component) -> String {
    hasFolders(component)
      ? "/var/lib/postgresql/\(component.properties.integer("version") ?? 18)/docker"
      : "/var/lib/postgresql/data/pgdata"
  }

  private static func hasFolders(_ component: Component) -> Bool {
    (component.properties.integer("version") ?? 17) >= 18
  }
}

extension Component {
  var isNATSCluster: Bool { kind == .nats && (properties.integer("replicas") ?? 1) > 1 }
}

/// Where servers of NATS find each other, and where they tell how they are.
let natsClusterPort: Int64 = 6222
let natsMonitorPort: Int64 = 8222
