import DroidSemantics

/// The pod of a component, in the restricted security profile.
struct Pod {
  let unit: Deployable
  let component: Component
  let cluster: Cluster
  /// The names and paths of the volumes that are claimed.
  let claims: [(name: String, path: String)]

  init(_ unit: Deployable, _ cluster: Cluster, claims: [(name: String, path: String)]) {
    self.unit = unit
    component = unit.component
    self.cluster = cluster
    self.claims = claims
    store = StoreImage(component)
  }

  private var properties: Properties { component.properties }
  private let store: StoreImage?
  private var grace: Int64 { properties.duration("grace")?.wholeSeconds ?? 30 }
  private var user: Int64 { store?.user ?? properties.integer("user") ?? 10001 }

  var spec: YAML {
    let isBare = component.kind.runs && !properties.bool("account")
    let waits = (cluster.outgoing[component.name] ?? []).filter { $0.properties.bool("wait") && unit.makes($0) }
    return .map([
      "serviceAccountName": isBare ? nil : .string(component.spelled), "automountServiceAccountToken": false,
      "enableServiceLinks": false, "restartPolicy": component.kind == .job ? "OnFailure" : nil,
      "terminationGracePeriodSeconds": .int(grace),
      "priorityClassName": properties.text("priority").map { .string($0) },
      "nodeSelector": YAML.map(
        properties.map("node").map { ($0.key, .string($0.value.text ?? "")) } + cluster.regionLabels
      )
      .unlessEmpty,
      "topologySpreadConstraints": spread, "securityContext": podSecurity,
      "initContainers": YAML.list(waiting(for: waits)).unlessEmpty,
      "containers": .list([container] + component.sidecars.map { sidecar($0) }), "volumes": volumes,
    ])
  }

  private var podSecurity: YAML {
    [
      "runAsNonRoot": true, "runAsUser": .int(user), "runAsGroup": .int(user), "fsGroup": .int(user),
      "seccompProfile": ["type": "RuntimeDefault"],
    ]
  }

  private var spread: YAML? {
    guard let over = properties.choice("spread"), component.kind.runs, component.kind != .job else { return nil }
    return [
      [
        "maxSkew": 1, "topologyKey": .string(over == "zone" ? "topology.kubernetes.io/zone" : "kubernetes.io/hostname"),
        "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": ["matchLabels": cluster.selector(unit)],
      ]
    ]
  }

  private func security(_ component: Component, isReadOnly: Bool) -> YAML {
    let added = component.properties.list("capabilities").compactMap { $0.text.map { YAML.string($0) } }
    return .map([
      "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": .bool(isReadOnly),
      "capabilities": .map(["drop": ["ALL"], "add": YAML.list(added).unlessEmpty]),
    ])
  }

  private var isReadOnly: Bool { store != nil || properties.bool("read-only") }

  private var container: YAML {
    // While it sleeps, the cluster stops sending requests here; the process then has four fifths of the grace to finish.
    let pause = component.kind.isGenerated && component.kind != .job ? min(grace / 5, 5) : 0
    return .map([
      "name": .string(component.spelled), "image": .string(image(component)), "imagePullPolicy": "IfNotPresent",
      "command": texts("command"),
      "args": store.map { YAML.list(($0.arguments + StoreImage.routes(component)).map { .string($0) }).unlessEmpty }
        ?? texts("args"),
      "ports": ports(component), "env": Variables(unit, cluster).list, "startupProbe": probe(.start),
      "readinessProbe": probe(.ready), "livenessProbe": probe(.live),
      "lifecycle": pause > 0 ? ["preStop": ["sleep": ["seconds": .int(pause)]]] : nil,
      "resources": Self.resources(component),
      "securityContext": security(component, isReadOnly: isReadOnly), "volumeMounts": mounts,
    ])
  }

  private func sidecar(_ sidecar: Component) -> YAML {
    .map([
      "name": .string(sidecar.ownName),
      "image": .string(image(sidecar)), "imagePullPolicy": "IfNotPresent",
      "command": YAML.list(sidecar.properties.list("command").compactMap { $0.text.map { .string($0) } }).unlessEmpty,
      "args": YAML.list(sidecar.properties.list("args").compactMap { $0.text.map { .string($0) } }).unlessEmpty,
      "ports": ports(sidecar), "env": Variables(Deployable(component: sidecar, version: nil), cluster).list,
      "resources": Self.resources(sidecar),
      "securityContext": security(sidecar, isReadOnly: sidecar.properties.bool("read-only")),
    ])
  }

  private func texts(_ name: String) -> YAML? {
    YAML.list(properties.list(name).compactMap { $0.text.map { .string($0) } }).unlessEmpty
  }

