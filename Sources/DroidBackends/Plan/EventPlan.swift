import DroidSemantics

/// What carries events, and the setting that says where it is.
package struct BrokerPlan: Hashable, Sendable {
  package let component: String
  package let kind: Kind
  /// `REDIS_URL`, or `REDIS_URL_BUS` where a component uses several of a kind.
  package let variable: String

  package enum Kind: String, Sendable {
    case redis = "REDIS_URL"
    case nats = "NATS_URL"
    case kafka = "KAFKA_BROKERS"

    init?(_ kind: PrimitiveKind) {
      switch kind {
      case .redis: self = .redis
      case .nats: self = .nats
      case .kafka: self = .kafka
      default: return nil
      }
    }
  }
}

/// A topic: its name, and what carries it.
package struct TopicPlan: Hashable, Sendable {
  package let name: String
  package let broker: BrokerPlan
  /// The field whose value keeps events in order.
  package let key: String?
  package let partitions: Int
  package let retention: TimeSpan

  package var deadLetters: String { name + ".dead" }
}

/// An out port of events.
package struct PublisherPlan: Sendable {
  package let port: Port
  package let record: RecordType
  /// One, unless its connections go through different brokers; none when nobody listens.
  package let topics: [TopicPlan]

  package var name: String { port.name }
  package var key: DataField? { topics.first?.key.flatMap { key in record.fields.first { $0.name == key } } }
}

/// An in port of events: the user's code handles them.
package struct SubscriberPlan: Sendable {
  package let port: Port
  package let record: RecordType
  package let topics: [TopicPlan]
  package let group: String
  package let attempts: Int
  package let backoff: (lower: TimeSpan, upper: TimeSpan)
  package let hasDeadLetters: Bool
  package let parallel: Int
  package let batch: Int
  package let startsAtEarliest: Bool

  package var name: String { port.name }
}

extension PublisherPlan {
  init?(_ port: Port, of component: Component, _ connections: [Connection], in system: System, _ brokers: Brokers) {
    guard port.direction == .out, case .events(let type) = port.type, let record = system.record(type) else {
      return nil
    }
    self.port = port
    self.record = record
    var topics: [TopicPlan] = []
    for connection in connections where connection.from.port == port.name {
      guard let topic = TopicPlan(connection, publisher: component, port, brokers), !topics.contains(topic) else {
        continue
      }
      topics.append(topic)
    }
    self.topics = topics
  }
}

extension SubscriberPlan {
  init?(_ port: Port, of component: Component, _ connections: [Connection], in system: System, _ brokers: Brokers) {
    guard port.direction == .into, case .events(let type) = port.type, let record = system.record(type) else {
      return nil
    }
    self.port = port
    self.record = record
    topics = connections.compactMap { connection in
      guard connection.to.port == port.name, let publisher = system.component(connection.from.component),
        let out = publisher.port(connection.from.port)
      else { return nil }
      return TopicPlan(connection, publisher: publisher, out, brokers)
    }
    let properties = port.properties
    group = properties.text("group") ?? component.name
    attempts = Int(properties.integer("attempts") ?? 5)
    let range = properties.range("backoff")
    let lower = range?.lower.duration ?? TimeSpan(seconds: 1)
    backoff = (lower, range?.upper?.duration ?? lower)
    hasDeadLetters = properties.bool("dead-letter")
    parallel = Int(properties.integer("parallel") ?? 1)
    batch = Int(properties.integer("batch") ?? 1)
    startsAtEarliest = properties.choice("from") != "latest"
  }
}

extension TopicPlan {
  fileprivate init?(_ connection: Connection, publisher: Component, _ port: Port, _ brokers: Brokers) {
    guard let name = connection.properties.reference("via"), let broker = brokers[name] else { return nil }
    self.broker = broker
    self.name = port.properties.text("topic") ?? "\(publisher.name).\(port.name)"
    key = port.properties.choice("key") ?? port.properties.text("key")
    partitions = Int(port.properties.integer("partitions") ?? 3)
    retention = port.properties.duration("retention") ?? TimeSpan(seconds: 7 * 86_400)
  }
}

/// The brokers and key-value stores that a component uses, by their names.
package struct Brokers: Sendable {
  private let plans: [String: BrokerPlan]

  init(of connections: [Connection], in system: System) {
    var kinds: [(name: String, kind: BrokerPlan.Kind)] = []
    for connection in connections {
      for name in [connection.properties.reference("via"), connection.to.component].compactMap({ $0 }) {
        guard let kind = system.component(name).flatMap({ BrokerPlan.Kind($0.kind) }),
          !kinds.contains(where: { $0.name == name })
        else { continue }
        kinds.append((name, kind))
      }
    }
    var plans: [String: BrokerPlan] = [:]
    for (name, kind) in kinds {
      let isAlone = kinds.count { $0.kind == kind } == 1
      let variable = kind.rawValue + (isAlone ? "" : "_" + Names.constant(name))
      plans[name] = BrokerPlan(component: name, kind: kind, variable: variable)
    }
    self.plans = plans
  }

  package subscript(name: String) -> BrokerPlan? { plans[name] }
}
