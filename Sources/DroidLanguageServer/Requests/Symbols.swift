import DroidJSON
import DroidSemantics
import DroidSyntax

/// The outline of a file, and names of all files.
enum Symbols {
  @Sendable static func document(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    return .array(members(of: Syntax(tree: tree, id: tree.root), snapshot))
  }

  private static func members(of node: Syntax, _ snapshot: Snapshot) -> [JSONValue] {
    node.children().compactMap { member in
      guard let kind = symbolKind(member.kind), let selection = selection(member) else { return nil }
      let inner = member.kind == .enumDeclaration ? member : member.block
      let children = inner.map { members(of: $0, snapshot) } ?? []
      return .object(present: [
        ("name", .string(name(member))), ("detail", .string(detail(member))), ("kind", .integer(kind)),
        ("range", snapshot.json(member.range)), ("selectionRange", snapshot.json(selection)),
        ("children", children.isEmpty ? nil : .array(children)),
      ])
    }
  }

  @Sendable static func workspace(_ request: Request) throws(RequestFailure) -> JSONValue {
    let query = (request.parameters["query"]?.string ?? "").lowercased()
    var found: [JSONValue] = []
    var seen: Set<String> = []
    for snapshot in request.server.openSnapshots {
      for tree in snapshot.sources.input.units.flatMap(\.trees) where seen.insert(tree.source.path).inserted {
        collect(Syntax(tree: tree, id: tree.root), nil, query, snapshot, into: &found)
      }
    }
    return .array(found)
  }

  private static func collect(
    _ node: Syntax, _ container: String?, _ query: String, _ snapshot: Snapshot, into found: inout [JSONValue]
  ) {
    for member in node.children() {
      guard let kind = symbolKind(member.kind), let name = member.name, member.kind != .field, member.kind != .header
      else {
        continue
      }
      if isSubsequence(query, of: name.text.lowercased()), let location = snapshot.location(name.range) {
        found.append(
          .object(present: [
            ("name", .string(name.text)), ("kind", .integer(kind)), ("location", location),
            ("containerName", container.map { .string($0) }),
          ]))
      }
      if let block = member.block { collect(block, name.text, query, snapshot, into: &found) }
    }
  }

  /// `ordapi` finds `orders-api`.
  static func isSubsequence(_ query: String, of name: String) -> Bool {
    var rest = query.utf8[...]
    for byte in name.utf8 where byte == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }

  private static func selection(_ member: Syntax) -> SourceRange? {
    if let name = member.name { return name.range }
    return member.kind == .connect || member.kind == .resource || member.kind == .raw ? member.keywordRange : nil
  }

  private static func name(_ member: Syntax) -> String {
    switch member.kind {
    case .connect, .resource, .raw:
      let head = Hover.head(member)
      return head.split(separator: " ").dropFirst().joined(separator: " ")
    default: return member.name?.text ?? ""
    }
  }

  private static func detail(_ member: Syntax) -> String {
    switch member.kind {
    case .component, .kindDeclaration, .resilience, .healing, .scaling, .team, .slo, .alert, .anomaly, .metric,
      .environment:
      let kind = member.child(.path).map { " " + $0.text } ?? ""
      return member.keyword + (member.kind == .component || member.kind == .kindDeclaration ? kind : "")
    case .port, .field: return member.children().first { $0.kind.isType }?.text ?? ""
    case .operation: return member.keyword
    default: return ""
    }
  }

  /// The numbers of LSP's SymbolKind.
  static func symbolKind(_ kind: NodeKind) -> Int? {
    switch kind {
    case .header: 4  // package
    case .kindDeclaration: 5  // class
    case .component: 2  // module
    case .typeDeclaration, .errorDeclaration: 23  // struct
    case .enumDeclaration: 10
    case .enumCase: 22
    case .port: 11  // interface
    case .operation: 6  // method
    case .resource: 6
    case .field: 8
    case .connect: 25  // operator
    case .resilience, .healing, .scaling, .team, .rule: 14  // constant
    case .version: 13  // variable
    case .slo, .anomaly, .alert, .metric: 24  // event
    case .environment: 3  // namespace
    case .raw: 19  // object
    default: nil
    }
  }
}
