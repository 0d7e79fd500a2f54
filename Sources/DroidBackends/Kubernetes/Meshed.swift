import DroidSemantics

extension Mesh {
  /// What makes it watch a namespace.
  var namespaceLabels: [YAML.Entry] { self == .istio ? [("istio-injection", "enabled")] : [] }

  var namespaceAnnotations: [YAML.Entry] {
    guard self == .linkerd else { return [] }
    return [("linkerd.io/inject", "enabled"), ("config.linkerd.io/default-inbound-policy", "deny")]
  }

  static func defaults(_ cluster: Cluster) -> [YAML] {
    switch cluster.mesh {
    case .istio: Istio.defaults(cluster)
    case .linkerd: Linkerd.defaults(cluster)
    case nil: []
    }
  }

  static func objects(_ component: Component, _ cluster: Cluster) -> [YAML] {
    guard cluster.isMeshed(component), component.kind != .job else { return [] }
    return switch cluster.mesh {
    case .istio: Istio.access(component, cluster) + Traffic(component: component, cluster: cluster).objects
    case .linkerd: Linkerd.access(component, cluster) + LinkerdTraffic(component, cluster).objects
    case nil: []
    }
  }

  /// Labels and annotations of pods that an operator makes and that stay out of the mesh: they encrypt what they say to each
  /// other themselves.
  static func apart(_ cluster: Cluster) -> (labels: [YAML.Entry], annotations: [YAML.Entry]) {
    switch cluster.mesh {
    case .istio: ([("sidecar.istio.io/inject", "false")], [])
    case .linkerd: ([], [("linkerd.io/inject", "disabled")])
    case nil: ([], [])
    }
  }

  /// The connections that ask a component over HTTP, and the ports they ask.
  static func connections(to component: Component, _ cluster: Cluster) -> [(connection: Connection, port: Port)] {
    (cluster.incoming[component.name] ?? []).compactMap { connection in
      guard let port = component.port(connection.to.port), [.rest, .graphQL, .grpc].contains(port.type),
        connection.properties.bool("calls")
      else { return nil }
      return (connection, port)
    }
  }

  /// The methods that may be repeated, whatever the operation (RFC 9110, 9.2.2).
  static let idempotentMethods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]

  /// What a connection says that its mesh cannot do, and that the caller's own code, a ready image, does not either.
  func missing(_ connection: Connection, _ caller: Component, _ cluster: Cluster) -> [String] {
    let resilience = ResiliencePlan(connection.properties)
    var parts: [String] = []
    if caller.kind == .container {
      if resilience.limit != nil { parts.append("limit") }
      if resilience.hedge != nil { parts.append("hedge") }
      if resilience.fallback != nil { parts.append("fallback") }
      if resilience.cache != nil { parts.append("cache") }
    }
    if resilience.retry != nil { parts += ["retry.budget", "the upper end of retry.backoff"] }
    let port = cluster.system.component(connection.to.component)?.port(connection.to.port)
    if resilience.retry != nil, port?.type == .graphQL { parts.append("retry, for a query looks like a mutation,") }
    if self == .linkerd {
      if resilience.bulkhead != nil { parts.append("bulkhead") }
      if !connection.properties.list("fault").isEmpty { parts.append("fault") }
    }
    return parts.map { "\($0) of `\(connection.name)` in the mesh" }
  }
}

extension Cluster {
  /// Has a proxy of the mesh beside it.
  func isMeshed(_ component: Component) -> Bool { mesh != nil && isDeployed(component) && !isManaged(component) }
}
