import DroidSemantics

/// What KEDA looks at: queues, requests for each replica, and the clock.
struct Triggers {
  private let unit: Deployable
  private let cluster: Cluster
  private let policy: Properties?

  /// Events that may wait for each replica, where it may be gone altogether and nothing else is said.
  private static let usualQueue: Int64 = 100

  init(_ unit: Deployable, _ cluster: Cluster) {
    self.unit = unit
    self.cluster = cluster
    policy = cluster.scalingPolicy(of: unit.component)
  }

  /// None where the use of processors and memory is all that counts.
  var all: [YAML] { queues + rates + times }

  /// Nothing at all only where something else than the replicas themselves tells that they are needed.
  static func lowest(_ unit: Deployable, _ cluster: Cluster) -> Int64 {
    let triggers = Triggers(unit, cluster)
    let wakes = !triggers.queues.isEmpty || !triggers.times.isEmpty
    return wakes ? unit.range.lower : max(1, unit.range.lower)
  }

  /// Does KEDA ask a broker for the queues of someone?
  static func watches(_ broker: Component, _ cluster: Cluster) -> Bool {
    guard broker.kind.isBroker, cluster.isDeployed(broker) else { return false }
    return (cluster.passing[broker.name] ?? []).contains { connection in
      guard let receiver = cluster.system.component(connection.to.component) else { return false }
      return Deployable.all(of: receiver).contains { $0.isScaled && !Triggers($0, cluster).queues.isEmpty }
    }
  }

  private var queues: [YAML] {
    guard let most = policy?.integer("queue") ?? (unit.range.lower == 0 ? Self.usualQueue : nil) else { return [] }
    let subscribers = cluster.plans[unit.component.name]?.subscribers ?? []
    return subscribers.flatMap { subscriber in
      subscriber.topics.compactMap { topic -> YAML? in
        guard let broker = cluster.system.component(topic.broker.component), let port = broker.listening.first,
          let (host, number) = cluster.address(of: broker, port)
        else { return nil }
        let place = "\(host).\(cluster.namespace)"
        switch topic.broker.kind {
        case .kafka:
          return [
            "type": "kafka",
            "metadata": [
              "bootstrapServers": .string("\(place):\(number)"), "consumerGroup": .string(subscriber.group),
              "topic": .string(topic.name), "lagThreshold": .string(String(most)),
            ],
          ]
        case .redis:
          return [
            "type": "redis-streams",
            "metadata": [
              "address": .string("\(place):\(number)"), "stream": .string(topic.name),
              "consumerGroup": .string(subscriber.group), "lagCount": .string(String(most)),
            ],
          ]
        case .nats:
          return [
            "type": "nats-jetstream",
            "metadata": [
              "natsServerMonitoringEndpoint": .string("\(place):\(natsMonitorPort)"), "account": "$G",
              "stream": .string(Names.constant(topic.name)), "consumer": .string(subscriber.group),
              "lagThreshold": .string(String(most)),
            ],
          ]
        }
      }
    }
  }

  private var rates: [YAML] {
    guard let rate = policy?.rate("rate"), unit.component.kind.isGenerated else { return [] }
    var labels = "namespace=\"\(cluster.namespace)\",component=\"\(unit.component.name)\""
    if let version = unit.version { labels += ",version=\"\(version.name)\"" }
    return [
      [
        "type": "prometheus",
        "metadata": [
          "serverAddress": .string(cluster.system.settings.text("prometheus") ?? ""),
          "query": .string("sum(rate(http_server_request_duration_seconds_count{\(labels)}[2m]))"),
          "threshold": .string(Self.decimal(rate.perSecond)),
        ],
      ]
    ]
  }

  private static func decimal(_ number: Double) -> String {
    number == number.rounded() ? String(Int64(number)) : String((number * 1000).rounded() / 1000)
  }

  /// Each entry holds until the next one begins, and the last until the first.
  private var times: [YAML] {
    let entries = policy?.map("schedule") ?? []
    guard entries.count > 1 else { return [] }
    return entries.indices.map { index in
      let lower = entries[index].value.range?.lower.integer ?? entries[index].value.integer ?? 1
      return [
        "type": "cron",
        "metadata": [
          "timezone": "UTC", "start": .string(entries[index].key),
          "end": .string(entries[(index + 1) % entries.count].key), "desiredReplicas": .string(String(lower)),
        ],
      ]
    }
  }
}
