import DroidSemantics

/// A system as its objects see each other. A class, for each of them holds it: one reference instead of thirty.
final class Cluster: Sendable {
  let system: System
  let namespace: String
  /// What all objects belong to.
  private let whole: YAML
  let outgoing: [String: [Connection]]
  let incoming: [String: [Connection]]
  /// The connections of events that pass through a broker, by the broker.
  let passing: [String: [Connection]]
  /// Who sends traces to a component, by the component.
  let traced: [String: [Component]]

  init(_ system: System) {
    self.system = system
    namespace = system.namespace
    whole = .string(system.name.lowercased())
    var outgoing: [String: [Connection]] = [:]
    var incoming: [String: [Connection]] = [:]
    var passing: [String: [Connection]] = [:]
    for connection in system.connections {
      outgoing[connection.from.component, default: []].append(connection)
      incoming[connection.to.component, default: []].append(connection)
      if let broker = connection.properties.reference("via") { passing[broker, default: []].append(connection) }
    }
    var traced: [String: [Component]] = [:]
    for component in system.components {
      if let end = Self.telemetry(of: component, system) { traced[end.component.name, default: []].append(component) }
    }
    self.outgoing = outgoing
    self.incoming = incoming
    self.passing = passing
    self.traced = traced
  }

  /// Where the traces of a component go.
  static func telemetry(of component: Component, _ system: System) -> (component: Component, port: Port)? {
    guard component.kind.runs, let end = component.properties.reference("telemetry"), end != component.name else {
      return nil
    }
    if let target = system.component(end) { return target.listening.first.map { (target, $0) } }
    guard let dot = end.lastIndex(of: "."), end[..<dot] != component.name,
      let target = system.component(String(end[..<dot])), let port = target.port(String(end[end.index(after: dot)...]))
    else { return nil }
    return (target, port)
  }

  /// Every pod in it must keep to the restricted profile.
  var namespaceManifest: YAML {
    .map([
      "apiVersion": "v1", "kind": "Namespace",
      "metadata": [
        "name": .string(namespace),
        "labels": [
          "app.kubernetes.io/part-of": whole, "app.kubernetes.io/managed-by": "droid",
          "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "latest",
        ],
      ],
    ])
  }

  /// Metadata of an object of a component.
  func metadata(_ component: Component, name: String? = nil) -> YAML {
    .map([
      "name": .string(name ?? component.spelled), "namespace": .string(namespace), "labels": labels(component),
    ])
  }

  func labels(_ component: Component) -> YAML {
    [
      "app.kubernetes.io/name": .string(component.spelled), "app.kubernetes.io/part-of": whole,
      "app.kubernetes.io/managed-by": "droid",
    ]
  }

  /// Metadata of an object of no component.
  func metadata(_ name: String) -> YAML {
    [
      "name": .string(name), "namespace": .string(namespace),
      "labels": ["app.kubernetes.io/part-of": whole, "app.kubernetes.io/managed-by": "droid"],
    ]
  }

  /// What selects the pods of a component; it never changes.
  func selector(_ component: Component) -> YAML { ["app.kubernetes.io/name": .string(component.spelled)] }

  /// Runs in pods that are described here.
  func isDeployed(_ component: Component) -> Bool {
    switch component.kind {
    case .external, .kafka, .bucket: false
    default: !component.isRunElsewhere
    }
  }
}

/// The port at which generated services tell how they are.
let adminPort: Int64 = 9464
