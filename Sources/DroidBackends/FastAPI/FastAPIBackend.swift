import DroidJSON
import DroidSemantics

/// A FastAPI project for every service, gateway, worker, job and model with `language = python`, below `services/NAME/`.
package enum FastAPIBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var output = Output()
    let plans = systems.plans(in: "python")
    let support = Support(header: "# " + PythonService.headerText(systems.base))
    for plan in plans {
      PythonService(plan).draftFiles(support, into: &output.drafts)
      output.notGenerated += NotGenerated.parts(of: plan)
    }
    output.counts = [("services", plans.count)]
    return output
  }
}

/// The static files, ready to be copied.
private struct Support {
  private let files: [(path: String, bytes: [UInt8], isUsed: (PythonService) -> Bool)]

  init(header: String) {
    files = FastAPISupportFiles.all.map { path, text in
      var writer = ByteWriter(capacity: text.utf8CodeUnitCount + 100)
      writer.write(header)
      writer.newline()
      writer.write(text)
      return (path.description, writer.bytes, Self.use(of: path.description))
    }
  }

  /// Only what something uses.
  func files(for service: PythonService) -> [(path: String, bytes: [UInt8])] {
    files.compactMap { $0.isUsed(service) ? ($0.path, $0.bytes) : nil }
  }

  private static func use(of path: String) -> (PythonService) -> Bool {
    switch path {
    case "runtime/application.py", "runtime/operations.py", "runtime/requests.py": { $0.hasApplications }
    case "runtime/problems.py", "tests/test_problems.py":
      { $0.hasApplications || $0.hasClients || $0.hasErrors || $0.hasEvents || $0.hasCaches }
    case "runtime/wire.py", "tests/test_wire.py": { $0.hasApplications || $0.hasModels || $0.hasClients }
    case "runtime/store.py", "runtime/postgres_store.py", "runtime/etags.py": { $0.hasResources }
    case "runtime/postgres.py": { $0.hasStores }
    case "runtime/query.py": { !$0.listed.isEmpty || $0.hasResources }
    case "runtime/call.py", "runtime/client.py", "runtime/resilience.py", "tests/test_client.py": { $0.hasClients }
    case "runtime/kv.py": { $0.hasClients || $0.hasCaches }
    case "runtime/redis_kv.py": { $0.hasCaches }
    case "runtime/idempotency.py": { $0.hasKeys }
    case "runtime/postgres_answers.py": { $0.hasKeys && $0.hasStores }
    case "runtime/auth.py", "tests/test_auth.py": { $0.hasAuth }
    case "runtime/tokens.py": { $0.hasTokens }
    case "runtime/limits.py": { $0.hasLimits }
    case "runtime/jobs.py", "tests/test_jobs.py": { $0.isJob }
    case "runtime/server.py", "tests/test_process.py": { !$0.isJob }
    case "tests/test_requests.py", "tests/test_operations.py": { $0.hasApplications }
    case "runtime/versions.py", "runtime/failures.py", "tests/test_versions.py": { $0.isModel }
    case "runtime/batches.py": { $0.isBatched }
    case "runtime/files.py", "tests/test_files.py": { $0.plan.model?.framework != nil }
    case "runtime/onnx_model.py": { $0.plan.model?.framework == .onnx }
    case "runtime/sklearn_model.py": { $0.plan.model?.framework == .sklearn }
    case "runtime/torch_model.py": { $0.plan.model?.framework == .torch }
    case "tests/test_events.py", "runtime/events.py", "runtime/handled.py", "runtime/memory_events.py": { $0.hasEvents }
    case "runtime/redis_events.py": { $0.speaks(.redis) }
    case "runtime/nats_events.py": { $0.speaks(.nats) }
    case "runtime/kafka_events.py": { $0.speaks(.kafka) }
    case "runtime/postgres_handled.py": { $0.hasSubscribers && $0.hasStores }
    case _ where path.hasPrefix("runtime/graphql") || path == "tests/test_graphql.py": { !$0.graphs.isEmpty }
    case "runtime/cors.py": { $0.hasOrigins || $0.hasPassages }
    case "runtime/gateway.py": { $0.hasPassages }
    case _ where path.hasSuffix(".py"): { _ in true }
    default: { _ in false }
    }
  }
}

