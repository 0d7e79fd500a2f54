import DroidSemantics

/// A system as its objects see each other. A class, for each of them holds it: one reference instead of thirty.
final class Cluster: Sendable {
  let system: System
  let namespace: String
  let mesh: Mesh?
  /// The region whose output this is; nil is all of them.
  let region: String?
  /// What all objects belong to.
  private let whole: YAML
  let outgoing: [String: [Connection]]
  let incoming: [String: [Connection]]
  /// The connections of events that pass through a broker, by the broker.
  let passing: [String: [Connection]]
  /// Who sends traces to a component, by the component.
  let traced: [String: [Component]]
  /// What generated services read, by the component.
  let plans: [String: ServicePlan]
  /// The ways in that have a host name.
  let doors: [Door]

  init(_ system: System, _ plans: [String: ServicePlan], region: String?) {
    let system = Self.small(system)
    self.system = system
    self.plans = plans
    self.region = region
    namespace = system.namespace
    mesh = Mesh(system)
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
    doors = system.components.flatMap { component in
      component.listening.flatMap { Door.all(of: component, $0) }
    }
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
    let labels: [YAML.Entry] =
      [("app.kubernetes.io/part-of", whole), ("app.kubernetes.io/managed-by", "droid")]
      + (mesh?.namespaceLabels ?? [])
      + [
        ("pod-security.kubernetes.io/enforce", "restricted"),
        ("pod-security.kubernetes.io/enforce-version", "latest"),
      ]
    return [
      "apiVersion": "v1", "kind": "Namespace",
      "metadata": .map([
        "name": .string(namespace), "labels": .map(labels),
        "annotations": YAML.map(mesh?.namespaceAnnotations ?? []).unlessEmpty,
      ]),
    ]
  }

  /// An object of a component.
  func object(_ apiVersion: String, _ kind: String, _ component: Component, name: String? = nil, _ spec: YAML) -> YAML {
    .map([
      "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata(component, name: name),
      "spec": spec,
    ])
  }

  /// An object of no component.
  func object(_ apiVersion: String, _ kind: String, name: String, _ spec: YAML) -> YAML {
    .map([
      "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata(name), "spec": spec,
    ])
  }

  /// Metadata of an object of a component.
  func metadata(_ component: Component, name: String? = nil) -> YAML {
    .map([
      "name": .string(name ?? component.spelled), "namespace": .string(namespace), "labels": labels(component),
    ])
  }

  func metadata(_ unit: Deployable) -> YAML {
    .map(["name": .string(unit.name), "namespace": .string(namespace), "labels": labels(unit)])
  }

  func labels(_ component: Component) -> YAML {
    [
      "app.kubernetes.io/name": .string(component.spelled), "app.kubernetes.io/part-of": whole,
      "app.kubernetes.io/managed-by": "droid",
    ]
  }

  func labels(_ unit: Deployable) -> YAML {
    .map([
      "app.kubernetes.io/name": .string(unit.component.spelled),
      "app.kubernetes.io/version": unit.version.map { .string($0.name) }, "app.kubernetes.io/part-of": whole,
      "app.kubernetes.io/managed-by": "droid",
    ])
  }

  /// What ties pods to the region, if this is the output of one.
  var regionLabels: [YAML.Entry] { region.map { [("topology.kubernetes.io/region", .string($0))] } ?? [] }

  /// Metadata of an object of no component.
  func metadata(_ name: String) -> YAML {
    [
      "name": .string(name), "namespace": .string(namespace),
      "labels": ["app.kubernetes.io/part-of": whole, "app.kubernetes.io/managed-by": "droid"],
    ]
  }

  /// What selects the pods of a workload; it never changes.
  func selector(_ unit: Deployable) -> YAML {
    .map([
      "app.kubernetes.io/name": .string(unit.component.spelled),
      "app.kubernetes.io/version": unit.version.map { .string($0.name) },
    ])
  }

  /// What selects the pods of a component, of all its versions or of one. Those that an operator makes bear its labels.
  func pods(_ component: Component, version: String? = nil) -> YAML {
    let operators: String? =
      switch component.kind {
      case .postgres where isManaged(component): "cnpg.io/cluster"
      case .kafka where isManaged(component): "strimzi.io/cluster"
      default: nil
      }
    if let operators {
      return [
        "matchExpressions": [["key": .string(operators), "operator": "In", "values": [.string(component.spelled)]]]
      ]
    }
    return [
      "matchLabels": .map([
        "app.kubernetes.io/name": .string(component.spelled),
        "app.kubernetes.io/version": version.map { .string($0) },
      ])
    ]
  }

  /// Runs in pods that are described here.
  func isDeployed(_ component: Component) -> Bool {
    switch component.kind {
    case .bucket: false
    default: !component.isRunElsewhere
    }
  }

  /// The service account that its pods run as.
  func account(of component: Component) -> String {
    !component.kind.runs || component.properties.bool("account") ? component.spelled : "default"
  }

  func isManaged(_ component: Component) -> Bool { component.isManaged(in: system) }

  /// For a laptop, of each store one.
  private static func small(_ system: System) -> System {
    guard system.settings.choice("profile") == "development" else { return system }
    var system = system
    for index in system.components.indices where system.components[index].kind.isStore {
      system.components[index].properties.set("replicas", .integer(1))
    }
    return system
  }

  var storageClass: YAML? { system.settings.text("storage-class").map { .string($0) } }

  func scalingPolicy(of component: Component) -> Properties? {
    guard let name = component.properties.reference("scaling") else { return nil }
    return system.scalings.first { $0.name == name }?.properties
  }
}

extension Port {
  /// The port of the Service.
  var number: Int64 { properties.integer("port") ?? 80 }
}

extension TimeSpan {
  /// Whole seconds, for fields of Kubernetes.
  var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }
}

/// The port at which generated services tell how they are.
let adminPort: Int64 = 9464
