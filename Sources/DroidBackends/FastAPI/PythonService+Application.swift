import DroidSemantics

/// `app.py` and `dependencies.py`.
extension PythonService {
  func application() -> [UInt8] {
    let first = plan.applications[0]
    var module = self.module(
      "The application\(plan.applications.count == 1 ? "" : "s"), with what \(plan.applications.count == 1 ? "it answers" : "they answer")."
    )
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "asynccontextmanager")
    module.use("importlib.resources", "files")
    module.use("fastapi", "FastAPI")
    module.use("\(userPackage).service", implementation)
    module.use(".process", "running")
    module.use(".runtime.application", "UNTOLD", "complete")
    module.use(".service", interface)
    module.use(".settings", "Settings")
    module.separate()
    module.code(
      .group(
        "def create_app", .round,
        [.text("settings: Settings"), .text("service_type: type[\(interface)] = \(implementation)")], " -> FastAPI:"))
    module.docstring("\(Self.phrase(first)). The process lives as long as it does.", depth: 1)
    module.line()
    module.line("@asynccontextmanager", depth: 1)
    module.line("async def lifespan(app: FastAPI) -> AsyncIterator[None]:", depth: 1)
    module.line("async with running(settings, service_type) as process:", depth: 2)
    module.line("app.state.process = process", depth: 3)
    module.line("yield", depth: 3)
    module.line()
    module.code(.call("app = FastAPI", Self.options + [.text("lifespan=lifespan")]), depth: 1)
    complete(first, to: &module)
    for application in plan.applications.dropFirst() {
      let name = variable(application)
      module.separate()
      module.line("def create_\(name)(main: FastAPI) -> FastAPI:")
      module.docstring("\(Self.phrase(application)). It shares the process of the main one.", depth: 1)
      module.code(.call("app = FastAPI", Self.options), depth: 1)
      module.line("app.state = main.state", depth: 1)
      complete(application, to: &module)
    }
    return module.bytes()
  }

  private static let options = ["openapi_url=None", "redirect_slashes=False", "telemetry=UNTOLD"].map(PythonCode.text)

  private func complete(_ application: ApplicationPlan, to module: inout PythonModule) {
    // First what every service answers: a resource at "/" would take "/openapi.json" for one of its keys.
    var arguments = [PythonCode.text("app"), .text("contract=files(__package__) / \"\(contractFile(application))\"")]
    if application.ports.contains(where: \.port.isPublicWithTLS) {
      module.use(".runtime.requests", "HSTS")
      arguments.append(.text("headers=[HSTS]"))
    }
    module.code(.call("complete", arguments), depth: 1)
    for port in application.ports {
      let name = PythonSpelling.module(port.name)
      module.use(".routers.\(name)", "router as \(name)_router")
      module.line("app.include_router(\(name)_router)", depth: 1)
    }
    if let port = application.ports.first, passes(port) {
      let name = PythonSpelling.module(port.name)
      module.use(".routers.\(name)", "passages as \(name)_passages")
      module.line("app.router.routes.extend(\(name)_passages)", depth: 1)
    }
    module.line("return app", depth: 1)
  }

  private static func phrase(_ application: ApplicationPlan) -> String {
    let names = application.ports.map { "`\($0.name)`" }.joined(separator: ", ")
    return application.ports.count == 1
      ? "The application of the port \(names)" : "The application of the ports \(names)"
  }

  func dependencies() -> [UInt8] {
    var module = self.module("What the routers are given.")
    module.use("typing", "Annotated")
    module.use("fastapi", "Depends", "Request")
    module.use(".process", "Process")
    var dependencies: [(String, String, String)] = []
    if isModel {
      let type = isBatched ? "BatchedVersions" : "Versions"
      module.use(isBatched ? ".runtime.batches" : ".runtime.versions", type)
      dependencies.append(("versions", type, "VersionsDependency"))
    }
    if hasBehaviours || !plan.hooks.isEmpty {
      module.use(".service", interface)
      dependencies.append(("service", interface, "ServiceDependency"))
    }
    if hasResources {
      module.use(".stores", "Stores")
      dependencies.append(("stores", "Stores", "StoresDependency"))
    }
    for (name, type, _) in dependencies {
      module.separate()
      // What is not async would be run in a thread, which costs more than the whole request.
      module.line("async def get_\(name)(request: Request) -> \(type):")
      module.line("process: Process = request.app.state.process", depth: 1)
      module.line("return process.\(name)", depth: 1)
    }
    module.separate()
    for (name, type, alias) in dependencies { module.line("\(alias) = Annotated[\(type), Depends(get_\(name))]") }
    return module.bytes()
  }
}
