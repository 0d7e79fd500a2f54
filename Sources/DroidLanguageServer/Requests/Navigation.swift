import DroidJSON
import DroidSemantics
import DroidSyntax

/// From a name to what it names, and back.
enum Navigation {
  @Sendable static func definition(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file) else { return .null }
    return place.snapshot.location(use.declaration) ?? .null
  }

  /// Of a component its kind, of a field or port its type.
  @Sendable static func typeDefinition(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    let snapshot = place.snapshot
    guard let use = snapshot.symbol(at: place.offset, in: place.file),
      let declaration = snapshot.declaration(of: use.declaration)
    else { return .null }
    // What is written behind the name of the declaration speaks of its type.
    let written = declaration.range
    let inner = declaration.block?.range.start ?? written.end
    let types = snapshot.meanings.uses.filter {
      $0.range.file == written.file && $0.range.start > use.declaration.end && $0.range.end <= inner
    }
    return types.first.flatMap { snapshot.location($0.declaration) } ?? .null
  }

  @Sendable static func references(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file) else { return [] }
    var ranges = place.snapshot.references(to: use.declaration)
    if request.parameters["context"]?["includeDeclaration"] == true { ranges.append(use.declaration) }
    return .array(ranges.sorted().compactMap(place.snapshot.location))
  }

  @Sendable static func highlights(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file) else { return [] }
    let ranges = (place.snapshot.references(to: use.declaration) + [use.declaration]).filter { $0.file == place.file }
    return .array(
      ranges.sorted().map { ["range": place.snapshot.json($0), "kind": $0 == use.declaration ? 3 : 2] })
  }

  /// Folders of imports.
  @Sendable static func links(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, tree) = try request.document()
    let units = snapshot.sources.input.units
    guard let unit = units.first(where: { $0.trees.contains { $0 === tree } }) else { return [] }
    var links: [JSONValue] = []
    for node in Syntax(tree: tree, id: tree.root).children() where node.kind == .importDeclaration {
      guard let text = node.child(.string), let target = unit.imports[String(text.text.dropFirst().dropLast())],
        let first = units[target].trees.first
      else { continue }
      links.append(["range": snapshot.json(text.range), "target": .string(FileURI.uri(first.source.path))])
    }
    return .array(links)
  }
}

/// Another name, everywhere.
enum Rename {
  @Sendable static func prepare(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file) else { return .null }
    try check(use, place.snapshot)
    return ["range": place.snapshot.json(use.range), "placeholder": .string(place.snapshot.string(use.range))]
  }

  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let name = request.parameters["newName"]?.string else {
      throw RequestFailure(.invalidParams, "`newName` is missing")
    }
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file) else {
      throw RequestFailure(.requestFailed, "there is no name here")
    }
    try check(use, place.snapshot)
    guard Checker.isName(name) else {
      throw RequestFailure(
        .requestFailed, "`\(name)` is no name: a letter, then letters and digits, joined by single `-` or `_`")
    }
    if let taken = sibling(named: name, of: use.declaration, place.snapshot) {
      throw RequestFailure(.requestFailed, "`\(name)` is there already: \(Hover.head(taken))")
    }
    var ranges = Set(place.snapshot.references(to: use.declaration) + [use.declaration])
    if let inPath = pathParameter(use.declaration, place.snapshot) { ranges.insert(inPath) }
    let edits = ranges.sorted().map { TextEdit($0, name) }
    return WorkspaceEdit.json(edits, in: place.snapshot, request.server) ?? .null
  }

  /// While one types, the other places of the file.
  @Sendable static func linkedRanges(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file),
      (try? check(use, place.snapshot)) != nil, use.declaration.file == place.file
    else { return .null }
    let ranges = Set(place.snapshot.references(to: use.declaration) + [use.declaration])
    guard ranges.allSatisfy({ $0.file == place.file }) else { return .null }
    return ["ranges": .array(ranges.sorted().map(place.snapshot.json))]
  }

  /// What is declared beside it under a name already.
  private static func sibling(named name: String, of declaration: SourceRange, _ snapshot: Snapshot) -> Syntax? {
    guard let node = snapshot.declaration(of: declaration),
      let parent = node.tree.ancestors(of: node.id).dropLast().last
    else { return nil }
    let places =
      node.tree.kind(parent) == .file
      ? snapshot.sources.mainTrees.map { Syntax(tree: $0, id: $0.root) } : [Syntax(tree: node.tree, id: parent)]
    return places.lazy.flatMap { $0.children() }.first {
      $0.kind == node.kind && $0.name?.text == name && $0.name?.range != declaration
    }
  }

  /// The name of a parameter in the path of its operation: `{id}`.
  private static func pathParameter(_ declaration: SourceRange, _ snapshot: Snapshot) -> SourceRange? {
    guard let field = snapshot.declaration(of: declaration), field.kind == .field,
      let operation = field.tree.ancestors(of: field.id).last(where: { field.tree.kind($0) == .operation }),
      let path = field.tree.child(operation, .string)
    else { return nil }
    let range = field.tree.range(path)
    let written = Array("{\(snapshot.string(declaration))}".utf8)
    let bytes = field.tree.source.bytes[Int(range.start)..<Int(range.end)]
    guard let found = bytes.firstRange(of: written) else { return nil }
    return SourceRange(range.file, UInt32(found.lowerBound + 1), UInt32(found.upperBound - 1))
  }

  private static func check(_ use: Meanings.Use, _ snapshot: Snapshot) throws(RequestFailure) {
    guard snapshot.tree(use.declaration.file) != nil else {
      throw RequestFailure(
        .requestFailed, "`\(snapshot.string(use.declaration))` is of the language, and keeps its name")
    }
  }
}
