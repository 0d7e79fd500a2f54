import DroidSemantics

/// The environment variables of a container.
struct Variables {
  private var entries: [(name: String, value: YAML)] = []

  /// In the order in which they were set, but for those that use others: they come after what they use.
  var list: YAML? {
    guard entries.contains(where: { !Self.used(in: $0.value.text ?? "").isEmpty }) else {
      return YAML.list(entries.map { Self.variable($0.name, $0.value) }).unlessEmpty
    }
    let positions = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [YAML] = []
    var seen: Set<Int> = []
    func visit(_ index: Int) {
      guard seen.insert(index).inserted else { return }
      let (name, value) = entries[index]
      for used in Self.used(in: value.text ?? "") {
        if let at = positions[used] { visit(at) }
      }
      order.append(Self.variable(name, value))
    }
    for index in entries.indices { visit(index) }
    return YAML.list(order).unlessEmpty
  }

  private static func variable(_ name: String, _ value: YAML) -> YAML {
    ["name": .string(name), value.text == nil ? "valueFrom" : "value": value]
  }

  /// The names in `$(NAME)`.
  private static func used(in text: String) -> [String] {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
    return text.split(separator: "$(").dropFirst(text.hasPrefix("$(") ? 0 : 1)
      .compactMap { part in part.firstIndex(of: ")").map { String(part[..<$0]) } }
  }

  mutating func set(_ name: String, _ value: YAML) {
    if let at = entries.firstIndex(where: { $0.name == name }) {
      entries[at].value = value
    } else {
      entries.append((name, value))
    }
  }

  mutating func set(_ name: String, secret: SecretReference) {
    set(name, ["secretKeyRef": ["name": .string(secret.object), "key": .string(secret.key)]])
  }

  init(_ unit: Deployable, _ cluster: Cluster) {
    let component = unit.component
    if component.kind.isStore {
      for setting in StoreImage.settings(component, cluster) { set(setting.name, setting.value) }
      return
    }
    guard component.kind.runs else { return }
    if let region = cluster.region { set("REGION", .string(region)) }
    if component.kind.isGenerated { set("LOG_LEVEL", .string(component.properties.choice("log") ?? "info")) }
    // Exactly one layer tries again and breaks off.
    if component.kind.isGenerated, cluster.mesh != nil { set("RESILIENCE_LAYER", "mesh") }
    if component.kind == .model {
      if let version = unit.version {
        set("MODEL_VERSION", .string(version.name))
        if let model = version.properties.text("model") {
          set("MODEL_URI_" + Names.constant(version.name), .string(model))
        }
      } else if let model = component.properties.text("model") {
        set("MODEL_URI", .string(model))
      }
    }
    if component.kind == .job, let parallel = component.properties.integer("parallel"), parallel > 1 {
      set("JOB_PARTS", .string(String(parallel)))
    }
    if let (target, port) = Cluster.telemetry(of: component, cluster.system) {
      set("OTEL_EXPORTER_OTLP_ENDPOINT", .string("http://\(target.spelled):\(port.properties.integer("port") ?? 4318)"))
      set("OTEL_SERVICE_NAME", .string(component.spelled))
    }
    if component.kind.isGenerated {
      addSettings(unit, cluster)
    } else {
      for connection in cluster.outgoing[component.name] ?? [] where unit.makes(connection) {
        bind(connection, cluster)
      }
      for connection in cluster.system.unanswered where connection.from.component == component.name {
        if unit.makes(connection) { bind(connection, cluster) }
      }
      // Who receives events asks their broker.
      for connection in cluster.incoming[component.name] ?? [] where connection.properties.reference("via") != nil {
        bind(connection, cluster)
      }
    }
    for entry in component.properties.map("env").sorted(by: { $0.key < $1.key }) {
      if let secret = entry.value.secret {
        set(entry.key, secret: secret)
      } else {
        set(entry.key, .string(entry.value.text ?? ""))
      }
    }
  }

  /// What a Container is told, in the forms that `bind` names.
  private mutating func bind(_ connection: Connection, _ cluster: Cluster) {
    guard let (target, port) = cluster.target(of: connection) else { return }
    let declared =
      cluster.system.component(connection.to.component)?.port(connection.to.port)
      ?? cluster.system.absent[connection.to.component]?.port(connection.to.port)
    guard let bind = connection.properties.record("bind") ?? declared?.properties.record("bind") else { return }
    if let (host, number) = cluster.address(of: target, port) {
      if let name = bind.text("address") { set(name, .string("\(host):\(number)")) }
      if let name = bind.text("host") { set(name, .string(host)) }
      if let name = bind.text("port") { set(name, .string(String(number))) }
    }
    if let name = bind.text("url") {
      if target.kind.isStore { setDSN(name, target, port, cluster) } else { set(name, .string(url(target, port))) }
    }
    if let name = bind.text("dsn") { setDSN(name, target, port, cluster) }
    if let name = bind.text("public"), let url = target.publicURL(port) { set(name, .string(url)) }
  }

  func url(_ target: Component, _ port: Port) -> String {
    if target.kind == .external { return target.properties.text("url") ?? "" }
    let scheme =
      switch port.type {
      case .tcp: "tcp"
      case .udp: "udp"
      default: "http"
      }
    return "\(scheme)://\(target.spelled):\(port.number)"
  }

  /// A connection string, with user and password: a Secret's where someone else runs the store, or an operator.
  mutating func setDSN(_ name: String, _ target: Component, _ port: Port, _ cluster: Cluster) {
    if let secret = target.properties.secret("url") { return set(name, secret: secret) }
    guard let (host, number) = cluster.address(of: target, port) else { return }
    switch target.kind {
    case .postgres:
      let isManaged = cluster.isManaged(target)
      let database = target.databaseName(of: port)
      // The operator keeps a Secret with all that one needs to know of the first database.
      if isManaged, database == target.databaseName {
        return set(name, secret: SecretReference(object: target.spelled + "-app", key: "uri"))
      }
      let password = target.variablePrefix + "_PASSWORD"
      set(password, secret: SecretReference(object: target.spelled + (isManaged ? "-app" : ""), key: "password"))
      set(name, .string("postgresql://app:$(\(password))@\(host):\(isManaged ? 5432 : number)/\(database)"))
    case .redis: set(name, .string("redis://\(host):\(number)"))
    case .nats: set(name, .string("nats://\(host):\(number)"))
    case .kafka: set(name, .string("\(host):\(number)"))
    default: set(name, .string(url(target, port)))
    }
  }
}
