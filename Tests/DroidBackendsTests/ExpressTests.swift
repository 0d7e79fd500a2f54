import DroidSemantics
import Testing

@testable import DroidBackends

@Suite struct ExpressTests {
  private let shop = """
    type Order { key id: UUID  status: Status = pending  note: String?  tree: Tree? }
    type Tree { name: String  children: [Tree](0..3) }
    enum Status { pending paid }
    error OutOfStock 409 { sku: String }
    component orders: Service {
      language = typescript
      in api: REST {
        resource Order "/orders"
        get "/orders/newest" newest() -> Order?
        post "/orders/{id}/cancel" cancel(id: UUID) -> Order throws OutOfStock
        get "/counts" counts(small: Int(0..10), large: Int?) -> [Int]
      }
    }
    """

  private func files(_ text: String) throws -> [String: String] {
    let output = ExpressBackend.generate(try PlanTests.systems(text))
    return Dictionary(uniqueKeysWithValues: output.drafts.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
  }

  @Test func recordsAreTypesAndCodecs() throws {
    let models = try #require(try files(shop)["services/orders/gen/models.ts"])
    #expect(models.contains("  readonly note?: string | undefined;\n"))
    #expect(models.contains("  status: withDefault(Status, \"pending\"),\n"))
    #expect(models.contains("export const Tree: RecordCodec<Tree> = record<Tree>({"))
    #expect(models.contains("  children: list(\n    later(() => Tree),\n    { max: 3 },\n  ),\n"))
  }

  @Test func integersAreNumbersOnlyWhereNumbersHoldThem() throws {
    let service = try #require(try files(shop)["services/orders/gen/service.ts"])
    #expect(service.contains("  readonly small: number;\n  readonly large: bigint | undefined;\n"))
    #expect(service.contains("counts(input: CountsInput): Promise<readonly bigint[]>;"))
  }

  @Test func aPathThatSaysMoreComesFirst() throws {
    let routes = try #require(try files(shop)["services/orders/gen/routes/api.ts"])
    let newest = try #require(routes.firstRange(of: "path: \"/orders/newest\""))
    let get = try #require(routes.firstRange(of: "path: \"/orders/{id}\""))
    #expect(newest.lowerBound < get.lowerBound)
  }

  @Test func nothingIsLongerThanALine() throws {
    for (path, text) in try files(shop) where path.hasSuffix(".ts") {
      for line in text.split(separator: "\n") { #expect(line.count <= TypeScriptCode.lineLength, "\(path): \(line)") }
    }
  }

  @Test func onlyTheUsersFilesAreScaffolds() throws {
    for draft in ExpressBackend.generate(try PlanTests.systems(shop)).drafts {
      #expect((draft.ownership == .scaffold) == draft.path.hasPrefix("services/orders/src/"), "\(draft.path)")
    }
  }

  @Test func aWorkerHasOnlyWhatItUses() throws {
    let files = try files("component mailer: Worker { language = typescript }")
    let names = files.keys.filter { $0.hasPrefix("services/mailer/gen/") }.compactMap { $0.split(separator: "/").last }
    #expect(
      Set(names) == [
        "context.ts", "environment.ts", "health.ts", "logs.ts", "main.ts", "otlp.ts", "process.ts", "server.ts",
        "service.ts", "settings.ts", "timing.ts", "tracing.ts",
      ])
  }

  @Test func aGatewayPassesOnByTheLongestPrefixFirst() throws {
    let text = """
      component web: Gateway { language = typescript  in site: REST { get "/own" own() -> String } }
      component a: Service { language = typescript  in api: REST { get "/" root() -> String } }
      component b: Service { language = typescript  in api: REST { get "/" root() -> String } }
      connect web -> a { path = "/a" }
      connect web -> b { path = "/a/b"  strip = false }
      """
    let site = try #require(try files(text)["services/web/gen/routes/site.ts"])
    let long = try #require(site.firstRange(of: "prefix: \"/a/b\""))
    let short = try #require(site.firstRange(of: "prefix: \"/a\""))
    #expect(long.lowerBound < short.lowerBound)
    #expect(site.contains("strips: false"))
  }

  @Test func aHandlerGetsOneEventOrABatch() throws {
    let text = """
      type Order { key id: UUID }
      component log: Worker {
        language = typescript
        in one: Events(Order) { attempts = 3 }
        in many: Events(Order) { batch = 5  dead-letter = false }
      }
      component shop: Service { language = typescript  out placed: Events(Order) { key = id } }
      component bus: Nats {}
      connect shop.placed -> log.one { via = bus }
      connect shop.placed -> log.many { via = bus }
      """
    let files = try files(text)
    let service = try #require(files["services/log/gen/service.ts"])
    #expect(service.contains("  onOne(event: Order, id: string): Promise<void>;\n"))
    #expect(service.contains("  onMany(events: readonly Received<Order>[]): Promise<void>;\n"))
    let subscribers = try #require(files["services/log/gen/subscribers.ts"])
    #expect(subscribers.contains("    batch: 5,\n    handle: (events) => service.onMany(events),\n"))
    #expect(files["services/log/gen/runtime/redisEvents.ts"] == nil)
    #expect(try #require(files["services/shop/gen/events.ts"]).contains("key: \"id\",\n"))
  }

  @Test func patternsHaveOnlyTheEscapesOfUnicodeMode() {
    #expect(TypeScriptLiteral.pattern("^[A-Z]{3}-[0-9]+$") == "/^[A-Z]{3}-[0-9]+$/u")
    #expect(TypeScriptLiteral.pattern("a/b\\-\\.[\\-\\_]") == "/a\\/b-\\.[\\-_]/u")
  }

  @Test func codeBreaksAsPrettierBreaksIt() {
    func written(_ code: TypeScriptCode) -> String {
      var module = TypeScriptModule("", "")
      module.code(code)
      return String(decoding: module.body.bytes, as: UTF8.self)
    }
    let long = String(repeating: "a", count: 60)
    #expect(written(.call("f", [.text("a"), .object([.member("b", .text("1"))])])) == "f(a, { b: 1 });\n")
    #expect(
      written(.call("f", [.text("a"), .object([.member("b", .text(long)), .member("c", .text(long))])]))
        == "f(a, {\n  b: \(long),\n  c: \(long),\n});\n")
    #expect(written(.call("f", [.text(long), .text(long)])) == "f(\n  \(long),\n  \(long),\n);\n")
  }
}
