import DroidSemantics

/// `events.py`: what is published and handled, and what carries it.
extension PythonService {
  var brokers: [BrokerPlan] { plan.brokers }
  var hasEvents: Bool { !plan.publishers.isEmpty || hasSubscribers }
  var hasSubscribers: Bool { !plan.subscribers.isEmpty }
  func speaks(_ kind: BrokerPlan.Kind) -> Bool { brokers.contains { $0.kind == kind } }

  private static func word(_ kind: BrokerPlan.Kind) -> String {
    switch kind {
    case .redis: "redis"
    case .nats: "nats"
    case .kafka: "kafka"
    }
  }

  private var topics: [TopicPlan] {
    var topics: [TopicPlan] = []
    for topic in plan.publishers.flatMap(\.topics) + plan.subscribers.flatMap(\.topics)
    where !topics.contains(where: { $0.name == topic.name }) { topics.append(topic) }
    return topics
  }

  private func constant(_ topic: TopicPlan) -> String { Names.constant(topic.name) + "_TOPIC" }
  private func attribute(_ broker: BrokerPlan) -> String { PythonSpelling.field(broker.component) }

  func eventsModule() -> [UInt8] {
    var module = self.module("The events of this service, and what carries them.")
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "AsyncExitStack", "asynccontextmanager")
    module.use("dataclasses", "dataclass")
    module.use(module: "logging")
    module.use(".runtime.events", "Broker", "Topic")
    module.use(".runtime.health", "Health")
    module.use(".runtime.memory_events", "MemoryBroker")
    module.use(".settings", "Settings")
    module.line()
    module.line("logger = logging.getLogger(__name__)")
    module.line()
    for topic in topics {
      module.code(
        .call(
          "\(constant(topic)) = Topic",
          [
            .text("name=\(PythonLiteral.string(topic.name))"), .text("retention=\(topic.retention.seconds)"),
            .text("partitions=\(topic.partitions)"),
          ]))
    }
    writeBrokers(to: &module)
    if !plan.publishers.isEmpty { writePublishers(to: &module) }
    return module.bytes()
  }

  private func writeBrokers(to module: inout PythonModule) {
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Brokers:")
    module.docstring("What carries events, by the names of the droidfile.", depth: 1)
    module.line()
    for broker in brokers { module.line("\(attribute(broker)): Broker", depth: 1) }
    module.separate()
    module.line("@asynccontextmanager")
    module.line("async def open_brokers(settings: Settings, health: Health) -> AsyncIterator[Brokers]:")
    module.docstring("Connect to the brokers, and leave them at the end.", depth: 1)
    module.line("async with AsyncExitStack() as stack:", depth: 1)
    for broker in brokers {
      let (name, setting) = (attribute(broker), broker.variable.lowercased())
      let opener = "\(Self.word(broker.kind))_broker"
      module.use(".runtime.\(Self.word(broker.kind))_events", opener)
      module.line("\(name): Broker = MemoryBroker()", depth: 2)
      module.line("if settings.\(setting) is None:", depth: 2)
      module.code(
        .call(
          "logger.warning", [.text("\"\(broker.variable) is not set: events stay in the memory of this process\"")]),
        depth: 3)
      module.line("else:", depth: 2)
      module.line("url = settings.\(setting).get_secret_value()", depth: 3)
      module.line("\(name)_broker = await stack.enter_async_context(\(opener)(url))", depth: 3)
      module.line("health.check(\(PythonLiteral.string(broker.component)), \(name)_broker.ping)", depth: 3)
      module.line("\(name) = \(name)_broker", depth: 3)
    }
    module.code(
      .call("yield Brokers", brokers.map { .text("\(attribute($0))=\(attribute($0))") }), depth: 2)
  }

  private func writePublishers(to module: inout PythonModule) {
    module.use(".runtime.events", "Publisher")
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Events:")
    module.docstring("What publishes, by the names of the ports: call it with an event.", depth: 1)
    module.line()
    for publisher in plan.publishers {
      let type = PythonSpelling.type(publisher.record.name)
      module.use(".models", type)
      module.line("\(PythonSpelling.field(publisher.name)): Publisher[\(type)]", depth: 1)
      if let doc = publisher.port.doc { module.docstring(doc, depth: 1) }
    }
    module.separate()
    module.line("def publishers(brokers: Brokers) -> Events:")
    module.docstring("The publishers, each with the topics of its port.", depth: 1)
    let made = plan.publishers.map { publisher in
      let ways = publisher.topics.map {
        PythonCode.text("(brokers.\(attribute($0.broker)), \(constant($0)))")
      }
      let key = publisher.key.map { [PythonCode.text("key=\"\(PythonSpelling.field($0.name))\"")] } ?? []
      return PythonCode.call("\(PythonSpelling.field(publisher.name))=Publisher", ways + key)
    }
    module.code(.call("return Events", made), depth: 1)
  }

  func subscribersModule() -> [UInt8] {
    var module = self.module("What handles the events, each as its port says.")
    module.use(".events", "Brokers")
    for topic in plan.subscribers.flatMap(\.topics) {
      module.use(".events", constant(topic))
    }
    module.use(".runtime.events", "Subscriber", "Subscription")
    module.use(".runtime.handled", "Handled")
    module.use(".service", interface)
    module.separate()
    module.code(
      .group(
        "def subscribers", .round,
        [.text("brokers: Brokers"), .text("service: \(interface)"), .text("handled: Handled")], " -> list[Subscriber]:")
    )
    module.docstring("One for each topic of each port.", depth: 1)
    for subscriber in plan.subscribers {
      let type = PythonSpelling.type(subscriber.record.name)
      module.use(".models", type)
      let handler = "service.\(Self.handler(subscriber))"
      if subscriber.batch == 1 { module.use(".runtime.events", "one") }
      var arguments: [PythonCode] = [
        .text("port=\(PythonLiteral.string(subscriber.name))"), .text("event=\(type)"),
        .text("handle=\(subscriber.batch == 1 ? "one(\(handler))" : handler)"),
        .text("group=\(PythonLiteral.string(subscriber.group))"), .text("attempts=\(subscriber.attempts)"),
        .text("backoff=(\(subscriber.backoff.lower.seconds), \(subscriber.backoff.upper.seconds))"),
      ]
      if !subscriber.hasDeadLetters { arguments.append(.text("has_dead_letters=False")) }
      if subscriber.parallel != 1 { arguments.append(.text("parallel=\(subscriber.parallel)")) }
      if subscriber.batch != 1 { arguments.append(.text("batch=\(subscriber.batch)")) }
      if !subscriber.startsAtEarliest { arguments.append(.text("from_earliest=False")) }
      module.code(.call("\(Names.snake(subscriber.name))_port = Subscription", arguments), depth: 1)
    }
    let made = plan.subscribers.flatMap { subscriber in
      subscriber.topics.map { topic in
        PythonCode.call(
          "Subscriber",
          [
            .text("brokers.\(attribute(topic.broker))"), .text(constant(topic)),
            .text("\(Names.snake(subscriber.name))_port"), .text("handled"),
          ])
      }
    }
    module.code(.group("return ", .square, made), depth: 1)
    return module.bytes()
  }

  // MARK: What the user writes

  static func handler(_ subscriber: SubscriberPlan) -> String { "on_" + Names.snake(subscriber.name) }

  func signature(of subscriber: SubscriberPlan, in module: inout PythonModule, _ types: PythonTypes) -> PythonCode {
    let type = types.bare(.record(subscriber.record.name), in: &module).flat
    let arguments =
      subscriber.batch == 1 ? ["event: \(type)", "id: str"] : ["events: list[tuple[\(type), str]]"]
    return .group(
      "async def \(Self.handler(subscriber))", .round, [.text("self")] + arguments.map { .text($0) }, " -> None:")
  }

  static func doc(of subscriber: SubscriberPlan) -> String {
    if let doc = subscriber.port.doc { return doc }
    return subscriber.batch == 1
      ? "Handle an event of `\(subscriber.name)`, which may come twice with the same id."
      : "Handle events of `\(subscriber.name)`, each with its id; one may come twice."
  }
}
