import DroidSemantics

/// How many replicas a workload has: who owns the number, and how many may be away.
struct Scaling {
  private let unit: Deployable
  private let cluster: Cluster
  /// `Deployment` or `StatefulSet`.
  private let target: String
  private let policy: Properties?
  private let triggers: [YAML]

  private var component: Component { unit.component }

  init(_ unit: Deployable, _ cluster: Cluster, target: String) {
    self.unit = unit
    self.cluster = cluster
    self.target = target
    policy = cluster.scalingPolicy(of: unit.component)
    triggers = unit.isScaled ? Triggers(unit, cluster).all : []
  }

  /// An autoscaler owns the replicas.
  var isScaled: Bool { unit.isScaled }

  var objects: [YAML] {
    [triggers.isEmpty ? autoscaler : scaledObject, recommender, disruptionBudget].compactMap { $0 }
  }

  private func object(_ apiVersion: String, _ kind: String, _ spec: YAML) -> YAML {
    .map([
      "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": cluster.metadata(unit), "spec": spec,
    ])
  }

  private var reference: YAML {
    ["apiVersion": "apps/v1", "kind": .string(target), "name": .string(unit.name)]
  }

  /// Of the request: what the policy says, else the processor.
  private var shares: [(resource: String, percent: Int64)] {
    let said = ["cpu", "memory"].compactMap { name in
      policy?.percent(name).map { (name, $0.integer ?? Int64($0.double.rounded())) }
    }
    return said.isEmpty && triggers.isEmpty ? [("cpu", 70)] : said
  }

  private var autoscaler: YAML? {
    guard unit.isScaled else { return nil }
    let metrics = shares.map { share -> YAML in
      [
        "type": "Resource",
        "resource": [
          "name": .string(share.resource),
          "target": ["type": "Utilization", "averageUtilization": .int(share.percent)],
        ],
      ]
    }
    return object(
      "autoscaling/v2", "HorizontalPodAutoscaler",
      .map([
        "scaleTargetRef": reference, "minReplicas": .int(max(unit.range.lower, 1)),
        "maxReplicas": .int(unit.range.upper), "metrics": .list(metrics), "behavior": policy.map { behavior($0) },
      ]))
  }

  /// Where more than the use of processors and memory tells the demand, or none may be needed at all.
  private var scaledObject: YAML {
    let shares = shares.map { share -> YAML in
      [
        "type": .string(share.resource), "metricType": "Utilization",
        "metadata": ["value": .string(String(share.percent))],
      ]
    }
    let behavior: YAML? = policy.map {
      ["horizontalPodAutoscalerConfig": ["behavior": self.behavior($0)]]
    }
    return object(
      "keda.sh/v1alpha1", "ScaledObject",
      .map([
        "scaleTargetRef": reference, "minReplicaCount": .int(Triggers.lowest(unit, cluster)),
        "maxReplicaCount": .int(unit.range.upper), "advanced": behavior, "triggers": .list(shares + triggers),
      ]))
  }

  private func behavior(_ policy: Properties) -> YAML {
    func rules(_ said: Properties?, step: Int64) -> YAML {
      [
        "stabilizationWindowSeconds": .int(said?.duration("wait")?.wholeSeconds ?? 0),
        "policies": [
          [
            "type": "Percent",
            "value": .int(said?.percent("step").map { max(1, Int64($0.double.rounded())) } ?? step),
            "periodSeconds": .int(max(1, said?.duration("every")?.wholeSeconds ?? 15)),
          ]
        ],
      ]
    }
    return ["scaleUp": rules(policy.record("up"), step: 100), "scaleDown": rules(policy.record("down"), step: 10)]
  }

  /// Says what the requests should be, and changes nothing. Only where a policy asks for scaling: there a wrong request makes
  /// wrong replicas, and whoever asks for nothing should not need the recommender in the cluster.
  private var recommender: YAML? {
    guard policy != nil, component.kind.runs else { return nil }
    return object(
      "autoscaling.k8s.io/v1", "VerticalPodAutoscaler",
      ["targetRef": reference, "updatePolicy": ["updateMode": "Off"]])
  }

  /// Only where one may be away without the last one going: a budget that no drain can meet blocks the upgrade of a node.
  private var disruptionBudget: YAML? {
    guard unit.range.lower >= 2 else { return nil }
    let properties = component.properties
    let away: YAML =
      properties.percent("disruption").map { .string("\($0)%") }
      ?? .int(properties.integer("disruption") ?? 1)
    return object(
      "policy/v1", "PodDisruptionBudget",
      [
        "maxUnavailable": away, "selector": ["matchLabels": cluster.selector(unit)],
        // A pod that is ill anyway must not keep a node from being drained.
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
      ])
  }
}
