import DroidSemantics
import Testing

@testable import DroidBackends

/// What stands before operations, what callers do, and what travels as events: planned once for all languages.
@Suite struct ServicePlanTests {
  private func plans(_ text: String) throws -> [String: ServicePlan] {
    let plans = try PlanTests.systems(text).plans
    return Dictionary(uniqueKeysWithValues: plans.map { ($0.name, $0) })
  }

  @Test func theNearestAuthAndLimitHold() throws {
    let plan = try #require(
      plans(
        """
        component a: Service {
          language = python
          auth = jwt(issuer: "https://id.example.com", audience: "a")
          limit = 10/s
          in api: REST {
            limit = { rate = 30/m  burst = 5  by = subject }
            get "/a" closed() { scopes = ["read"] }
            get "/b" opened() { auth = none  limit = 1/s  timeout = 2s }
          }
          in back: REST { target = 8081  public = "a.example.com"  auth = key(header: "X-Key", secret: secret("a/key")) get "/c" keyed() }
        }
        """)["a"])
    let guards = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.name, $0.guards) })
    #expect(guards["closed"]?.auth == .jwt(issuer: "https://id.example.com", audience: "a", keys: nil))
    #expect(guards["closed"]?.scopes == ["read"])
    #expect(guards["closed"]?.limit?.scope == "a.api")
    #expect(guards["closed"]?.limit?.window == 10)
    #expect(guards["closed"]?.believesIdentity == false)
    #expect(guards["opened"]?.auth == nil)
    #expect(guards["opened"]?.limit?.scope == "a.api.opened")
    #expect(guards["opened"]?.timeout == TimeSpan(seconds: 2))
    #expect(guards["opened"]?.believesIdentity == false)
    #expect(guards["keyed"]?.limit?.scope == "a")
    #expect(guards["keyed"]?.limit?.burst == 10)
    #expect(guards["keyed"]?.timeout == TimeSpan(seconds: 30))
    #expect(plan.secrets.map(\.variable) == ["SECRET_A_KEY"])
  }

  @Test func anyoneInsideIsBelievedOnAPortWithoutAuth() throws {
    let plan = try #require(
      plans(
        """
        component a: Service {
          language = python
          in api: REST { get "/a" inside() }
          in site: REST { public = "a.example.com"  target = 8081  get "/b" outside() }
        }
        """)["a"])
    let guards = Dictionary(uniqueKeysWithValues: plan.operations.map { ($0.name, $0.guards) })
    #expect(guards["inside"]?.believesIdentity == true)
    #expect(guards["outside"]?.believesIdentity == false)
  }

  @Test func aDatabaseWithoutResourcesIsToldOfToo() throws {
    let plans = try plans(
      """
      type Order { key id: Int }
      component w: Worker { language = python  in placed: Events(Order) {} }
      component s: Service { language = python  in api: REST { resource Order "/orders" { store = db } }  out told: Events(Order) {} }
      component bus: Nats {}
      component db: Postgres {}
      component archive: Postgres {}
      connect s.told -> w.placed { via = bus }
      connect w -> db
      connect s -> db
      connect s -> archive
      """)
    let worker = try #require(plans["w"])
    #expect(worker.stores.map(\.variable) == ["DATABASE_URL"])
    #expect(worker.databases.map(\.variable) == ["DATABASE_URL"])
    #expect(worker.settings.map(\.name) == ["DATABASE_URL", "NATS_URL"])
    let service = try #require(plans["s"])
    #expect(service.stores.map(\.variable) == ["DATABASE_URL"])
    #expect(service.databases.map(\.variable) == ["DATABASE_URL", "DATABASE_URL_ARCHIVE"])
  }

  @Test func aDecimalKeepsTheDigitsItWasWrittenWith() throws {
    let plan = try #require(
      plans(
        """
        type Price { amount: Decimal = 12.50  whole: Decimal = 3.00  few: Decimal = 0.1 }
        component a: Service { language = python  in api: REST { post "/a" set(price: Price) } }
        """)["a"])
    let fields = try #require(plan.types.records.first?.fields)
    #expect(fields.map { $0.defaultValue?.number?.written } == ["12.50", "3.00", "0.1"])
    #expect(fields.map { $0.defaultValue?.number?.description } == ["12.5", "3", "0.1"])
  }

  @Test func aClientHasWhatItsConnectionSays() throws {
    let plan = try #require(
      plans(
        """
        component web: Gateway { language = go  in site: REST { } }
        component orders: Service {
          language = python
          in api: REST { get "/a" ask() -> Int  post "/b" tell()  post "/c" twice() { idempotent = key } }
        }
        connect web -> orders { resilience = gentle  timeout = 3s  path = "/orders/" }
        resilience gentle { timeout = 2s  retry = { attempts = 3  on = [timeout, 429] }  breaker = 4 }
        """)["web"])
    let client = try #require(plan.clients.first)
    #expect(client.variable == "ORDERS_URL")
    #expect(client.operations.map(\.repeatability) == [.always, .never, .withKey])
    #expect(client.route?.prefix == "/orders")
    #expect(client.forwardsIdentity)
    #expect(!client.forwardsAuthorization)
    #expect(client.resilience.timeout == TimeSpan(seconds: 3))
    #expect(client.resilience.retry?.timeout == TimeSpan(seconds: 1))
    #expect(client.resilience.retry?.failures == [.timeout])
    #expect(client.resilience.retry?.statuses == [429])
    #expect(client.resilience.breaker?.failures == 4)
    #expect(client.resilience.breaker?.open == TimeSpan(seconds: 30))
    #expect(client.resilience.bulkhead == nil)
    #expect(plan.applications.count == 1)
  }

  @Test func eventsHaveTopicsAndBrokers() throws {
    let plans = try plans(
      """
      type Order { key id: UUID  note: String? }
      component orders: Service { language = python  out placed: Events(Order) { key = id  retention = 1d } }
      component mail: Worker { language = go  in placed: Events(Order) { attempts = 8  backoff = 2s..1h } }
      component bus: Redis
      component cache: Redis
      connect orders.placed -> mail.placed { via = bus }
      connect mail -> cache
      """)
    let publisher = try #require(plans["orders"]?.publishers.first)
    #expect(publisher.topics.map(\.name) == ["orders.placed"])
    #expect(publisher.topics.first?.broker.variable == "REDIS_URL")
    #expect(publisher.key?.name == "id")
    let subscriber = try #require(plans["mail"]?.subscribers.first)
    #expect(subscriber.topics.first?.broker.variable == "REDIS_URL_BUS")
    #expect(subscriber.topics.first?.deadLetters == "orders.placed.dead")
    #expect(subscriber.group == "mail")
    #expect(subscriber.attempts == 8)
    #expect(subscriber.backoff.upper == TimeSpan(seconds: 3600))
    #expect(plans["mail"]?.caches.map(\.variable) == ["REDIS_URL_CACHE"])
    #expect(plans["orders"]?.types.records.map(\.name) == ["Order"])
  }

  @Test func listsAreFilteredByWhatIsPlainAndNotPersonal() throws {
    let plan = try #require(
      plans(
        """
        enum Status { open done }
        type Part { n: Int }
        type Thing {
          key id: UUID
          who: String @personal
          limit: Int
          amount: Decimal?
          status: Status = open
          on: Bool
          order-id: UUID @name("order")
          parts: [Part]
        }
        component a: Service { language = python  in api: REST { resource Thing "/things" } }
        component db: Postgres
        connect a -> db
        """)["a"])
    let resource = try #require(plan.resources.first)
    #expect(resource.filters.map(\.name) == ["id", "amount", "status", "on"])
    #expect(resource.filters.map(\.hasBounds) == [false, true, false, false])
    #expect(resource.orders.map(\.name) == ["id", "limit", "status", "order-id"])
    #expect(
      resource.columns.map(\.type) == [.uuid, .text, .bigint, .numeric, .text, .boolean, .uuid, .jsonb])
    #expect(resource.columns.map(\.isNullable) == [false, false, false, true, false, false, false, false])
    #expect(resource.table == "\"thing\"")
  }
}
