import DroidSyntax

/// Finding all declarations of all units, before anything is looked up.
extension Checker {
  func collectUnits(_ input: CheckInput) {
    // Breadth first, so that a unit is named by the shortest way to it.
    var made: [Int: Unit] = [:]
    func unit(_ index: Int, qualifier: String) -> Unit {
      let unit = Unit(input: input.units[index], isStandard: false, qualifier: qualifier)
      made[index] = unit
      units.append(unit)
      return unit
    }
    var queue = [(unit(0, qualifier: ""), 0)]
    while !queue.isEmpty {
      let (importer, _) = queue.removeFirst()
      for tree in importer.input.trees {
        for node in Syntax(tree: tree, id: tree.root).children() where node.kind == .importDeclaration {
          guard let path = node.child(.string), let name = node.name else { continue }
          if let earlier = importer.importRanges[name.text] {
            report(
              .duplicateName, "two imports are called `\(name.text)`", at: name.range,
              notes: [Label(earlier, "the first is here")])
            continue
          }
          importer.importRanges[name.text] = name.range
          guard let index = importer.input.imports[string(path)], input.units.indices.contains(index) else {
            importer.poisonedImports.insert(name.text)
            continue
          }
          if let known = made[index] {
            importer.imports[name.text] = known
          } else {
            let imported = unit(index, qualifier: importer.qualifier + name.text + ".")
            importer.imports[name.text] = imported
            queue.append((imported, index))
          }
        }
      }
    }
    for unit in units { collectDeclarations(of: unit) }
  }

  func collectDeclarations(of unit: Unit) {
    for tree in unit.input.trees {
      let root = Syntax(tree: tree, id: tree.root)
      let header = root.child(.header)
      let isLibrary = header.map { header in
        tree.tokenIndices(header.id).prefix(4).contains { tree.bytes(ofToken: $0).elementsEqual("library".utf8) }
      }
      unit.isLibrary = unit.isLibrary || isLibrary == true
      if let header, let name = header.name { unit.headerNames.append((name.text, name.range)) }
      if let header, unit.headers.isEmpty || header.block != nil { unit.headers.append(header) }
      for member in root.children() { collect(member, into: unit) }
    }
  }

  private func collect(_ member: Syntax, into unit: Unit) {
    switch member.kind {
    case .header, .importDeclaration, .missing, .unexpected: return
    case .kindDeclaration:
      guard let name = capitalName(member, in: unit) else { return }
      unit.kinds[name.text] = Kind(
        name: unit.qualifier + name.text, unit: unit, syntax: member, nameRange: name.range)
      unit.kindOrder.append(name.text)
    case .typeDeclaration:
      guard let name = capitalName(member, in: unit) else { return }
      unit.records[name.text] = .init(syntax: member, nameRange: name.range)
      unit.recordOrder.append(name.text)
    case .enumDeclaration:
      guard let name = capitalName(member, in: unit) else { return }
      unit.enumerations[name.text] = .init(syntax: member, nameRange: name.range)
      unit.enumerationOrder.append(name.text)
    case .errorDeclaration:
      guard let name = capitalName(member, in: unit) else { return }
      unit.errors[name.text] = .init(syntax: member, nameRange: name.range)
      unit.errorOrder.append(name.text)
    case .resilience, .healing, .scaling, .team:
      guard let name = member.name else { return }
      if unit.isLibrary, member.kind == .team { return misplaced(member, in: "a library") }
      let keyword = member.keyword
      if let earlier = unit.policies[keyword]?[name.text] {
        duplicate(name, "\(keyword)", earlier.nameRange)
        return
      }
      unit.policies[keyword, default: [:]][name.text] = .init(syntax: member, nameRange: name.range)
      unit.policyOrder.append((keyword, name.text))
    case .component, .connect, .slo, .anomaly, .alert, .metric, .environment, .raw, .layout:
      if unit.isLibrary { return misplaced(member, in: "a library") }
      unit.members.append(member)
    default: misplaced(member, in: "the top level of a file")
    }
  }

  private func capitalName(_ member: Syntax, in unit: Unit) -> Syntax? {
    guard let name = member.name else { return nil }
    let text = name.text
    if let first = text.utf8.first, first >= UInt8(ascii: "a"), !unit.isStandard {
      let capital = text.prefix(1).uppercased() + text.dropFirst()
      report(
        .nameStyle, "\(member.kind.spoken) begins with a capital letter", at: name.range,
        fixes: [Fix("write `\(capital)`", replacing: name.range, with: capital)])
    }
    if let earlier = unit.capitalDeclaration(text) {
      duplicate(name, "type or kind", earlier)
      return nil
    }
    if !unit.isStandard, Self.dataTypeNames.contains(text) || standard.unit.kinds[text] != nil {
      report(
        .nameTaken, "`\(text)` is built in", at: name.range, "choose another name for \(member.kind.spoken)")
      return nil
    }
    return name
  }

  func duplicate(_ name: Syntax, _ noun: String, _ earlier: SourceRange) {
    report(
      .duplicateName, "`\(name.text)` is declared twice", at: name.range, "a \(noun) of this name is there already",
      notes: [Label(earlier, "declared here first")])
  }

  /// A member where it does not belong.
  func misplaced(_ member: Syntax, in place: String, belongs: String? = nil) {
    report(
      .misplacedMember, "\(member.kind.spoken) does not belong in \(place)",
      at: member.kind == .property || member.kind == .field ? member.range : member.headRange,
      "it belongs \(belongs ?? member.kind.home)")
  }
}

extension NodeKind {
  /// With its article.
  var spoken: String {
    switch self {
    case .property: "a property"
    case .field: "a field"
    case .port: "a port"
    case .component: "a component"
    case .kindDeclaration: "a kind"
    case .typeDeclaration: "a type"
    case .errorDeclaration: "an error"
    case .enumDeclaration: "an enum"
    case .connect: "a connection"
    case .operation: "an operation"
    case .resource: "a resource"
    case .resilience, .healing, .scaling: "a policy"
    case .team: "a team"
    case .rule: "a rule"
    case .version: "a version"
    case .slo: "an objective"
    case .anomaly: "an anomaly"
    case .alert: "an alert"
    case .metric: "a metric"
    case .environment: "an environment"
    case .raw: "a raw patch"
    case .layout: "a layout"
    default: "this"
    }
  }

  /// Where a member belongs.
  var home: String {
    switch self {
    case .property: "in a block: of a component, a port, a connection, a policy"
    case .field: "in a `type`, an `error`, or a `kind` as its parameter"
    case .port, .version: "in a component"
    case .operation, .resource: "in an `in` port"
    case .rule: "in a `healing` policy"
    case .component: "at the top level of a system, in a kind, or in a component as its sidecar"
    case .team, .environment, .raw, .layout: "at the top level of a system"
    case .connect: "at the top level of a system, or in a kind"
    default: "at the top level of a file"
    }
  }
}
