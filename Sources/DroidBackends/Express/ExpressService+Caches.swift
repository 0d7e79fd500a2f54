import DroidSemantics

/// `caches.ts`: the key-value stores that the user's code is given, and that kept answers are shared through.
extension ExpressService {
  var hasCaches: Bool { !plan.caches.isEmpty }

  private func member(_ cache: CachePlan) -> String { TypeScriptSpelling.store(cache.port.name) }

  /// What kept answers are shared through: the first store, when it is no memory.
  var sharedCache: String? {
    guard plan.sharesAnswers, let cache = plan.caches.first else { return nil }
    return "settings.\(Names.camel(cache.variable)) === undefined ? undefined : caches.\(member(cache))"
  }

  func cachesModule() -> [UInt8] {
    var module = self.module("The key-value stores of this service: Redis, or memory where there is none.")
    module.use(type: "Health", from: "./runtime/health.js")
    module.use(type: "KV", from: "./runtime/kv.js")
    module.use("./runtime/redisKV.js", "openKV")
    module.use(type: "Settings", from: "./settings.js")
    module.line()
    module.comment("The key-value stores, by the names of their ports.")
    module.line("export interface Caches {")
    for cache in plan.caches {
      module.comment(cache.port.doc, depth: 1)
      module.line("readonly \(member(cache)): KV;", depth: 1)
    }
    module.line("close(): Promise<void>;", depth: 1)
    module.line("}")
    module.line()
    module.comment("Connect to the stores that the settings name; the others are in memory.")
    module.line("export function openCaches(settings: Settings, health: Health): Caches {")
    for cache in plan.caches {
      let options: [TypeScriptCode] = [
        .member("name", .string(TypeScriptLiteral.string(cache.broker.component))),
        .member("port", .string(TypeScriptLiteral.string(cache.port.name))),
        .member("variable", .string(TypeScriptLiteral.string(cache.variable))),
        .member("url", .text("settings.\(Names.camel(cache.variable))")), .text("health"),
      ]
      module.code(.call("const \(local(cache)) = openKV", [.block("", options)]), depth: 1)
    }
    module.line("return {", depth: 1)
    for cache in plan.caches {
      let (name, value) = (member(cache), local(cache))
      module.line(name == value ? "\(name)," : "\(name): \(value),", depth: 2)
    }
    module.line("async close() {", depth: 2)
    for cache in plan.caches { module.line("await \(local(cache)).close();", depth: 3) }
    module.line("},", depth: 2)
    module.line("};", depth: 1)
    module.line("}")
    return module.bytes()
  }

  /// Out of the way of the words of the language, and of what is given.
  private func local(_ cache: CachePlan) -> String { Names.camel(cache.port.name) + "Store" }

  func cacheTests() -> [UInt8] {
    var module = self.module("The key-value stores, in the memory of this process.")
    module.use("node:assert/strict", "default assert")
    module.use("node:test", "test")
    module.use("../gen/runtime/logs.js", "configureLogs")
    module.line()
    module.line("configureLogs(\"error\");")
    writeCachesUnderTest(to: &module)
    for cache in plan.caches {
      let name = "caches.\(member(cache))"
      module.test("\(cache.port.name): a value is kept, and is forgotten") {
        $0.line("const value = Buffer.from(\"value\");", depth: 1)
        $0.line("assert.equal(await \(name).add(\"key\", value), true);", depth: 1)
        $0.line("assert.equal(await \(name).add(\"key\", value), false);", depth: 1)
        $0.line("await \(name).set(\"key\", value);", depth: 1)
        $0.line("assert.deepEqual(await \(name).get(\"key\"), value);", depth: 1)
        $0.line("assert.equal(await \(name).delete(\"key\"), true);", depth: 1)
        $0.line("assert.equal(await \(name).get(\"key\"), undefined);", depth: 1)
      }
    }
    return module.bytes()
  }

  private func writeCachesUnderTest(to module: inout TypeScriptModule) {
    module.use("../gen/caches.js", "openCaches")
    writeSettingsUnderTest(to: &module)
    module.line("const caches = openCaches(settings, new Health());")
  }
}
