import DroidSemantics
import DroidSyntax
import Foundation
import Testing

@testable import DroidBackends

/// Dashboards, objectives, the workflow, the compose file and the map of data: what the tools of their users cannot see is wrong.
@Suite struct DeliveryTests {
  private func systems(_ settings: String, _ text: String) throws -> SystemSet {
    let source = SourceText(
      file: FileID(0), path: "test.droid", text: "droid 1\nsystem shop { \(settings) }\n\(text)")
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [Parser.parse(source)])]))
    let base = try #require(result.base, "\(result.diagnostics.map(\.message))")
    return SystemSet(base: base, environments: result.environments)
  }

  private func file(_ path: String, _ output: Output) throws -> String {
    let draft = try #require(output.drafts.first { $0.path == path }, "\(output.drafts.map(\.path))")
    return String(decoding: draft.bytes, as: UTF8.self)
  }

  private static let services = """
    type Order { key id: UUID  customer: String @personal }
    component web: Gateway { language = python  in site: REST { public = "shop.example.com" } }
    component orders: Service {
      language = python
      auth = basic(secret("orders/door"))
      in api: REST { resource Order "/orders" }
      out placed: Events(Order) { retention = 2d }
    }
    component mail: Worker { language = go  in placed: Events(Order) }
    component db: Postgres
    component bus: Redis
    connect web -> orders { path = "/orders" }
    connect orders -> db
    connect orders.placed -> mail.placed

    """

  // MARK: The broker of the system.

  @Test func onlyEventsPassThroughTheBrokerOfTheSystem() throws {
    let base = try systems("via = bus", Self.services).base
    let brokers = base.connections.map { ($0.name, $0.properties.reference("via")) }
    #expect(brokers.filter { $0.1 != nil }.map(\.0) == ["orders.placed -> mail.placed"])
  }

  // MARK: Grafana.

  @Test func dashboardsAreLinkedAsTheComponentsAre() throws {
    let output = GrafanaBackend.generate(try systems("via = bus", Self.services))
    let orders = try file("grafana/dashboards/shop_orders.json", output)
    for title in ["from web", "to db", "to bus", "to mail"] { #expect(orders.contains("\"title\": \"\(title)\"")) }
    #expect(!orders.contains("\"title\": \"from bus\""))
    #expect(orders.contains("\"url\": \"/d/shop_web\""))
  }

  @Test func whatIsPromisedIsALimit() throws {
    let text =
      Self.services
      + "slo good on orders.api { objective = 99.5% }\nslo quick on orders.api { objective = 95%  latency = 250ms }\n"
    let output = GrafanaBackend.generate(try systems("via = bus", text))
    let orders = try file("grafana/dashboards/shop_orders.json", output)
    #expect(orders.contains("\"value\": 0.005"))
    #expect(orders.contains("\"value\": 0.25"))
    #expect(try file("grafana/dashboards/shop-objectives.json", output).contains("\"value\": 14.4"))
  }

  @Test func aLongNameKeepsItsDashboardApart() throws {
    let name = String(repeating: "very-", count: 9) + "long"
    let output = GrafanaBackend.generate(
      try systems("via = bus", "component \(name)-a: Redis\ncomponent \(name)-b: Redis\ncomponent bus: Redis\n"))
    let names = output.drafts.map(\.path).filter { $0.contains("very") }
    #expect(Set(names).count == 2)
    #expect(names.allSatisfy { $0.utf8.count == "grafana/dashboards/.json".utf8.count + 40 })
  }

  @Test func severalNamespacesAreAChoice() throws {
    let systems = try systems("via = bus", Self.services + "environment staging { namespace = \"shop-staging\" }\n")
    let web = try file("grafana/dashboards/shop_web.json", GrafanaBackend.generate(systems))
    #expect(web.contains("\"query\": \"shop,shop-staging\""))
    #expect(web.contains("namespace=\\\"$namespace\\\""))
  }

  // MARK: OpenSLO.

  @Test func anObjectiveHasItsIndicatorAndItsAlerts() throws {
    let text = Self.services + "slo good on orders.api { objective = 99.9%  window = 28d  ticket = false }\n"
    let file = try file("openslo/shop.yaml", OpenSLOBackend.generate(try systems("via = bus", text)))
    #expect(file.contains("targetPercent: 99.9\n"))
    #expect(file.contains("duration: 28d\n"))
    #expect(file.contains("threshold: 13.44\n"))
    #expect(file.contains("http_response_status_code=~\"5..\"}[28d])) or vector(0)"))
    #expect(!file.contains("severity: ticket"))
    #expect(file.contains("targetRef: alertmanager\n"))
  }

  // MARK: GitHub.

  @Test func withoutStagingNothingStandsBeforeProductionButTheImages() throws {
    let output = GitHubBackend.generate(try systems("via = bus", Self.services))
    let workflow = try file("github/workflows/shop.yaml", output)
    #expect(workflow.contains("production:\n    name: Deploy to production\n    needs:\n    - images\n"))
    #expect(!workflow.contains("integration-tests"))
    #expect(workflow.contains("- ../out/kubernetes/base\n"))
    #expect(workflow.contains("newName: $REGISTRY/orders\n"))
    // Who has no environments has not asked for one.
    #expect(output.notGenerated.isEmpty)
  }

  @Test func aReleaseNamesTheImagesOfItsEnvironment() throws {
    let environments = """
      environment staging { registry = "ghcr.io/acme/try" }
      environment production { registry = "ghcr.io/acme/shop" }
      """
    let workflow = try file(
      "github/workflows/shop.yaml", GitHubBackend.generate(try systems("via = bus", Self.services + environments)))
    #expect(workflow.contains("image: ghcr.io/acme/shop/orders\n"))
    #expect(workflow.contains("- name: ghcr.io/acme/try/orders\n          newName: ghcr.io/acme/shop/orders\n"))
    #expect(workflow.contains("- name: ghcr.io/acme/shop/orders\n          newTag: $GITHUB_SHA\n"))
    #expect(!workflow.contains("REGISTRY"))
  }

  @Test func theTeamOwnsTheFolder() throws {
    let text = Self.services.replacingAll("component mail: Worker {", with: "component mail: Worker { team = post")
    let teams = "team core { }\nteam post { page = email(\"post@example.com\") }\n"
    let known = GitHubBackend.generate(try systems("via = bus  team = core  registry = \"ghcr.io/acme\"", text + teams))
    let owners = try file("github/CODEOWNERS", known).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(owners.contains(["/out/services/mail/", "@acme/post"]))
    #expect(owners.contains(["*", "@acme/core"]))
    let unknown = GitHubBackend.generate(try systems("via = bus  team = core", text + teams))
    #expect(try file("github/CODEOWNERS", unknown).contains(" post@example.com\n"))
    #expect(unknown.notGenerated.contains { $0.hasPrefix("code owners of team `core`") })
  }

  // MARK: Compose.

  @Test func servicesAreToldWhereTheOthersAre() throws {
    let output = ComposeBackend.generate(try systems("via = bus", Self.services))
    let compose = try file("compose/compose.yaml", output)
    #expect(compose.contains("ORDERS_URL: http://orders:8080\n"))
    #expect(compose.contains("DATABASE_URL: postgresql://app:${DB_PASSWORD:?see .env.example}@db:5432/db\n"))
    #expect(compose.contains("REDIS_URL: redis://bus:6379\n"))
    #expect(compose.contains("SECRET_ORDERS_DOOR: ${SECRET_ORDERS_DOOR:?see .env.example}\n"))
    #expect(compose.contains("depends_on:\n      orders:\n        condition: service_started\n"))
    let example = try file("compose/.env.example", output)
    #expect(example.contains("\nDB_PASSWORD=\n") && example.contains("\nSECRET_ORDERS_DOOR=\n"))
  }

  @Test func theValuesOfAReadyImageAreFilledIn() throws {
    let text = """
      component box: Container {
        env = { NAME = "box"  HELLO = "$(NAME) costs $5"  UNKNOWN = "$(NOBODY)" }
        in site: REST { port = 80 }
      }
      """
    let compose = try file("compose/compose.yaml", ComposeBackend.generate(try systems("", text)))
    #expect(compose.contains("HELLO: box costs $$5\n"))
    #expect(compose.contains("UNKNOWN: $$(NOBODY)\n"))
  }

  // MARK: Data.

  @Test func personalDataAreFollowedThroughTheGraph() throws {
    let map = DataMap(try systems("via = bus", Self.services).base)
    #expect(map.marks.map(\.name) == ["Order.customer"])
    #expect(
      map.flows.map { "\($0.from) -> \($0.to) \($0.through ?? "")" } == [
        "outside -> web.site ", "orders -> db ", "orders -> mail.placed bus", "web -> orders.api ",
      ])
    #expect(
      map.rests.map { "\($0.store ?? "") \($0.what) \($0.kept.prefix(2))" } == [
        "db Order un", "bus events orders.placed 2d",
      ])
    #expect(!map.carriers.contains { $0.name.hasSuffix("delete") })
  }

  @Test func whatNobodyMarkedIsNowhere() throws {
    let text = Self.services.replacingAll(" @personal", with: "")
    let page = try file("data/data-map.md", DataBackend.generate(try systems("via = bus", text)))
    #expect(page.contains("nothing to show"))
  }

  @Test func controlsSayWhatIsMissing() throws {
    let open = Self.services.replacingAll("auth = basic(secret(\"orders/door\"))", with: "")
    let page = try file("data/controls.md", DataBackend.generate(try systems("via = bus", open)))
    #expect(page.contains("`orders.api` asks nobody who they are at `Order.list`, `Order.get`"))
    #expect(page.contains("`db` does not ask for encryption (`encrypted = true`). It holds personal or secret data."))
    #expect(page.contains("[kubernetes/base/orders.yaml](../kubernetes/base/orders.yaml) `PodDisruptionBudget/orders`"))
  }
}
