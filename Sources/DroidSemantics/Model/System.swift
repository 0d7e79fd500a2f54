import DroidSyntax

/// A whole system, checked, with its templates opened, for one environment or for none (`base`). What backends read.
package struct System: Sendable {
  package let name: String
  package let doc: String?
  /// The environment this is for; nil is the text without any, `base`.
  package var environment: String?
  /// `registry`, `tag`, `namespace`, `mesh`, …
  package var settings: Properties

  package var records: [RecordType]
  package var enumerations: [EnumerationType]
  package var errors: [ErrorType]
  package var components: [Component]
  package var connections: [Connection]
  /// Optional connections to what is not in this environment, and what they would lead to: nobody answers, but callers still
  /// learn the name.
  package var unanswered: [Connection] = []
  package var absent: [String: Component] = [:]

  package var resiliences: [Policy]
  package var healings: [HealingPolicy]
  package var scalings: [Policy]
  package var teams: [Policy]
  package var objectives: [Watch]
  package var anomalies: [Watch]
  package var alerts: [Watch]
  package var metrics: [Watch]
  package var patches: [RawPatch]

  /// Positions in the arrays, by name; kept by the checker.
  package var index: Index

  package struct Index: Sendable {
    package var records: [String: Int] = [:]
    package var enumerations: [String: Int] = [:]
    package var errors: [String: Int] = [:]
    package var components: [String: Int] = [:]
  }

  package func record(_ name: String) -> RecordType? { index.records[name].map { records[$0] } }
  package func enumeration(_ name: String) -> EnumerationType? { index.enumerations[name].map { enumerations[$0] } }
  package func error(_ name: String) -> ErrorType? { index.errors[name].map { errors[$0] } }
  package func component(_ name: String) -> Component? { index.components[name].map { components[$0] } }

  /// The Kubernetes namespace: as said, else the system's name.
  package var namespace: String { settings.text("namespace") ?? name.lowercased() }
}

/// A port of a component, by name.
package struct PortAddress: Hashable, Sendable {
  package let component: String
  package let port: String
  package init(_ component: String, _ port: String) {
    self.component = component
    self.port = port
  }
}

/// A line of the graph, from an out port to an in port.
package struct Connection: Sendable {
  /// As it was written: `web -> orders`, `orders.placed -> shipping.placed`.
  package let name: String
  package let doc: String?
  /// The version the connection begins at: `connect reviews.v2 -> ratings`.
  package let version: String?
  package let from: PortAddress
  package let to: PortAddress
  /// `timeout`, `retry`, …: the connection's own over its resilience policy's over the system's.
  package var properties: Properties
  package let range: SourceRange
}

/// A declaration that is used by its name: resilience, scaling, team.
package struct Policy: Sendable {
  package let name: String
  package let doc: String?
  package var properties: Properties
  package let range: SourceRange
}

/// What to do when a component is not well.
package struct HealingPolicy: Sendable {
  package let name: String
  package let doc: String?
  /// In order: of those that hold, the first acts.
  package var rules: [Policy]
  /// `guard`.
  package var properties: Properties
  package let range: SourceRange
}

/// A declaration about an element: slo, anomaly, alert, metric.
package struct Watch: Sendable {
  package let name: String
  package let doc: String?
  package let target: Target
  package var properties: Properties
  package let range: SourceRange
  /// Where the signals are that it is told by: those of `when` or `signal`.
  let signalRange: SourceRange

  /// What it is about.
  package enum Target: Hashable, Sendable {
    case component(String)
    case port(PortAddress)
    case operation(PortAddress, String)
    /// A connection, by its ends.
    case connection(from: PortAddress, to: PortAddress)
  }
}

extension Watch.Target {
  /// The component that owns the target; of a connection, the caller.
  package var component: String {
    switch self {
    case .component(let name): name
    case .port(let port), .operation(let port, _): port.component
    case .connection(let from, _): from.component
    }
  }
}

/// `raw "Deployment" on orders { … }`: fields merged into a generated manifest.
package struct RawPatch: Sendable {
  package let kind: String
  /// `Service/frontend-external` names one of several.
  package let object: String?
  package let component: String
  /// Nested maps, lists and scalars; `none` deletes a field.
  package let fields: [MapEntry]
  package let range: SourceRange
}