  private func image(_ component: Component) -> String {
    guard let store = StoreImage(component) else { return component.image }
    return component.properties.text("image") ?? store.image
  }

  /// At most 15 characters, as Kubernetes wants it.
  static func portName(_ port: Port) -> String {
    let name = port.name.mapBytes { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercased }
    return name.utf8.count <= 15
      ? name : "p-\(port.properties.integer("target") ?? port.properties.integer("port") ?? 80)"
  }

  private func ports(_ component: Component) -> YAML? {
    var seen: Set<Int64> = []
    var result: [YAML] = []
    for port in component.listening {
      let number = component.target(port)
      guard seen.insert(port.type == .udp ? -number : number).inserted else { continue }
      result.append(
        .map([
          "name": .string(Self.portName(port)), "containerPort": .int(number),
          "protocol": component.protocolName(port),
        ]))
    }
    if component.kind.isGenerated, component.kind != .job {
      let isMixed = component.listening.contains { $0.type == .udp }
      result.append(.map(["name": "admin", "containerPort": .int(adminPort), "protocol": isMixed ? "TCP" : nil]))
    }
    if component.kind == .nats { result.append(["name": "monitor", "containerPort": .int(natsMonitorPort)]) }
    if component.isNATSCluster { result.append(["name": "cluster", "containerPort": .int(natsClusterPort)]) }
    return YAML.list(result).unlessEmpty
  }

  /// `0.25..1` and `256Mi..512Mi`: request and limit; ephemeral storage is bounded too, or a log could fill a node.
  static func resources(_ component: Component, hasEphemeralStorage: Bool = true) -> YAML {
    let properties = component.properties
    func cores(_ value: Value?) -> YAML? {
      guard let number = value?.number else { return nil }
      if let whole = number.integer { return .string(String(whole)) }
      return .string("\(Int64((number.double * 1000).rounded()))m")
    }
    let cpu = properties.range("cpu")
    let memory = properties.range("memory")
    let gpu = properties.integer("gpu").flatMap { $0 > 0 ? YAML.string(String($0)) : nil }
    return .map([
      "requests": .map([
        "cpu": cores(cpu?.lower), "memory": memory?.lower.bytes.map { .string($0.description) },
        "ephemeral-storage": hasEphemeralStorage ? "64Mi" : nil,
      ]),
      "limits": .map([
        "cpu": cores(cpu?.upper), "memory": memory?.upper?.bytes.map { .string($0.description) },
        "ephemeral-storage": hasEphemeralStorage ? "1Gi" : nil, "nvidia.com/gpu": gpu,
      ]),
    ])
  }

  // MARK: Volumes.

