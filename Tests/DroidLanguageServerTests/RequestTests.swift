import DroidJSON
import Testing

/// What an editor is told, each request on a text with marked places.
@Suite struct RequestTests {
  private static let shop = """
    droid 1
    system 8️⃣shop

    /// What someone buys.
    type 5️⃣Order { key id: UUID  total: Decimal }
    error Gone 410

    resilience steady { timeout = 2s }
    team shopfront { }

    /// Keeps orders.
    component 2️⃣orders: Service {
      language = python
      6️⃣replicas = 2..4
      in 7️⃣api: REST {
        resource Order "/orders"
        post "/orders/{id}/cancel" 9️⃣cancel(id: UUID) -> Or4️⃣der throws Gone { idempotent = true }
      }
    }
    component web: Gateway { language = typescript  team = shop3️⃣front }
    connect web -> ord1️⃣ers { resilience = steady }
    slo fast on orders.api { objective = 99.9%  latency = 300ms }
    environment production { orders.replicas = 3..9 }
    """

  private func client() -> TestClient {
    let client = TestClient()
    #expect(client.open(Self.shop) == [])
    return client
  }

  @Test func definitionOfWhatANameSpeaksOf() throws {
    let client = client()
    for (marker, name) in [("1️⃣", "orders"), ("3️⃣", "shopfront"), ("4️⃣", "Order"), ("2️⃣", "orders")]
      as [(Character, String)]
    {
      let location = try client.ask("textDocument/definition", at: marker)
      #expect(try client.text(location["range"]) == name)
    }
    let order = try client.ask("textDocument/definition", at: "4️⃣")
    #expect(order["range"]?["start"] == (try client.position("5️⃣")))
  }

  @Test func typeOfAComponentIsItsKind() throws {
    let client = TestClient()
    client.open(
      """
      droid 1
      system shop
      kind Standard: Service { language = go }
      component ord1️⃣ers: Standard
      """)
    let location = try client.ask("textDocument/typeDefinition", at: "1️⃣")
    #expect(try client.text(location["range"]) == "Standard")
  }

  @Test func referencesInEveryPlace() throws {
    let client = client()
    let found = try client.ask(
      "textDocument/references", at: "2️⃣", [.init("context", ["includeDeclaration": true])])
    #expect(try found.array?.map { try client.text($0["range"]) } == Array(repeating: "orders", count: 4))
    let highlights = try client.ask("textDocument/documentHighlight", at: "1️⃣")
    #expect(highlights.array?.count == 4)
  }

  @Test func hoverTeaches() throws {
    let client = client()
    let component = try client.ask("textDocument/hover", at: "1️⃣")["contents"]?["value"]?.string
    #expect(component == "```droid\ncomponent orders: Service\n```\n\nKeeps orders.\n\nAsked by `web`.")
    let property = try client.ask("textDocument/hover", at: "6️⃣")["contents"]?["value"]?.string ?? ""
    #expect(property.contains("replicas: Range(Int(0..10000)) = 2"))
    #expect(property.contains("How many run"))
  }

  @Test func hoverOnAnObjectiveSpeaksOfMinutes() throws {
    let client = TestClient()
    client.open(
      """
      droid 1
      system shop
      type Order { key id: UUID }
      component orders: Service { language = go  in api: REST { resource Order "/orders" } }
      slo fa1️⃣st on orders.api { objective = 99.9%  latency = 300ms }
      """)
    let text = try client.ask("textDocument/hover", at: "1️⃣")["contents"]?["value"]?.string ?? ""
    #expect(text.contains("The error budget is 43 m 12 s in 30d."))
  }

  @Test func renameReachesPathsAndEnvironments() throws {
    let client = client()
    let range = try client.ask("textDocument/prepareRename", at: "1️⃣")
    #expect(range["placeholder"] == "orders")
    let edit = try client.ask("textDocument/rename", at: "1️⃣", [.init("newName", "sales")])
    let text = try client.applied(edit)
    #expect(client.change(text) == [])
    #expect(text.contains("component sales: Service"))
    #expect(text.contains("connect web -> sales"))
    #expect(text.contains("on sales.api"))
    #expect(text.contains("sales.replicas = 3..9"))
  }

