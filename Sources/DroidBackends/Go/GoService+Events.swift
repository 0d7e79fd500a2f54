import DroidSemantics

/// What is published and handled, and what carries it.
extension GoService {
  var hasEvents: Bool { !plan.publishers.isEmpty || hasSubscribers }
  var hasSubscribers: Bool { !plan.subscribers.isEmpty }
  func speaks(_ kind: BrokerPlan.Kind) -> Bool { plan.brokers.contains { $0.kind == kind } }
  /// The ids of handled events are kept in a database.
  var keepsHandled: Bool { hasSubscribers && hasStores }

  private var topics: [TopicPlan] {
    var topics: [TopicPlan] = []
    for topic in plan.publishers.flatMap(\.topics) + plan.subscribers.flatMap(\.topics)
    where !topics.contains(where: { $0.name == topic.name }) { topics.append(topic) }
    return topics
  }

  private func variable(_ topic: TopicPlan) -> String { GoSpelling.local(topic.name) + "Topic" }
  private func field(_ broker: BrokerPlan) -> String { GoSpelling.parameter(broker.component) }

  private func ways(_ topics: [TopicPlan]) -> [String] {
    topics.map { "events.Way{Broker: b.\(field($0.broker)), Topic: \(variable($0))}" }
  }

  func brokers() -> [UInt8] {
    var file = self.file()
    for path in ["context", "log/slog", "gen/runtime/events", "gen/runtime/process"] { file.use(path) }
    file.line()
    for topic in topics {
      file.use("time")
      file.line(
        "var \(variable(topic)) = events.Topic{Name: \(GoLiteral.string(topic.name)), Partitions: \(topic.partitions), "
          + "Retention: \(GoLiteral.duration(topic.retention))}")
    }
    file.line()
    file.comment("brokers carry events, each by its name.")
    file.line("type brokers struct {")
    file.rows(plan.brokers.map { [field($0), "events.Broker"] }, depth: 1)
    file.lines(
      """

      \tclose []func() error
      }

      // openBrokers reaches the brokers; where there is none, events stay in memory.
      func openBrokers(ctx context.Context, settings Settings, health *process.Health) (*brokers, error) {
      \tb := &brokers{}
      """)
    for broker in plan.brokers {
      let setting = GoSpelling.exported(broker.variable)
      let type = broker.kind == .redis ? "Redis" : broker.kind == .nats ? "Nats" : "Kafka"
      file.lines(
        """
        \tif settings.\(setting) == "" {
        \t\tslog.WarnContext(ctx, "\(broker.variable) is not set: events stay in the memory of this process")
        \t\tb.\(field(broker)) = &events.Memory{}
        \t} else {
        \t\tbroker, err := events.New\(type)(settings.\(setting))
        \t\tif err != nil {
        \t\t\tb.Close()
        \t\t\treturn nil, fmt.Errorf("\(broker.variable): %w", err)
        \t\t}
        \t\tb.close = append(b.close, broker.Close)
        \t\thealth.Check(\(GoLiteral.string(broker.component)), broker.Ping)
        \t\tb.\(field(broker)) = broker
        \t}
        """)
    }
    if !plan.brokers.isEmpty { file.use("fmt") }
    file.lines(
      """
      \treturn b, nil
      }

      // Close leaves the brokers.
      func (b *brokers) Close() {
      \tfor _, each := range b.close {
      \t\t_ = each() // it is left in any case
      \t}
      }
      """)
    if !plan.publishers.isEmpty { writePublishers(to: &file) }
    if hasSubscribers { writeSubscribers(to: &file) }
    return file.bytes()
  }

