import DroidSemantics

/// `events.ts` and `subscribers.ts`: what is published and handled, and what carries it.
extension ExpressService {
  private var topics: [TopicPlan] {
    var topics: [TopicPlan] = []
    for topic in plan.publishers.flatMap(\.topics) + plan.subscribers.flatMap(\.topics)
    where !topics.contains(where: { $0.name == topic.name }) { topics.append(topic) }
    return topics
  }

  /// `ordersPlacedTopic`
  func constant(_ topic: TopicPlan) -> String { Names.camel(topic.name) + "Topic" }
  func member(_ broker: BrokerPlan) -> String { TypeScriptSpelling.store(broker.component) }

  func eventsModule() -> [UInt8] {
    var module = self.module("The events of this service, and what carries them.")
    if hasBrokers { module.line() }
    for topic in topics {
      module.use(type: "Topic", from: "./runtime/events.js")
      let members: [TypeScriptCode] = [
        .member("name", .string(TypeScriptLiteral.string(topic.name))),
        .member("retention", .text(topic.retention.seconds.description)),
      ]
      module.code(TypeScriptCode.object(members).wrapped("export const \(constant(topic)): Topic = "))
    }
    if hasBrokers { writeBrokers(to: &module) }
    if hasPublishers { writePublishers(to: &module) }
    return module.bytes()
  }

  private func writeBrokers(to module: inout TypeScriptModule) {
    module.use(type: "Broker", from: "./runtime/events.js")
    module.use(type: "Health", from: "./runtime/health.js")
    module.use(type: "Settings", from: "./settings.js")
    module.line()
    module.comment("What carries events, by the names of the droidfile.")
    module.line("export interface Brokers {")
    for broker in plan.brokers { module.line("readonly \(member(broker)): Broker;", depth: 1) }
    module.line("close(): Promise<void>;", depth: 1)
    module.line("}")
    module.line()
    module.comment("Connect to the brokers that the settings name; the others are in memory.")
    module.line("export function openBrokers(settings: Settings, health: Health): Brokers {")
    module.use("./runtime/events.js", "openBroker")
    for broker in plan.brokers {
      let kind: String =
        switch broker.kind {
        case .redis: "redis"
        case .nats: "nats"
        case .kafka: "kafka"
        }
      let open = "open" + Names.pascal(kind)
      module.use("./runtime/\(kind)Events.js", open)
      let options: [TypeScriptCode] = [
        .member("name", .string(TypeScriptLiteral.string(broker.component))),
        .member("variable", .string(TypeScriptLiteral.string(broker.variable))),
        .member("url", .text("settings.\(Names.camel(broker.variable))")),
        .text("health"), .member("open", .text(open)),
      ]
      module.code(.call("const \(member(broker)) = openBroker", [.block("", options)]), depth: 1)
    }
    module.line("return {", depth: 1)
    for broker in plan.brokers { module.line("\(member(broker)),", depth: 2) }
    module.line("async close() {", depth: 2)
    for broker in plan.brokers { module.line("await \(member(broker)).close();", depth: 3) }
    module.line("},", depth: 2)
    module.line("};", depth: 1)
    module.line("}")
  }

  private func writePublishers(to module: inout TypeScriptModule) {
    module.use(type: "Publish", from: "./runtime/events.js")
    module.use("./runtime/events.js", "publisher")
    let types = TypeScriptTypes(plan, root: "./")
    module.line()
    module.comment("What publishes, by the names of the ports: call it with an event.")
    module.line("export interface Publishers {")
    for publisher in plan.publishers {
      module.comment(publisher.port.doc, depth: 1)
      let type = types.type(.record(publisher.record.name), in: &module)
      module.line("readonly \(Names.camel(publisher.name)): Publish<\(type)>;", depth: 1)
    }
    module.line("}")
    module.line()
    module.line("export function createPublishers(\(hasBrokers ? "brokers: Brokers" : "")): Publishers {")
    let members = plan.publishers.map { publisher -> TypeScriptCode in
      var options = [TypeScriptCode.member("event", types.codec(.record(publisher.record.name), in: &module))]
      if let key = publisher.key { options.append(.member("key", .string(TypeScriptLiteral.string(key.wireName)))) }
      let ways = publisher.topics.map {
        TypeScriptCode.array([.text("brokers.\(member($0.broker))"), .text(constant($0))])
      }
      options.append(.member("ways", .array(ways)))
      return .member(Names.camel(publisher.name), .call("publisher", [.block("", options)]))
    }
    module.code(.block("return ", members), depth: 1)
    module.line("}")
  }

  func subscribersModule() -> [UInt8] {
    var module = self.module("What handles events, each as its port says.")
    module.use(type: "Brokers", from: "./events.js")
    module.use(type: interface, from: "./service.js")
    module.use(type: "Handled", from: "./runtime/handled.js")
    module.use(type: "Subscriber", from: "./runtime/subscriptions.js")
    module.line()
    module.comment("One for each topic of each port.")
    module.code(
      .group(
        "export function createSubscribers", .round,
        [.text("brokers: Brokers"), .text("service: \(interface)"), .text("handled: Handled")],
        ": readonly Subscriber[] {"), suffix: "")
    let types = TypeScriptTypes(plan, root: "./")
    for subscriber in subscribers {
      module.use(type: "Subscription", from: "./runtime/subscriptions.js")
      let type = types.type(.record(subscriber.record.name), in: &module)
      let options = TypeScriptCode.block("", options(of: subscriber, in: &module, types))
      module.code(options.wrapped("const \(name(subscriber)): Subscription<\(type)> = "), depth: 1)
    }
    let made = subscribers.flatMap { subscriber in
      subscriber.topics.map { topic in
        module.use("./runtime/subscriptions.js", "subscriber")
        module.use("./events.js", constant(topic))
        return TypeScriptCode.call(
          "subscriber",
          [
            .text("brokers.\(member(topic.broker))"), .text(constant(topic)), .text(name(subscriber)),
            .text("handled"),
          ])
      }
    }
    module.code(TypeScriptCode.array(made).wrapped("return "), depth: 1)
    module.line("}")
    return module.bytes()
  }

  private func name(_ subscriber: SubscriberPlan) -> String { Names.camel(subscriber.name) + "Subscription" }

  private func options(
    of subscriber: SubscriberPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> [TypeScriptCode] {
    let (lower, upper) = subscriber.backoff
    var options: [TypeScriptCode] = [
      .member("port", .string(TypeScriptLiteral.string(subscriber.name))),
      .member("event", types.codec(.record(subscriber.record.name), in: &module)),
      .member("group", .string(TypeScriptLiteral.string(subscriber.group))),
      .member("attempts", .text(String(subscriber.attempts))),
      .member("backoff", .array([.text(lower.seconds.description), .text(upper.seconds.description)])),
    ]
    if !subscriber.hasDeadLetters { options.append(.member("hasDeadLetters", .text("false"))) }
    if subscriber.parallel != 1 { options.append(.member("parallel", .text(String(subscriber.parallel)))) }
    if subscriber.batch != 1 { options.append(.member("batch", .text(String(subscriber.batch)))) }
    if !subscriber.startsAtEarliest { options.append(.member("fromLatest", .text("true"))) }
    let method = "service.\(Self.handler(subscriber))"
    if subscriber.batch == 1 {
      module.use("./runtime/subscriptions.js", "one")
      options.append(.member("handle", .text("one((event, id) => \(method)(event, id))")))
    } else {
      options.append(.member("handle", .text("(events) => \(method)(events)")))
    }
    return options
  }
}
