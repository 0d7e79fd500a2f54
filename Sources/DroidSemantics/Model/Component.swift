import DroidSyntax

/// The kinds that backends give meaning to. Every component is of one of them in the end.
package enum PrimitiveKind: String, CaseIterable, Sendable {
  case service = "Service"
  case gateway = "Gateway"
  case worker = "Worker"
  case job = "Job"
  case model = "Model"
  case container = "Container"
  case external = "External"
  case postgres = "Postgres"
  case redis = "Redis"
  case kafka = "Kafka"
  case nats = "Nats"
  case bucket = "Bucket"

  /// Generated from the droidfile: Service, Gateway, Worker, Job, Model.
  package var isGenerated: Bool {
    switch self {
    case .service, .gateway, .worker, .job, .model: true
    default: false
    }
  }

  /// Runs in pods that we describe: what is generated, and Container.
  package var runs: Bool { isGenerated || self == .container }

  package var isStore: Bool {
    switch self {
    case .postgres, .redis, .kafka, .nats, .bucket: true
    default: false
    }
  }

  /// Carries events.
  package var isBroker: Bool { self == .redis || self == .kafka || self == .nats }
}

/// A box of the graph, after templates were opened.
package struct Component: Sendable {
  /// The path: `orders`, or `catalog.service` inside a template. Unique; backends spell it their own way
  /// (`catalog-service` in Kubernetes, `catalog_service` in Python): such spellings are unique too, the checker sees to it.
  package let name: String
  package let doc: String?
  package let kind: PrimitiveKind
  /// The kind as it was written: `Service`, `Standard`, `acme.Standard`.
  package let kindName: String
  package var properties: Properties
  package var ports: [Port]
  /// `version v2 { … }`, in order; empty for most.
  package var versions: [Version]
  /// Containers in the same pod.
  package var sidecars: [Component]
  package let range: SourceRange

  package func port(_ name: String) -> Port? { portIndex(name).map { ports[$0] } }

  func portIndex(_ name: String) -> Int? { ports.firstIndex { $0.name == name } }
}

/// One of several versions of a component behind its name.
package struct Version: Sendable {
  package let name: String
  package let doc: String?
  /// The component's properties with those of the version over them; also `share`, `match`, `mirror`.
  package var properties: Properties
  package let range: SourceRange
}

/// What a port speaks.
package enum PortType: Hashable, Sendable {
  case rest, graphQL, grpc, tcp, udp, sql, kv, blob
  /// Events of a record type, by its name.
  case events(String)
}

/// A handle of a box.
package struct Port: Sendable {
  package let name: String
  package let direction: Direction
  /// `optional out`: may stay unconnected.
  package let isOptional: Bool
  /// Made by a connection rather than declared: `connect web -> orders` gives `web` an out port `orders`.
  package let isImplied: Bool
  package let type: PortType
  package let doc: String?
  package var properties: Properties
  /// Those of resources too (`origin` tells them), in source order.
  package var operations: [Operation]
  package var resources: [Resource]
  package let range: SourceRange

  var keepsResources: Bool { !resources.isEmpty }

  /// Where it is declared; nil where a connection made it.
  var declaration: SourceRange? { isImplied ? nil : range }

  package enum Direction: String, Sendable {
    /// Answers, or subscribes.
    case into = "in"
    /// Asks, or publishes.
    case out
  }
}

/// Something a port can be asked.
package struct Operation: Sendable {
  /// `cancel`, or `Order.list` for one of a resource.
  package let name: String
  package let doc: String?
  package let verb: Verb
  /// `/orders/{id}/cancel`; empty for GraphQL.
  package let path: String
  package let parameters: [Parameter]
  package let result: ValueType?
  /// The names of the declared errors.
  package let errors: [String]
  package var properties: Properties
  package let origin: ResourceOrigin?
  package let range: SourceRange

  package enum Verb: String, Sendable {
    case get, post, put, patch, delete, head
    case query, mutation, subscription
  }

  package struct ResourceOrigin: Hashable, Sendable {
    /// The record type.
    package let type: String
    package let action: ResourceAction
  }

  /// The status of a good answer: as said, else 201 for create, 204 without a result, else 200.
  package var status: Int {
    if let said = properties.integer("status") { return Int(said) }
    if origin?.action == .create { return 201 }
    return result == nil ? 204 : 200
  }
}

/// What travels to an operation, and where in the request.
package struct Parameter: Sendable {
  package let field: DataField
  package let location: Location

  package enum Location: Hashable, Sendable {
    case path, query, body
    /// The name of the header.
    case header(String)
  }
}

/// What can be done with a resource.
package enum ResourceAction: String, CaseIterable, Sendable {
  case list, get, create, replace, delete
}

/// A collection of records that a port keeps: `resource Order "/orders"`.
package struct Resource: Sendable {
  /// The record type; it has a key.
  package let type: String
  package let path: String
  package let actions: [ResourceAction]
  /// The component it is kept in, once it is known: `store = db`, else the one SQL store that is connected.
  package var store: String?
  package var properties: Properties
  package let doc: String?
  package let range: SourceRange
}