  private func writePublishers(to file: inout GoFile) {
    file.line()
    file.comment("Events publish, each by the name of its port.")
    file.line("type Events struct {")
    file.fields(
      plan.publishers.map { publisher in
        (
          [GoSpelling.exported(publisher.name), "*events.Publisher[\(names.type(publisher.record.name))]"],
          publisher.port.doc
        )
      })
    file.line("}")
    file.line()
    file.line("func newEvents(\(plan.publishers.allSatisfy { $0.topics.isEmpty } ? "_" : "b") *brokers) *Events {")
    file.line("return &Events{", depth: 1)
    for publisher in plan.publishers {
      let key = self.key(of: publisher, in: &file)
      let name = names.type(publisher.record.name)
      let function = "events.NewPublisher" + (publisher.key == nil ? "[\(name)]" : "")
      let field = GoSpelling.exported(publisher.name)
      let arguments =
        ["\(field): \(function)(\(names.variable(publisher.record.name)), \(key)"] + ways(publisher.topics)
      file.line(arguments.joined(separator: ",\n\t\t\t") + "),", depth: 2)
    }
    file.line("}", depth: 1)
    file.line("}")
  }

  /// What keeps the events of a publisher in order.
  private func key(of publisher: PublisherPlan, in file: inout GoFile) -> String {
    guard let key = publisher.key else { return "nil" }
    let field = "e.\(GoSpelling.field(key.name))"
    let travels = types.travels(key.type.withoutRules, in: &file)
    let header = "func(e \(names.type(publisher.record.name))) string"
    guard key.type.isOptional else { return "\(header) { return \(travels).Format(\(field)) }" }
    let value = GoTypes.isNilable(key.type.unwrapped) ? field : "*" + field
    return """
      \(header) {
      \t\t\tif \(field) == nil {
      \t\t\t\treturn ""
      \t\t\t}
      \t\t\treturn \(travels).Format(\(value))
      \t\t}
      """
  }

  private func writeSubscribers(to file: inout GoFile) {
    file.line()
    file.comment("newSubscribers handle the events, each as its port says.")
    file.lines(
      """
      func newSubscribers(
      \tb *brokers, service Service, handled events.Handled, metrics *events.Metrics,
      ) []*events.Subscriber {
      \treturn []*events.Subscriber{
      """)
    for subscriber in plan.subscribers {
      let handler = "service.\(self.handler(subscriber))"
      file.line("events.NewSubscriber(events.Port{", depth: 2)
      var rows = [
        ["Name:", GoLiteral.string(subscriber.name)], ["Group:", GoLiteral.string(subscriber.group)],
        ["Attempts:", String(subscriber.attempts)], ["Lower:", GoLiteral.duration(subscriber.backoff.lower)],
        ["Upper:", GoLiteral.duration(subscriber.backoff.upper)], ["Parallel:", String(subscriber.parallel)],
        ["Batch:", String(subscriber.batch)],
      ]
      if !subscriber.hasDeadLetters { rows.append(["LosesDead:", "true"]) }
      if !subscriber.startsAtEarliest { rows.append(["FromLatest:", "true"]) }
      file.use("time")
      file.rows(rows.map { [$0[0], $0[1] + ","] }, depth: 3)
      let call = subscriber.batch == 1 ? "events.Each(\(handler))" : handler
      let arguments =
        ["}, \(names.variable(subscriber.record.name)), \(call), handled, metrics"] + ways(subscriber.topics)
      file.line(arguments.joined(separator: ",\n\t\t\t") + "),", depth: 2)
    }
    file.line("}", depth: 1)
    file.line("}")
  }

  // MARK: What the user writes

  /// `OnPlaced`, unless an operation is called so.
  func handler(_ subscriber: SubscriberPlan) -> String {
    let name = "On" + GoSpelling.exported(subscriber.name)
    return behaviours.contains { GoSpelling.method($0.method) == name } ? name + "Event" : name
  }

  /// `OnPlaced(ctx context.Context, event Order, id string) error`
  func signature(of subscriber: SubscriberPlan, in file: inout GoFile, from package: String = "") -> String {
    file.use("context")
    let type = package + names.type(subscriber.record.name)
    if subscriber.batch == 1 {
      return "\(handler(subscriber))(ctx context.Context, event \(type), id string) error"
    }
    file.use("gen/runtime/events")
    return "\(handler(subscriber))(ctx context.Context, batch []events.Event[\(type)]) error"
  }

