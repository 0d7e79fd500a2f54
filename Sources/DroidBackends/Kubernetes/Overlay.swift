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
    let old = Dictionary(base.files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var deleted: [String: [YAML]] = [:]
    for file in manifests.files {
      guard let earlier = old[file.name] else {
        for object in file.objects() { add(object) }
        continue
      }
      // What reads the same is the same.
      guard !base.text(of: earlier).equals(manifests.text(of: file)) else {
        deleted[file.name] = []
        continue
      }
      let before = earlier.objects().map { (identity: identity($0), object: $0) }
      let known = Dictionary(before.map { ($0.identity, $0.object) }, uniquingKeysWith: { first, _ in first })
      var kept: Set<String> = []
      for object in file.objects() {
        let identity = identity(object)
        kept.insert(identity)
        guard let same = known[identity] else {
          add(object)
          continue
        }
        guard let difference = difference(same, inNamespace(object, of: base)) else { continue }
        patches.append(["patch": .string(text(named(object, difference, base)))])
      }
      deleted[file.name] = before.filter { !kept.contains($0.identity) }.map(\.object)
    }
    for file in base.files {
      for object in deleted[file.name] ?? file.objects() {
        let patch = named(object, .map([("$patch", "delete")]), base)
        patches.append(["patch": .string(text(patch))])
      }
    }
    func add(_ object: YAML) {
      let file = identity(object).lowercased().replacingAll("/", with: "-") + ".yaml"
      drafts.append(FileDraft("\(folder)/\(file)", YAMLWriter.file([inNamespace(object, of: base)], header)))
      resources.append(.string(file))
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
      metadata.contains(where: { $0.0 == "namespace" && $0.1.text != base.system.namespace })
        || object["kind"]?.text == "Namespace"
    else { return object }
    let isNamespace = object["kind"]?.text == "Namespace"
    let field = isNamespace ? "name" : "namespace"
    let renamed = metadata.map { $0.0 == field ? ($0.0, .string(base.system.namespace)) : $0 }
    return .map(entries.map { $0.0 == "metadata" ? ($0.0, .map(renamed)) : $0 })
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
      ? [("name", .string(base.system.namespace))]
      : [
        ("name", object["metadata"]?["name"] ?? ""),
        ("namespace", .string(base.system.namespace)),
      ]
    let metadata = place + own.filter { $0.0 != "name" && $0.0 != "namespace" }
    return .map(
      [
        ("apiVersion", object["apiVersion"] ?? "v1"), ("kind", object["kind"] ?? ""),
        ("metadata", .map(metadata)),
      ] + entries.filter { $0.0 != "metadata" })
  }
}
