import DroidSemantics

/// What the droidfile says and no manifest does yet, in a few words each.
enum NotYet {
  static func parts(of system: System) -> [String] {
    system.healings.map { "healing `\($0.name)`" }
  }

  static func parts(of component: Component, _ cluster: Cluster) -> [String] {
    let (name, properties) = (component.name, component.properties)
    var parts = component.kind.isStore ? store(component, cluster) : []
    if properties["rollout"].call?.name == "canary" { parts.append("the canary of `\(name)`") }
    if let policy = cluster.scalingPolicy(of: component) {
      let policyName = properties.reference("scaling") ?? ""
      for demand in ["gpu", "signal", "predict"] where policy.explicit(demand).map({ !$0.isNone }) == true {
        parts.append("`\(demand)` of scaling `\(policyName)`")
      }
      let times = policy.map("schedule")
      if times.count == 1 { parts.append("the one time of scaling `\(policyName)`: a second one must end it") }
      if times.contains(where: { entry in entry.value.range.map { $0.upper != $0.lower } == true }) {
        parts.append("the upper ends of the schedule of scaling `\(policyName)`")
      }
    }
    for unit in Deployable.all(of: component)
    where unit.isScaled && Triggers.lowest(unit, cluster) > unit.range.lower {
      parts.append("scaling `\(name)` to nothing: no queue or time would wake it")
    }
    parts += versions(component, cluster)
    if let mesh = cluster.mesh {
      for connection in cluster.outgoing[name] ?? [] { parts += mesh.missing(connection, component, cluster) }
    }
    if cluster.mesh == .linkerd, cluster.incoming[name]?.isEmpty == false {
      parts += component.versions.filter { !$0.properties["mirror"].isNone }.map { version in
        "`mirror` of `\(name).\(version.name)` inside the cluster: Linkerd sends no request twice"
      }
    }
    if cluster.mesh == .linkerd, LinkerdTraffic(component, cluster).differ {
      parts.append("what each caller of `\(name)` says by itself: Linkerd holds the most patient for all of them")
    }
    for door in cluster.doors where door.component.name == name {
      if !door.isRouted {
        parts.append("the way in from outside to `\(name).\(door.port.name)`: a host name is for HTTP")
      } else if door.port.type == .grpc, door.path != "/" {
        parts.append("the path `\(door.path)` of `\(name).\(door.port.name)`: gRPC has none")
      }
    }
    for entry in properties.map("volumes") where entry.value.call?.name == "file" {
      parts.append("the file at `\(entry.key)` of `\(name)`")
    }
    return parts
  }

  private static func versions(_ component: Component, _ cluster: Cluster) -> [String] {
    guard !component.versions.isEmpty else { return [] }
    var parts: [String] = []
    if cluster.incoming[component.name]?.isEmpty == false, cluster.mesh == nil {
      parts.append("the shares of `\(component.name)` inside the cluster: each pod gets as much as any other")
    }
    if !component.properties["sticky"].isNone { parts.append("`sticky` of `\(component.name)`") }
    return parts
  }

  private static func store(_ component: Component, _ cluster: Cluster) -> [String] {
    let (name, properties) = (component.name, component.properties)
    guard cluster.isDeployed(component) else {
      return component.kind == .bucket && properties.secret("url") == nil ? ["the Bucket `\(name)`"] : []
    }
    var parts: [String] = []
    let isManaged = cluster.isManaged(component)
    let backup = properties.record("backup")
    switch component.kind {
    case .redis where (properties.integer("replicas") ?? 1) > 1: parts.append("the replicas of `\(name)`")
    case .postgres where isManaged:
      if backup != nil { parts.append("how long snapshots of `\(name)` are kept: the operator deletes none") }
      if backup?.reference("bucket") != nil {
        parts.append("the bucket of the backup of `\(name)`: it takes snapshots")
      }
    case .postgres:
      if !properties.list("extensions").isEmpty { parts.append("the extensions of `\(name)`") }
      if component.listening.count > 1 { parts.append("the further databases of `\(name)`") }
    case .kafka where isManaged && properties.integer("version") != 4:
      parts.append("the version of `\(name)`: the operator chooses it")
    default: break
    }
    if backup != nil, !isManaged { parts.append("the backup of `\(name)`") }
    if properties.bool("encrypted") { parts.append("encryption at rest of `\(name)`: its storage class must do it") }
    return parts
  }
}
