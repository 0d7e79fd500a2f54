import DroidSemantics

/// What a component, or one of its versions, runs as: a Deployment, StatefulSet, Job or CronJob, and what scales it.
struct Workload {
  private let unit: Deployable
  private let cluster: Cluster
  let claims: [(name: String, path: String, size: ByteCount)]

  private var component: Component { unit.component }
  private var properties: Properties { component.properties }
  private var metadata: YAML { cluster.metadata(unit) }

  init(_ unit: Deployable, _ cluster: Cluster) {
    self.unit = unit
    self.cluster = cluster
    claims = Self.claims(unit.component)
  }

  var isStateful: Bool {
    component.kind != .job && (!claims.isEmpty || [.postgres, .nats, .kafka].contains(component.kind))
  }

  var objects: [YAML] {
    if component.kind == .job { return claims.map { claim($0) } + [job] }
    let scaling = Scaling(unit, cluster, target: isStateful ? "StatefulSet" : "Deployment")
    return [controller(isScaled: scaling.isScaled)] + scaling.objects
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

  private func controller(isScaled: Bool) -> YAML {
    let template: YAML = .map([
      "metadata": .map(["labels": labels, "annotations": strings(properties.map("annotations")).unlessEmpty]),
      "spec": Pod(unit, cluster, claims: claims.map { ($0.name, $0.path) }).spec,
    ])
    let replicas: YAML? = isScaled ? nil : .int(unit.range.lower)
    if isStateful {
      let services = Services(component: component, cluster: cluster, hasPeers: true)
      return .map([
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata,
        "spec": .map([
          "replicas": replicas, "serviceName": .string(services.headlessName),
          // Servers of NATS are one only when all of them are there.
          "podManagementPolicy": component.isNATSCluster ? "Parallel" : nil,
          "selector": ["matchLabels": cluster.selector(unit)], "template": template,
          "volumeClaimTemplates": YAML.list(
            claims.map { ["metadata": ["name": .string($0.name)], "spec": claimSpec($0.size)] }
          ).unlessEmpty,
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
        "replicas": replicas, "revisionHistoryLimit": 5, "selector": ["matchLabels": cluster.selector(unit)],
        "strategy": strategy, "template": template,
      ]),
    ])
  }

  private func claimSpec(_ size: ByteCount) -> YAML {
    .map([
      "accessModes": ["ReadWriteOnce"], "storageClassName": cluster.storageClass,
      "resources": ["requests": ["storage": .string(size.description)]],
    ])
  }

  private var labels: YAML {
    guard case .map(let own) = cluster.labels(unit) else { return cluster.labels(unit) }
    return .map(
      own + cluster.regionLabels + properties.map("labels").map { ($0.key, .string($0.value.text ?? "")) })
  }

  private func strings(_ entries: [MapEntry]) -> YAML {
    .map(entries.map { ($0.key, .string($0.value.text ?? "")) })
  }

  // MARK: Jobs.

  /// Of a job, whose pods have no names of their own.
  private func claim(_ claim: (name: String, path: String, size: ByteCount)) -> YAML {
    cluster.object(
      "v1", "PersistentVolumeClaim", component, name: "\(component.spelled)-\(claim.name)", claimSpec(claim.size))
  }

  private var job: YAML {
    let parallel = properties.integer("parallel") ?? 1
    let isParallel = parallel > 1
    let schedule = properties.text("schedule")
    let volumes = claims.map { ("\($0.name)", $0.path) }
    let spec: YAML = .map([
      // By hand: it waits until someone sets this to false.
      "suspend": schedule == nil ? true : nil, "backoffLimit": .int((properties.integer("attempts") ?? 3) - 1),
      "activeDeadlineSeconds": .int(max(1, properties.duration("deadline")?.wholeSeconds ?? 3600)),
      // Each learns by JOB_COMPLETION_INDEX which part of the work is its own.
      "parallelism": isParallel ? .int(parallel) : nil, "completions": isParallel ? .int(parallel) : nil,
      "completionMode": isParallel ? "Indexed" : nil, "ttlSecondsAfterFinished": 86_400,
      "template": .map([
        "metadata": .map(["labels": labels, "annotations": strings(properties.map("annotations")).unlessEmpty]),
        "spec": Pod(unit, cluster, claims: volumes).spec,
      ]),
    ])
    guard let schedule else {
      return .map(["apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec])
    }
    let overlap = properties.choice("overlap") ?? "forbid"
    return .map([
      "apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
      "spec": .map([
        "schedule": .string(schedule), "timeZone": .string(properties.text("zone") ?? "UTC"),
        "concurrencyPolicy": .string(overlap.prefix(1).uppercased() + overlap.dropFirst()),
        "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 3, "jobTemplate": ["spec": spec],
      ]),
    ])
  }
}
