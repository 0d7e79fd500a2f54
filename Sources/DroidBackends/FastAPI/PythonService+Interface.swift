import DroidSemantics

/// What the user implements, what runs it, and the first version of the user's file.
extension PythonService {
  func interfaceModule() -> [UInt8] {
    var module = self.module("What `src/\(userPackage)` implements.")
    module.separate()
    if hasHandlers { module.use("abc", "ABC") }
    module.line(hasHandlers ? "class \(interface)(ABC):" : "class \(interface):")
    module.docstring(plan.component.doc ?? "The behaviour of `\(plan.name)`.", depth: 1)
    module.line()
    if !parts.isEmpty {
      let arguments = parts.map { part in
        module.use("." + part.module, part.type)
        return PythonCode.text("\(part.name): \(part.type)")
      }
      module.code(.group("def __init__", .round, [.text("self")] + arguments, " -> None:"), depth: 1)
      for part in parts { module.line("self.\(part.name) = \(part.name)", depth: 2) }
      module.line()
    }
    let note = hasHandlers ? "  # noqa: B027" : ""
    module.line("async def start(self) -> None:\(note)", depth: 1)
    module.docstring(
      hasApplications ? "Called once, before the first request." : "Called once, at the start.", depth: 2)
    module.line()
    module.line("async def stop(self) -> None:\(note)", depth: 1)
    module.docstring(hasApplications ? "Called once, after the last request." : "Called once, at the end.", depth: 2)
    for hook in plan.hooks {
      module.line()
      module.code(signature(of: hook, in: &module).wrapped("", note), depth: 1)
      module.docstring(
        "Called after the \(hook.resource.type) was \(hook.action.rawValue), before the answer.", depth: 2)
    }
    if isJob {
      module.use("abc", "abstractmethod")
      module.line()
      module.line("@abstractmethod", depth: 1)
      module.code(workSignature, depth: 1)
      module.docstring(workDoc, depth: 2)
    }
    writeModelInterface(to: &module)
    for operation in behaviours {
      module.use("abc", "abstractmethod")
      module.line()
      module.line("@abstractmethod", depth: 1)
      module.code(signature(of: operation, in: &module, types(), hasBody: false), depth: 1)
      module.docstring(doc(of: operation), depth: 2)
    }
    for subscriber in plan.subscribers {
      module.use("abc", "abstractmethod")
      module.line()
      module.line("@abstractmethod", depth: 1)
      module.code(signature(of: subscriber, in: &module, types()), depth: 1)
      module.docstring(Self.doc(of: subscriber), depth: 2)
    }
    return module.bytes()
  }

  /// `async def order_created(self, order: Order) -> None:`
  private func signature(of hook: HookPlan, in module: inout PythonModule) -> PythonCode {
    let key = hook.resource.key
    let given: PythonCode
    if hook.givesKey {
      given = types().bare(key.type, in: &module).wrapped("\(PythonSpelling.parameter(key.name)): ")
    } else {
      let type = PythonSpelling.type(hook.resource.type)
      module.use(".models", type)
      given = .text("\(PythonSpelling.parameter(hook.resource.type)): \(type)")
    }
    return .group("async def \(hook.name)", .round, [.text("self"), given], " -> None:")
  }

  /// `async def cancel(self, id: UUID) -> Order:`
  func signature(
    of operation: OperationPlan, in module: inout PythonModule, _ types: PythonTypes, hasBody: Bool = true
  ) -> PythonCode {
    let arguments =
      isModel
      ? predictionParameters(of: operation, in: &module, types)
      : operation.parameters.map { parameter in
        types.bare(parameter.field.type, in: &module).wrapped(PythonSpelling.parameter(parameter.field.name) + ": ")
      }
    var result = operation.operation.result.map { types.bare($0, in: &module).flat } ?? "None"
    if isBatched(operation) { result = "list[\(result)]" }
    if operation.operation.verb == .subscription {
      module.use("collections.abc", "AsyncIterator")
      result = "AsyncIterator[\(result)]"
    }
    // A generator is made at once, where nothing stands in its body.
    let start = operation.operation.verb == .subscription && !hasBody ? "def" : "async def"
    return .group("\(start) \(method(operation))", .round, [.text("self")] + arguments, " -> \(result):")
  }

