import DroidSemantics

/// A Kafka that Strimzi runs, without ZooKeeper: its brokers, and the topics of the graph.
struct Kafka {
  let component: Component
  let cluster: Cluster

  private var properties: Properties { component.properties }
  private var replicas: Int64 { properties.integer("replicas") ?? 3 }

  var objects: [YAML] { [pool, kafka] + topics }

  private var pool: YAML {
    let storage: YAML = .map([
      "type": "persistent-claim", "size": .string((properties.bytes("storage") ?? ByteCount(10 << 30)).description),
      "class": cluster.storageClass, "deleteClaim": false,
    ])
    return named(
      "KafkaNodePool", component.spelled,
      [
        "replicas": .int(replicas), "roles": ["controller", "broker"], "storage": storage,
        "resources": Pod.resources(component, hasEphemeralStorage: false), "template": template,
      ])
  }

  private var template: YAML {
    let region = cluster.region.map { [MapEntry("topology.kubernetes.io/region", .text($0))] } ?? []
    let nodes = (properties.map("node") + region).map { entry -> YAML in
      ["key": .string(entry.key), "operator": "In", "values": [.string(entry.value.text ?? "")]]
    }
    let affinity: YAML? =
      nodes.isEmpty
      ? nil
      : [
        "nodeAffinity": [
          "requiredDuringSchedulingIgnoredDuringExecution": [
            "nodeSelectorTerms": [["matchExpressions": .list(nodes)]]
          ]
        ]
      ]
    let apart = Mesh.apart(cluster)
    let annotations =
      properties.map("annotations").map { ($0.key, YAML.string($0.value.text ?? "")) } + apart.annotations
    return [
      "pod": .map([
        "metadata": YAML.map([
          "labels": YAML.map(apart.labels).unlessEmpty,
          "annotations": YAML.map(annotations).unlessEmpty,
        ]).unlessEmpty,
        "affinity": affinity,
        "topologySpreadConstraints": [
          [
            "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": ["matchLabels": ["strimzi.io/cluster": .string(component.spelled)]],
          ]
        ],
      ])
    ]
  }

  private var kafka: YAML {
    let copies = min(replicas, 3)
    return cluster.object(
      "kafka.strimzi.io/v1", "Kafka", component,
      [
        "kafka": .map([
          "image": properties.text("image").map { .string($0) },
          "listeners": [["name": "plain", "port": 9092, "type": "internal", "tls": false]],
          "config": [
            "auto.create.topics.enable": false, "default.replication.factor": .int(copies),
            "min.insync.replicas": .int(max(1, copies - 1)), "offsets.topic.replication.factor": .int(copies),
            "transaction.state.log.min.isr": .int(max(1, copies - 1)),
            "transaction.state.log.replication.factor": .int(copies),
          ],
        ]), "entityOperator": ["topicOperator": [:]],
      ])
  }

  /// What the plans publish and subscribe to here, and where what cannot be handled goes.
  private var topics: [YAML] {
    var topics: [String: TopicPlan] = [:]
    var dead: Set<String> = []
    for plan in cluster.plans.values where cluster.system.component(plan.name) != nil {
      for topic in plan.publishers.flatMap(\.topics) + plan.subscribers.flatMap(\.topics)
      where topic.broker.component == component.name { topics[topic.name] = topic }
      for subscriber in plan.subscribers where subscriber.hasDeadLetters {
        for topic in subscriber.topics where topic.broker.component == component.name { dead.insert(topic.name) }
      }
    }
    return topics.values.sorted { $0.name < $1.name }.flatMap { topic -> [YAML] in
      let own = self.topic(topic.name, topic)
      return dead.contains(topic.name) ? [own, self.topic(topic.deadLetters, topic)] : [own]
    }
  }

  private func topic(_ name: String, _ plan: TopicPlan) -> YAML {
    let spelled = name.mapBytes { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercased }
    return named(
      "KafkaTopic", spelled,
      .map([
        "topicName": spelled == name ? nil : .string(name), "partitions": .int(Int64(plan.partitions)),
        "replicas": .int(min(replicas, 3)),
        "config": ["retention.ms": .int(plan.retention.nanoseconds / 1_000_000)],
      ]))
  }

  /// An object that belongs to the Kafka.
  private func named(_ kind: String, _ name: String, _ spec: YAML) -> YAML {
    guard case .map(let labels) = cluster.labels(component) else { return spec }
    let owner: YAML.Entry = ("strimzi.io/cluster", .string(component.spelled))
    return .map([
      "apiVersion": "kafka.strimzi.io/v1", "kind": .string(kind),
      "metadata": [
        "name": .string(name), "namespace": .string(cluster.namespace), "labels": .map([owner] + labels),
      ], "spec": spec,
    ])
  }
}
