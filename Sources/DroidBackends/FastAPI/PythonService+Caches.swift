import DroidSemantics

/// `caches.py`: the key-value stores that the user's code is given, and that kept answers are shared through.
extension PythonService {
  var hasCaches: Bool { !plan.caches.isEmpty }
  private func attribute(_ cache: CachePlan) -> String { PythonSpelling.field(cache.port.name) }

  /// What kept answers are shared through.
  var sharedCache: String? {
    plan.caches.first.map { "caches.\(attribute($0)) if settings.\($0.variable.lowercased()) else None" }
  }

  func cachesModule() -> [UInt8] {
    var module = self.module("The key-value stores of this service: Redis, or memory where there is none.")
    module.use("collections.abc", "AsyncIterator")
    module.use("contextlib", "AsyncExitStack", "asynccontextmanager")
    module.use("dataclasses", "dataclass")
    module.use(module: "logging")
    module.use(".runtime.health", "Health")
    module.use(".runtime.kv", "KV", "MemoryKV")
    module.use(".runtime.redis_kv", "redis_kv")
    module.use(".settings", "Settings")
    module.line()
    module.line("logger = logging.getLogger(__name__)")
    module.separate()
    module.line("@dataclass(frozen=True)")
    module.line("class Caches:")
    module.docstring("The key-value stores, by the names of their ports.", depth: 1)
    module.line()
    for cache in plan.caches {
      module.line("\(attribute(cache)): KV", depth: 1)
      if let doc = cache.port.doc { module.docstring(doc, depth: 1) }
    }
    module.separate()
    module.line("@asynccontextmanager")
    module.line("async def open_caches(settings: Settings, health: Health) -> AsyncIterator[Caches]:")
    module.docstring("Connect to the stores, and leave them at the end.", depth: 1)
    module.line("async with AsyncExitStack() as stack:", depth: 1)
    for cache in plan.caches {
      let (name, setting) = (attribute(cache), cache.variable.lowercased())
      module.line("\(name): KV = MemoryKV()", depth: 2)
      module.line("if settings.\(setting) is None:", depth: 2)
      module.code(
        .call(
          "logger.warning",
          [.text("\"\(cache.variable) is not set: `\(cache.port.name)` is in memory, and lost at the end\"")]), depth: 3
      )
      module.line("else:", depth: 2)
      module.line("url = settings.\(setting).get_secret_value()", depth: 3)
      module.line("\(name)_redis = await stack.enter_async_context(redis_kv(url))", depth: 3)
      module.line("health.check(\(PythonLiteral.string(cache.broker.component)), \(name)_redis.ping)", depth: 3)
      module.line("\(name) = \(name)_redis", depth: 3)
    }
    module.code(.call("yield Caches", plan.caches.map { .text("\(attribute($0))=\(attribute($0))") }), depth: 2)
    return module.bytes()
  }
}
