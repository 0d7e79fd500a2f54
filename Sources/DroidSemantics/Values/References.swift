import DroidSyntax

/// References to elements, resolved by the type of the property.
extension Checker {
  func reference(_ node: Syntax, _ kind: ReferenceKind, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .path else {
      if node.kind == .string, Self.isIdentifier(string(node)) {
        mismatch(node, .reference(kind), subject, fix: string(node))
      } else {
        mismatch(node, .reference(kind), subject)
      }
      return nil
    }
    switch kind {
    case .team, .healing, .scaling, .resilience:
      return policy(node, keyword: kind.rawValue.lowercased(), kind, in: scope).map { .reference(kind, $0) }
    case .version: return .reference(kind, node.text)
    case .broker, .store, .answer:
      let path = scope.prefix + node.segments.map(\.text).joined(separator: ".")
      builder.pendingReferences.append(PendingReference(syntax: node, kind: kind, subject: subject, scope: scope))
      return .reference(kind, path)
    }
  }

  /// A policy of this unit, or of one it imports, by its full name.
  private func policy(_ node: Syntax, keyword: String, _ kind: ReferenceKind, in scope: Scope) -> String? {
    let segments = node.segments
    guard let last = segments.last else { return nil }
    guard let unit = unit(of: segments, in: scope) else { return nil }
    if let declaration = unit.policies[keyword]?[last.text] {
      note(last.range, declaration.nameRange)
      return unit.qualifier + last.text
    }
    let others = unit.policies.filter { $0.key != keyword && $0.value[last.text] != nil }.keys.sorted()
    if let other = others.first, let declaration = unit.policies[other]?[last.text] {
      report(
        .unknownPolicy, "`\(last.text)` is not \(kind.spoken)", at: last.range, "it is a `\(other)`",
        notes: [Label(declaration.nameRange, "declared here")], in: scope)
      return nil
    }
    let names = (unit.policies[keyword] ?? [:]).keys.sorted()
    let guess = suggestion(last.text, among: names, at: last.range)
    report(
      .unknownPolicy, "no \(keyword == "team" ? "team" : "\(keyword) policy") is called `\(last.text)`", at: last.range,
      guess.label, help: guess.fixes.isEmpty ? "declare it: `\(keyword) \(last.text) { … }`" : nil, fixes: guess.fixes,
      in: scope)
    return nil
  }

  /// The unit that a qualified name is of: `acme.steady` is of what was imported as `acme`.
  func unit(of segments: Syntax.Segments, in scope: Scope) -> Unit? {
    guard segments.count > 1 else { return scope.unit }
    guard segments.count == 2, let unit = scope.unit.imports[segments[0].text] else {
      if scope.unit.poisonedImports.contains(segments[0].text) { return nil }
      let guess = suggestion(segments[0].text, among: scope.unit.imports.keys.sorted(), at: segments[0].range)
      report(
        .unknownImport, "nothing is imported as `\(segments[0].text)`", at: segments[0].range, guess.label,
        help: guess.fixes.isEmpty
          ? "`import \"./folder\" as \(segments[0].text)` at the top of the file brings it in" : nil,
        fixes: guess.fixes, in: scope)
      return nil
    }
    note(segments[0].range, scope.unit.importRanges[segments[0].text])
    return unit
  }

  /// The record type that is named, as an argument of a kind.
  func recordType(_ node: Syntax, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .path else {
      mismatch(node, .type, subject)
      return nil
    }
    guard case .record(let name)? = namedDataType(node, in: scope) else { return nil }
    return .type(name)
  }
}

/// A reference to an element that may be declared later in the text: looked at once all are known.
struct PendingReference {
  let syntax: Syntax
  let kind: ReferenceKind
  let subject: Subject
  let scope: Scope
}