  /// Named by its path, `/var/lib/data` as `var-lib-data`: a claim keeps its name when another is added.
  static func volumeName(_ path: String) -> String {
    var name = ""
    for byte in path.lowercased().utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: if !name.isEmpty, !name.hasSuffix("-") { name += "-" }
      }
    }
    if name.hasSuffix("-") { name.removeLast() }
    // Short enough for the claim's own name; of a long path the end says most.
    return name.isEmpty ? "root" : String(name.suffix(40).drop { $0 == "-" })
  }

  private var scratch: [(name: String, path: String)] {
    var result: [(String, String)] = store?.scratch ?? []
    if isReadOnly, !properties.map("volumes").contains(where: { $0.key == "/tmp" }) { result.append(("tmp", "/tmp")) }
    return result
  }

  private var mounts: YAML? {
    var result = claims.map { YAML.map(["name": .string($0.name), "mountPath": .string($0.path)]) }
    for entry in properties.map("volumes") {
      guard let form = entry.value.call?.name, form != "file" else { continue }
      result.append(
        .map([
          "name": .string(Self.volumeName(entry.key)), "mountPath": .string(entry.key),
          "readOnly": form == "secret" ? true : nil,
        ]))
    }
    result += scratch.map { YAML.map(["name": .string($0.name), "mountPath": .string($0.path)]) }
    return YAML.list(result).unlessEmpty
  }

  private var volumes: YAML? {
    var result: [YAML] = []
    for entry in properties.map("volumes") {
      guard let (form, arguments) = entry.value.call else { continue }
      let name: YAML = .string(Self.volumeName(entry.key))
      switch form {
      case "temporary": result.append(["name": name, "emptyDir": ["sizeLimit": "1Gi"]])
      case "memory": result.append(["name": name, "emptyDir": ["medium": "Memory", "sizeLimit": "64Mi"]])
      case "secret":
        result.append(["name": name, "secret": ["secretName": .string(arguments.text("name") ?? "")]])
      case "host": result.append(["name": name, "hostPath": ["path": .string(arguments.text("path") ?? "")]])
      default: break
      }
    }
    if component.kind == .job {
      result += claims.map { claim in
        [
          "name": .string(claim.name),
          "persistentVolumeClaim": ["claimName": .string("\(component.spelled)-\(claim.name)")],
        ]
      }
    }
    if let store, store.data != nil, claims.isEmpty {
      result.append(["name": "data", "emptyDir": ["sizeLimit": "1Gi"]])
    }
    result += scratch.filter { $0.name != "data" }.map {
      ["name": .string($0.name), "emptyDir": ["sizeLimit": "64Mi"]]
    }
    return YAML.list(result).unlessEmpty
  }

  // MARK: Probes.

  private enum Moment: String {
    case ready, live, start

    /// What generated services answer.
    var path: YAML {
      switch self {
      case .ready: "/readyz"
      case .live: "/livez"
      case .start: "/startupz"
      }
    }
  }

  private func probe(_ moment: Moment) -> YAML? {
    if let store {
      guard moment != .start, case .map(let action) = store.probe else { return nil }
      let limits: YAML = ["periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": moment == .live ? 6 : 3]
      guard case .map(let rest) = limits else { return nil }
      return .map(action + rest)
    }
    guard component.kind.runs, component.kind != .job else { return nil }
    if let said = properties.record("probe") {
      let value = moment == .live ? (said["live"].isNone ? said["ready"] : said["live"]) : said[moment.rawValue]
      return value.call.flatMap { check($0.name, $0.arguments) }
    }
    if component.kind.isGenerated {
      return .map([
        "httpGet": ["path": moment.path, "port": "admin"], "periodSeconds": moment == .start ? 1 : 10,
        "timeoutSeconds": moment == .ready ? 3 : 1, "failureThreshold": moment == .start ? 30 : 3,
      ])
    }
    guard moment != .start, let first = component.listening.first(where: { $0.type != .udp }) else { return nil }
    return .map([
      "tcpSocket": ["port": .int(component.target(first))], "periodSeconds": 10, "timeoutSeconds": 1,
      "failureThreshold": 3,
    ])
  }

  private func check(_ form: String, _ arguments: Properties) -> YAML? {
    let port: YAML = .int(arguments.integer("port") ?? component.listening.first.map { component.target($0) } ?? 8080)
    let seconds = { (name: String) -> YAML? in
      arguments.duration(name).map { .int(max($0.nanoseconds / 1_000_000_000, 0)) }
    }
    let delay = arguments.duration("delay").flatMap { $0.nanoseconds > 0 ? seconds("delay") : nil }
    let headers = arguments.map("headers").map {
      YAML.map(["name": .string($0.key), "value": .string($0.value.text ?? "")])
    }
    let action: YAML.Entry
    switch form {
    case "http":
      action = (
        "httpGet",
        .map([
          "path": .string(arguments.text("path") ?? "/"), "port": port, "httpHeaders": YAML.list(headers).unlessEmpty,
        ])
      )
    case "tcp": action = ("tcpSocket", ["port": port])
    case "grpc":
      action = (
        "grpc", .map(["port": port, "service": arguments.text("service").map { .string($0) }])
      )
    default:
      action = (
        "exec", ["command": .list(arguments.list("command").compactMap { $0.text.map { .string($0) } })]
      )
    }
    guard
      case .map(let rest) = YAML.map([
        "initialDelaySeconds": delay, "periodSeconds": seconds("period"), "timeoutSeconds": seconds("timeout"),
        "failureThreshold": arguments.integer("failures").map { .int($0) },
      ])
    else { return nil }
    return .map([action] + rest)
  }

  /// Init containers that ask the port of each target until it answers, for five minutes.
  private func waiting(for connections: [Connection]) -> [YAML] {
    var seen: Set<String> = []
    return connections.compactMap { connection in
      guard let (host, number) = cluster.address(of: connection), seen.insert("\(host) \(number)").inserted else {
        return nil
      }
      let isSecond = seen.count { $0.hasPrefix(host + " ") } > 1
      return .map([
        "name": .string("wait-for-\(host)".prefix(50) + (isSecond ? "-\(number)" : "")),
        "image": "docker.io/busybox:1.37",
        "imagePullPolicy": "IfNotPresent",
        "command": [
          "sh", "-c", .string("timeout 300 sh -c 'until nc -z -w 2 \(host) \(number); do sleep 2; done'"),
        ],
        "resources": [
          "requests": ["cpu": "10m", "memory": "16Mi", "ephemeral-storage": "16Mi"],
          "limits": ["cpu": "100m", "memory": "32Mi", "ephemeral-storage": "64Mi"],
        ],
        "securityContext": [
          "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
        ],
      ])
    }
  }
}
