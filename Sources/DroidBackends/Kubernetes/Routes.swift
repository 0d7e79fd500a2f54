import DroidSemantics

/// What the Gateway passes on to a component: an HTTPRoute, or GRPCRoute, for each of its public ports and each path.
struct Routes {
  let component: Component
  let cluster: Cluster

  var objects: [YAML] {
    let groups = groups
    return groups.enumerated().map { index, doors in
      let first = doors[0]
      let name = groups.count == 1 ? component.spelled : "\(component.spelled)-\(Pod.portName(first.port))"
      let isOnly = groups.count { $0[0].port.name == first.port.name } == 1
      return route(doors, name: isOnly ? name : "\(name)-\(index + 1)")
    }
  }

  /// The doors of one port that lead to one path.
  private var groups: [[Door]] {
    var groups: [[Door]] = []
    for door in cluster.doors where door.component.name == component.name && door.isRouted {
      if let at = groups.firstIndex(where: { $0[0].port.name == door.port.name && $0[0].path == door.path }) {
        groups[at].append(door)
      } else {
        groups.append([door])
      }
    }
    return groups
  }

  private func route(_ doors: [Door], name: String) -> YAML {
    let isGRPC = doors[0].port.type == .grpc
    var listeners: [String] = []
    for door in doors where !listeners.contains(door.listener) { listeners.append(door.listener) }
    return cluster.object(
      "gateway.networking.k8s.io/v1", isGRPC ? "GRPCRoute" : "HTTPRoute", component, name: name,
      [
        "parentRefs": .list(
          listeners.map { ["name": .string(Gateway.name(cluster)), "sectionName": .string($0)] }),
        "hostnames": .list(doors.map { .string($0.host) }), "rules": .list(rules(doors[0])),
      ])
  }

  /// Requests that one version always gets come first; then the shares.
  private func rules(_ door: Door) -> [YAML] {
    component.versions.compactMap { rule(door, for: $0) } + [rule(door, for: nil)].compactMap { $0 }
  }

  private func rule(_ door: Door, for version: Version?) -> YAML? {
    let isGRPC = door.port.type == .grpc
    var headers: YAML?
    if let version {
      guard let header = version.properties["match"].call?.arguments, let name = header.text("name") else { return nil }
      headers = [["name": .string(name), "value": .string(header.text("value") ?? "")]]
    }
    let path: YAML? = isGRPC ? nil : ["path": ["type": "PathPrefix", "value": .string(door.path)]]
    guard case .map(let place) = path ?? [:], case .map(let match) = YAML.map(["headers": headers]) else { return nil }
    return .map([
      "matches": place.isEmpty && match.isEmpty ? nil : [.map(place + match)],
      "filters": version == nil ? YAML.list(mirrors(door)).unlessEmpty : nil,
      "backendRefs": .list(
        version.map { [Self.backend(component, door.port, $0)] } ?? Self.backends(component, door.port)),
      "timeouts": isGRPC
        ? nil : door.port.properties.duration("timeout").map { ["request": .string(Self.spelled($0))] },
    ])
  }

  /// All that answers at a port: the component, or its versions by their shares.
  static func backends(_ component: Component, _ port: Port) -> [YAML] {
    if component.versions.isEmpty {
      return [["name": .string(component.spelled), "port": .int(port.number)]]
    }
    return zip(component.versions, weights(component)).map { backend(component, port, $0, weight: $1) }
  }

  /// The shares of its versions, as whole numbers.
  static func weights(_ component: Component) -> [Int64] {
    let shares = component.versions.map { $0.properties.percent("share") ?? ExactDecimal(0) }
    let scale: Double = shares.allSatisfy { $0.integer != nil } ? 1 : 1000
    return shares.map { Int64(($0.double * scale).rounded()) }
  }

  static func backend(_ component: Component, _ port: Port, _ version: Version, weight: Int64? = nil) -> YAML {
    .map([
      "name": .string(component.spelled(version)), "port": .int(port.number),
      "weight": weight.map { .int($0) },
    ])
  }

  /// A copy of requests, whose answers are dropped.
  private func mirrors(_ door: Door) -> [YAML] {
    component.versions.compactMap { version in
      guard let share = version.properties.percent("mirror"), share.double > 0 else { return nil }
      let part: YAML.Entry =
        share.integer.map { ("percent", .int($0)) }
        ?? (
          "fraction",
          ["numerator": .int(Int64((share.double * 1000).rounded())), "denominator": 100_000]
        )
      let target: YAML.Entry = ("backendRef", Self.backend(component, door.port, version))
      return ["type": "RequestMirror", "requestMirror": .map([target, part])]
    }
  }

  /// A duration as the Gateway API and Istio read it: hours to milliseconds.
  static func spelled(_ time: TimeSpan) -> String {
    let milliseconds = max(1, time.nanoseconds / 1_000_000)
    if milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
    if milliseconds % 60_000 == 0 { return "\(milliseconds / 60_000)m" }
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }
}
