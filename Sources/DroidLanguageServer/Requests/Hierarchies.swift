import DroidJSON
import DroidSemantics
import DroidSyntax

/// Who asks whom, through connections.
enum CallHierarchy {
  @Sendable static func prepare(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file),
      let component = Components.indices(declaredAt: use.declaration, place.snapshot).first
    else { return .null }
    return [item(component, place.snapshot)]
  }

  @Sendable static func incoming(_ request: Request) throws(RequestFailure) -> JSONValue {
    try calls(request, key: "from") { ends, at in at.contains(ends.to.component) ? ends.from.component : nil }
  }

  @Sendable static func outgoing(_ request: Request) throws(RequestFailure) -> JSONValue {
    try calls(request, key: "to") { ends, at in at.contains(ends.from.component) ? ends.to.component : nil }
  }

  private static func calls(
    _ request: Request, key: String, _ other: (Meanings.Ends, Set<Int>) -> Int?
  ) throws(RequestFailure) -> JSONValue {
    let item = request.parameters["item"] ?? .null
    let (snapshot, file, _) = try request.document(item["uri"]?.string)
    guard let start = LineIndex.Position(item["selectionRange"]?["start"]) else {
      throw RequestFailure(.invalidParams, "`item.selectionRange` is missing")
    }
    guard let use = snapshot.symbol(at: snapshot.offset(start, in: file), in: file) else { return [] }
    let places = Set(Components.indices(declaredAt: use.declaration, snapshot))
    var ranges: [Int: [SourceRange]] = [:]
    for ends in snapshot.meanings.ends {
      if let index = other(ends, places), ends.range.file == file { ranges[index, default: []].append(ends.range) }
    }
    return .array(
      ranges.keys.sorted().map { index in
        .object([
          .init(key, self.item(index, snapshot)), .init("fromRanges", .array((ranges[index] ?? []).map(snapshot.json))),
        ])
      })
  }

  private static func item(_ index: Int, _ snapshot: Snapshot) -> JSONValue {
    let component = snapshot.meanings.components[index]
    return HierarchyItem.json(component.name, 2, component.kindName, component.range, snapshot)
  }
}

/// What a kind is based on, and what is based on it.
enum TypeHierarchy {
  @Sendable static func prepare(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file),
      let node = place.snapshot.declaration(of: use.declaration)
    else { return .null }
    if node.kind == .component, let kind = base(of: node, place.snapshot) { return [item(kind, place.snapshot)] }
    return node.kind == .kindDeclaration ? [item(node, place.snapshot)] : .null
  }

  @Sendable static func supertypes(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (node, snapshot) = try declaration(request)
    return node.flatMap { base(of: $0, snapshot) }.map { [item($0, snapshot)] } ?? []
  }

  @Sendable static func subtypes(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (node, snapshot) = try declaration(request)
    guard let name = node?.name?.range else { return [] }
    let kinds = snapshot.references(to: name).compactMap { use -> Syntax? in
      guard let tree = snapshot.tree(use.file) else { return nil }
      let owner = tree.ancestors(at: use.start).last { tree.kind($0) == .kindDeclaration }.map {
        Syntax(tree: tree, id: $0)
      }
      return owner?.child(.path)?.range.end == use.end ? owner : nil
    }
    return .array(kinds.map { item($0, snapshot) })
  }

  private static func declaration(_ request: Request) throws(RequestFailure) -> (Syntax?, Snapshot) {
    let item = request.parameters["item"] ?? .null
    let (snapshot, file, _) = try request.document(item["uri"]?.string)
    guard let start = LineIndex.Position(item["selectionRange"]?["start"]) else {
      throw RequestFailure(.invalidParams, "`item.selectionRange` is missing")
    }
    let use = snapshot.symbol(at: snapshot.offset(start, in: file), in: file)
    return (use.flatMap { snapshot.declaration(of: $0.declaration) }, snapshot)
  }

  private static func base(of node: Syntax, _ snapshot: Snapshot) -> Syntax? {
    guard let path = node.child(.path), let use = snapshot.symbol(at: path.range.end, in: path.range.file),
      snapshot.tree(use.declaration.file) != nil
    else { return nil }
    return snapshot.declaration(of: use.declaration)
  }

  private static func item(_ node: Syntax, _ snapshot: Snapshot) -> JSONValue {
    HierarchyItem.json(node.name?.text ?? "", 5, Hover.head(node), node.name?.range ?? node.range, snapshot)
  }
}

/// An item of either.
private enum HierarchyItem {
  static func json(
    _ name: String, _ kind: Int, _ detail: String, _ range: SourceRange, _ snapshot: Snapshot
  ) -> JSONValue {
    [
      "name": .string(name), "kind": .integer(kind), "detail": .string(detail),
      "uri": .string(snapshot.uri(range.file) ?? ""),
      "range": snapshot.json(snapshot.declaration(of: range)?.range ?? range), "selectionRange": snapshot.json(range),
    ]
  }
}
