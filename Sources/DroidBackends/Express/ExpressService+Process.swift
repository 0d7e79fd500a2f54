import DroidSemantics

/// `main.ts`, `app.ts` and `settings.ts`.
extension ExpressService {
  func main() -> [UInt8] {
    var module = self.module(
      isJob ? "Do the work, once: `npm start`." : "Run the service until it is told to stop: `npm start`.")
    module.use("../src/service.js", implementation)
    let run = isJob ? "runJob" : "run"
    module.use("./runtime/\(isJob ? "job" : "process").js", run)
    module.use("./settings.js", "readSettings")
    module.use(type: interface, from: "./service.js")
    module.line()
    module.line("await \(run)({")
    module.line("readSettings,", depth: 1)
    module.code(.array(masked.map { .string(TypeScriptLiteral.string($0)) }).wrapped("masked: "), depth: 1, suffix: ",")
    let given =
      hasDatabase || hasBrokers || hasCaches || hasGraphs
      ? "settings, health" : plan.applications.isEmpty && !hasClients && jobSettings.isEmpty ? "" : "settings"
    module.line("async start(\(given)) {", depth: 1)
    if hasStores || hasDatabase {
      module.use("./stores.js", "openStores")
      let arguments = hasDatabase ? "settings, health" : ""
      module.line("const stores = await openStores(\(arguments));", depth: 2)
    }
    if hasCaches {
      module.use("./caches.js", "openCaches")
      module.line("const caches = openCaches(settings, health);", depth: 2)
    }
    if hasClients {
      module.use("./clients.js", "createClients")
      module.line("const clients = createClients(settings\(sharedCache == nil ? "" : ", caches"));", depth: 2)
    }
    if hasBrokers {
      module.use("./events.js", "openBrokers")
      module.line("const brokers = openBrokers(settings, health);", depth: 2)
    }
    if hasPublishers {
      module.use("./events.js", "createPublishers")
      module.line("const events = createPublishers(\(hasBrokers ? "brokers" : ""));", depth: 2)
    }
    if hasMetrics { module.use("./metrics.js", "metrics") }
    let arguments = serviceParts.isEmpty ? "" : "{ \(serviceParts.map(\.name).joined(separator: ", ")) }"
    module.line("const service: \(interface) = new \(implementation)(\(arguments));", depth: 2)
    if hasAccess {
      module.use("./access.js", "createAccess")
      module.line("const access = createAccess(settings);", depth: 2)
    }
    module.line("await service.start?.();", depth: 2)
    if isModel {
      module.use("./versions.js", "createVersions")
      module.line("const versions = createVersions(settings);", depth: 2)
      module.line("await versions.load((version, uri) => service.load(version, uri));", depth: 2)
    }
    if hasSubscribers && !isJob { writeSubscribers(to: &module) }
    module.line("return {", depth: 2)
    let names = applicationParts.map(\.name).joined(separator: ", ")
    let listeners = plan.applications.map { application -> TypeScriptCode in
      module.use("./app.js", factory(application))
      return .object([
        .member("application", .text("\(factory(application))({ \(names) })")),
        .member("port", .text("settings.\(portSetting(application))")),
      ])
    }
    if isJob {
      module.line(workCode, depth: 3)
    } else {
      module.code(.array(listeners).wrapped("listeners: "), depth: 3, suffix: ",")
    }
    if hasSubscribers && !isJob { module.line("finish: (seconds) => finishAll(subscribers, seconds),", depth: 3) }
    module.line("async stop() {", depth: 3)
    module.line("await service.stop?.();", depth: 4)
    if hasBrokers { module.line("await brokers.close();", depth: 4) }
    if hasCaches { module.line("await caches.close();", depth: 4) }
    if hasStores || hasDatabase { module.line("await stores.close();", depth: 4) }
    module.line("},", depth: 3)
    module.line("};", depth: 2)
    module.line("},", depth: 1)
    module.line("});")
    return module.bytes()
  }

  private func writeSubscribers(to module: inout TypeScriptModule) {
    module.use("./subscribers.js", "createSubscribers")
    module.use("./runtime/subscriptions.js", "finishAll")
    var handled = "stores.handled"
    if !hasDatabase {
      module.use("./runtime/handled.js", "MemoryHandled")
      handled = "new MemoryHandled()"
    }
    module.line("const subscribers = createSubscribers(brokers, service, \(handled));", depth: 2)
    module.line("for (const subscriber of subscribers) {", depth: 2)
    module.line("subscriber.start();", depth: 3)
    module.line("}", depth: 2)
  }