  private func doc(of operation: OperationPlan) -> String {
    let verb = operation.operation.verb.rawValue
    let isField = ["query", "mutation", "subscription"].contains(verb)
    let place = isField ? "the \(verb) `\(operation.name)`" : "\(verb.uppercased()) \(operation.operation.path)"
    let doc = operation.operation.doc ?? (plan.model == nil ? "Answer \(place)." : "Predict for \(place).")
    if operation.errors.isEmpty { return doc }
    return doc + "\n\nRaises \(operation.errors.map { PythonSpelling.type($0.name) }.joined(separator: ", "))."
  }

  func scaffold() -> [UInt8] {
    var module = self.module("Where the behaviour of `\(plan.name)` is written.", header: "")
    module.use("\(package).service", interface)
    module.separate()
    module.line("class \(implementation)(\(interface)):")
    module.docstring("What droid asks for and does not write itself.", depth: 1)
    if isJob {
      module.line()
      module.code(workSignature, depth: 1)
      module.line("raise NotImplementedError", depth: 2)
    }
    writeModelScaffold(to: &module)
    for operation in behaviours {
      module.line()
      module.code(signature(of: operation, in: &module, types(package + ".")), depth: 1)
      module.line("raise NotImplementedError", depth: 2)
      if operation.operation.verb == .subscription { module.line("yield  # makes this a generator", depth: 2) }
    }
    for subscriber in plan.subscribers {
      module.line()
      module.code(signature(of: subscriber, in: &module, types(package + ".")), depth: 1)
      module.line("raise NotImplementedError", depth: 2)
    }
    return Array(module.bytes().dropFirst())
  }

