import DroidSemantics

/// What lives as long as the process: settings, metrics, and what starts and stops it all.
extension GoService {
  func settings() -> [UInt8] {
    var file = self.file()
    for path in ["log/slog", "os", "time", "gen/runtime/process"] { file.use(path) }
    // A part of the time is for what comes before (no more traffic) and after (closing what is open).
    let shutdown = ExactDecimal(max(plan.grace.nanoseconds - 6_000_000_000, 1_000_000_000), scale: 9)
    var rows: [(name: String, type: String, value: String)] = [("Host", "string", "env.Text(\"HOST\", \"0.0.0.0\")")]
    for application in plan.applications {
      rows.append(
        (portField(application), "int", "env.Port(\"\(plan.portSetting(application))\", \(application.target))"))
    }
    let level = plan.component.properties.choice("log") ?? "info"
    rows += [
      ("AdminPort", "int", "env.Port(\"ADMIN_PORT\", 9464)"),
      ("LogLevel", "slog.Level", "env.Level(\"LOG_LEVEL\", \"\(level)\")"),
      ("Collector", "string", "env.URL(\"OTEL_EXPORTER_OTLP_ENDPOINT\", \"https\", \"http\")"),
    ]
    if !isJob { rows.append(("Drain", "time.Duration", "env.Seconds(\"DRAIN_SECONDS\", 3)")) }
    rows += [
      ("Shutdown", "time.Duration", "env.Seconds(\"SHUTDOWN_SECONDS\", \(shutdown))")
    ]
    rows += jobSettings
    for client in clients where !rows.contains(where: { $0.name == addressField(client) }) {
      let known = client.address.map { "KnownURL(\"\(client.variable)\", \(GoLiteral.string($0)))" }
      let read =
        known
        ?? (client.isOptional
          ? "URL(\"\(client.variable)\", \"https\", \"http\")" : "RequiredURL(\"\(client.variable)\")")
      rows.append((addressField(client), "string", "env.\(read)"))
    }
    if clients.contains(where: \.mayBeMeshed) {
      rows.append(("IsMeshed", "bool", "env.Mesh(\"RESILIENCE_LAYER\")"))
    }
    if !limits.isEmpty { rows.append(("TrustedHops", "int", "env.Int(\"TRUSTED_HOPS\", 0, 0, 100)")) }
    for secret in plan.secrets {
      let isPair = auths.contains { auth in
        if case .basic(secret) = auth.auth { return true }
        return false
      }
      rows.append((secretField(secret), "string", "env.\(isPair ? "Credentials" : "Secret")(\"\(secret.variable)\")"))
    }
    for store in plan.stores {
      rows.append(
        (GoSpelling.exported(store.variable), "string", "env.URL(\"\(store.variable)\", \"postgres\", \"postgresql\")"))
      rows.append(
        (
          GoSpelling.exported(store.poolVariable), "int",
          "env.Int(\"\(store.poolVariable)\", \(store.pool), 1, 10_000)"
        ))
    }
    for broker in plan.brokersAndCaches {
      let read =
        switch broker.kind {
        case .redis: "URL(\"\(broker.variable)\", \"rediss\", \"redis\")"
        case .nats: "URL(\"\(broker.variable)\", \"tls\", \"nats\")"
        case .kafka: "Addresses(\"\(broker.variable)\")"
        }
      rows.append((GoSpelling.exported(broker.variable), "string", "env.\(read)"))
    }
    file.line()
    file.comment("Settings come from the environment.")
    file.line("type Settings struct {")
    file.rows(rows.map { [$0.name, $0.type] }, depth: 1)
    file.line("}")
    file.line()
    file.comment("LoadSettings reads them, and names all that are wrong.")
    file.line("func LoadSettings() (Settings, error) {")
    file.line("env := process.NewEnvironment(os.LookupEnv)", depth: 1)
    file.line("settings := Settings{", depth: 1)
    file.rows(rows.map { [$0.name + ":", $0.value + ","] }, depth: 2)
    file.line("}", depth: 1)
    file.line("return settings, env.Err()", depth: 1)
    file.line("}")
    return file.bytes()
  }

