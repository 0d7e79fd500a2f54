import DroidSemantics

/// What an environment changes: only the fields that differ, as strategic merge patches.
enum Overlay {
  static func drafts(from base: Cluster, to cluster: Cluster, environment: String, _ header: String) -> [FileDraft] {
    let folder = "kubernetes/overlays/\(environment)"
    var drafts: [FileDraft] = []
    var (resources, patches): ([YAML], [YAML]) = (["../../base"], [])
    let old = Dictionary(
      base.files.flatMap(\.objects).map { (identity($0), $0) }, uniquingKeysWith: { first, _ in first })
    var kept: Set<String> = []
    for object in cluster.files.flatMap(\.objects) {
      let identity = identity(object)
      kept.insert(identity)
      let file = identity.lowercased().replacing("/", with: "-") + ".yaml"
      guard let before = old[identity] else {
        drafts.append(FileDraft("\(folder)/\(file)", KubernetesBackend.write([object], header)))
        resources.append(.string(file))
        continue
      }
      guard let difference = difference(before, inNamespace(object, of: base), key: nil) else { continue }
      patches.append(["patch": .string(text(named(object, difference, base)))])
    }
    for object in base.files.flatMap(\.objects) where !kept.contains(identity(object)) {
      let patch = named(object, .map([.init(key: "$patch", value: "delete")]), base)
      patches.append(["patch": .string(text(patch))])
    }
    let isElsewhere = base.system.namespace != cluster.system.namespace
    let kustomization: YAML = .map([
      "namespace": isElsewhere ? .string(cluster.system.namespace) : nil, "resources": .list(resources),
      "patches": YAML.list(patches).unlessEmpty,
    ])
    drafts.append(FileDraft("\(folder)/kustomization.yaml", KubernetesBackend.write([kustomization], header)))
    return drafts
  }

  /// A patch as text: it stands in the kustomization itself, since no part of an object is a manifest of its own.
  private static func text(_ patch: YAML) -> String {
    var writer = YAMLWriter()
    writer.document(patch, isFirst: true)
    return String(decoding: writer.out.bytes.dropLast(), as: UTF8.self)
  }

  /// Kind and name; the namespace is the overlay's, as is the name of the Namespace itself.
  private static func identity(_ object: YAML) -> String {
    let kind = object["kind"]?.text ?? ""
    return kind == "Namespace" ? kind : "\(kind)/\(object["metadata"]?["name"]?.text ?? "")"
  }

  /// An object as it would be in the namespace of the base, so that the namespace alone is no difference.
  private static func inNamespace(_ object: YAML, of base: Cluster) -> YAML {
    guard case .map(let entries) = object, case .map(let metadata)? = object["metadata"] else { return object }
    let isNamespace = object["kind"]?.text == "Namespace"
    let renamed = metadata.map { entry in
      entry.key == (isNamespace ? "name" : "namespace")
        ? YAML.Entry(key: entry.key, value: .string(base.system.namespace)) : entry
    }
    return .map(entries.map { $0.key == "metadata" ? .init(key: $0.key, value: .map(renamed)) : $0 })
  }

  /// A patch with what names the object it is for.
  private static func named(_ object: YAML, _ difference: YAML, _ base: Cluster) -> YAML {
    guard case .map(let entries) = difference else { return object }
    let own: [YAML.Entry] = {
      if case .map(let metadata)? = difference["metadata"] { return metadata }
      return []
    }()
    let isNamespace = object["kind"]?.text == "Namespace"
    let place: [YAML.Entry] =
      isNamespace
      ? [.init(key: "name", value: .string(base.system.namespace))]
      : [
        .init(key: "name", value: object["metadata"]?["name"] ?? ""),
        .init(key: "namespace", value: .string(base.system.namespace)),
      ]
    let metadata = place + own.filter { $0.key != "name" && $0.key != "namespace" }
    return .map(
      [
        .init(key: "apiVersion", value: object["apiVersion"] ?? "v1"), .init(key: "kind", value: object["kind"] ?? ""),
        .init(key: "metadata", value: .map(metadata)),
      ] + entries.filter { $0.key != "metadata" })
  }

  /// The lists that are merged, and by which key; every other list is replaced as a whole.
  private static func mergeKey(_ list: String, _ items: [YAML]) -> String? {
    switch list {
    case "containers", "initContainers", "volumes", "env": "name"
    case "volumeMounts": "mountPath"
    case "topologySpreadConstraints": "topologyKey"
    case "ports":
      items.first?["containerPort"] != nil ? "containerPort" : items.first?["targetPort"] != nil ? "port" : nil
    default: nil
    }
  }

  /// The patch that makes `new` of `old`; nil where they are equal.
  static func difference(_ old: YAML, _ new: YAML, key: String?) -> YAML? {
    if old == new { return nil }
    switch (old, new) {
    case (.map(let before), .map(let after)):
      let earlier = Dictionary(before.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
      var entries: [YAML.Entry] = []
      for entry in after {
        guard let value = earlier[entry.key] else {
          entries.append(entry)
          continue
        }
        if let patch = difference(value, entry.value, key: entry.key) {
          entries.append(.init(key: entry.key, value: patch))
        }
      }
      let names = Set(after.map(\.key))
      for entry in before where !names.contains(entry.key) { entries.append(.init(key: entry.key, value: .null)) }
      return .map(entries)
    case (.list(let before), .list(let after)):
      guard let key, let mergeKey = mergeKey(key, after.isEmpty ? before : after) else { return new }
      let earlier = Dictionary(before.map { ($0[mergeKey], $0) }, uniquingKeysWith: { first, _ in first })
      var items: [YAML] = []
      for item in after {
        guard let value = earlier[item[mergeKey]] else {
          items.append(item)
          continue
        }
        guard case .map(let entries)? = difference(value, item, key: nil), let name = item[mergeKey] else { continue }
        items.append(.map([.init(key: mergeKey, value: name)] + entries.filter { $0.key != mergeKey }))
      }
      let names = Set(after.map { $0[mergeKey] })
      for item in before where !names.contains(item[mergeKey]) {
        if let name = item[mergeKey] {
          items.append(.map([.init(key: mergeKey, value: name), .init(key: "$patch", value: "delete")]))
        }
      }
      return .list(items)
    default: return new
    }
  }
}
