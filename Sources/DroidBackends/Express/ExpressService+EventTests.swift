import DroidSemantics

/// The tests of events, within one process: what comes is handled, and what is published is there.
extension ExpressService {
  func eventTests() -> [UInt8] {
    var module = self.module("Events, within this process.")
    module.use("node:test", hasSubscribers ? "after" : "test", "test")
    module.use("../gen/runtime/logs.js", "configureLogs")
    module.line()
    module.line("configureLogs(\"error\");")
    if hasBrokers { writeBrokersUnderTest(to: &module) }
    if hasSubscribers { writeSubscribersUnderTest(to: &module) }
    for subscriber in subscribers { writeTest(of: subscriber, to: &module) }
    if hasPublishers { writePublisherTests(to: &module) }
    return module.bytes()
  }

  private func writeBrokersUnderTest(to module: inout TypeScriptModule) {
    module.use("../gen/events.js", "openBrokers")
    writeSettingsUnderTest(to: &module)
    module.line("const brokers = openBrokers(settings, new Health());")
  }

  /// The settings that a process needs to start, of addresses where nobody is; and what watches over its health.
  func writeSettingsUnderTest(to module: inout TypeScriptModule) {
    module.use("../gen/runtime/health.js", "Health")
    module.use("../gen/settings.js", "readSettings")
    let places = addresses.filter { !$0.isOptional }.map {
      TypeScriptCode.member($0.variable, .string("\"http://127.0.0.1:9\""))
    }
    module.code(.call("const settings = readSettings", [.object(neededSettings(places: places))]))
  }

  private func writeSubscribersUnderTest(to module: inout TypeScriptModule) {
    module.use("../gen/runtime/handled.js", "MemoryHandled")
    module.use("../gen/runtime/subscriptions.js", "finishAll")
    module.use("../gen/subscribers.js", "createSubscribers")
    module.use("./subject.js", "handled", "stub")
    module.line("const subscribers = createSubscribers(brokers, stub, new MemoryHandled());")
    module.line("for (const subscriber of subscribers) {")
    module.line("subscriber.start();", depth: 1)
    module.line("}")
    module.line("after(() => finishAll(subscribers, 5));")
  }

  private func writeTest(of subscriber: SubscriberPlan, to module: inout TypeScriptModule) {
    guard let topic = subscriber.topics.first,
      let example = sample(of: .record(subscriber.record.name), named: subscriber.record.name)
    else { return }
    use(example, in: &module)
    module.use("node:crypto", "randomUUID")
    module.use("node:events", "once")
    module.use("../gen/events.js", constant(topic))
    module.use("../gen/runtime/json.js", "writeJSON")
    module.test("\(subscriber.name): an event is handled") {
      $0.line("const over = once(handled, \(TypeScriptLiteral.string(Self.handler(subscriber))));", depth: 1)
      $0.code(
        .call(
          "await brokers.\(member(topic.broker)).publish",
          [
            .text(constant(topic)),
            .block(
              "",
              [
                .member("id", .text("randomUUID()")), .member("time", .text("new Date().toISOString()")),
                .member("data", .call("Buffer.from", [.call("writeJSON", [example])])),
              ]),
          ]), depth: 1)
      $0.line("await over;", depth: 1)
    }
  }

  private func writePublisherTests(to module: inout TypeScriptModule) {
    let types = TypeScriptTypes(plan, root: "../gen/")
    module.use("../gen/events.js", "createPublishers")
    module.line()
    module.line("const events = createPublishers(\(hasBrokers ? "brokers" : ""));")
    for publisher in plan.publishers {
      guard let example = sample(of: .record(publisher.record.name), named: publisher.record.name) else { continue }
      use(example, in: &module)
      let value = TypeScriptCode.call(
        types.use("valueFrom", &module), [types.codec(.record(publisher.record.name), in: &module), example])
      let publish = TypeScriptCode.call("events.\(Names.camel(publisher.name))", [value])
      let topic = publisher.topics.first
      if topic != nil {
        module.use("node:assert/strict", "default assert")
        module.use("../gen/runtime/json.js", "readJSON")
        module.use("../gen/events.js", topic.map { constant($0) } ?? "")
      }
      module.test("\(publisher.name): an event is published") {
        guard let topic else { return $0.code(publish.wrapped("await "), depth: 1) }
        $0.code(
          .call(
            "const consumer = await brokers.\(member(topic.broker)).join",
            [
              .text(constant(topic)),
              .object([.member("name", .text("\"test\"")), .member("fromEarliest", .text("true"))]),
            ]), depth: 1)
        $0.code(publish.wrapped("const id = await "), depth: 1)
        $0.line("const [delivery] = await consumer.fetch(1);", depth: 1)
        $0.line("assert.equal(delivery?.message.id, id);", depth: 1)
        $0.code(
          .call("assert.deepEqual", [.text("readJSON(String(delivery?.message.data))"), example]), depth: 1)
      }
    }
  }
}
