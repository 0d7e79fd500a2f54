import DroidSemantics

/// How the images of stores are told what they are in a cluster.
extension StoreImage {
  /// What an image is told by its environment.
  static func settings(_ component: Component, _ cluster: Cluster) -> [(name: String, value: YAML)] {
    switch component.kind {
    case .postgres:
      return [
        ("PGDATA", .string(postgresData(component))), ("POSTGRES_DB", .string(component.databaseName)),
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

  /// What makes several servers of NATS one: each has a name of its own and knows the others.
  static func routes(_ component: Component) -> [String] {
    guard component.isNATSCluster else { return [] }
    let peers = (0..<(component.properties.integer("replicas") ?? 1)).map { server in
      "nats://\(component.spelled)-\(server).\(component.spelled)-peers:\(natsClusterPort)"
    }
    return [
      "--name", "$(POD_NAME)", "--cluster_name", component.spelled, "--cluster", "nats://0.0.0.0:\(natsClusterPort)",
      "--routes", peers.joined(separator: ","),
    ]
  }
}

extension Component {
  var isNATSCluster: Bool { kind == .nats && (properties.integer("replicas") ?? 1) > 1 }
}

/// Where servers of NATS find each other, and where they tell how they are.
let natsClusterPort: Int64 = 6222
let natsMonitorPort: Int64 = 8222
