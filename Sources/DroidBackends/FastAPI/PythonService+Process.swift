import DroidSemantics

/// The modules that live as long as the process: metrics, settings, stores, the interface, the process itself.
extension PythonService {
  func metrics() -> [UInt8] {
    var module = self.module("What this service measures. Prometheus reads it at /metrics on the admin port.")
    module.line()
    if hasApplications || hasClients {
      module.line("# Seconds; also of calls to others and of events.")
      module.code(Self.list(plan.buckets.map(\.description)).wrapped("BUCKETS = "))
    }
    if hasApplications {
      module.use("prometheus_client", "Gauge", "Histogram")
      let labels = ["port", "operation", "http_request_method", "http_route", "http_response_status_code"]
      module.code(
        .call(
          "REQUEST_DURATION = Histogram",
          [
            .text("\"http_server_request_duration_seconds\""), .text("\"Duration of HTTP requests.\""),
            Self.list(labels.map { PythonLiteral.string($0) }),
            .text("buckets=BUCKETS"),
          ]))
      module.code(
        .call(
          "ACTIVE_REQUESTS = Gauge",
          [
            .text("\"http_server_active_requests\""), .text("\"HTTP requests that are being answered.\""),
            Self.list(["\"port\"", "\"operation\""]),
          ]))
    }
    for metric in plan.metrics {
      let kind = metric.kind == "gauge" ? "Gauge" : metric.kind == "histogram" ? "Histogram" : "Counter"
      module.use("prometheus_client", kind)
      var arguments: [PythonCode] = [
        .text(PythonLiteral.string(metric.name)), .text(PythonLiteral.string(metric.help)),
      ]
      if !metric.labels.isEmpty {
        arguments.append(Self.list(metric.labels.map { PythonLiteral.string(Names.snake($0)) }))
      }
      if !metric.buckets.isEmpty { arguments.append(Self.list(metric.buckets.map(\.description)).wrapped("buckets=")) }
      module.code(.call("\(Self.constant(metric)) = \(kind)", arguments))
    }
    if hasMetrics { writeMetrics(to: &module) }
    return module.bytes()
  }

  private func writeMetrics(to module: inout PythonModule) {
    module.separate()
    module.line("class Metrics:")
    module.docstring("The metrics of the droidfile, each as a method.", depth: 1)
    for metric in plan.metrics {
      module.line()
      let labels = metric.labels.map { PythonSpelling.parameter($0) }
      var arguments: [PythonCode] = [
        .text("self"), .text(metric.kind == "counter" ? "amount: float = 1" : "value: float"),
      ]
      if !labels.isEmpty { arguments += [.text("*")] + labels.map { .text("\($0): str") } }
      module.code(.group("def \(PythonSpelling.method(metric.watch.name))", .round, arguments, " -> None:"), depth: 1)
      module.docstring(metric.help, depth: 2)
      let target = Self.constant(metric) + (labels.isEmpty ? "" : ".labels(\(labels.joined(separator: ", ")))")
      let call = metric.kind == "gauge" ? "set(value)" : metric.kind == "histogram" ? "observe(value)" : "inc(amount)"
      module.line("\(target).\(call)", depth: 2)
    }
  }

  private static func constant(_ metric: MetricPlan) -> String {
    let name = Names.constant(metric.watch.name)
    return name == "REQUEST_DURATION" || name == "ACTIVE_REQUESTS" ? name + "_" : name
  }

  static func list(_ parts: [String]) -> PythonCode { .group("", .square, parts.map { .text($0) }) }

