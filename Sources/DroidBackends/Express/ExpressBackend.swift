import DroidJSON
import DroidSemantics

/// An Express project for every service, gateway, worker, job and model with `language = typescript`, below `services/NAME/`.
package enum ExpressBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var output = Output()
    let plans = systems.plans(in: "typescript")
    let support = Support(header: "// " + ExpressService.headerText(systems.base))
    for plan in plans {
      ExpressService(plan).draftFiles(support, into: &output.drafts)
      output.notGenerated += NotGenerated.parts(of: plan, hasKafka: false)
      if let framework = plan.model?.framework {
        output.notGenerated.append("a loader of \(framework.rawValue) for \(plan.name): its own `load` is asked")
      }
    }
    output.counts = [("services", plans.count)]
    return output
  }
}

/// The static files, ready to be copied.
private struct Support {
  private let files: [(path: String, bytes: [UInt8])]

  init(header: String) {
    files = ExpressSupportFiles.all.map { path, text in
      var writer = ByteWriter(capacity: text.utf8CodeUnitCount + 100)
      writer.write(header)
      writer.newline()
      writer.write(text)
      return (path.description, writer.bytes)
    }
  }

  /// Only what something uses.
  func bytes(for service: ExpressService) -> [(path: String, bytes: [UInt8])] {
    files.filter { file in
      switch file.path {
      case "runtime/context.ts", "runtime/environment.ts", "runtime/health.ts", "runtime/logs.ts",
        "runtime/otlp.ts", "runtime/process.ts", "runtime/server.ts", "runtime/timing.ts", "runtime/tracing.ts",
        "test/process.test.ts":
        true
      case "runtime/collections.ts", "runtime/lists.ts": service.hasResources
      case "runtime/database.ts", "runtime/memory.ts", "runtime/postgresAnswers.ts":
        service.hasDatabase && service.hasStores
      case "runtime/postgres.ts", "runtime/resource.ts", "runtime/schema.ts", "runtime/store.ts": service.hasDatabase
      case "runtime/caller.ts", "runtime/client.ts", "runtime/questions.ts", "runtime/resilience.ts":
        service.hasClients
      case _ where file.path.hasPrefix("runtime/graphql"): service.hasGraphs
      case "runtime/forward.ts", "runtime/gateway.ts": service.hasPassages
      case "test/standIn.ts": service.hasClientTests
      case "runtime/events.ts", "runtime/memoryEvents.ts": service.hasEvents
      case "runtime/handled.ts", "runtime/subscriptions.ts": service.hasSubscribers
      case "runtime/postgresHandled.ts": service.hasSubscribers && service.hasDatabase
      case "runtime/job.ts": service.isJob
      case "runtime/failures.ts", "runtime/predictions.ts", "runtime/versions.ts": service.isModel
      case "runtime/batches.ts": service.isBatched
      case "runtime/redisEvents.ts": service.uses(.redis)
      case "runtime/redis.ts": service.speaksRedis
      case "runtime/kv.ts", "runtime/redisKV.ts": service.hasCaches
      case "runtime/kafkaEvents.ts": service.uses(.kafka)
      case "runtime/nats.ts", "runtime/natsEvents.ts": service.uses(.nats)
      case "runtime/limits.ts": !service.limits.isEmpty
      case "runtime/tokens.ts": service.usesTokens
      case "runtime/idempotency.ts": service.hasStores
      case "runtime/codec.ts", "runtime/json.ts", "runtime/numbers.ts", "runtime/problems.ts", "runtime/records.ts",
        "runtime/texts.ts", "runtime/values.ts":
        service.hasApplications || service.hasClients || service.hasEvents || service.hasCaches
      default: service.hasApplications
      }
    }
  }
}

extension ExpressService {
  fileprivate func draftFiles(_ support: Support, into drafts: inout [FileDraft]) {
    let root = "services/\(plan.name)/"
    func draft(_ path: String, _ bytes: [UInt8], _ ownership: FileDraft.Ownership = .generated) {
      drafts.append(FileDraft(root + path, bytes, ownership: ownership))
    }
    draft("README.md", readMe())
    draft("package.json", package())
    draft("tsconfig.json", compilerOptions())
    draft("Dockerfile", dockerfile())
    draft(".dockerignore", dockerIgnore())
    draft("gen/main.ts", main())
    draft("gen/settings.ts", settings())
    draft("gen/service.ts", interfaceModule())
    for (path, bytes) in support.bytes(for: self) { draft(path.hasPrefix("test/") ? path : "gen/" + path, bytes) }
    if hasModels { draft("gen/models.ts", models()) }
    if hasErrors { draft("gen/errors.ts", errors()) }
    if hasApplications || hasMetrics { draft("gen/metrics.ts", metrics()) }
    if hasStores || hasDatabase { draft("gen/stores.ts", stores()) }
    if hasAccess { draft("gen/access.ts", access()) }
    if isModel { draft("gen/versions.ts", versionsModule()) }
    if hasAccessTests { draft("test/access.test.ts", accessTests()) }
    if hasMetrics { draft("test/metrics.test.ts", metricTests()) }
    if hasCaches { draft("gen/caches.ts", cachesModule()) }
    if hasClients { draft("gen/clients.ts", clients()) }
    if hasEvents { draft("gen/events.ts", eventsModule()) }
    if hasSubscribers { draft("gen/subscribers.ts", subscribersModule()) }
    if hasCaches { draft("test/caches.test.ts", cacheTests()) }
    if hasClientTests { draft("test/clients.test.ts", clientTests()) }
    if hasApplications || hasSubscribers { draft("test/subject.ts", testSubject()) }
    if hasEvents { draft("test/events.test.ts", eventTests()) }
    if hasExamples && (hasApplications || hasClientTests || hasEvents) { draft("test/examples.ts", testExamples()) }
    if hasApplications {
      draft("gen/app.ts", application())
    }
    for application in plan.applications {
      if !application.ports.isEmpty { draft("gen/" + contractFile(application), application.document) }
      for graph in application.graphs {
        draft("gen/" + schemaFile(graph), graph.document)
        draft("gen/routes/\(routesFile(graph)).ts", routes(graph))
        draft("test/\(routesFile(graph)).test.ts", tests(graph, of: application))
      }
      for port in application.ports {
        draft("gen/routes/\(routesFile(port)).ts", routes(port))
        draft("test/\(routesFile(port)).test.ts", tests(port, of: application))
      }
    }
    draft("src/service.ts", scaffold(), .scaffold)
  }
}
