import DroidSemantics

/// Everything that one component becomes.
struct Workload {
  let component: Component
  let cluster: Cluster
  private(set) var objects: [YAML] = []
  private(set) var notGenerated: [String] = []

  private var properties: Properties { component.properties }
  private var isStateful: Bool { !claims.isEmpty || component.kind == .postgres || component.kind == .nats }

  init(_ component: Component, _ cluster: Cluster) {
    self.component = component
    self.cluster = cluster
    sayWhatIsMissing()
    guard cluster.isDeployed(component) else { return }
    if component.kind == .job {
      objects = [serviceAccount, job].compactMap { $0 }
    } else {
      objects = [serviceAccount, controller].compactMap { $0 } + services
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
      "apiVersion": "v1", "kind": "ServiceAccount", "metadata": cluster.metadata(component),
      "automountServiceAccountToken": false,
    ])
  }

  private var claims: [(name: String, path: String, size: ByteCount)] {
    if let data = StoreImage(component)?.data, let size = properties.bytes("storage") { return [("data", data, size)] }
    var result: [(String, String, ByteCount)] = []
    for entry in properties.map("volumes") {
      if let size = entry.value.bytes { result.append((Pod.volumeName(entry.key), entry.key, size)) }
    }
    return result
  }

  private var range: (lower: Int64, upper: Int64) {
    guard component.kind.runs, let range = properties.range("replicas") else { return (1, 1) }
    let lower = range.lower.integer ?? 1
    return (lower, range.upper?.integer ?? max(lower, 10))
  }

  private var isScaled: Bool { range.upper > range.lower }

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
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": cluster.metadata(component),
        "spec": .map([
          "replicas": replicas, "serviceName": .string(headlessName),
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
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": cluster.metadata(component),
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
      return .map(["apiVersion": "batch/v1", "kind": "Job", "metadata": cluster.metadata(component), "spec": spec])
    }
    let overlap = properties.choice("overlap") ?? "forbid"
    return .map([
      "apiVersion": "batch/v1", "kind": "CronJob", "metadata": cluster.metadata(component),
      "spec": .map([
        "schedule": .string(schedule), "timeZone": .string(properties.text("zone") ?? "UTC"),
        "concurrencyPolicy": .string(overlap.prefix(1).uppercased() + overlap.dropFirst()),
        "jobTemplate": ["spec": spec],
      ]),
    ])
  }

  // MARK: Services.

  private var headlessName: String {
    services.isEmpty ? component.spelled : component.spelled + (hasHeadless ? "-peers" : "")
  }
  private var hasHeadless: Bool { isStateful }

  private func servicePort(_ port: Port, nodePort: Int64? = nil) -> YAML {
    .map([
      "name": .string(Pod.portName(port)), "port": .int(port.properties.integer("port") ?? 80),
      "targetPort": .string(
        Pod.portName(component.listening.first { component.target($0) == component.target(port) } ?? port)),
      "nodePort": nodePort.map { .int($0) }, "protocol": port.type == .udp ? "UDP" : nil,
      "appProtocol": port.type == .grpc
        ? "kubernetes.io/h2c" : port.type == .rest || port.type == .graphQL ? "http" : nil,
    ])
  }

  private var services: [YAML] {
    var result: [YAML] = []
    var seen: Set<Int64> = []
    let inside = component.listening.filter { $0.properties.bool("service") }
      .filter { seen.insert($0.properties.integer("port") ?? 80).inserted }
    if !inside.isEmpty {
      result.append(service(component.spelled, type: nil, inside.map { servicePort($0) }))
    }
    if isStateful, !inside.isEmpty {
      result.append(service(component.spelled + "-peers", type: nil, inside.map { servicePort($0) }, isHeadless: true))
    }
    var outside: [(name: String, type: String, ports: [YAML])] = []
    for port in component.listening {
      for entry in port.properties.list("public") {
        guard let (form, arguments) = entry.call else { continue }
        let name: String
        switch form {
        case "balancer": name = arguments.text("name") ?? component.spelled + "-external"
        case "node": name = component.spelled + "-node"
        default: continue
        }
        let ports = servicePort(port, nodePort: arguments.integer("port"))
        if let at = outside.firstIndex(where: { $0.name == name }) {
          outside[at].ports.append(ports)
        } else {
          outside.append((name, form == "balancer" ? "LoadBalancer" : "NodePort", [ports]))
        }
      }
    }
    return result + outside.map { service($0.name, type: $0.type, $0.ports) }
  }

  private func service(_ name: String, type: String?, _ ports: [YAML], isHeadless: Bool = false) -> YAML {
    .map([
      "apiVersion": "v1", "kind": "Service", "metadata": cluster.metadata(component, name: name),
      "spec": .map([
        "type": type.map { .string($0) }, "clusterIP": isHeadless ? "None" : nil,
        "selector": cluster.selector(component), "ports": .list(ports),
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
      "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": cluster.metadata(component),
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
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": cluster.metadata(component),
      "spec": [
        "maxUnavailable": away, "selector": ["matchLabels": cluster.selector(component)],
        // A pod that is ill anyway must not keep a node from being drained.
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
      ],
    ])
  }
}
