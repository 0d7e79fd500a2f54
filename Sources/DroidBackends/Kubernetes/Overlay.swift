import DroidSemantics

/// What an environment changes: only the fields that differ, as strategic merge patches.
enum Overlay {
  /// - Parameter resource: Where what is changed stands, seen from the overlay.
  static func drafts(
    from base: Manifests, to manifests: Manifests, resource: String, _ header: String
  ) -> [FileDraft] {
    let folder = "kubernetes/overlays/\(manifests.name)"
    var drafts: [FileDraft] = []
    var (resources, patches): ([YAML], [YAML]) = ([.string(resource)], [])
    let old = Dictionary(
      base.files.flatMap(\.objects).map { (identity($0), $0) }, uniquingKeysWith: { first, _ in first })
    var kept: Set<String> = []
    for object in manifests.files.flatMap(\.objects) {
      let identity = identity(object)
      kept.insert(identity)
      guard let before = old[identity] else {
        let file = identity.lowercased().replacingAll("/", with: "-") + ".yaml"
        drafts.append(FileDraft("\(folder)/\(file)", YAMLWriter.file([inNamespace(object, of: base)], header)))
        resources.append(.string(file))
        continue
      }
      guard let difference = difference(before, inNamespace(object, of: base)) else { continue }
      patches.append(["patch": .string(text(named(object, difference, base)))])
    }
    for object in base.files.flatMap(\.objects) where !kept.contains(identity(object)) {
      let patch = named(object, .map([.init(key: "$patch", value: "delete")]), base)
      patches.append(["patch": .string(text(patch))])
    }
    let isElsewhere = base.system.namespace != manifests.system.namespace
    let kustomization: YAML = .map([
      "namespace": isElsewhere ? .string(manifests.system.namespace) : nil, "resources": .list(resources),
      "patches": YAML.list(patches).unlessEmpty,
    ])
    drafts.append(FileDraft("\(folder)/kustomization.yaml", YAMLWriter.file([kustomization], header)))
    return drafts
  }

  /// kustomize knows how lists of Kubernetes' own kinds are merged; of others it replaces them.
  private static func difference(_ before: YAML, _ after: YAML) -> YAML? {
    let group = before["apiVersion"]?.text?.split(separator: "/").dropLast().first ?? ""
    let isKnown = !group.utf8.contains(UInt8(ascii: ".")) || group == "networking.k8s.io"
    return StrategicMerge.difference(before, after, knowsLists: isKnown)
  }

  /// A patch as text: it stands in the kustomization itself, since no part of an object is a manifest of its own.
  private static func text(_ patch: YAML) -> String {
    var writer = YAMLWriter()
    writer.document(patch, isFirst: true)
    writer.out.shorten(to: writer.out.count - 1)
    return writer.out.text
  }

  /// Kind and name; the namespace is the overlay's, as is the name of the Namespace itself.
  private static func identity(_ object: YAML) -> String {
    let kind = object["kind"]?.text ?? ""
    return kind == "Namespace" ? kind : "\(kind)/\(object["metadata"]?["name"]?.text ?? "")"
  }

  /// An object as it would be in the namespace of the base, so that the namespace alone is no difference: kustomize puts all
  /// that an overlay has into the overlay's own.
  private static func inNamespace(_ object: YAML, of base: Manifests) -> YAML {
    guard case .map(let entries) = object, case .map(let metadata)? = object["metadata"],
      metadata.contains(where: { $0.key == "namespace" && $0.value.text != base.system.namespace })
        || object["kind"]?.text == "Namespace"
    else { return object }
    let isNamespace = object["kind"]?.text == "Namespace"
    let renamed = metadata.map { entry in
      entry.key == (isNamespace ? "name" : "namespace")
        ? YAML.Entry(key: entry.key, value: .string(base.system.namespace)) : entry
    }
    return .map(entries.map { $0.key == "metadata" ? .init(key: $0.key, value: .map(renamed)) : $0 })
  }

  /// A patch with what names the object it is for.
  private static func named(_ object: YAML, _ difference: YAML, _ base: Manifests) -> YAML {
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
}
