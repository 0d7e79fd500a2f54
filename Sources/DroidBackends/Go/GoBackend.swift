import DroidSemantics

/// A Go module for every service, gateway, worker and job with `language = go`, below `services/NAME/`.
package enum GoBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var output = Output()
    let plans = systems.plans(in: "go")
    for plan in plans {
      let service = GoService(plan)
      service.draftFiles(into: &output.drafts)
      output.notGenerated += NotGenerated.parts(of: plan)
    }
    for component in systems.base.components where component.properties.choice("language") == "go" {
      if component.kind == .model { output.notGenerated.append("the model \(component.name)") }
    }
    output.counts = [("services", plans.count)]
    return output
  }
}

extension GoService {
  fileprivate func draftFiles(into drafts: inout [FileDraft]) {
    let root = "services/\(plan.name)/"
    func draft(_ path: String, _ bytes: [UInt8], _ ownership: FileDraft.Ownership = .generated) {
      drafts.append(FileDraft(root + path, bytes, ownership: ownership))
    }
    draft("README.md", readMe())
    draft("go.mod", goModule())
    draft("Dockerfile", dockerfile())
    draft(".dockerignore", dockerIgnore())
    draft("main.go", main())
    draft("gen/service.go", interfaceFile())
    draft("gen/settings.go", settings())
    draft("gen/run.go", run())
    if hasModels { draft("gen/models.go", models()) }
    if hasErrors { draft("gen/errors.go", errors()) }
    if hasMetrics { draft("gen/metrics.go", metrics()) }
    if hasStores { draft("gen/stores.go", stores()) }
    if hasGuards { draft("gen/guards.go", guards()) }
    if hasCaches {
      draft("gen/caches.go", caches())
      draft("gen/caches_test.go", cacheTests())
    }
    if hasClients { draft("gen/clients.go", clientsFile()) }
    if hasEvents { draft("gen/events.go", brokers()) }
    for application in plan.applications {
      draft("gen/" + contractFile(application), application.document)
      for port in application.ports {
        draft("gen/\(portFile(port)).go", routes(port))
        if let tests = tests(port, of: application) { draft("gen/\(portFile(port))_test.go", tests) }
      }
      for graph in application.graphs {
        draft("gen/" + schemaFile(graph), graph.document)
        draft("gen/\(graphFile(graph)).go", routes(graph))
        draft("gen/\(graphFile(graph))_test.go", tests(graph, of: application))
      }
    }
    draft("gen/service_test.go", serviceTests())
    if let tests = clientTests() { draft("gen/clients_test.go", tests) }
    if let tests = eventTests() { draft("gen/events_test.go", tests) }
    for (path, bytes) in support() { draft(path, bytes) }
    draft("src/service.go", scaffold(), .scaffold)
  }

  /// The static files that something uses, with our module in the place of theirs.
  private func support() -> [(path: String, bytes: [UInt8])] {
    GoSupportFiles.all.compactMap { path, text in
      let path = path.description
      guard isUsed(path) else { return nil }
      let code = text.description.replacingAll("\"droid/gen/", with: "\"\(module)/gen/")
      return (path, Array("// \(Self.header(plan.system))\n\n\(code)".utf8))
    }
  }

  private func isUsed(_ path: String) -> Bool {
    guard path.hasSuffix(".go") else { return false }
    switch path.split(separator: "/").dropFirst(2).joined(separator: "/") {
    case "rest/once.go": return keepsAnswers
    case "rest/graph.go": return !graphs.isEmpty
    case let file where file.hasPrefix("graph/"): return !graphs.isEmpty
    case "rest/passage.go", "gateway/gateway.go", "client/forward.go": return !plan.routes.isEmpty
    case "client/list.go": return asksLists
    case let file where file.hasPrefix("client/"): return hasClients
    case let file where file.hasPrefix("kv/"): return hasCaches
    case "recent/recent.go": return hasClients || hasCaches
    case "access/access.go": return !auths.isEmpty
    case "access/limit.go": return !limits.isEmpty
    case "access/credentials.go": return auths.contains { $0.auth.secret != nil }
    case "access/token.go", "access/keys.go": return takesTokens
    case "events/redis.go": return speaks(.redis)
    case "events/nats.go": return speaks(.nats)
    case "events/kafka.go": return speaks(.kafka)
    case "events/publish.go", "events/events.go", "events/memory.go", "events/spans.go": return hasEvents
    case let file where file.hasPrefix("events/"): return hasSubscribers
    case "store/handled.go": return keepsHandled
    case "store/answers.go": return hasStores && keepsAnswers
    case "store/pool.go": return hasStores
    case "process/job.go": return isJob
    case let file where file.hasPrefix("wire/") || file.hasPrefix("process/") || file.hasPrefix("telemetry/"):
      return true
    case let file where file.hasPrefix("store/") || file.hasPrefix("resource/"): return hasResources
    case let file where file.hasPrefix("problem/"):
      return hasApplications || hasClients || hasErrors || hasEvents || hasCaches
    case "rest/caller.go": return hasApplications || hasClients
    default: return hasApplications
    }
  }
}