  func metrics() -> [UInt8] {
    var file = self.file()
    file.use("github.com/prometheus/client_golang/prometheus")
    file.line()
    file.comment("Metrics are those of the droidfile, each as a method.")
    file.line("type Metrics struct {")
    file.rows(plan.metrics.map { [field($0), "*prometheus.\(kind($0))Vec"] }, depth: 1)
    file.line("}")
    file.line()
    file.line("func newMetrics(registry prometheus.Registerer) *Metrics {")
    file.line("metrics := &Metrics{", depth: 1)
    for metric in plan.metrics {
      file.line("\(field(metric)): prometheus.New\(kind(metric))Vec(prometheus.\(kind(metric))Opts{", depth: 2)
      let name = metric.name + (metric.kind == "counter" ? "_total" : "")
      var rows = [["Name:", GoLiteral.string(name) + ","], ["Help:", GoLiteral.string(metric.help) + ","]]
      if !metric.buckets.isEmpty { rows.append(["Buckets:", "[]float64{\(Self.list(metric.buckets))},"]) }
      file.rows(rows, depth: 3)
      let labels = metric.labels.map { GoLiteral.string(Names.snake($0)) }
      file.line("}, \(labels.isEmpty ? "nil" : "[]string{\(labels.joined(separator: ", "))}")),", depth: 2)
    }
    file.line("}", depth: 1)
    file.line("registry.MustRegister(\(plan.metrics.map { "metrics." + field($0) }.joined(separator: ", ")))", depth: 1)
    file.line("return metrics", depth: 1)
    file.line("}")
    for metric in plan.metrics { write(metric, to: &file) }
    return file.bytes()
  }

  private func write(_ metric: MetricPlan, to file: inout GoFile) {
    let name = GoSpelling.exported(metric.watch.name)
    let verb = metric.kind == "counter" ? "counts" : metric.kind == "gauge" ? "is set" : "is observed"
    file.line()
    file.comment(Self.described(name, verb, metric.help))
    let labels = metric.labels.map { GoSpelling.parameter($0) }
    let value = metric.kind == "counter" ? "amount" : "value"
    let list = labels.isEmpty ? "" : ", " + labels.joined(separator: ", ") + " string"
    file.line("func (m *Metrics) \(name)(\(value) float64\(list)) {")
    let call = metric.kind == "counter" ? "Add" : metric.kind == "gauge" ? "Set" : "Observe"
    file.line("m.\(field(metric)).WithLabelValues(\(labels.joined(separator: ", "))).\(call)(\(value))", depth: 1)
    file.line("}")
  }

  private func field(_ metric: MetricPlan) -> String { GoSpelling.parameter(metric.watch.name) }
  private func kind(_ metric: MetricPlan) -> String { GoSpelling.exported(metric.kind) }
  private static func list(_ numbers: [ExactDecimal]) -> String { numbers.map(\.description).joined(separator: ", ") }

