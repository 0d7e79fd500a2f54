import DroidSemantics
import DroidSyntax
import Testing

@testable import DroidBackends

/// Spellings, examples and what is planned for a component.
@Suite struct PlanTests {
  /// The systems of a droidfile that must be right.
  static func systems(_ text: String) throws -> SystemSet {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "test.droid", text: "droid 1\nsystem shop { }\n" + text))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    let base = try #require(result.base, "\(result.diagnostics.map(\.message))")
    return SystemSet(base: base, environments: result.environments)
  }

  @Test(arguments: [
    ("redis-cart", "redis_cart", "RedisCart"), ("redisCart", "redis_cart", "RedisCart"),
    ("catalog.service", "catalog_service", "CatalogService"), ("HTTPServer", "http_server", "HTTPServer"),
    ("order_id", "order_id", "OrderId"), ("v2Ranker", "v2_ranker", "V2Ranker"),
  ])
  func namesAreSpelledTheTargetsWay(_ name: String, _ snake: String, _ pascal: String) {
    #expect(Names.snake(name) == snake)
    #expect(Names.pascal(name) == pascal)
  }

  @Test func podsOfAnotherComponentAreNotMeant() throws {
    let base = try PlanTests.systems(
      """
      component orders: Service { language = go }
      component orders-archive: Service { language = go }
      component ranker: Service { language = go  version v1 { share = 90% }  version v2 { share = 10% } }
      """
    ).base
    func matches(_ component: String, _ pod: String) throws -> Bool {
      let pattern = try #require(base.component(component)?.podPattern)
      return try pod.wholeMatch(of: Regex(pattern)) != nil
    }
    for pod in ["orders-6d5f9c7b8d-x2x7k", "orders-0", "orders-12", "orders-9kz4t", "orders-29384756-m8b2c"] {
      #expect(try matches("orders", pod), "\(pod)")
    }
    for pod in ["orders-archive-6d5f9c7b8d-x2x7k", "orders-archive-0", "orders", "reorders-0"] {
      #expect(try !matches("orders", pod), "\(pod)")
    }
    #expect(try matches("ranker", "ranker-v2-6d5f9c7b8d-x2x7k"))
    #expect(try !matches("ranker", "ranker-v3-6d5f9c7b8d-x2x7k"))
  }

  @Test func wordsThatPythonKeepsAreEscaped() {
    #expect(PythonSpelling.field("class") == "class_")
    #expect(PythonSpelling.field("model_dump") == "model_dump_")
    #expect(PythonSpelling.parameter("self") == "self_")
    #expect(PythonSpelling.method("import") == "import_")
    #expect(PythonSpelling.type("Field") == "Field_")
    #expect(PythonSpelling.package("email") == "email_")
    #expect(PythonSpelling.member("None") == "NONE")
  }

  @Test(arguments: [
    ("[A-Z]{3}", "AAA"), (#"^\d+(-x)?$"#, "0"), ("(?:ab|cd)+", "ab"), (#"a\.b"#, "a.b"), ("[^a]", nil), ("a(?=b)", nil),
    ("(", nil),
  ])
  func aPatternHasASample(_ pattern: String, _ sample: String?) {
    #expect(PatternSample.text(for: pattern) == sample)
  }

  @Test func portsOfOneTargetAreOneApplication() throws {
    let systems = try Self.systems(
      """
      component a: Service {
        language = python
        in api: REST { get "/a" same() }
        in more: REST { get "/b" same() }
        in back: REST { target = 8081  get "/c" other() }
      }
      """)
    let plan = try #require(systems.plans(in: "python").first)
    #expect(plan.applications.map(\.contract) == ["a", "a.back"])
    #expect(plan.applications.map(\.target) == [8080, 8081])
    #expect(plan.operations.map(\.identifier) == ["api.same", "more.same", "other"])
    #expect(plan.operations.map(\.method) == ["api.same", "more.same", "other"])
  }

  @Test func bucketsHaveTheBoundsOfObjectives() throws {
    let systems = try Self.systems(
      """
      component a: Service { language = python  in api: REST { get "/a" one() } }
      slo fast on a.api { objective = 99%  latency = 300ms }
      """)
    let plan = try #require(systems.plans.first)
    #expect(plan.buckets.map(\.description).contains("0.3"))
    #expect(plan.buckets.count == 15)
    #expect(plan.buckets == plan.buckets.sorted())
  }

  @Test func typesComeAfterWhatTheyAreMadeOf() throws {
    let systems = try Self.systems(
      """
      type Tree { key id: Int  children: [Tree]  leaf: Leaf? }
      type Leaf { size: Int }
      type Unused { size: Int }
      component a: Service { language = python  in api: REST { resource Tree "/trees" } }
      """)
    let plan = try #require(systems.plans.first)
    #expect(plan.types.records.map(\.name) == ["Leaf", "Tree"])
    #expect(plan.types.hasCycles)
  }

  @Test func aComponentOfOneEnvironmentIsGeneratedToo() throws {
    let systems = try Self.systems(
      """
      component a: Service { language = python  in api: REST { get "/a" one() } }
      component b: Service { language = python  only = [staging]  in api: REST { get "/b" two() } }
      environment staging { a.replicas = 1 }
      """)
    #expect(systems.plans.map(\.name) == ["a", "b"])
  }

  @Test func whatIsNotGeneratedIsSaid() throws {
    let systems = try Self.systems(
      """
      type Order { key id: UUID }
      component a: Service {
        language = python
        limit = 10/s
        in api: REST { post "/a" one() { idempotent = key } }
        in calls: GRPC { port = 9000  target = 9000 }
        optional out placed: Events(Order)
      }
      """)
    let said = FastAPIBackend.generate(systems).notGenerated
    #expect(said == ["gRPC on a.calls"])
  }
}
