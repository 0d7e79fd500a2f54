import DroidSemantics

/// Everything that one component becomes.
struct Workload {
  let component: Component
  let cluster: Cluster
  private(set) var objects: [YAML] = []
  private(set) var notGenerated: [String] = []

  private let claims: [(name: String, path: String, size: ByteCount)]
  /// How many replicas.
  private let range: (lower: Int64, upper: Int64)
  private let metadata: YAML

  private var properties: Properties { component.properties }
  private var services: Services { Services(component: component, cluster: cluster, hasPeers: isStateful) }
  private var isStateful: Bool { !claims.isEmpty || component.kind == .postgres || component.kind == .nats }
  private var isScaled: Bool { range.upper > range.lower }

  init(_ component: Component, _ cluster: Cluster) {
    self.component = component
    self.cluster = cluster
    claims = Self.claims(component)
    range = Self.range(component)
    metadata = cluster.metadata(component)
    sayWhatIsMissing()
    guard cluster.isDeployed(component) else { return }
    if component.kind == .job {
      objects = [serviceAccount, job].compactMap { $0 }
    } else {
      objects = [serviceAccount, controller].compactMap { $0 } + services.objects
      objects += [autoscaler, disruptionBudget].compactMap { $0 }
    }
    objects += NetworkRules.policies(component, cluster)
  }

  private mutating func sayWhatIsMissing() {
    let name = component.name
    switch component.kind {
    case .kafka, .bucket: notGenerated.append("the \(component.kind.rawValue) `\(name)`")
    case .postgres, .nats, .redis:
      if let replicas = properties.integer("replicas"), replicas > 1 {
        notGenerated.append("the replicas of `\(name)`")
      }
      if properties.explicit("backup").map({ !$0.isNone }) == true { notGenerated.append("the backup of `\(name)`") }
      if component.kind == .postgres, !properties.list("extensions").isEmpty {
        notGenerated.append("the extensions of `\(name)`")
      }
      if component.kind == .postgres, component.listening.count > 1 {
        notGenerated.append("the further databases of `\(name)`")
      }
      if properties.bool("encrypted"), !claims.isEmpty {
        notGenerated.append("encryption at rest of `\(name)`: its storage class must do it")
      }
    case .job where !claims.isEmpty: notGenerated.append("the claims of `\(name)`")
    default: break
    }
    if isScaled, range.lower == 0 { notGenerated.append("scaling `\(name)` to nothing") }
    if !component.versions.isEmpty { notGenerated.append("the versions of `\(name)`") }
    if properties["rollout"].call?.name == "canary" { notGenerated.append("the canary of `\(name)`") }
    if let policy = scalingPolicy {
      for demand in ["gpu", "rate", "queue", "signal", "predict", "schedule"]
      where policy.explicit(demand).map({ !$0.isNone }) == true {
        notGenerated.append("`\(demand)` of scaling `\(properties.reference("scaling") ?? "")`")
      }
    }
    for port in component.ports {
      for entry in port.properties.list("public") where entry.call.map({ $0.name == "ingress" }) ?? true {
        notGenerated.append("the way in from outside to `\(name).\(port.name)`")
      }
    }
    for entry in properties.map("volumes") where entry.value.call?.name == "file" {
      notGenerated.append("the file at `\(entry.key)` of `\(name)`")
    }
  }

  private var serviceAccount: YAML? {
    if component.kind.runs, !properties.bool("account") { return nil }
    return .map([
      "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata,
      "automountServiceAccountToken": false,
    ])
  }

  private static func claims(_ component: Component) -> [(name: String, path: String, size: ByteCount)] {
    if let data = StoreImage(component)?.data, let size = component.properties.bytes("storage") {
      return [("data", data, size)]
    }
    var result: [(String, String, ByteCount)] = []
    for entry in component.properties.map("volumes") {
      if let size = entry.value.bytes { result.append((Pod.volumeName(entry.key), entry.key, size)) }
    }
    return result
  }

  private static func range(_ component: Component) -> (lower: Int64, upper: Int64) {
    guard component.kind.runs, let range = component.properties.range("replicas") else { return (1, 1) }
    let lower = range.lower.integer ?? 1
    return (lower, range.upper?.integer ?? max(lower, 10))
  }

  private var controller: YAML {
    let template: YAML = .map([
      "metadata": .map([
        "labels": labels, "annotations": strings(properties.map("annotations")).unlessEmpty,
      ]),
      "spec": Pod(component, cluster, claims: claims.map { ($0.name, $0.path) }).spec,
    ])
    let replicas: YAML? = isScaled ? nil : .int(range.lower)
    if isStateful {
      let storageClass = cluster.system.settings.text("storage-class").map { YAML.string($0) }
      let templates = claims.map { claim in
        YAML.map([
          "metadata": ["name": .string(claim.name)],
          "spec": .map([
            "accessModes": ["ReadWriteOnce"], "storageClassName": storageClass,
            "resources": ["requests": ["storage": .string(claim.size.description)]],
          ]),
        ])
      }
      return .map([
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata,
        "spec": .map([
          "replicas": replicas, "serviceName": .string(services.headlessName),
          "selector": ["matchLabels": cluster.selector(component)], "template": template,
          "volumeClaimTemplates": YAML.list(templates).unlessEmpty,
        ]),
      ])
    }
    let strategy: YAML =
      properties["rollout"].call?.name == "recreate"
      ? ["type": "Recreate"]
      : ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": 0]]
    return .map([
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
      "spec": .map([
        "replicas": replicas, "revisionHistoryLimit": 5, "selector": ["matchLabels": cluster.selector(component)],
        "strategy": strategy, "template": template,
      ]),
    ])
  }

