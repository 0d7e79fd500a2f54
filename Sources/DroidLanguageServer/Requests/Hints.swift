import DroidJSON
import DroidSemantics
import DroidSyntax

/// What is not written, and holds.
enum InlayHints {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, tree, range) = try request.range()
    var hints: [(SourceRange, String, String)] = []
    let meanings = snapshot.meanings
    for (ends, connection) in zip(meanings.ends, meanings.connections) where ends.range.file == range.file {
      let target = meanings.components[ends.to.component]
      let port = target.ports[ends.to.port]
      let written = snapshot.string(ends.range)
      // The port that a connection to a component means, and how long it waits.
      if !port.isImplied, !written.hasSuffix("." + port.name), target.ports.count > 1 || port.name != "api" {
        hints.append((ends.range.atEnd, "." + port.name, "the port that is asked"))
      }
      if port.type == .rest || port.type == .graphQL, let timeout = timeout(connection, snapshot) {
        hints.append((ends.range.atEnd, " within \(timeout)", "the longest that a call takes, with all its tries"))
      }
    }
    for objective in snapshot.system?.objectives ?? [] where objective.range.file == range.file {
      if let budget = Objectives.budget(objective) {
        hints.append((objective.range.atEnd, " may fail \(budget)", "the error budget"))
      }
    }
    return .array(
      hints.filter { $0.0.start >= range.start && $0.0.end <= range.end }.sorted { $0.0 < $1.0 }.map {
        place, text, doc in
        ["position": snapshot.json(place.start, in: tree.source.file), "label": .string(text), "tooltip": .string(doc)]
      })
  }

  private static func timeout(_ connection: Connection, _ snapshot: Snapshot) -> TimeSpan? {
    guard connection.properties.explicit("timeout") == nil else { return nil }
    if case .reference(_, let name)? = connection.properties.explicit("resilience") {
      let policy = snapshot.system?.resiliences.first { $0.name == name }
      return policy?.properties.duration("timeout")
    }
    return connection.properties.duration("timeout")
  }
}

/// A line above a declaration: who asks it.
enum CodeLenses {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    var lenses: [JSONValue] = []
    func lens(_ range: SourceRange, _ title: String) {
      lenses.append(["range": snapshot.json(range), "command": ["title": .string(title), "command": ""]])
    }
    for member in Syntax(tree: tree, id: tree.root).children() {
      guard let name = member.name?.range else { continue }
      switch member.kind {
      case .component:
        let callers = Components.callers(of: name, snapshot).count
        if callers > 0 { lens(name, callers == 1 ? "1 caller" : "\(callers) callers") }
      case .kindDeclaration, .resilience, .healing, .scaling, .team:
        let uses = snapshot.references(to: name).count
        lens(name, uses == 1 ? "used once" : uses == 0 ? "not used" : "used \(uses) times")
      case .slo: if let budget = Objectives.budget(at: name, snapshot) { lens(name, "may fail \(budget)") }
      default: break
      }
    }
    return .array(lenses)
  }
}

/// What a constructor takes, while its arguments are typed.
enum SignatureHelp {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    let tree = place.tree
    for node in tree.ancestors(at: place.offset).reversed() where tree.kind(node) == .arguments {
      let range = tree.range(node)
      guard range.start < place.offset,
        let schema = place.snapshot.meanings.places.last(where: { $0.range == range })?.schema,
        let call = tree.ancestors(of: node).dropLast().last, let path = tree.child(call, .path)
      else { continue }
      let parameters = schema.fields.map { field in
        field.name + ": " + Reference.written(field.type)
          + (field.defaultValue.map { " = " + Reference.written($0) } ?? "")
      }
      let before = tree.tokenIndices(node).filter {
        tree.tokens[$0].kind == .comma && tree.tokens[$0].end <= place.offset
      }
      let names = zip(parameters, schema.fields).map { text, field -> JSONValue in
        .object(present: [("label", .string(text)), ("documentation", field.doc.map { .string($0) })])
      }
      return [
        "signatures": [
          .object(present: [
            ("label", .string("\(tree.string(path))(\(parameters.joined(separator: ", ")))")),
            ("documentation", schema.doc.map { .string($0) }), ("parameters", .array(names)),
          ])
        ],
        "activeSignature": 0, "activeParameter": .integer(before.count),
      ]
    }
    return .null
  }
}