  func settings() -> [UInt8] {
    var module = self.module("Settings, from the environment.")
    module.use("typing", "Literal")
    if hasApplications || hasSubscribers || isJob {
      module.use("typing", "Annotated")
      module.use("pydantic", "Field")
    }
    module.use("pydantic_settings", "BaseSettings", "SettingsConfigDict")
    module.use(".runtime.configuration", "CollectorURL", "Port")
    module.separate()
    module.line("class Settings(BaseSettings):")
    module.docstring("Each field is the environment variable of the same name in capitals.", depth: 1)
    module.line()
    module.line("model_config = SettingsConfigDict(frozen=True)", depth: 1)
    module.line()
    module.line("host: str = \"0.0.0.0\"  # nosec B104", depth: 1)
    for application in plan.applications {
      module.line("\(portSetting(application)): Port = \(application.target)", depth: 1)
    }
    module.line("admin_port: Port = 9464", depth: 1)
    let level = plan.component.properties.choice("log") ?? "info"
    module.line(
      "log_level: Literal[\"debug\", \"info\", \"warning\", \"error\"] = \(PythonLiteral.string(level))", depth: 1)
    module.line("otel_exporter_otlp_endpoint: CollectorURL = None", depth: 1)
    if hasApplications || hasSubscribers || isJob {
      // Draining takes some of the time, and closing the stores after it.
      let seconds = ExactDecimal(max(plan.grace.nanoseconds - 6_000_000_000, 1_000_000_000), scale: 9)
      if hasApplications { module.line("drain_seconds: Annotated[float, Field(ge=0)] = 3", depth: 1) }
      module.line("shutdown_seconds: Annotated[float, Field(gt=0)] = \(seconds)", depth: 1)
    }
    if isJob { writeJobSettings(to: &module) }
    writeModelSettings(to: &module)
    if hasCalls {
      module.line("resilience_layer: Literal[\"client\", \"mesh\"] = \"client\"", depth: 1)
    }
    if hasLimits { module.line("trusted_hops: Annotated[int, Field(ge=0)] = 0", depth: 1) }
    var urls: Set<String> = []
    for client in plan.clients where urls.insert(client.variable).inserted {
      module.use(".runtime.configuration", "HTTPURL")
      let setting = client.variable.lowercased()
      if let url = client.target.properties.text("url") {
        module.line("\(setting): HTTPURL = \(PythonLiteral.string(url))", depth: 1)
      } else {
        module.line("\(setting): HTTPURL\(client.isOptional ? " | None = None" : "")", depth: 1)
      }
    }
    for broker in Set(brokers + plan.caches.map(\.broker)).sorted(by: { $0.variable < $1.variable }) {
      let type = broker.kind == .redis ? "RedisURL" : broker.kind == .nats ? "NatsURL" : "KafkaAddresses"
      module.use(".runtime.configuration", type)
      module.line("\(broker.variable.lowercased()): \(type) | None = None", depth: 1)
    }
    for secret in plan.secrets {
      let isPair = (guardPlans.compactMap(\.auth) + plan.clients.compactMap(\.auth)).contains(.basic(secret))
      let type = isPair ? "Credentials" : "Secret"
      module.use(".runtime.configuration", type)
      module.line("\(secret.variable.lowercased()): \(type)", depth: 1)
    }
    for store in stores {
      module.use(".runtime.configuration", "PostgresURL")
      module.line("\(store.variable.lowercased()): PostgresURL | None = None", depth: 1)
      module.line("\(store.poolVariable.lowercased()): Annotated[int, Field(ge=1)] = \(store.pool)", depth: 1)
    }
    if hasCalls {
      module.line()
      module.line("@property", depth: 1)
      module.line("def is_meshed(self) -> bool:", depth: 1)
      module.docstring("Whether a mesh ends calls, tries again and breaks off.", depth: 2)
      module.line("return self.resilience_layer == \"mesh\"", depth: 2)
    }
    return module.bytes()
  }

