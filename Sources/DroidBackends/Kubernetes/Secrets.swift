import DroidSemantics

/// The Secrets that objects refer to and nothing of ours makes.
struct Secrets {
  /// The keys that are read, by the name of the Secret; none where it is mounted as a whole. Sorted.
  private(set) var all: [(name: String, keys: [String])] = []

  init(_ objects: [YAML], _ cluster: Cluster) {
    var found: [String: Set<String>] = [:]
    for object in objects { Self.find(object, &found) }
    // Operators make these.
    for component in cluster.system.components where cluster.isManaged(component) {
      found[component.spelled + "-app"] = nil
    }
    all = found.map { ($0.key, $0.value.sorted()) }.sorted { $0.0 < $1.0 }
  }

  private static func find(_ node: YAML, _ found: inout [String: Set<String>]) {
    switch node {
    case .map(let entries):
      for entry in entries {
        if entry.key == "secretKeyRef", let name = entry.value["name"]?.text, let key = entry.value["key"]?.text {
          found[name, default: []].insert(key)
        } else if entry.key == "secret", let name = entry.value["secretName"]?.text {
          found[name, default: []].formUnion([])
        } else {
          find(entry.value, &found)
        }
      }
    case .list(let items): for item in items { find(item, &found) }
    default: break
    }
  }

  /// From a vault: the External Secrets operator keeps each of them as it is there, under `SYSTEM/NAME`.
  func external(_ cluster: Cluster) -> [YAML] {
    all.map { secret in
      let key: YAML = .string("\(cluster.system.name)/\(secret.name)")
      let data = secret.keys.map { part -> YAML in
        ["secretKey": .string(part), "remoteRef": ["key": key, "property": .string(part)]]
      }
      return cluster.object(
        "external-secrets.io/v1", "ExternalSecret", name: secret.name,
        .map([
          "refreshInterval": "1h", "secretStoreRef": ["kind": "ClusterSecretStore", "name": "vault"],
          "target": ["name": .string(secret.name), "creationPolicy": "Owner"],
          "data": YAML.list(data).unlessEmpty, "dataFrom": data.isEmpty ? [["extract": ["key": key]]] : nil,
        ]))
    }
  }
}
