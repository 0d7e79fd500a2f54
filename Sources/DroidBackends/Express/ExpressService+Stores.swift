import DroidSemantics

/// `stores.ts` and `metrics.ts`.
extension ExpressService {
  /// `orderResource`
  func resourceConstant(_ resource: ResourcePlan) -> String { Names.camel(resource.type) + "Resource" }

  func stores() -> [UInt8] {
    let places =
      "Where \(hasResources ? "resources are kept" : hasStores ? "answers are kept" : "it is kept what was done")"
    var module = self.module(
      plan.stores.isEmpty ? "\(places): in memory." : "\(places): PostgreSQL, or memory where there is none.")
    let resources = plan.stores.flatMap(\.resources)
    for resource in resources { write(resource, to: &module) }
    let types = TypeScriptTypes(plan, root: "./")
    module.line()
    module.comment("The stores, by the name of what they keep.")
    module.line("export interface Stores {")
    for resource in resources {
      module.use(type: "Store", from: "./runtime/store.js")
      let name = TypeScriptSpelling.type(resource.type)
      module.use(type: name, from: "./models.js")
      let key = types.type(resource.key.type, in: &module)
      module.line("readonly \(TypeScriptSpelling.store(resource.type)): Store<\(name), \(key)>;", depth: 1)
    }
    if keepsAnswers {
      module.use(type: "Answers", from: "./runtime/idempotency.js")
      module.comment("Answers to requests with a key.", depth: 1)
      module.line("readonly answers: Answers;", depth: 1)
    }
    if hasSubscribers && hasDatabase {
      module.use(type: "Handled", from: "./runtime/handled.js")
      module.comment("The ids of events that were handled.", depth: 1)
      module.line("readonly handled: Handled;", depth: 1)
    }
    module.line("close(): Promise<void>;", depth: 1)
    module.line("}")
    module.line()
    module.comment("Open the stores: in memory, unless the settings name a database.")
    writeOpen(to: &module)
    return module.bytes()
  }

  private func write(_ resource: ResourcePlan, to module: inout TypeScriptModule) {
    let name = TypeScriptSpelling.type(resource.type)
    module.use("./models.js", name)
    module.use("./runtime/resource.js", "resource")
    func members(_ fields: [DataField]) -> TypeScriptCode {
      .array(fields.map { .string(TypeScriptLiteral.string(TypeScriptSpelling.member($0.name))) })
    }
    var options: [TypeScriptCode] = [
      .member("name", .string(TypeScriptLiteral.string(resource.type))),
      .member("table", .string(TypeScriptLiteral.string(Names.snake(resource.type)))),
      .member("record", .text(name)),
      .member("key", .string(TypeScriptLiteral.string(TypeScriptSpelling.member(resource.key.name)))),
      .member("filters", members(resource.filters.map(\.field))),
      .member("orders", members(resource.orders)),
    ]
    let renamed = resource.columns.filter { $0.name != TypeScriptSpelling.member($0.field.name) }
    if !renamed.isEmpty {
      let names = renamed.map { column in
        TypeScriptCode.member(
          TypeScriptLiteral.name(TypeScriptSpelling.member(column.field.name)),
          .string(TypeScriptLiteral.string(column.name)))
      }
      options.append(.member("columns", .object(names)))
    }
    module.line()
    module.code(.call("export const \(resourceConstant(resource)) = resource", [.block("", options)]))
  }

  private func place(of store: StorePlan) -> [TypeScriptCode] {
    [
      .member("name", .string(TypeScriptLiteral.string(store.component ?? "database"))),
      .member("variable", .string(TypeScriptLiteral.string(store.variable))),
      .member("url", .text("settings.\(Names.camel(store.variable))")),
      .member("poolSize", .text("settings.\(Names.camel(store.poolVariable))")),
    ]
  }