  func doc(of subscriber: SubscriberPlan) -> String {
    let what =
      subscriber.batch == 1
      ? "handles an event of \(subscriber.name), which may come twice with the same id"
      : "handles events of \(subscriber.name), each of which may come twice with the same id"
    return Self.described(handler(subscriber), what, subscriber.port.doc)
  }

  // MARK: Tests

  /// Events of examples, through memory.
  func eventTests() -> [UInt8]? {
    if plan.brokers.isEmpty { return nil }
    var file = self.file()
    for path in ["testing", "gen/runtime/process"] { file.use(path) }
    let settings = plan.brokers.map { broker in
      let scheme = broker.kind == .redis ? "redis://" : broker.kind == .nats ? "nats://" : ""
      return "\(GoSpelling.exported(broker.variable)): \"\(scheme)127.0.0.1:9\""
    }
    file.lines(
      """

      func TestBrokersMayComeLater(t *testing.T) {
      \tb, err := openBrokers(t.Context(), Settings{\(settings.joined(separator: ", "))}, &process.Health{})
      \tif err != nil {
      \t\tt.Fatal(err)
      \t}
      \tb.Close()
      }
      """)
    writeEventTests(to: &file)
    return file.bytes()
  }

  private func writeEventTests(to file: inout GoFile) {
    let tested = plan.subscribers.filter { !$0.topics.isEmpty && plan.examples.record($0.record.name) != nil }
    guard !tested.isEmpty else { return }
    for path in [
      "context", "time", "github.com/prometheus/client_golang/prometheus", "gen/runtime/events", "gen/runtime/wire",
    ] { file.use(path) }
    file.lines(
      """

      // listener tells which events it was given.
      type listener struct {
      \tstub
      \theard chan string
      }
      """)
    for subscriber in tested {
      let name = names.type(subscriber.record.name)
      let batch = subscriber.batch == 1 ? "_ \(name), _ string" : "_ []events.Event[\(name)]"
      file.lines(
        """

        func (l listener) \(handler(subscriber))(_ context.Context, \(batch)) error {
        \tl.heard <- \(GoLiteral.string(subscriber.name))
        \treturn nil
        }
        """)
    }
    file.lines(
      """

      func TestEventsAreHandled(t *testing.T) {
      \tb, err := openBrokers(t.Context(), Settings{}, &process.Health{})
      \tif err != nil {
      \t\tt.Fatal(err)
      \t}
      \tlistener := listener{heard: make(chan string, 100)}
      \tsubscribers := newSubscribers(b, listener, &events.MemoryHandled{}, events.NewMetrics(prometheus.NewRegistry()))
      \tfor _, each := range subscribers {
      \t\teach.Start(t.Context())
      \t}
      \tdefer events.StopAll(t.Context(), subscribers)
      """)
    for subscriber in tested {
      guard let example = plan.examples.record(subscriber.record.name) else { continue }
      let record = names.variable(subscriber.record.name)
      let publisher = "events.NewPublisher(\(record), nil, \(ways([subscriber.topics[0]])[0]))"
      file.line("if err := \(publisher).Publish(t.Context(),", depth: 1)
      file.line("wire.MustDecode(\(GoLiteral.string(example.line)), \(record))); err != nil {", depth: 2)
      file.lines(
        """
        \t\tt.Fatal(err)
        \t}
        \texpect(t, listener.heard, \(GoLiteral.string(subscriber.name)))
        """)
    }
    file.lines(
      """
      }

      // expect waits until the port was given its event; others may be given it too.
      func expect(t *testing.T, heard <-chan string, port string) {
      \tt.Helper()
      \tfor {
      \t\tselect {
      \t\tcase name := <-heard:
      \t\t\tif name == port {
      \t\t\t\treturn
      \t\t\t}
      \t\tcase <-time.After(10 * time.Second):
      \t\t\tt.Fatalf("%s was given nothing", port)
      \t\t}
      \t}
      }
      """)
  }
}
