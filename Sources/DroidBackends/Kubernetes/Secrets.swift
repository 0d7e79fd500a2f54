import DroidSemantics

/// The Secrets that objects refer to and nothing of ours makes.
struct Secrets {
  private var found: [String: Set<String>] = [:]

  /// The keys that are read, by the name of the Secret; none where it is mounted as a whole. Sorted.
  var all: [(name: String, keys: [String])] {
    found.map { ($0.key, $0.value.sorted()) }.sorted { $0.0 < $1.0 }
  }

  mutating func find(in node: YAML) {
    switch node {
    case .map(let entries):
      for (key, value) in entries {
        switch value {
        case .map:
          if key == "secretKeyRef", let name = value["name"]?.text, let key = value["key"]?.text {
            found[name, default: []].insert(key)
          } else if key == "secret", let name = value["secretName"]?.text {
            found[name, default: []].formUnion([])
          } else {
            find(in: value)
          }
        case .list: find(in: value)
        default: break
        }
      }
    case .list(let items): for item in items { find(in: item) }
    default: break
    }
  }

  /// Operators make those of what they run.
  mutating func leaveOperators(of cluster: Cluster) {
    for component in cluster.system.components where cluster.isManaged(component) {
      found[component.spelled + "-app"] = nil
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