extension PythonService {
  fileprivate func draftFiles(_ support: Support, into drafts: inout [FileDraft]) {
    let root = "services/\(plan.name)/"
    let gen = "\(root)gen/\(package)/"
    func draft(_ path: String, _ bytes: [UInt8], _ ownership: FileDraft.Ownership = .generated) {
      drafts.append(FileDraft(path, bytes, ownership: ownership))
    }
    draft("\(root)README.md", readMe())
    draft("\(root)pyproject.toml", project())
    draft("\(root)Dockerfile", dockerfile())
    draft("\(root).dockerignore", dockerIgnore())
    let doc = "The generated side of `\(plan.name)`. Its behaviour is in `src/\(userPackage)`."
    draft("\(gen)__init__.py", module(doc).bytes())
    draft("\(gen)__main__.py", isJob ? jobMain() : main())
    draft("\(gen)py.typed", [])
    draft("\(gen)settings.py", settings())
    draft("\(gen)service.py", interfaceModule())
    draft("\(gen)process.py", process())
    for (path, bytes) in support.files(for: self) {
      if path.hasPrefix("tests/") {
        // In the tests that every service has, its package is called `a_service`.
        let text = String(decoding: bytes, as: UTF8.self).replacingAll("a_service", with: package)
        draft(root + path, Array(text.utf8))
      } else {
        draft(gen + path, bytes)
      }
    }
    if hasModels { draft("\(gen)models.py", models()) }
    if hasErrors { draft("\(gen)errors.py", errors()) }
    if hasApplications || hasMetrics || hasClients { draft("\(gen)metrics.py", metrics()) }
    if isModel { draft("\(gen)versions.py", versionsModule()) }
    if hasCaches { draft("\(gen)caches.py", cachesModule()) }
    if hasClients { draft("\(gen)clients.py", clientsModule()) }
    if hasEvents { draft("\(gen)events.py", eventsModule()) }
    if hasSubscribers { draft("\(gen)subscribers.py", subscribersModule()) }
    if hasStores { draft("\(gen)stores.py", storesModule()) }
    if !listed.isEmpty { draft("\(gen)queries.py", queries()) }
    if hasAccess { draft("\(gen)access.py", access()) }
    draft("\(root)tests/conftest.py", testConfiguration())
    if hasApplications {
      draft("\(gen)app.py", application())
      if hasBehaviours || hasResources { draft("\(gen)dependencies.py", dependencies()) }
      draft("\(gen)routers/__init__.py", module("One router for each port.").bytes())
      draft("\(root)tests/test_service.py", serviceTests())
    } else {
      draft("\(root)tests/test_service.py", healthTests())
    }
    for application in plan.applications {
      if !application.ports.isEmpty { draft(gen + contractFile(application), application.document) }
      for graph in application.graphs {
        draft("\(gen)\(schemaFile(graph))", graph.document)
        draft("\(gen)routers/\(PythonSpelling.module(graph.name)).py", router(graph))
        draft("\(root)tests/test_\(Names.snake(graph.name))_port.py", tests(graph, of: application))
      }
      for port in application.ports {
        draft("\(gen)routers/\(PythonSpelling.module(port.name)).py", router(port))
        draft("\(root)tests/test_\(Names.snake(port.name))_port.py", tests(port, of: application))
      }
    }
    let user = "\(root)src/\(userPackage)/"
    let note =
      "\"\"\"The behaviour of `\(plan.name)`. This folder is yours: droid wrote it once and leaves it alone.\"\"\"\n"
    draft("\(user)__init__.py", Array(note.utf8), .scaffold)
    draft("\(user)service.py", scaffold(), .scaffold)
  }
}