  func process() -> [UInt8] {
    var module = self.module("What lives as long as the process.")
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "asynccontextmanager")
    module.use("dataclasses", "dataclass")
    module.use("\(userPackage).service", implementation)
    module.use(".runtime.health", "Health", "admin_port")
    module.use(".runtime.logs", "configure_logging")
    module.use(".runtime.traces", "collected")
    module.use(".service", interface)
    module.use(".settings", "Settings")
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Process:")
    module.docstring("The parts that requests are given.", depth: 1)
    module.line()
    module.line("settings: Settings", depth: 1)
    module.line("health: Health", depth: 1)
    if hasStores {
      module.use(".stores", "Stores", "open_stores")
      module.line("stores: Stores", depth: 1)
    }
    if hasPassages {
      module.use(".clients", "Clients")
      module.line("clients: Clients", depth: 1)
    }
    if hasKeys {
      module.use(".runtime.idempotency", "Answers")
      module.line("answers: Answers", depth: 1)
    }
    module.line("service: \(interface)", depth: 1)
    let versions = isBatched ? "BatchedVersions" : "Versions"
    if isModel {
      module.use(isBatched ? ".runtime.batches" : ".runtime.versions", versions)
      module.use(".versions", "versions_of")
      module.line("versions: \(versions)", depth: 1)
    }
    module.separate()
    module.line("@asynccontextmanager")
    module.code(
      .group(
        "async def running", .round,
        [.text("settings: Settings"), .text("service_type: type[\(interface)] = \(implementation)")],
        " -> AsyncIterator[Process]:"))
    module.docstring("Start everything, and stop it in the opposite order.", depth: 1)
    module.line("configure_logging(settings.log_level)", depth: 1)
    module.line("health = Health()", depth: 1)
    let contexts =
      [
        "collected(settings.otel_exporter_otlp_endpoint, \(PythonLiteral.string(plan.name)))",
        "admin_port(health, settings.host, settings.admin_port)",
      ]
      + (hasStores ? ["open_stores(settings, health) as stores"] : [])
      + (hasCaches ? ["open_caches(settings, health) as caches"] : [])
      + (hasClients ? ["open_clients(settings\(sharedCache == nil ? "" : ", caches")) as clients"] : [])
      + (hasEvents ? ["open_brokers(settings, health) as brokers"] : [])
    module.line("async with (", depth: 1)
    for context in contexts { module.line("\(context),", depth: 2) }
    module.line("):", depth: 1)
    if hasMetrics { module.use(".metrics", "Metrics") }
    if hasCaches { module.use(".caches", "open_caches") }
    if hasClients { module.use(".clients", "open_clients") }
    if hasEvents { module.use(".events", "open_brokers") }
    if !plan.publishers.isEmpty { module.use(".events", "publishers") }
    let arguments =
      (hasResources ? ["stores"] : []) + (hasClients ? ["clients"] : [])
      + (hasCaches ? ["caches"] : []) + (plan.publishers.isEmpty ? [] : ["publishers(brokers)"])
      + (hasMetrics ? ["Metrics()"] : [])
    module.line("service = service_type(\(arguments.joined(separator: ", ")))", depth: 2)
    module.line("await service.start()", depth: 2)
    if hasKeys && !hasStores { module.use(".runtime.idempotency", "MemoryAnswers") }
    let answers = !hasKeys ? [] : [hasStores ? "stores.answers" : "MemoryAnswers()"]
    let parts =
      ["settings", "health"] + (hasStores ? ["stores"] : []) + (hasPassages ? ["clients"] : []) + answers
      + ["service"] + (isModel ? ["versions"] : [])
    let process = PythonCode.call("yield Process", parts.map { .text($0) })
    module.line("try:", depth: 2)
    if isModel {
      module.line("versions = versions_of(settings)", depth: 3)
      module.line("await versions.load(service.load)", depth: 3)
    }
    if hasSubscribers {
      module.use(".runtime.events", "subscribed")
      module.use(".subscribers", "subscribers")
      if !hasStores { module.use(".runtime.handled", "MemoryHandled") }
      let handled = hasStores ? "stores.handled" : "MemoryHandled()"
      module.line("events = subscribers(brokers, service, \(handled))", depth: 3)
      module.line("async with subscribed(events, settings.shutdown_seconds):", depth: 3)
      module.code(process, depth: 4)
    } else {
      module.code(process, depth: 3)
    }
    module.line("finally:", depth: 2)
    module.line("await service.stop()", depth: 3)
    return module.bytes()
  }

  func writeMainHead(_ doc: String, to module: inout PythonModule) {
    module.use("\(userPackage).service", implementation)
    module.use(".runtime.configuration", "load")
    module.use(".service", interface)
    module.use(".settings", "Settings")
    module.separate()
    module.code(
      .group(
        "async def main", .round,
        [.text("settings: Settings"), .text("service_type: type[\(interface)] = \(implementation)")], " -> None:"))
    module.docstring(doc, depth: 1)
  }

  func main() -> [UInt8] {
    var module = self.module("Run the service until it is told to stop: `python -m \(package)`.")
    module.use(".runtime.server", "run", "serve")
    writeMainHead("Start, serve, and stop in the time that the cluster grants.", to: &module)
    if hasApplications {
      module.use(".process", "Process")
      for application in plan.applications {
        let name = variable(application)
        module.use(".app", "create_\(name)")
        module.line("\(name) = create_\(name)(\(isFirst(application) ? "settings, service_type" : "app"))", depth: 1)
      }
      module.line("async with app.router.lifespan_context(app):", depth: 1)
      module.line("process: Process = app.state.process", depth: 2)
    } else {
      module.use(".process", "running")
      module.line("async with running(settings, service_type) as process:", depth: 1)
    }
    let apps = plan.applications.map { PythonCode.text("(\(variable($0)), settings.\(portSetting($0)))") }
    module.code(
      .call(
        "await serve",
        [
          .group("", .square, apps), .text("host=settings.host"),
          .text("drain=\(hasApplications ? "settings.drain_seconds" : "0")"),
          .text("grace=\(hasApplications ? "settings.shutdown_seconds" : "1")"),
          .text("started=process.health.start"), .text("stopping=process.health.drain"),
        ]), depth: 2)
    module.separate()
    module.line("if __name__ == \"__main__\":")
    module.line("run(main(load(Settings)))", depth: 1)
    return module.bytes()
  }
}

extension PythonTypes {
  /// A type without rules: what a method is given has been checked, what it answers is checked later.
  func bare(_ type: ValueType, in module: inout PythonModule) -> PythonCode {
    switch type {
    case .optional(let inner): bare(inner, in: &module).wrapped("", " | None")
    case .list(let element, _): .group("list", .square, [bare(element, in: &module)])
    case .map(let element, _): .group("dict", .square, [.text("str"), bare(element, in: &module)])
    default: .text(base(of: type, in: &module))
    }
  }
}
