import DroidSemantics

/// The tests of resources: each does what callers do.
extension PythonService {
  func write(_ resource: ResourcePlan, _ port: PortPlan, _ client: String, to module: inout PythonModule) {
    guard let tree = plan.examples.record(resource.type), case .object(let members) = tree,
      let key = members.first(where: { $0.0 == resource.key.wireName })
    else { return }
    let root = resource.resource.path == "/" ? "" : resource.resource.path
    var writer = ResourceTests(
      resource: resource, client: client, name: Names.snake(resource.type),
      constant: Names.constant(resource.type) + "_EXAMPLE", collection: PythonLiteral.string(resource.resource.path),
      item: PythonLiteral.string(root + "/" + Self.encoded(Self.text(key.1))), actions: [:],
      filter: resource.filters.lazy.compactMap { filter in
        members.first { $0.0 == filter.name }.map { (filter.name, Self.text($0.1)) }
      }.first)
    for operation in port.operations where operation.resource?.type == resource.type {
      if let action = operation.operation.origin?.action {
        writer.actions[action] = credentials(for: operation).map { "headers=\($0)" } ?? ""
        if let credentials = credentials(for: operation) { module.use("conftest", credentials) }
      }
    }
    if writer.actions[.create] != nil {
      module.use("conftest", writer.constant)
      writer.roundTrip(to: &module)
      writer.unknownFields(to: &module)
    }
    if writer.actions[.get] != nil, writer.actions[.create] == nil || writer.actions[.delete] != nil {
      writer.missing(to: &module)
    }
    if writer.actions[.list] != nil { writer.queries(to: &module) }
  }
}

private struct ResourceTests {
  let resource: ResourcePlan
  let client: String
  let name: String
  let constant: String
  let collection: String
  let item: String
  /// The headers that each action asks for, as an argument.
  var actions: [ResourceAction: String]
  /// A field to filter by, and its value in the example.
  let filter: (name: String, value: String)?

  private func call(_ action: ResourceAction, _ path: String, _ more: String...) -> String {
    let verb =
      switch action {
      case .list, .get: "get"
      case .create: "post"
      case .replace: "put"
      case .delete: "delete"
      }
    let arguments = [path] + more + [actions[action] ?? ""]
    return "\(client).\(verb)(\(arguments.filter { !$0.isEmpty }.joined(separator: ", ")))"
  }

  /// The same, with a header of its own.
  private func call(
    _ action: ResourceAction, _ path: String, header: String, _ value: String, json: String? = nil
  )
    -> PythonCode
  {
    let verb = action == .get ? "get" : action == .replace ? "put" : action == .delete ? "delete" : "post"
    let own = "{\(PythonLiteral.string(header)): \(value)}"
    let headers = actions[action].flatMap { $0.isEmpty ? nil : $0 + " | " + own } ?? "headers=" + own
    return .call(
      "\(client).\(verb)", ([path] + (json.map { ["json=\($0)"] } ?? []) + [headers]).map { .text($0) })
  }

  func roundTrip(to module: inout PythonModule) {
    func line(_ text: String) { module.line(text, depth: 1) }
    module.separate()
    module.test("test_\(name)_round_trip", client)
    line("collection = \(collection)")
    line("item = \(item)")
    module.code(
      call(.create, "collection", header: "Idempotency-Key", "\"once\"", json: constant).wrapped("created = "), depth: 1
    )
    line("assert created.status_code == 201")
    line("assert created.json() == \(constant)")
    line("assert created.headers[\"location\"] == item")
    module.code(
      call(.create, "collection", header: "Idempotency-Key", "\"once\"", json: constant).wrapped("replayed = "),
      depth: 1)
    line("assert replayed.status_code == 201")
    line("assert replayed.headers[\"idempotency-replayed\"] == \"true\"")
    line("again = \(call(.create, "collection", "json=\(constant)"))")
    line("assert again.status_code == 409")
    line("assert again.headers[\"content-type\"] == \"application/problem+json\"")
    if actions[.get] != nil {
      line("found = \(call(.get, "item"))")
      line("assert found.json() == \(constant)")
      line("etag = found.headers[\"etag\"]")
      line("assert etag == created.headers[\"etag\"]")
      module.code(call(.get, "item", header: "If-None-Match", "etag").wrapped("known = "), depth: 1)
      line("assert known.status_code == 304")
    }
    if actions[.list] != nil {
      line("assert \(call(.list, "collection")).json() == {\"items\": [\(constant)]}")
      if let filter {
        let query = "params={\(PythonLiteral.string(filter.name)): \(PythonLiteral.string(filter.value))}"
        module.code(
          .call(
            "filtered = \(client).get",
            [.text("collection"), .text(query)] + (actions[.list].map { $0.isEmpty ? [] : [.text($0)] } ?? [])
          ), depth: 1)
        line("assert filtered.json() == {\"items\": [\(constant)]}")
      }
    }
    if actions[.replace] != nil {
      module.code(
        call(.replace, "item", header: "If-Match", "'\"another\"'", json: constant).wrapped("stale = "), depth: 1)
      line("assert stale.status_code == 412")
      line("replaced = \(call(.replace, "item", "json=\(constant)"))")
      line("assert replaced.json() == \(constant)")
      line("assert replaced.headers[\"etag\"] != created.headers[\"etag\"]")
    }
    if actions[.delete] != nil {
      module.code(call(.delete, "item", header: "If-Match", "'\"another\"'").wrapped("kept = "), depth: 1)
      line("assert kept.status_code == 412")
      line("assert \(call(.delete, "item")).status_code == 204")
      line("assert \(call(.delete, "item")).status_code == 404")
    }
  }

  func unknownFields(to module: inout PythonModule) {
    module.separate()
    module.test("test_\(name)_refuses_unknown_fields", client)
    module.line("body = \(constant) | {\"no field\": 1}", depth: 1)
    module.line("refused = \(call(.create, collection, "json=body"))", depth: 1)
    module.line("assert refused.status_code == 422", depth: 1)
    module.line("assert refused.headers[\"content-type\"] == \"application/problem+json\"", depth: 1)
  }

  func missing(to module: inout PythonModule) {
    module.separate()
    module.test("test_\(name)_may_be_missing", client)
    module.line("missing = \(call(.get, item))", depth: 1)
    module.line("assert missing.status_code == 404", depth: 1)
    module.line("assert missing.headers[\"content-type\"] == \"application/problem+json\"", depth: 1)
  }

  func queries(to module: inout PythonModule) {
    module.use(module: "pytest")
    module.separate()
    module.line("@pytest.mark.parametrize(")
    module.line("\"query\",", depth: 1)
    module.line(
      "[{\"limit\": \"\(ResourcePlan.largestPage + 1)\"}, {\"cursor\": \"none\"}, {\"order\": \"no field\"}, {\"no field\": \"1\"}],",
      depth: 1)
    module.line(")")
    module.code(
      .group(
        "def test_\(name)_lists_refuse", .round, [.text("\(client): TestClient"), .text("query: dict[str, str]")],
        " -> None:"))
    module.line("refused = \(call(.list, collection, "params=query"))", depth: 1)
    module.line("assert refused.status_code == 422", depth: 1)
    module.line("assert refused.json()[\"errors\"][0][\"parameter\"] in query", depth: 1)
  }
}