  /// The names of what no log shows, here and on the wire.
  private var masked: [String] {
    let fields =
      plan.types.records.flatMap(\.fields) + plan.types.errors.flatMap(\.fields)
      + behaviours.flatMap { $0.parameters.map(\.field) }
    let hidden = fields.filter { $0.isPersonal || $0.isSecret }
    return Set(hidden.flatMap { [TypeScriptSpelling.member($0.name), $0.wireName] }).sorted()
  }

  func application() -> [UInt8] {
    var module = self.module("What listens on the ports of the process.")
    module.use("node:fs", "readFileSync")
    module.use(type: "Express", from: "express")
    module.use("./metrics.js", "requests")
    module.use("./runtime/application.js", "createApplication")
    module.line()
    module.comment("What an application is made of.")
    module.line("export interface ApplicationParts {")
    for part in applicationParts {
      module.use(type: part.type, from: "./\(part.module).js")
      module.line("readonly \(part.name): \(part.type);", depth: 1)
    }
    module.line("}")
    if hasPassages {
      module.line()
      module.line("const largestBody = \(Self.grouped(plan.bodyLimit));")
    }
    for application in plan.applications { write(application, to: &module) }
    module.line()
    module.line("function contract(name: string): Buffer {")
    module.line("return readFileSync(new URL(import.meta.resolve(`#gen/${name}`)));", depth: 1)
    module.line("}")
    return module.bytes()
  }

  private func write(_ application: ApplicationPlan, to module: inout TypeScriptModule) {
    let ports = application.names.map { "`\($0)`" }
    let names = applicationParts.map(\.name).filter { name in
      application.ports.contains { argumentsOfRoutes($0).contains(name) || argumentsOfPassages($0).contains(name) }
        || application.graphs.contains { argumentsOfRoutes($0).contains(name) }
    }
    module.line()
    module.comment("Answers the port\(ports.count == 1 ? "" : "s") \(ports.joined(separator: ", ")).")
    let parts = TypeScriptCode.group("", .curly, names.map { .text($0) }, ": ApplicationParts")
    module.code(
      .group("export function \(factory(application))", .round, [parts], ": Express {"), suffix: "")
    var operations = application.ports.filter { !$0.operations.isEmpty }.map { port -> TypeScriptCode in
      module.use("./routes/\(routesFile(port)).js", routesFunction(port))
      return .call("...\(routesFunction(port))", argumentsOfRoutes(port).map { .text($0) })
    }
    operations += application.graphs.map { graph in
      module.use("./routes/\(routesFile(graph)).js", routesFunction(graph))
      let document = "contract(\(TypeScriptLiteral.string(schemaFile(graph)))).toString()"
      return .call("...\(routesFunction(graph))", (argumentsOfRoutes(graph) + [document]).map { .text($0) })
    }
    let contract = TypeScriptCode.call("contract", [.text(TypeScriptLiteral.string(contractFile(application)))])
    var options: [TypeScriptCode] = application.ports.isEmpty ? [] : [.member("contract", contract)]
    options += [
      .member("operations", .array(operations)),
      .member("metrics", .text("requests")),
      hasPassages ? .text("largestBody") : .member("largestBody", .text(Self.grouped(plan.bodyLimit))),
    ]
    if hasPassages {
      module.use("./runtime/gateway.js", "passOn")
      let passages = application.ports.map { port -> TypeScriptCode in
        module.use("./routes/\(routesFile(port)).js", passagesFunction(port))
        return .call(passagesFunction(port), argumentsOfPassages(port).map { .text($0) })
      }
      let all = passages.count == 1 ? passages[0] : .array(passages.map { $0.wrapped("...") })
      options.append(.member("others", .call("passOn", [all, .text("requests"), .text("largestBody")])))
    }
    let listening = application.ports.map(\.port) + application.graphs.map(\.port)
    if listening.contains(where: \.isPublicWithTLS) { options.append(.member("isPublic", .text("true"))) }
    module.code(.call("return createApplication", [.block("", options)]), depth: 1)
    module.line("}")
  }

  /// What the operations of a port are made of.
  func argumentsOfRoutes(_ port: PortPlan) -> [String] {
    let usesService = port.operations.contains { $0.resource == nil || plan.hook(after: $0) != nil }
    let usesStores = port.operations.contains { $0.resource != nil || $0.repeatability == .withKey }
    let usesAccess = port.operations.contains { $0.guards.auth != nil || $0.guards.limit != nil }
    let usesVersions = isModel && port.operations.contains { $0.resource == nil }
    return (usesService ? ["service"] : []) + (usesStores ? ["stores"] : []) + (usesAccess ? ["access"] : [])
      + (usesVersions ? ["versions"] : [])
  }

