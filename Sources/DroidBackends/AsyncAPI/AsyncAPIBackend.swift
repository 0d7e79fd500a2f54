import DroidSemantics

/// `asyncapi/NAME.json` for every component of ours that publishes or handles events, in whatever language: AsyncAPI 3.0.
package enum AsyncAPIBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    let documents = systems.plans.compactMap { plan -> FileDraft? in
      let document = EventDocument(plan)
      return document.isEmpty ? nil : FileDraft("asyncapi/\(plan.name).json", document.tree.document())
    }
    return Output(drafts: documents, counts: documents.isEmpty ? [] : [("event contracts", documents.count)])
  }
}

/// What a component says and hears, as AsyncAPI 3.0 has it.
private struct EventDocument {
  private let plan: ServicePlan
  private let schemas: ContractSchemas
  private let events: [Event]

  /// A topic, as one port sees it.
  private struct Event {
    let port: Port
    let record: RecordType
    let topic: TopicPlan
    let action: String
  }

  init(_ plan: ServicePlan) {
    self.plan = plan
    schemas = ContractSchemas(plan.examples)
    let sent = plan.publishers.flatMap { publisher in
      publisher.topics.map { Event(port: publisher.port, record: publisher.record, topic: $0, action: "send") }
    }
    let received = plan.subscribers.flatMap { subscriber in
      subscriber.topics.map { Event(port: subscriber.port, record: subscriber.record, topic: $0, action: "receive") }
    }
    events = sent + received
  }

  var isEmpty: Bool { events.isEmpty }

  var tree: JSONTree {
    var info: [(String, JSONTree)] = [("title", .string(plan.name)), ("version", .string("0.1.0"))]
    if let doc = plan.component.doc ?? plan.system.doc { info.append(("description", .string(doc))) }
    return .object([
      ("asyncapi", .string("3.0.0")), ("info", .object(info)), ("defaultContentType", .string("application/json")),
      ("servers", .object(servers)), ("channels", .object(channels)), ("operations", .object(operations)),
      ("components", .object([("messages", .object(messages)), ("schemas", .object(types))])),
    ])
  }

  private var servers: [(String, JSONTree)] {
    plan.brokers.map { broker in
      let (scheme, port) =
        switch broker.kind {
        case .redis: ("redis", 6379)
        case .nats: ("nats", 4222)
        case .kafka: ("kafka", 9092)
        }
      return (
        key(broker.component),
        .object([
          ("host", .string("\(Names.kebab(broker.component)):\(port)")), ("protocol", .string(scheme)),
          ("description", .string("Where it is stands in `\(broker.variable)`.")),
        ])
      )
    }
  }

  /// One for each topic; two ports may share one.
  private var channels: [(String, JSONTree)] {
    var seen: Set<String> = []
    return events.compactMap { event in
      let name = channel(event.topic)
      guard seen.insert(name).inserted else { return nil }
      var members: [(String, JSONTree)] = [
        ("address", .string(event.topic.name)),
        ("messages", .object([(event.record.name, reference("components/messages/\(event.record.name)"))])),
        ("servers", .array([reference("servers/\(key(event.topic.broker.component))")])),
      ]
      if event.topic.broker.kind == .kafka {
        let kafka: [(String, JSONTree)] = [
          ("topic", .string(event.topic.name)), ("partitions", .integer(event.topic.partitions)),
          (
            "topicConfiguration",
            .object([("retention.ms", .number(String(event.topic.retention.nanoseconds / 1_000_000)))])
          ),
        ]
        members.append(("bindings", .object([("kafka", .object(kafka))])))
      }
      return (name, .object(members))
    }
  }

  private var operations: [(String, JSONTree)] {
    var uses: [String: Int] = [:]
    for event in events { uses[event.port.name, default: 0] += 1 }
    return events.map { event in
      let name = channel(event.topic)
      var members: [(String, JSONTree)] = [
        ("action", .string(event.action)), ("channel", reference("channels/\(name)")),
        ("messages", .array([reference("channels/\(name)/messages/\(event.record.name)")])),
      ]
      if let doc = event.port.doc { members.insert(("summary", .string(doc)), at: 1) }
      // A port whose connections go through several brokers has an operation for each.
      let isAlone = uses[event.port.name] == 1
      return (isAlone ? event.port.name : "\(event.port.name)-\(key(event.topic.broker.component))", .object(members))
    }
  }

  private var messages: [(String, JSONTree)] {
    var seen: Set<String> = []
    return events.filter { seen.insert($0.record.name).inserted }.sorted { $0.record.name < $1.record.name }
      .map { event in
        var members: [(String, JSONTree)] = [
          ("name", .string(event.record.name)), ("contentType", .string("application/json")),
          ("headers", headers(of: event)), ("payload", ContractSchemas.reference(event.record.name)),
        ]
        if let doc = event.record.doc { members.insert(("summary", .string(doc)), at: 1) }
        return (event.record.name, .object(members))
      }
  }

  private func headers(of event: Event) -> JSONTree {
    func text(_ description: String, _ format: String? = nil) -> JSONTree {
      var members: [(String, JSONTree)] = [("type", .string("string"))]
      if let format { members.append(("format", .string(format))) }
      return .object(members + [("description", .string(description))])
    }
    let id = event.topic.broker.kind == .nats ? "Nats-Msg-Id" : "id"
    var members: [(String, JSONTree)] = [
      (id, text("The publisher's; the same when the event comes again.", "uuid")),
      ("time", text("When it was published.", "date-time")), ("traceparent", text("Its W3C trace context.")),
    ]
    if event.topic.key != nil { members.append(("key", text("Events of one key keep their order."))) }
    return .object([
      ("type", .string("object")), ("required", .array([.string(id), .string("time")])),
      ("properties", .object(members)),
    ])
  }

  /// What the records are made of.
  private var types: [(String, JSONTree)] {
    var collector = TypeCollector(plan.system)
    for event in events { collector.add(record: event.record.name) }
    let entries =
      collector.types.enumerations.map { ($0.name, schemas.enumeration($0)) }
      + collector.types.records.map { ($0.name, schemas.record($0)) }
    return entries.sorted { $0.0 < $1.0 }
  }

  private func channel(_ topic: TopicPlan) -> String {
    let topics = Set(events.filter { $0.topic.name == topic.name }.map(\.topic.broker.component))
    return topics.count == 1 ? key(topic.name) : "\(key(topic.name))-\(key(topic.broker.component))"
  }

  /// A key of a map may hold letters, digits and `._-`; a dot means something in some tools.
  private func key(_ name: String) -> String {
    name.replacing(".", with: "-").replacing("/", with: "-")
  }

  private func reference(_ place: String) -> JSONTree { .object([("$ref", .string("#/\(place)"))]) }
}