  func run() -> [UInt8] {
    var file = self.file()
    for path in [
      "context", "io", "os", "github.com/prometheus/client_golang/prometheus",
      "github.com/prometheus/client_golang/prometheus/collectors", "gen/runtime/process", "gen/runtime/telemetry",
    ] { file.use(path) }
    for application in plan.applications {
      file.use("embed")
      file.line()
      file.line("//go:embed \(contractFile(application))")
      file.line("var \(contract(application)) []byte")
    }
    for graph in graphs {
      file.line()
      file.line("//go:embed \(schemaFile(graph))")
      file.line("var \(schema(graph)) string")
    }
    if hasApplications { file.use("gen/runtime/rest") }
    if hasApplications || hasClients {
      file.line()
      file.comment("buckets are the bounds of the durations that are measured, in seconds.")
      file.line("var buckets = []float64{\(Self.list(plan.buckets))}")
    }
    file.lines(
      """

      // Main \(isJob ? "does the work, once" : "runs the service until it is told to stop").
      func Main(newService func(ctx context.Context, parts Parts) (Service, error)) {
      \tprocess.\(isJob ? "Job" : "Main")(func(ctx context.Context) error { return run(ctx, newService) })
      }

      // run starts everything, and stops it in the opposite order.
      func run(ctx context.Context, newService func(ctx context.Context, parts Parts) (Service, error)) error {
      \tsettings, err := LoadSettings()
      \tif err != nil {
      \t\treturn err
      \t}
      \ttelemetry.ConfigureLogs(os.Stdout, \(GoLiteral.string(plan.name)), settings.LogLevel)
      \tflush, err := telemetry.ConfigureTraces(ctx, \(GoLiteral.string(plan.name)), settings.Collector)
      \tif err != nil {
      \t\treturn err
      \t}
      \tdefer flush()
      \tregistry := prometheus.NewRegistry()
      \tregistry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
      \thealth := &process.Health{}
      \tadmin := process.Server{Port: settings.AdminPort, Handler: process.AdminHandler(health, registry)}
      \tstop, err := process.Admin(ctx, settings.Host, admin)
      \tif err != nil {
      \t\treturn err
      \t}
      \tdefer stop()
      """)
    if hasStores {
      file.lines(
        """
        \tstores, err := OpenStores(ctx, settings, health, registry)
        \tif err != nil {
        \t\treturn err
        \t}
        \tdefer stores.Close()
        """)
    }
    if hasCaches {
      file.lines(
        """
        \tcaches, err := openCaches(ctx, settings, health)
        \tif err != nil {
        \t\treturn err
        \t}
        \tdefer caches.close()
        """)
    }
    if hasClients {
      file.use("gen/runtime/client")
      let shared = plan.sharesAnswers ? ", caches.shared" : ""
      file.line("clients := newClients(settings, client.NewMetrics(registry, buckets)\(shared))", depth: 1)
    }
    if hasEvents {
      file.lines(
        """
        \tbrokers, err := openBrokers(ctx, settings, health)
        \tif err != nil {
        \t\treturn err
        \t}
        \tdefer brokers.Close()
        """)
    }
    let given =
      (hasResources ? ["Stores: stores"] : []) + (hasClients ? ["Clients: clients"] : [])
      + (hasCaches ? ["Caches: caches"] : [])
      + (plan.publishers.isEmpty ? [] : ["Events: newEvents(brokers)"])
      + (hasMetrics ? ["Metrics: newMetrics(registry)"] : [])
    file.lines(
      """
      \tservice, err := newService(ctx, Parts{\(given.joined(separator: ", "))})
      \tif err != nil {
      \t\treturn err
      \t}
      \tif closer, ok := service.(io.Closer); ok {
      \t\tdefer func() { _ = closer.Close() }()
      \t}
      """)
    if isJob { writeWork(to: &file) } else { writeServe(to: &file) }
    file.line("}")
    for application in plan.applications { writeHandler(application, to: &file) }
    return file.bytes()
  }