  private func writeOpen(to module: inout TypeScriptModule) {
    if plan.stores.isEmpty {
      module.use("./runtime/idempotency.js", "MemoryAnswers")
      module.line("export async function openStores(): Promise<Stores> {")
      module.line("return { answers: new MemoryAnswers(), close: async () => undefined };", depth: 1)
      module.line("}")
      return
    }
    module.use(type: "Health", from: "./runtime/health.js")
    module.use(type: "Settings", from: "./settings.js")
    module.line("export async function openStores(settings: Settings, health: Health): Promise<Stores> {")
    guard hasStores else {
      module.use("./runtime/postgresHandled.js", "openHandled")
      module.code(.call("return openHandled", [.block("", place(of: plan.stores[0]) + [.text("health")])]), depth: 1)
      module.line("}")
      return
    }
    module.use("./runtime/database.js", "openDatabase")
    let names = plan.stores.map { store in
      plan.stores.count == 1 ? "database" : Names.camel(store.component ?? "memory") + "Database"
    }
    for (store, name) in zip(plan.stores, names) {
      let bring: [TypeScriptCode] =
        hasSubscribers && name == names[0] ? [.member("bring", .text("bringHandled"))] : []
      module.code(
        .call(
          "const \(name) = await openDatabase",
          [
            .block(
              "",
              place(of: store) + [
                .member("resources", .array(store.resources.map { .text(resourceConstant($0)) })),
                .text("health"),
              ] + bring)
          ]), depth: 1)
    }
    var members: [TypeScriptCode] = []
    for (store, name) in zip(plan.stores, names) {
      for resource in store.resources {
        members.append(
          .member(
            TypeScriptSpelling.store(resource.type), .call("\(name).store", [.text(resourceConstant(resource))])))
      }
    }
    if keepsAnswers { members.append(.member("answers", .text("\(names[0]).answers"))) }
    if hasSubscribers {
      module.use("./runtime/postgresHandled.js", "bringHandled", "handledIn")
      members.append(.member("handled", .text("handledIn(\(names[0]).pool)")))
    }
    let closes =
      names.count == 1
      ? TypeScriptCode.text("close: () => \(names[0]).close()")
      : .group("close: async () => ", .curly, [])
    if names.count == 1 {
      members.append(closes)
      module.code(.block("return ", members), depth: 1)
    } else {
      module.line("return {", depth: 1)
      for member in members { module.code(member, depth: 2, suffix: ",") }
      module.line("async close() {", depth: 2)
      for name in names { module.line("await \(name).close();", depth: 3) }
      module.line("},", depth: 2)
      module.line("};", depth: 1)
    }
    module.line("}")
  }

  func metrics() -> [UInt8] {
    var module = self.module("What this service measures. Prometheus reads it at /metrics on the admin port.")
    if hasApplications {
      module.use("./runtime/metrics.js", "requestMetrics")
      module.line()
      let buckets = plan.buckets.map { TypeScriptCode.text($0.description) }
      if isModel {
        module.use("./runtime/versions.js", "predictionMetrics")
        module.code(TypeScriptCode.array(buckets).wrapped("const buckets = "))
        module.line()
        module.line("export const requests = requestMetrics(buckets);")
        module.line("export const predictions = predictionMetrics(buckets);")
      } else {
        module.code(.call("export const requests = requestMetrics", [.array(buckets)]))
      }
    }
    for metric in plan.metrics {
      let kind = metric.kind == "gauge" ? "Gauge" : metric.kind == "histogram" ? "Histogram" : "Counter"
      module.use("prom-client", kind)
      let name = metric.kind == "counter" ? metric.name + "_total" : metric.name
      var options: [TypeScriptCode] = [
        .member("name", .string(TypeScriptLiteral.string(name))),
        .member("help", .string(TypeScriptLiteral.string(Self.help(metric)))),
      ]
      if !metric.labels.isEmpty {
        let labels = metric.labels.map { TypeScriptCode.string(TypeScriptLiteral.string(Names.snake($0))) }
        options.append(.member("labelNames", .array(labels)))
      }
      if !metric.buckets.isEmpty {
        options.append(.member("buckets", .array(metric.buckets.map { .text($0.description) })))
      }
      module.line()
      module.code(.call("const \(Self.constant(metric)) = new \(kind)", [.block("", options)]))
    }
    if !hasMetrics { return module.bytes() }
    module.line()
    module.comment("The metrics of the droidfile, each as a method.")
    module.line("export const metrics = {")
    for (index, metric) in plan.metrics.enumerated() {
      if index > 0 { module.line() }
      write(method: metric, to: &module)
    }
    module.line("};")
    module.line()
    module.line("export type Metrics = typeof metrics;")
    return module.bytes()
  }

  private func write(method metric: MetricPlan, to module: inout TypeScriptModule) {
    let labels = metric.labels.map { TypeScriptLiteral.name(Names.snake($0)) }
    let call = metric.kind == "gauge" ? "set" : metric.kind == "histogram" ? "observe" : "inc"
    let value = metric.kind == "counter" ? "amount = 1" : "value: number"
    var parameters: [TypeScriptCode] = []
    if !labels.isEmpty {
      let type = labels.map { "readonly \($0): string" }.joined(separator: "; ")
      parameters.append(.text("labels: { \(type) }"))
    }
    parameters.append(.text(value))
    module.comment(Self.help(metric), depth: 1)
    module.code(
      .group("\(TypeScriptSpelling.method(metric.watch.name))", .round, parameters, ": void {"), depth: 1, suffix: "")
    let arguments = (labels.isEmpty ? "" : "labels, ") + (metric.kind == "counter" ? "amount" : "value")
    module.line("\(Self.constant(metric)).\(call)(\(arguments));", depth: 2)
    module.line("},", depth: 1)
  }

  private static func constant(_ metric: MetricPlan) -> String { Names.camel(metric.watch.name) + "Metric" }

  private static func help(_ metric: MetricPlan) -> String {
    metric.watch.doc ?? Names.sentence(metric.watch.name) + "."
  }
}
