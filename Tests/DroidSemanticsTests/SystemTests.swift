import DroidSyntax
import Testing

@testable import DroidSemantics

/// What a droidfile means: the values that backends read, after kinds, policies, settings and environments have spoken.
@Suite struct SystemTests {
  private static func check(_ text: String) -> CheckResult {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "test.droid", text: "droid 1\nsystem shop " + text))
    return Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
  }

  private func system(_ text: String, environment: String? = nil) throws -> System {
    let result = Self.check(text)
    #expect(result.diagnostics.map { "\($0.code.rawValue): \($0.message)" } == [])
    return try #require(result.system(environment: environment))
  }

  @Test(arguments: [
    ("connect orders -> other", "it shows none that asks"), ("connect other -> orders", "it shows `api`"),
  ])
  func aTemplateIsNoEndOfAConnection(_ connection: String, _ label: String) throws {
    let result = Self.check(
      """
      { }
      kind Kept {
        in api: REST = service.api
        component service: Service { language = go  in api: REST }
      }
      component orders: Kept
      component other: Service { language = go  in api: REST }
      \(connection)
      """)
    #expect(result.diagnostics.map(\.code) == [.ambiguousPort])
    #expect(result.diagnostics.first?.primary.text == label)
    #expect(result.diagnostics.first?.message == "`orders` is a template; name one of its ports")
  }

  private func replicas(_ system: System, _ component: String) -> Value? {
    system.component(component)?.properties["replicas"]
  }

  private func fixed(_ count: Int64) -> Value { .range(.integer(count), .integer(count)) }

  @Test func aComponentWinsOverItsKindAndAKindOverItsBase() throws {
    let system = try system(
      """
      { }
      kind Base: Service { language = python  replicas = 3  grace = 10s }
      kind Middle: Base { replicas = 4  cpu = 2 }
      component plain: Middle
      component own: Middle { replicas = 5 }
      """)
    #expect(replicas(system, "plain") == fixed(4))
    #expect(replicas(system, "own") == fixed(5))
    #expect(system.component("plain")?.properties.duration("grace") == TimeSpan(seconds: 10))
    #expect(system.component("plain")?.kind == .service)
  }

  @Test func aContainersOwnDefaultsWinOverThoseOfAllThatRuns() throws {
    let system = try system("{ tag = \"7\" }\ncomponent a: Container\ncomponent b: Service { language = go }")
    #expect(replicas(system, "a") == fixed(1))
    #expect(replicas(system, "b") == fixed(2))
    #expect(system.component("a")?.properties.text("registry") == "docker.io")
    #expect(system.component("a")?.properties.text("tag") == nil)
    #expect(system.component("b")?.properties.text("tag") == "7")
  }

  @Test func settingsHoldForWhoSaysNothingAndNoneTakesThemAway() throws {
    let system = try system(
      """
      { team = ours }
      team ours { }
      team theirs { }
      component a: Service { language = go }
      component b: Service { language = go  team = theirs }
      component c: Service { language = go  team = none }
      """)
    #expect(["a", "b", "c"].map { system.component($0)?.properties.reference("team") } == ["ours", "theirs", nil])
  }

  private static let calls = """
    { resilience = calm }
    resilience calm { timeout = 9s  retry = { attempts = 4  budget = 10% } }
    resilience gentle { timeout = 2s  breaker = 7 }
    component a: Service { language = go  out first: REST  out named: REST  out own: REST }
    component b: Service { language = go  in api: REST  in more: REST { target = 9000 } }
    component c: Service { language = go  in api: REST }
    connect a.first -> b.api
    connect a.named -> b.more { resilience = gentle }
    connect a.own -> c { timeout = 1s  retry = { attempts = 2 } }
    """

  @Test func aConnectionWinsOverItsPolicyFieldByField() throws {
    let connections = try system(Self.calls).connections.map(\.properties)
    #expect(connections.map { $0.duration("timeout") } == [9, 2, 1].map { TimeSpan(seconds: $0) })
    #expect(connections[0].record("retry")?.integer("attempts") == 4)
    #expect(connections[1]["retry"].isNone, "the policy that is named takes the place of the system's")
    #expect(connections[1].record("breaker")?.integer("failures") == 7)
    #expect(connections[2].record("retry")?.integer("attempts") == 2)
    #expect(connections[2].record("retry")?.percent("budget") == ExactDecimal(10), "records merge field by field")
  }

  private static let places = """
    { }
    component a: Service { language = go  env = { KEPT = "1"  CHANGED = "1" } }
    component b: Service { language = go }
    component cache: Redis { only = [near, base] }
    connect a -> cache
    environment far { Service.replicas = 7  a.replicas = 1  a.env.CHANGED = "2" }
    environment near: far { a.replicas = 3  tag = "next" }
    """

  @Test func anEnvironmentSetsByNameOverByKindAndTheNearestWins() throws {
    let far = try system(Self.places, environment: "far")
    #expect([replicas(far, "a"), replicas(far, "b")] == [fixed(1), fixed(7)])
    let near = try system(Self.places, environment: "near")
    #expect([replicas(near, "a"), replicas(near, "b")] == [fixed(3), fixed(7)])
    #expect(near.component("b")?.properties.text("tag") == "next")
    let env = near.component("a")?.properties.map("env").map { "\($0.key)=\($0.value.text ?? "")" }
    #expect(env == ["KEPT=1", "CHANGED=2"])
    #expect(replicas(try system(Self.places), "a") == fixed(2), "the base is as it was")
  }

  @Test func onlyKeepsAComponentAndItsConnectionsToSomeEnvironments() throws {
    #expect(try system(Self.places).component("cache") != nil)
    #expect(try system(Self.places, environment: "near").connections.count == 1)
    let far = try system(Self.places, environment: "far")
    #expect(far.component("cache") == nil)
    #expect(far.connections.isEmpty)
  }

  private static let templates = """
    { }
    type Order { key id: UUID }
    type Label { key name: String }
    kind Crud {
      entity: Type
      size: Bytes = 10Gi

      in api: REST = service.api
      component service: Service { language = python  in api: REST { resource entity "/" } }
      component db: Postgres { storage = size }
      connect service -> db
    }
    kind Suite {
      amount: Bytes

      in api: REST = inner.api
      component inner: Crud { entity = Order  size = amount }
    }
    component service: Service { language = go }
    component labels: Crud { entity = Label  service.replicas = 4 }
    component suite: Suite { amount = 3Gi }
    connect service -> suite.api
    """

  @Test func templatesOpenHygienicallyHoweverDeep() throws {
    let system = try system(Self.templates)
    #expect(
      system.components.map(\.name).sorted() == [
        "labels.db", "labels.service", "service", "suite.inner.db", "suite.inner.service",
      ])
    #expect(system.component("labels.db")?.properties.bytes("storage") == ByteCount(10 << 30))
    #expect(system.component("suite.inner.db")?.properties.bytes("storage") == ByteCount(3 << 30))
    #expect(replicas(system, "labels.service") == fixed(4))
    #expect(replicas(system, "suite.inner.service") == fixed(2))
    #expect(
      system.connections.map { $0.to.component }.sorted() == ["labels.db", "suite.inner.db", "suite.inner.service"])
  }

  @Test func aResourceMakesItsOperationsAndIsKeptInTheStoreThatIsThere() throws {
    let system = try system(Self.templates)
    let port = try #require(system.component("labels.service")?.port("api"))
    #expect(
      port.operations.map { "\($0.verb.rawValue) \($0.path) \($0.name) \($0.status)" } == [
        "get / Label.list 200", "get /{name} Label.get 200", "post / Label.create 201", "put /{name} Label.replace 200",
        "delete /{name} Label.delete 204",
      ])
    #expect(port.resources.map(\.store) == ["labels.db"])
  }

  @Test(arguments: [
    ("1ns", Int64(1)), ("1us", 1_000), ("1ms", 1_000_000), ("1s", 1_000_000_000), ("1m", 60_000_000_000),
    ("1h", 3_600_000_000_000), ("1d", 86_400_000_000_000), ("1w", 604_800_000_000_000), ("1.5s", 1_500_000_000),
  ])
  func durationsAreNanoseconds(_ written: String, _ nanoseconds: Int64) throws {
    let system = try system(
      "{ }\nkind K: Service { language = go  time: Duration }\ncomponent a: K { time = \(written) }")
    #expect(system.component("a")?.properties.duration("time")?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    ("1B", Int64(1)), ("1Ki", 1 << 10), ("1Mi", 1 << 20), ("1Gi", 1 << 30), ("1Ti", 1 << 40), ("1k", 1_000),
    ("1M", 1_000_000), ("1G", 1_000_000_000), ("1T", 1_000_000_000_000), ("0.5Ki", 512),
  ])
  func sizesAreBytes(_ written: String, _ bytes: Int64) throws {
    let system = try system("{ }\nkind K: Service { language = go  size: Bytes }\ncomponent a: K { size = \(written) }")
    #expect(system.component("a")?.properties.bytes("size")?.bytes == bytes)
  }

  @Test func percentagesAreDecimals() throws {
    let system = try system(
      "{ }\ncomponent a: Service { language = go  in api: REST }\nslo good on a.api { objective = 99.99% }")
    #expect(system.objectives[0].properties.percent("objective") == ExactDecimal(9999, scale: 2))
    #expect(system.objectives[0].properties.duration("window") == TimeSpan(seconds: 30 * 86_400))
  }

  @Test func whichPortAConnectionTakesDependsOnNoOther() throws {
    for order in [["a -> b", "a -> c"], ["a -> c", "a -> b"]] {
      let text =
        "{ }\ncomponent a: Service { language = go  out c: REST }\n"
        + "component b: Service { language = go  in api: REST }\ncomponent c: Service { language = go  in api: REST }\n"
      let system = try system(text + order.map { "connect \($0)" }.joined(separator: "\n"))
      #expect(system.connections.map(\.from.port) == ["b", "c"])
      #expect(system.component("a")?.ports.map(\.isImplied) == [false, true])
    }
  }

  @Test func twoAlertsOfOneNameAreOneTooMany() {
    let alert = "\nalert bad on a.api { when = error_rate > 5% }"
    let result = Self.check("{ }\ncomponent a: Service { language = go  in api: REST }" + alert + alert)
    #expect(result.diagnostics.map(\.code) == [.duplicateName])
  }

  /// What is wrong is reported for the text that is wrong, and the rest of the system stays quiet about it.
  @Test func whatFollowsFromAnErrorIsSilent() {
    let result = Self.check(
      """
      { }
      component a: Servce { language = go }
      component b: Service { language = go }
      connect b -> a
      slo good on a.api { objective = 99% }
      environment far { a.replicas = 1 }
      """)
    #expect(result.diagnostics.map(\.code) == [.unknownKind])
    #expect(result.base == nil)
  }

  @Test func patternsThatLookAroundAreKnown() {
    for pattern in ["(?=a)b", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?>a)", #"(a)\1"#, #"(?<n>a)\k<n>"#] {
      #expect(PatternReach.looksAround(pattern), "\(pattern)")
    }
    for pattern in [#"^[A-Z]{3}\\1(?:a|b)$"#, "(?<name>a)", #"\(?=a"#] {
      #expect(!PatternReach.looksAround(pattern), "\(pattern)")
    }
  }
}