  @Test func renameReachesThePathsOfOperations() throws {
    let client = TestClient()
    let findings = client.open(
      """
      droid 1
      system shop
      component orders: Service {
        language = go
        in api: REST { get "/orders/{id}/lines" lines(1️⃣id: UUID) }
      }
      component web: Gateway { language = go }
      connect web -> orders
      """)
    #expect(findings == [])
    let text = try client.applied(try client.ask("textDocument/rename", at: "1️⃣", [.init("newName", "order")]))
    #expect(text.contains("get \"/orders/{order}/lines\" lines(order: UUID)"))
    #expect(client.change(text) == [])
  }

  @Test func renameRefusesInWords() throws {
    let client = client()
    #expect(throws: TestClient.Failure.self) {
      try client.ask("textDocument/rename", at: "1️⃣", [.init("newName", "web")])
    }
    #expect(throws: TestClient.Failure.self) { try client.ask("textDocument/rename", at: "6️⃣", [.init("newName", "x")]) }
    #expect(throws: TestClient.Failure.self) {
      try client.ask("textDocument/rename", at: "1️⃣", [.init("newName", "2x")])
    }
  }

  @Test func everyFixIsOffered() throws {
    let client = TestClient()
    let findings = client.open(
      """
      droid 1
      system shop
      component orders: Servcie { language = go }
      """)
    #expect(findings.count == 1)
    #expect(findings.first?["code"] == "unknown-kind")
    let range = try #require(findings.first?["range"])
    let actions = try client.request(
      "textDocument/codeAction",
      ["textDocument": client.document(), "range": range, "context": ["diagnostics": []]])
    #expect(actions[0]?["title"] == "Write `Service`")
    let mended = try client.applied(try #require(actions[0]?["edit"]))
    #expect(client.change(mended) == [])
  }

  @Test func aHalfTypedDeclarationCostsOnlyItself() throws {
    let client = client()
    let broken = client.change(Self.shop + "\ncomponent half: Service { replicas = ")
    #expect(!broken.isEmpty)
    let location = try client.ask("textDocument/definition", at: "1️⃣")
    #expect(try client.text(location["range"]) == "orders")
    let hover = try client.ask("textDocument/hover", at: "6️⃣")
    #expect(hover["contents"]?["value"]?.string?.contains("replicas") == true)
  }

  @Test func formattingChangesOnlyWhatIsOff() throws {
    let client = TestClient()
    client.open(
      "droid 1\nsystem shop\n\n// kept\ncomponent orders:Service{language=go}\ncomponent web: Gateway { language = go }\n"
    )
    let edits = try client.request("textDocument/formatting", ["textDocument": client.document(), "options": [:]])
    #expect(edits.array?.count == 1)
    #expect(
      try client.applied(edits)
        == "droid 1\nsystem shop\n\n// kept\ncomponent orders: Service { language = go }\ncomponent web: Gateway { language = go }\n"
    )
  }

  /// Whatever else is wrong on the way.
  @Test(arguments: [
    ("component orders: Service {\n1️⃣language = go", "  "),
    ("component orders: Service {\n  in api: REST {\n1️⃣\n", "    "),
    ("component orders: Service {\n  }1️⃣\n", ""), ("resilience slow {\n  retry = { on = [\n  503,1️⃣", "      "),
    ("component orders: Service { language = go }\n  1️⃣component", ""),
  ]) func aLineStandsAsFarToTheRightAsItIsDeep(_ text: String, _ indentation: String) throws {
    let client = TestClient()
    client.open("droid 1\nsystem shop\n" + text)
    let edits = try client.ask(
      "textDocument/onTypeFormatting", at: "1️⃣", [.init("ch", "\n"), .init("options", ["tabSize": 2])])
    let all = try client.applied(edits)
    let line = try #require(try client.position("1️⃣")["line"]?.integer)
    let lines = all.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[line].prefix { $0 == " " } == indentation)
    #expect(all.filter { $0 != " " } == client.texts["shop.droid"]?.filter { $0 != " " })
  }

  @Test func outlineAndSearch() throws {
    let client = client()
    let outline = try client.request("textDocument/documentSymbol", ["textDocument": client.document()])
    #expect(
      outline.array?.compactMap { $0["name"]?.string } == [
        "shop", "Order", "Gone", "steady", "shopfront", "orders", "web", "web -> orders", "fast", "production",
      ])
    let found = try client.request("workspace/symbol", ["query": "ordrs"])
    #expect(found.array?.compactMap { $0["name"]?.string } == ["orders"])
  }

  @Test func linesThatFold() throws {
    let client = client()
    let folds = try client.request("textDocument/foldingRange", ["textDocument": client.document()])
    #expect(folds.array?.compactMap { $0["startLine"]?.integer } == [11, 14])
    #expect(folds.array?.compactMap { $0["endLine"]?.integer } == [17, 16])
  }

  @Test func selectionsGrow() throws {
    let client = client()
    let answer = try client.request(
      "textDocument/selectionRange", ["textDocument": client.document(), "positions": [try client.position("4️⃣")]])
    var texts: [String] = []
    var next = answer[0]
    while let current = next {
      texts.append(try client.text(current["range"]))
      next = current["parent"]
    }
    #expect(texts.first == "Order")
    #expect(texts.last == client.texts["shop.droid"])
    #expect(zip(texts, texts.dropFirst()).allSatisfy { $1.contains($0) && $1.utf8.count > $0.utf8.count })
  }

  @Test func callersAndCallees() throws {
    let client = client()
    let items = try client.ask("textDocument/prepareCallHierarchy", at: "1️⃣")
    let item = try #require(items[0])
    #expect(item["name"] == "orders")
    let callers = try client.request("callHierarchy/incomingCalls", ["item": item])
    #expect(callers.array?.compactMap { $0["from"]?["name"]?.string } == ["web"])
    let callees = try client.request("callHierarchy/outgoingCalls", ["item": try #require(callers[0]?["from"])])
    #expect(callees.array?.compactMap { $0["to"]?["name"]?.string } == ["orders"])
  }

  @Test func kindsAndTheirBases() throws {
    let client = TestClient()
    client.open(
      """
      droid 1
      system shop
      kind Standard: Service { language = go }
      kind Big: Stan1️⃣dard { replicas = 9 }
      component orders: Big
      """)
    let items = try client.ask("textDocument/prepareTypeHierarchy", at: "1️⃣")
    let below = try client.request("typeHierarchy/subtypes", ["item": try #require(items[0])])
    #expect(below.array?.compactMap { $0["name"]?.string } == ["Big"])
    let above = try client.request("typeHierarchy/supertypes", ["item": try #require(below[0])])
    #expect(above.array?.compactMap { $0["name"]?.string } == ["Standard"])
  }

  @Test func hintsSayWhatIsNotWritten() throws {
    let client = TestClient()
    client.open(
      """
      droid 1
      system shop
      type Order { key id: UUID }
      component orders: Service { language = go  in admin: REST { resource Order "/orders" } }
      component web: Gateway { language = go }
      connect web -> orders
      slo fast on orders.admin { objective = 99%  latency = 1s }
      """)
    let hints = try client.request(
      "textDocument/inlayHint",
      [
        "textDocument": client.document(),
        "range": ["start": ["line": 0, "character": 0], "end": ["line": 99, "character": 0]],
      ])
    #expect(
      hints.array?.compactMap { $0["label"]?.string } == [".admin", " within 5s", " may fail 7 h 12 m in 30d"])
  }

  @Test func wordsHaveTheirClasses() throws {
    let client = TestClient()
    client.open("droid 1\nsystem shop // small\n/// doc\ncomponent orders: Service { replicas = 2 }\n")
    let tokens = try client.request("textDocument/semanticTokens/full", ["textDocument": client.document()])
    let data = tokens["data"]?.array?.compactMap(\.integer) ?? []
    var classes: [String] = []
    let names = [
      "keyword", "class", "struct", "enum", "enumMember", "variable", "property", "method", "parameter", "interface",
      "event", "string", "number", "comment", "operator", "decorator", "namespace", "type",
    ]
    for index in stride(from: 3, to: data.count, by: 5) { classes.append(names[data[index]]) }
    #expect(
      classes == [
        "keyword", "number", "keyword", "variable", "comment", "comment", "keyword", "variable", "class", "property",
        "operator", "number",
      ])
    let identifier = try #require(tokens["resultId"])
    _ = client.change("droid 1\nsystem shop // small\n/// doc\ncomponent orders: Service { replicas = 2  cpu = 1 }\n")
    let delta = try client.request(
      "textDocument/semanticTokens/full/delta", ["textDocument": client.document(), "previousResultId": identifier])
    #expect(delta["edits"]?[0]?["data"]?.array?.count == 15)
  }
}
