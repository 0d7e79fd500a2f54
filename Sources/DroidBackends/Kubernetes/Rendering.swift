import DroidSemantics

/// How the objects of an environment come into a cluster: all in one file, or by Argo CD.
enum Rendering {
  static func drafts(_ manifests: Manifests, _ header: String) -> [FileDraft] {
    let name = manifests.name
    var drafts = [
      FileDraft("kubernetes/rendered/\(name).yaml", manifests.bytes)
    ]
    if let repository = manifests.system.settings.record("repository") {
      drafts.append(
        FileDraft("kubernetes/argocd/\(name).yaml", YAMLWriter.file([application(manifests, repository)], header)))
    }
    return drafts
  }

  /// The folder that kustomize renders, below that of the output.
  static func folder(_ manifests: Manifests) -> String {
    "kubernetes/" + (manifests.name == "base" ? "base" : "overlays/" + manifests.name)
  }

  private static func application(_ manifests: Manifests, _ repository: Properties) -> YAML {
    let cluster = manifests.cluster
    let name = "\(Gateway.name(cluster))-\(manifests.name.replacingAll(".", with: "-"))".lowercased()
    let isByHand = cluster.system.components.contains { $0.kind == .job && $0.properties.text("schedule") == nil }
    return .map([
      "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
      "metadata": [
        "name": .string(name), "namespace": "argocd",
        "labels": [
          "app.kubernetes.io/part-of": .string(cluster.system.name.lowercased()),
          "app.kubernetes.io/managed-by": "droid",
        ],
      ],
      "spec": .map([
        "project": .string(repository.text("project") ?? "default"),
        "source": [
          "repoURL": .string(repository.text("url") ?? ""),
          "targetRevision": .string(repository.text("revision") ?? "main"),
          "path": .string("\(repository.text("folder") ?? "out")/\(folder(manifests))"),
        ],
        // A region is a cluster that Argo CD knows by the region's name.
        "destination": .map([
          "server": cluster.region == nil ? "https://kubernetes.default.svc" : nil,
          "name": cluster.region.map { .string($0) }, "namespace": .string(cluster.namespace),
        ]),
        "syncPolicy": [
          "automated": ["prune": true, "selfHeal": true],
          "syncOptions": .list(
            ["ServerSideApply=true"] + (isByHand ? ["RespectIgnoreDifferences=true"] : [])),
        ],
        // A job that someone has started is no drift.
        "ignoreDifferences": isByHand
          ? [["group": "batch", "kind": "Job", "jsonPointers": ["/spec/suspend"]]] : nil,
      ]),
    ])
  }
}
