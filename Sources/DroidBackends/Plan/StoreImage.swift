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
      probe = ["exec": ["command": ["pg_isready", "--username=app", .string("--dbname=\(component.databaseName)")]]]
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
      arguments = ["--jetstream", "--store_dir", "/data", "--http_port", "8222"]
      scratch = []
      probe = ["httpGet": ["path": "/healthz", "port": 8222]]
    case .kafka:
      image = "docker.io/apache/kafka:" + (version == "3" ? "3.9.1" : "\(version).0.0")
      user = 1000
      data = "/var/lib/kafka/data"
      arguments = []
      scratch = [("config", "/opt/kafka/config"), ("logs", "/opt/kafka/logs")]
      probe = ["tcpSocket": ["port": 9092]]
    default: return nil
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