  func storesModule() -> [UInt8] {
    let places = stores.count > 1 ? "or memory where there is no database" : "or memory when there is no database"
    let what = hasResources ? "the resources of this service are kept" : "it is kept what was done"
    var module = self.module("Where \(what): PostgreSQL, \(places).")
    let types = types()
    module.use(module: "logging")
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "asynccontextmanager")
    module.use("dataclasses", "dataclass")
    module.use(".runtime.health", "Health")
    module.use(".runtime.postgres", "connect", "prepare")
    if hasResources {
      module.use(".runtime.postgres_store", "Column", "PostgresStore")
      module.use(".runtime.store", "MemoryStore", "Store")
    }
    if hasKeys {
      module.use(".runtime.idempotency", "Answers", "MemoryAnswers")
      module.use(".runtime.postgres_answers", "PostgresAnswers")
    }
    if hasSubscribers {
      module.use(".runtime.handled", "Handled", "MemoryHandled")
      module.use(".runtime.postgres_handled", "PostgresHandled")
    }
    module.use(".settings", "Settings")
    module.line()
    module.line("logger = logging.getLogger(__name__)")
    for resource in stores.flatMap(\.resources) { writeColumns(of: resource, to: &module) }
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Stores:")
    module.docstring("The stores, by the name of what they keep.", depth: 1)
    module.line()
    for resource in stores.flatMap(\.resources) {
      let type = PythonSpelling.type(resource.type)
      module.use(".models", type)
      let key = types.base(of: resource.key.type, in: &module)
      module.line("\(Self.storeName(resource)): Store[\(key), \(type)]", depth: 1)
    }
    if hasKeys { module.line("answers: Answers", depth: 1) }
    if hasSubscribers { module.line("handled: Handled", depth: 1) }
    if stores.count == 1 {
      writeOneStore(stores[0], to: &module)
    } else {
      writeStores(to: &module)
    }
    return module.bytes()
  }

  static func storeName(_ resource: ResourcePlan) -> String {
    let name = PythonSpelling.field(resource.type)
    return name == "answers" || name == "handled" ? name + "_" : name
  }

  private func writeColumns(of resource: ResourcePlan, to module: inout PythonModule) {
    let columns = resource.columns.map { column in
      PythonCode.text(
        "\"\(PythonSpelling.field(column.field.name))\": Column(\"\(column.name)\", \"\(column.type.rawValue)\")")
    }
    module.line()
    module.code(.group(Names.constant(resource.type) + "_COLUMNS = ", .curly, columns))
  }

  private func writeOneStore(_ store: StorePlan, to module: inout PythonModule) {
    let setting = store.variable.lowercased()
    module.separate()
    module.line("@asynccontextmanager")
    module.line("async def open_stores(settings: Settings, health: Health) -> AsyncIterator[Stores]:")
    module.docstring("Open the stores, and close them at the end.", depth: 1)
    module.line("if settings.\(setting) is None:", depth: 1)
    let what = hasResources ? "resources are kept" : "what was done is kept"
    let warning = "\(store.variable) is not set: \(what) in memory, and lost at the end"
    module.code(.call("logger.warning", [.text("\"\(warning)\"")]), depth: 2)
    let memory =
      (hasKeys ? [PythonCode.text("answers=MemoryAnswers()")] : [])
      + (hasSubscribers ? [.text("handled=MemoryHandled()")] : [])
    module.code(.call("yield Stores", store.resources.map(memoryStore) + memory), depth: 2)
    module.line("return", depth: 2)
    module.line()
    module.line("url = settings.\(setting).get_secret_value()", depth: 1)
    let name = PythonLiteral.string(store.component ?? "database")
    module.line("async with connect(url, settings.\(store.poolVariable.lowercased()), \(name)) as pool:", depth: 1)
    module.line("health.check(\(name), lambda: pool.fetchval(\"select 1\"))", depth: 2)
    let names = writePostgres(store, pool: "pool", depth: 2, to: &module)
    module.code(.call("yield Stores", names.map { .text("\($0.name)=\($0.variable)") }), depth: 2)
  }

  /// Several databases: each is there or not.
  private func writeStores(to module: inout PythonModule) {
    module.use("contextlib", "AsyncExitStack")
    module.separate()
    module.line("@asynccontextmanager")
    module.line("async def open_stores(settings: Settings, health: Health) -> AsyncIterator[Stores]:")
    module.docstring("Open the stores, and close them at the end.", depth: 1)
    module.line("async with AsyncExitStack() as stack:", depth: 1)
    let types = types()
    if hasKeys { module.line("answers: Answers = MemoryAnswers()", depth: 2) }
    if hasSubscribers { module.line("handled: Handled = MemoryHandled()", depth: 2) }
    for store in stores {
      let setting = store.variable.lowercased()
      let pool = Names.snake(store.component ?? "memory") + "_pool"
      for resource in store.resources {
        let name = Self.storeName(resource)
        let key = types.base(of: resource.key.type, in: &module)
        let type = PythonSpelling.type(resource.type)
        module.code(
          memoryStore(resource).renamed("\(name): Store[\(key), \(type)] = ", from: "\(name)="), depth: 2)
      }
      module.line("if settings.\(setting) is None:", depth: 2)
      module.code(
        .call(
          "logger.warning",
          [.text("\"\(store.variable) is not set: its resources are kept in memory, and lost at the end\"")]), depth: 3)
      module.line("else:", depth: 2)
      module.line("url = settings.\(setting).get_secret_value()", depth: 3)
      module.code(
        .call(
          "\(pool) = await stack.enter_async_context",
          [
            .call(
              "connect",
              [
                .text("url"), .text("settings.\(store.poolVariable.lowercased())"),
                .text(PythonLiteral.string(store.component ?? "database")),
              ])
          ]), depth: 3)
      module.line(
        "health.check(\(PythonLiteral.string(store.component ?? "database")), lambda: \(pool).fetchval(\"select 1\"))",
        depth: 3)
      for (name, variable) in writePostgres(store, pool: pool, depth: 3, to: &module) {
        module.line("\(name) = \(variable)", depth: 3)
      }
    }
    let names =
      stores.flatMap(\.resources).map(Self.storeName) + (hasKeys ? ["answers"] : [])
      + (hasSubscribers ? ["handled"] : [])
    module.code(.call("yield Stores", names.map { .text("\($0)=\($0)") }), depth: 2)
  }

  private func memoryStore(_ resource: ResourcePlan) -> PythonCode {
    .call(
      "\(Self.storeName(resource))=MemoryStore",
      [
        .text(PythonSpelling.type(resource.type)),
        .text(PythonLiteral.string(PythonSpelling.field(resource.key.name))),
      ])
  }

  /// The stores of a database as variables, prepared together: the names of their fields, and of the variables.
  private func writePostgres(
    _ store: StorePlan, pool: String, depth: Int, to module: inout PythonModule
  ) -> [(name: String, variable: String)] {
    var names: [(name: String, variable: String)] = []
    for resource in store.resources {
      let name = Self.storeName(resource)
      let type = PythonSpelling.type(resource.type)
      let key = types().base(of: resource.key.type, in: &module)
      names.append((name, Names.snake(resource.type) + "_store"))
      module.code(
        .call(
          "\(Names.snake(resource.type))_store = PostgresStore[\(key), \(type)]",
          [
            .text(pool), .text(type),
            .text(PythonLiteral.string(PythonSpelling.field(resource.key.name))),
            .text("table=\"\(Names.snake(resource.type))\""),
            .text("columns=\(Names.constant(resource.type))_COLUMNS"),
          ]), depth: depth)
    }
    if hasKeys {
      names.append(("answers", "kept_answers"))
      module.line("kept_answers = PostgresAnswers(\(pool))", depth: depth)
    }
    if hasSubscribers {
      names.append(("handled", "handled_events"))
      module.line("handled_events = PostgresHandled(\(pool))", depth: depth)
    }
    module.code(.call("await prepare", ([pool] + names.map(\.variable)).map { .text($0) }), depth: depth)
    return names
  }
}

extension MetricPlan {
  var help: String { watch.doc ?? Names.sentence(watch.name) + "." }
}

extension PythonCode {
  /// The same code, with another beginning.
  fileprivate func renamed(_ new: String, from old: String) -> PythonCode {
    guard case .group(let before, let brackets, let parts, let after) = self, before.hasPrefix(old) else { return self }
    return .group(new + before.dropFirst(old.count), brackets, parts, after)
  }
}

extension PythonTypes {
  /// A type without its rules, for a parameter of a type.
  func base(of type: ValueType, in module: inout PythonModule) -> String {
    switch type {
    case .int: plain(.int(.none), in: &module).flat
    case .float: plain(.float(.none), in: &module).flat
    case .decimal: plain(.decimal(.none), in: &module).flat
    case .duration: plain(.duration(.none), in: &module).flat
    case .binary: plain(.binary(.none), in: &module).flat
    case .string: "str"
    default: plain(type, in: &module).flat
    }
  }
}
