import DroidSemantics

/// A PostgreSQL that CloudNativePG runs: one primary and its replicas, and its backups.
struct Postgres {
  let component: Component
  let cluster: Cluster

  private var properties: Properties { component.properties }

  var objects: [YAML] { [database] + [backup].compactMap { $0 } }

  private var database: YAML {
    let nodes = YAML.map(
      properties.map("node").map { ($0.key, .string($0.value.text ?? "")) } + cluster.regionLabels)
    let apart = Mesh.apart(cluster)
    let annotations =
      properties.map("annotations").map { ($0.key, YAML.string($0.value.text ?? "")) } + apart.annotations
    return cluster.object(
      "postgresql.cnpg.io/v1", "Cluster", component,
      .map([
        "instances": .int(properties.integer("replicas") ?? 1),
        "imageName": .string(
          properties.text("image") ?? "ghcr.io/cloudnative-pg/postgresql:\(properties.integer("version") ?? 17)"),
        "postgresql": [
          "parameters": ["max_connections": .string(String(properties.integer("connections") ?? 100))]
        ],
        "bootstrap": [
          "initdb": .map([
            "database": .string(component.databaseName), "owner": "app", "dataChecksums": true,
            "postInitApplicationSQL": YAML.list(extensions + furtherDatabases).unlessEmpty,
          ])
        ],
        "storage": .map([
          "size": .string((properties.bytes("storage") ?? ByteCount(10 << 30)).description),
          "storageClass": cluster.storageClass,
        ]),
        "resources": Pod.resources(component),
        "affinity": .map([
          "enablePodAntiAffinity": true, "topologyKey": "topology.kubernetes.io/zone",
          "nodeSelector": nodes.unlessEmpty,
        ]),
        "inheritedMetadata": .map([
          "labels": cluster.labels(component).adding(apart.labels),
          "annotations": YAML.map(annotations).unlessEmpty,
        ]),
        "backup": hasBackup ? ["volumeSnapshot": .map(["snapshotOwnerReference": "backup"])] : nil,
      ]))
  }

  private var extensions: [YAML] {
    properties.list("extensions").compactMap { value in
      value.text.map { .string("CREATE EXTENSION IF NOT EXISTS \(Self.quoted($0))") }
    }
  }

  private var furtherDatabases: [YAML] {
    component.listening.dropFirst().map { port in
      .string("CREATE DATABASE \(Self.quoted(component.databaseName(of: port))) OWNER \"app\"")
    }
  }

  private static func quoted(_ name: String) -> String { "\"\(name.replacingAll("\"", with: "\"\""))\"" }

  // MARK: Backups.

  private var hasBackup: Bool { properties.record("backup") != nil }

  private var backup: YAML? {
    guard let backup = properties.record("backup") else { return nil }
    return cluster.object(
      "postgresql.cnpg.io/v1", "ScheduledBackup", component,
      [
        "schedule": .string(Self.schedule(backup.duration("every") ?? TimeSpan(seconds: 86_400))),
        "method": "volumeSnapshot", "immediate": true, "backupOwnerReference": "self",
        "cluster": ["name": .string(component.spelled)],
      ])
  }

  /// Cron with seconds, as the operator reads it, where the time divides an hour or a day.
  private static func schedule(_ every: TimeSpan) -> String {
    let minutes = max(1, every.nanoseconds / 60_000_000_000)
    if minutes == 1440 { return "0 0 0 * * *" }
    if minutes < 60, 60 % minutes == 0 { return "0 */\(minutes) * * * *" }
    if minutes % 60 == 0, minutes < 1440, 1440 % minutes == 0 { return "0 0 */\(minutes / 60) * * *" }
    return "@every \(minutes)m"
  }
}