  private func writeServe(to file: inout GoFile) {
    if hasApplications { file.line("metrics := rest.NewMetrics(registry, buckets)", depth: 1) }
    if hasGuards { file.line("guards := newGuards(settings)", depth: 1) }
    if keepsAnswers && !hasStores { file.line("answers := &rest.MemoryAnswers{}", depth: 1) }
    file.line("ending := process.Ending{Drain: settings.Drain, Shutdown: settings.Shutdown}", depth: 1)
    if hasSubscribers {
      file.use("gen/runtime/events")
      if !keepsHandled {
        file.use("log/slog")
        file.lines(
          """
          \tslog.WarnContext(ctx, "there is no database: which events were handled is kept in memory, and lost at the end")
          """)
      }
      let handled = keepsHandled ? "stores.handled" : "&events.MemoryHandled{}"
      file.lines(
        """
        \tsubscribers := newSubscribers(brokers, service, \(handled), events.NewMetrics(registry))
        \tfor _, each := range subscribers {
        \t\teach.Start(ctx)
        \t}
        """)
    }
    writeFinish(to: &file)
    if !hasApplications {
      file.line("return process.Serve(ctx, settings.Host, health, ending)", depth: 1)
      return
    }
    file.line("return process.Serve(ctx, settings.Host, health, ending,", depth: 1)
    for (index, application) in plan.applications.enumerated() {
      let values = handlerArguments(application).map {
        $0.name == "answers" && hasStores ? "stores.answers" : $0.name
      }
      let end = index + 1 == plan.applications.count ? ")" : ","
      file.line(
        "process.Server{Port: settings.\(portField(application)), Handler: "
          + "\(handler(application))(\(values.joined(separator: ", ")))}\(end)", depth: 2)
    }
  }

  /// What ends besides requests.
  private func writeFinish(to file: inout GoFile) {
    let stop = hasSubscribers ? ["events.StopAll(ctx, subscribers)"] : []
    if !hasStreams {
      for call in stop { file.line("ending.Finish = func(ctx context.Context) { \(call) }", depth: 1) }
      return
    }
    file.line("stopping := make(chan struct{})", depth: 1)
    if stop.isEmpty {
      file.line("ending.Finish = func(context.Context) { close(stopping) }", depth: 1)
      return
    }
    file.line("ending.Finish = func(ctx context.Context) {", depth: 1)
    for call in ["close(stopping)"] + stop { file.line(call, depth: 2) }
    file.line("}", depth: 1)
  }

  /// `1 << 20`
  private static func bytes(_ count: Int) -> String {
    for shift in [30, 20, 10] where count > 0 && count % (1 << shift) == 0 { return "\(count >> shift) << \(shift)" }
    return String(count)
  }

  /// What makes the handler of an application.
  func handlerArguments(_ application: ApplicationPlan) -> [(name: String, type: String)] {
    var arguments: [(name: String, type: String)] = [("metrics", "*rest.Metrics")]
    for port in application.ports {
      for argument in registerArguments(port) where !arguments.contains(where: { $0.name == argument.name }) {
        arguments.append(argument)
      }
    }
    for argument in application.graphs.flatMap(registerArguments)
    where !arguments.contains(where: { $0.name == argument.name }) { arguments.append(argument) }
    return arguments
  }

  private func writeHandler(_ application: ApplicationPlan, to file: inout GoFile) {
    file.use("net/http")
    let ports = application.names.joined(separator: ", ")
    let arguments = handlerArguments(application).map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    file.line()
    file.comment("\(handler(application)) answers \(application.names.count == 1 ? "the port" : "the ports") \(ports).")
    file.line("func \(handler(application))(\(arguments)) http.Handler {")
    file.line("router := rest.NewRouter(rest.Options{", depth: 1)
    var rows = [
      ["Realm:", GoLiteral.string(plan.name) + ","], ["Contract:", contract(application) + ","],
      ["MaxBody:", "\(Self.bytes(plan.bodyLimit)),"], ["Metrics:", "metrics,"],
    ]
    if (application.ports.map(\.port) + application.graphs.map(\.port)).contains(where: \.isPublicWithTLS) {
      rows.insert(["IsSecure:", "true,"], at: 3)
    }
    file.rows(rows, depth: 2)
    file.line("})", depth: 1)
    for port in application.ports {
      let values = (["router"] + registerArguments(port).map(\.name)).joined(separator: ", ")
      file.line("\(register(port))(\(values))", depth: 1)
    }
    for graph in application.graphs {
      let values = (["router"] + registerArguments(graph).map(\.name)).joined(separator: ", ")
      file.line("\(register(graph))(\(values))", depth: 1)
    }
    file.line("return router", depth: 1)
    file.line("}")
  }
}
