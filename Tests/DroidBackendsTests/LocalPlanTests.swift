import DroidSemantics
import Testing

@testable import DroidBackends

/// What runs on one machine, where it listens, and what it is told.
@Suite struct LocalPlanTests {
  private static let text = """
    type Order { key id: UUID }
    component web: Gateway { language = typescript  in site: REST { }  env = { MODE = "fast" } }
    component orders: Service {
      language = python
      auth = basic(secret("orders/door"))
      in api: REST { resource Order "/orders" }
      in back: REST { target = 8081  get "/n" count() -> Int }
      out placed: Events(Order)
    }
    component mail: Worker { language = go  in placed: Events(Order) }
    component legacy: Container { in api: REST { target = 80  contract = "legacy.json" } }
    component pay: External { url = "https://pay.example.com"  in api: REST { get "/pay" pay() } }
    component db: Postgres
    component spare: Postgres
    component bus: Redis
    connect web -> orders.back
    connect orders -> db
    connect orders -> pay
    connect orders.placed -> mail.placed { via = bus }
    """

  private func plan(
    only: Set<String> = [], taken: Set<Int> = [], variables: [String: String] = [:]
  ) throws -> LocalPlan {
    let system = try PlanTests.systems(Self.text).base
    return LocalPlan(system, only: only, isFree: { !taken.contains($0) }, variable: { variables[$0] })
  }

  private func environment(_ name: String, _ plan: LocalPlan) -> [String: String] {
    let service = plan.services.first { $0.name == name }
    return Dictionary(uniqueKeysWithValues: (service?.environment ?? []).map { ($0.name, $0.value) })
  }

  @Test func whoIsAskedStartsFirstAndTheGatewayHasTheFirstPort() throws {
    let plan = try plan()
    #expect(plan.services.map(\.name) == ["orders", "web", "mail"])
    #expect(plan.stores.map(\.name) == ["bus", "db"])
    #expect(plan.absent == ["legacy (a ready image)"])
    #expect(plan.services.first { $0.name == "web" }?.listeners.map(\.number) == [8080])
    #expect(plan.services.first { $0.name == "orders" }?.listeners.map(\.setting) == ["PORT", "PORT_BACK"])
  }

  @Test func aModelRunsAndAJobWaitsForSomeone() throws {
    let system = try PlanTests.systems(
      """
      component ranker: Model { language = python  model = "one"  in api: REST { get "/rank" rank() -> String } }
      component eye: Model { language = go  model = "one"  in api: REST { get "/see" see() -> String } }
      component sweeper: Job { language = python }
      """
    ).base
    let plan = LocalPlan(system, isFree: { _ in true }, variable: { _ in nil })
    #expect(plan.services.map(\.name) == ["ranker"])
    #expect(plan.absent == ["eye (Model)", "sweeper (Job)"])
  }

  @Test func everyServiceIsToldWhereTheOthersAre() throws {
    let plan = try plan(taken: [8080, 5432])
    let web = environment("web", plan)
    let back = plan.services.first { $0.name == "orders" }?.listeners.last?.number
    #expect(web["ORDERS_URL"] == back.map { "http://127.0.0.1:\($0)" })
    #expect(web["PORT"] == "8081")
    #expect(web["MODE"] == "fast")
    let orders = environment("orders", plan)
    #expect(orders["DATABASE_URL"] == "postgresql://app@127.0.0.1:5433/postgres")
    #expect(orders["REDIS_URL"] == "redis://127.0.0.1:6379")
    #expect(orders["PAY_URL"] == "https://pay.example.com")
    #expect(orders["SECRET_ORDERS_DOOR"] == "development:development")
    #expect(environment("mail", plan)["REDIS_URL"] == "redis://127.0.0.1:6379")
  }

  @Test func aVariableOfTheShellWins() throws {
    let orders = environment(
      "orders", try plan(variables: ["PAY_URL": "http://localhost:1", "SECRET_ORDERS_DOOR": "me:secret"]))
    #expect(orders["PAY_URL"] == "http://localhost:1")
    #expect(orders["SECRET_ORDERS_DOOR"] == "me:secret")
  }

  @Test func onlySomeRunWithTheStoresTheyUse() throws {
    let plan = try plan(only: ["mail"])
    #expect(plan.services.map(\.name) == ["mail"])
    #expect(plan.stores.map(\.name) == ["bus"])
    #expect(plan.absent.isEmpty)
  }
}
