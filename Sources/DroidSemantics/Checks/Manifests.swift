import DroidSyntax

/// Raw patches: on what is generated, and with fields that it has.
extension Checker {
  /// The kinds of manifest that can be patched, with the fields of their `spec`; none where it is not Kubernetes' own.
  static let manifests: [(kind: String, fields: [String])] = [
    (
      "Deployment",
      [
        "minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "selector",
        "strategy",
        "template",
      ]
    ),
    (
      "StatefulSet",
      [
        "minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "podManagementPolicy", "replicas",
        "revisionHistoryLimit", "selector", "serviceName", "template", "updateStrategy", "volumeClaimTemplates",
      ]
    ),
    (
      "Service",
      [
        "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalIPs", "externalName",
        "externalTrafficPolicy",
        "healthCheckNodePort", "internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy", "loadBalancerClass",
        "loadBalancerIP", "loadBalancerSourceRanges", "ports", "publishNotReadyAddresses", "selector",
        "sessionAffinity",
        "sessionAffinityConfig", "trafficDistribution", "type",
      ]
    ),
    ("ServiceAccount", []),
    ("HorizontalPodAutoscaler", ["behavior", "maxReplicas", "metrics", "minReplicas", "scaleTargetRef"]),
    ("PodDisruptionBudget", ["maxUnavailable", "minAvailable", "selector", "unhealthyPodEvictionPolicy"]),
    ("NetworkPolicy", ["egress", "ingress", "podSelector", "policyTypes"]),
    (
      "CronJob",
      [
        "concurrencyPolicy", "failedJobsHistoryLimit", "jobTemplate", "schedule", "startingDeadlineSeconds",
        "successfulJobsHistoryLimit", "suspend", "timeZone",
      ]
    ),
    (
      "Job",
      [
        "activeDeadlineSeconds", "backoffLimit", "backoffLimitPerIndex", "completionMode", "completions", "managedBy",
        "manualSelector", "maxFailedIndexes", "parallelism", "podFailurePolicy", "podReplacementPolicy", "selector",
        "successPolicy", "suspend", "template", "ttlSecondsAfterFinished",
      ]
    ),
    ("PersistentVolumeClaim", []), ("ScaledObject", []), ("VerticalPodAutoscaler", []), ("HTTPRoute", []),
    ("GRPCRoute", []), ("Cluster", []), ("ScheduledBackup", []), ("Kafka", []), ("KafkaNodePool", []),
    ("KafkaTopic", []),
  ]

  /// The outermost fields of a patch and those of its `spec` are fields of the kind.
  func checkShape(of record: Syntax, _ kind: String) {
    for field in recordFields(record) {
      switch field.key {
      case "metadata": break
      case "spec" where kind != "ServiceAccount":
        guard let known = Self.manifests.first(where: { $0.kind == kind })?.fields, !known.isEmpty else { break }
        for inner in recordFields(field.value) where !known.contains(inner.key) {
          let guess = Suggestion.nearest(to: inner.key, among: known)
          report(
            .unknownProperty, "the `spec` of a \(kind) has no field `\(inner.key)`", at: inner.keyRange,
            guess.map { "did you mean `\($0)`?" } ?? "",
            fixes: guess.map { [Fix("write `\($0)`", replacing: inner.keyRange, with: $0)] } ?? [])
        }
      case "automountServiceAccountToken" where kind == "ServiceAccount": break
      case "imagePullSecrets" where kind == "ServiceAccount": break
      case "secrets" where kind == "ServiceAccount": break
      default:
        let isInside = Self.manifests.contains { $0.kind == kind && $0.fields.contains(field.key) }
        report(
          .unknownProperty, "a \(kind) has no field `\(field.key)`", at: field.keyRange,
          isInside ? "its `spec` has: `spec = { \(field.key) = … }`" : "it has `metadata` and `spec`")
      }
    }
  }

  /// In the base or in an environment there is such a manifest.
  func checkPatches(_ draft: Draft) {
    guard !draft.system.patches.isEmpty else { return }
    let systems = [draft.base] + draft.environments.map { draft.system(in: $0) }
    for patch in draft.system.patches {
      let made = systems.compactMap { system in system.component(patch.component).map { Self.kinds(of: $0, in: system) }
      }
      if made.contains(where: { $0.contains(patch.kind) }) { continue }
      report(
        .unknownManifest, "`\(patch.component)` has no \(patch.kind)", at: patch.range,
        made.first.map { $0.isEmpty ? "nothing is generated for it" : "it has a \(Suggestion.list($0, limit: 12))" }
          ?? "it is in no environment")
    }
  }

  /// The kinds of manifest that a component becomes.
  private static func kinds(of component: Component, in system: System) -> [String] {
    let properties = component.properties
    let isOurs = component.kind != .external && component.kind != .bucket && properties.secret("url") == nil
    guard isOurs else { return [] }
    let isManaged = system.settings.choice("profile") != "development"
    switch component.kind {
    case .postgres where isManaged: return ["Cluster", "ScheduledBackup", "NetworkPolicy"]
    case .kafka where isManaged: return ["Kafka", "KafkaNodePool", "KafkaTopic", "NetworkPolicy"]
    case .job:
      let claims = properties.map("volumes").contains { $0.value.bytes != nil } ? ["PersistentVolumeClaim"] : []
      return [properties.text("schedule") == nil ? "Job" : "CronJob", "ServiceAccount", "NetworkPolicy"] + claims
    default: break
    }
    let hasClaims = properties.map("volumes").contains { $0.value.bytes != nil } || properties.bytes("storage") != nil
    var kinds = [
      hasClaims || component.kind == .postgres ? "StatefulSet" : "Deployment", "ServiceAccount", "NetworkPolicy",
    ]
    if component.ports.contains(where: { $0.direction == .into && !$0.type.isEvents }) { kinds.append("Service") }
    for properties in [properties] + component.versions.map(\.properties) {
      let range = properties.range("replicas")
      let lower = range?.lower.integer ?? properties.integer("replicas") ?? 1
      if lower > 1 { kinds.append("PodDisruptionBudget") }
      if let range, range.upper != range.lower { kinds += ["HorizontalPodAutoscaler", "ScaledObject"] }
    }
    if properties.reference("scaling") != nil { kinds.append("VerticalPodAutoscaler") }
    if component.ports.contains(where: { !$0.properties.list("public").isEmpty }) {
      kinds += ["HTTPRoute", "GRPCRoute"]
    }
    var seen: Set<String> = []
    return kinds.filter { seen.insert($0).inserted }
  }
}
