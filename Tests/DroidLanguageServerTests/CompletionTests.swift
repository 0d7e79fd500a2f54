import DroidJSON
import Testing

/// What is offered at a place, mostly in a text that is half typed.
@Suite struct CompletionTests {
  private func labels(_ text: String, at marker: Character = "1️⃣") throws -> [String] {
    let client = TestClient()
    client.open(text)
    let answer = try client.ask("textDocument/completion", at: marker)
    return answer["items"]?.array?.compactMap { $0["label"]?.string } ?? []
  }

  private static let start = """
    droid 1
    system shop
    type Order { key id: UUID }
    enum Size { small large }
    error Gone 410
    healing steady { rule crash { when = unhealthy for 30s  do = [restart] } }
    team shopfront { }
    component orders: Service { language = go  in api: REST { resource Order "/orders" } }
    component bus: Redis
    component web: Gateway { language = go }

    """

  @Test(arguments: [
    ("component shipping: 1️⃣", ["Service", "Gateway", "Postgres"], ["Order"]),
    ("component shipping: Wor1️⃣", ["Worker"], ["Order"]),
    ("component shipping: Service { 1️⃣ }", ["replicas", "language", "in", "out", "version"], ["component-of-nothing"]),
    ("component shipping: Service {\n  replicas = 2\n  1️⃣\n}", ["cpu", "memory"], ["replicas"]),
    ("component shipping: Service {\n  re1️⃣\n}", ["replicas", "read-only"], []),
    ("component shipping: Service { language = 1️⃣ }", ["python", "go", "typescript"], ["Order"]),
    ("component shipping: Service { healing = 1️⃣ }", ["steady", "none"], ["shopfront"]),
    ("component shipping: Service { team = sh1️⃣ }", ["shopfront"], ["steady"]),
    ("component shipping: Service { in api: 1️⃣ }", ["REST", "GraphQL", "Events"], ["Service"]),
    ("component shipping: Service { in api: REST { get \"/a\" a() -> 1️⃣ } }", ["Order", "Size", "UUID"], ["Service"]),
    ("component shipping: Service { in api: REST { get \"/a\" a() throws 1️⃣ } }", ["Gone"], ["Order"]),
    ("component shipping: Service { in api: REST { 1️⃣ } }", ["resource", "get", "post", "auth"], ["replicas"]),
    ("connect 1️⃣", ["web", "orders"], ["bus"]),
    ("connect web -> 1️⃣", ["orders", "orders.api", "bus"], []),
    ("connect web -> orders.1️⃣", ["api"], ["orders"]),
    ("connect web -> orders { 1️⃣ }", ["timeout", "retry", "breaker"], ["replicas"]),
    ("connect web -> orders { retry = { 1️⃣ } }", ["attempts", "backoff"], ["timeout-of-nothing"]),
    ("slo fast on 1️⃣", ["orders.api"], []),
    ("slo fast on orders.api { 1️⃣ }", ["objective", "latency"], []),
    ("healing more { rule r { when = 1️⃣ } }", ["unhealthy", "error_rate"], []),
    ("healing more { rule r { when = unhealthy for 30s  do = [1️⃣] } }", ["restart"], ["unhealthy"]),
    ("type Line { size: 1️⃣ }", ["Size", "Int", "Order"], ["REST"]),
    ("type Line { size: Int @1️⃣ }", ["personal", "deprecated"], []),
    ("1️⃣", ["component", "connect", "type"], ["replicas"]),
    ("com1️⃣", ["component"], []),
    ("environment production { orders.1️⃣ }", ["api"], []),
  ])
  func offersWhatFits(_ text: String, _ expected: [String], _ others: [String]) throws {
    let labels = try labels(Self.start + text + "\n")
    for label in expected { #expect(labels.contains(label), "\(text): \(labels)") }
    for label in others { #expect(!labels.contains(label), "\(text): \(labels)") }
    #expect(Set(labels).count == labels.count, "\(labels)")
  }

  @Test(arguments: ["// comp1️⃣", "/// a doc 1️⃣", "component a: Service { image = \"or1️⃣\" }"])
  func offersNothingInProse(_ text: String) throws {
    #expect(try labels(Self.start + text + "\n") == [])
  }

  @Test func argumentsOfAConstructorAreShown() throws {
    let client = TestClient()
    client.open(
      Self.start
        + "component shop-api: Service { language = go  in api: REST { auth = jwt(1️⃣issuer: \"https://a.example\", 2️⃣) } }\n"
    )
    let first = try client.ask("textDocument/signatureHelp", at: "1️⃣")
    #expect(first["signatures"]?[0]?["label"]?.string?.hasPrefix("jwt(issuer: URL") == true)
    #expect(first["activeParameter"] == 0)
    #expect(try client.ask("textDocument/signatureHelp", at: "2️⃣")["activeParameter"] == 1)
  }
}