  /// What passes requests on from a port is made of.
  func argumentsOfPassages(_ port: PortPlan) -> [String] {
    if !hasPassages { return [] }
    return (port.guards.auth != nil || port.guards.limit != nil ? ["access"] : []) + ["clients"]
  }

  /// `1_048_576`
  private static func grouped(_ number: Int) -> String {
    var parts: [Substring] = []
    var rest = String(number)[...]
    while rest.utf8.count > 3 {
      parts.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + parts).joined(separator: "_")
  }

  func settings() -> [UInt8] {
    var module = self.module("Settings, from the environment.")
    module.use("./runtime/environment.js", "Environment")
    module.use("./runtime/otlp.js", "readTraceSettings")
    module.use(type: "ProcessSettings", from: "./runtime/process.js")
    let level = plan.component.properties.choice("log") ?? "info"
    // Before it closes, a process answers for 3 s more; what is left is for closing the stores.
    let grace = max(1, plan.grace.nanoseconds / 1_000_000_000 - 6)
    var settings: [(name: String, type: String?, value: String)] = [
      ("host", nil, "text(\"HOST\", \"0.0.0.0\")"),
      ("adminPort", nil, "port(\"ADMIN_PORT\", 9464)"),
      ("logLevel", nil, "oneOf(\"LOG_LEVEL\", [\"debug\", \"info\", \"warning\", \"error\"], \"\(level)\")"),
      ("drainSeconds", nil, "seconds(\"DRAIN_SECONDS\", 3)"),
      ("shutdownSeconds", nil, "seconds(\"SHUTDOWN_SECONDS\", \(grace))"),
    ]
    for application in plan.applications {
      let name = portSetting(application)
      settings.append((name, "number", "port(\"\(Names.constant(name))\", \(application.target))"))
    }
    settings += jobSettings + modelSettings
    for store in plan.stores {
      settings.append(
        (Names.camel(store.variable), "string | undefined", "url(\"\(store.variable)\", \"postgresql\", \"postgres\")"))
      settings.append((Names.camel(store.poolVariable), "number", "count(\"\(store.poolVariable)\", \(store.pool))"))
    }
    if askedClients.contains(where: \.mayBeMeshed) {
      let layer = "oneOf(\"RESILIENCE_LAYER\", [\"client\", \"mesh\"], \"client\") === \"mesh\""
      settings.append(("isMeshed", "boolean", layer))
    }
    for address in addresses {
      let name = Names.camel(address.variable)
      let usual = address.usual.map { ", " + TypeScriptLiteral.string($0) } ?? ""
      settings.append(
        address.isOptional
          ? (name, "string | undefined", "url(\"\(address.variable)\", \"http\", \"https\")")
          : (name, "string", "address(\"\(address.variable)\"\(usual))"))
    }
    for broker in plan.brokersAndCaches {
      let reader: String =
        switch broker.kind {
        case .redis: "url(\"\(broker.variable)\", \"redis\", \"rediss\")"
        case .nats: "url(\"\(broker.variable)\", \"nats\", \"tls\")"
        case .kafka: "optional(\"\(broker.variable)\")"
        }
      settings.append((Names.camel(broker.variable), "string | undefined", reader))
    }
    for secret in plan.secrets {
      let isPassword = auths.contains { if case .basic(secret) = $0 { true } else { false } }
      let kind = isPassword ? "password" : "required"
      settings.append((Names.camel(secret.variable), "string", "\(kind)(\"\(secret.variable)\")"))
    }
    if !limits.isEmpty { settings.append(("trustedHops", "number", "whole(\"TRUSTED_HOPS\", 0)")) }
    module.line()
    module.comment("The settings of a process, each in the environment variable of its name.")
    let own = settings.filter { $0.type != nil }
    if own.isEmpty {
      module.line("export type Settings = ProcessSettings;")
    } else {
      module.line("export interface Settings extends ProcessSettings {")
      for each in own { module.line("readonly \(each.name): \(each.type ?? "");", depth: 1) }
      module.line("}")
    }
    module.line()
    module.comment("The settings, or an error that names all that is wrong with them.")
    module.line("export function readSettings(variables: NodeJS.ProcessEnv): Settings {")
    module.line("const environment = new Environment(variables);", depth: 1)
    module.line("const settings: Settings = {", depth: 1)
    for each in settings { module.line("\(each.name): environment.\(each.value),", depth: 2) }
    module.line("traces: readTraceSettings(environment, \(TypeScriptLiteral.string(plan.name))),", depth: 2)
    module.line("};", depth: 1)
    module.line("environment.check();", depth: 1)
    module.line("return settings;", depth: 1)
    module.line("}")
    return module.bytes()
  }
}