  private var labels: YAML {
    guard case .map(let own) = cluster.labels(component) else { return cluster.labels(component) }
    return .map(own + properties.map("labels").map { YAML.Entry(key: $0.key, value: .string($0.value.text ?? "")) })
  }

  private func strings(_ entries: [MapEntry]) -> YAML {
    .map(entries.map { YAML.Entry(key: $0.key, value: .string($0.value.text ?? "")) })
  }

  private var job: YAML {
    let spec: YAML = .map([
      "backoffLimit": .int((properties.integer("attempts") ?? 3) - 1),
      "activeDeadlineSeconds": .int((properties.duration("deadline")?.nanoseconds ?? 0) / 1_000_000_000),
      "parallelism": properties.explicit("parallel")?.integer.map { .int($0) }, "ttlSecondsAfterFinished": 86_400,
      "template": ["metadata": ["labels": labels], "spec": Pod(component, cluster, claims: []).spec],
    ])
    guard let schedule = properties.text("schedule") else {
      return .map(["apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec])
    }
    let overlap = properties.choice("overlap") ?? "forbid"
    return .map([
      "apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
      "spec": .map([
        "schedule": .string(schedule), "timeZone": .string(properties.text("zone") ?? "UTC"),
        "concurrencyPolicy": .string(overlap.prefix(1).uppercased() + overlap.dropFirst()),
        "jobTemplate": ["spec": spec],
      ]),
    ])
  }

  // MARK: Scale and disruption.

  private var scalingPolicy: Properties? {
    guard let name = properties.reference("scaling") else { return nil }
    return cluster.system.scalings.first { $0.name == name }?.properties
  }

  private var autoscaler: YAML? {
    guard isScaled else { return nil }
    func metric(_ resource: String, _ share: ExactDecimal) -> YAML {
      [
        "type": "Resource",
        "resource": [
          "name": .string(resource),
          "target": [
            "type": "Utilization", "averageUtilization": .int(share.integer ?? Int64(share.double.rounded())),
          ],
        ],
      ]
    }
    var metrics: [YAML] = []
    if let cpu = scalingPolicy?.percent("cpu") { metrics.append(metric("cpu", cpu)) }
    if let memory = scalingPolicy?.percent("memory") { metrics.append(metric("memory", memory)) }
    if metrics.isEmpty { metrics = [metric("cpu", ExactDecimal(70))] }
    return .map([
      "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata,
      "spec": .map([
        "scaleTargetRef": [
          "apiVersion": "apps/v1", "kind": .string(isStateful ? "StatefulSet" : "Deployment"),
          "name": .string(component.spelled),
        ], "minReplicas": .int(max(range.lower, 1)), "maxReplicas": .int(range.upper), "metrics": .list(metrics),
        "behavior": scalingPolicy.flatMap { behavior($0) },
      ]),
    ])
  }

  private func behavior(_ policy: Properties) -> YAML? {
    func rules(_ name: String, wait: Int64, step: Int64, every: Int64) -> YAML? {
      guard let said = policy.explicit(name)?.record else { return nil }
      let seconds = { (key: String, other: Int64) in said.duration(key).map { $0.nanoseconds / 1_000_000_000 } ?? other
      }
      return [
        "stabilizationWindowSeconds": .int(seconds("wait", wait)),
        "policies": [
          [
            "type": "Percent", "value": .int(said.percent("step")?.integer ?? step),
            "periodSeconds": .int(seconds("every", every)),
          ]
        ],
      ]
    }
    return YAML.map([
      "scaleUp": rules("up", wait: 0, step: 100, every: 15), "scaleDown": rules("down", wait: 300, step: 10, every: 60),
    ])
    .unlessEmpty
  }

  /// Only where one may be away without the last one going: a budget that no drain can meet blocks the upgrade of a node.
  private var disruptionBudget: YAML? {
    guard component.kind.runs, range.lower >= 2 else { return nil }
    let away: YAML =
      properties.percent("disruption").map { .string("\($0)%") } ?? .int(properties.integer("disruption") ?? 1)
    return .map([
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata,
      "spec": [
        "maxUnavailable": away, "selector": ["matchLabels": cluster.selector(component)],
        // A pod that is ill anyway must not keep a node from being drained.
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
      ],
    ])
  }
}
