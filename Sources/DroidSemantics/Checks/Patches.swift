import DroidSyntax

/// Raw patches and the layout.
extension Checker {
  func addPatch(_ node: Syntax, to system: inout System, in scope: Scope) {
    guard let kindNode = node.child(.string), let path = node.child(.path), let record = node.child(.record) else {
      return
    }
    let parts = string(kindNode).split(separator: "/", maxSplits: 1).map(String.init)
    guard let kind = parts.first, let (end, rest) = resolve(path, in: scope) else { return }
    guard rest.isEmpty, end.port == nil else {
      report(.wrongTarget, "a raw patch is on a component", at: path.range, in: scope)
      return
    }
    let known = Self.manifests.map(\.kind)
    guard known.contains(kind) else {
      let guess = Suggestion.nearest(to: kind, among: known)
      report(
        .unknownManifest, "no manifest of kind `\(kind)` is generated", at: kindNode.range,
        guess.map { "did you mean `\($0)`?" } ?? "there are \(Suggestion.list(known, limit: 12))",
        fixes: guess.map { [Fix("write `\"\($0)\"`", replacing: kindNode.range, with: "\"\($0)\"")] } ?? [])
      return
    }
    if let place = end.place, builder.components[place].kind == .external {
      report(
        .unknownManifest, "`\(end.component)` is run by someone else, so nothing is generated for it", at: path.range)
      return
    }
    let object = parts.count > 1 ? parts[1] : nil
    if let earlier = system.patches.first(where: {
      $0.kind == kind && $0.component == end.component && $0.object == object
    }) {
      report(
        .duplicateName, "this manifest is patched twice", at: node.headRange, "one patch may set several fields",
        notes: [Label(earlier.range, "the first is here")])
      return
    }
    checkShape(of: record, kind)
    guard let fields = map(record, of: .raw, .none, "a raw patch", in: scope)?.map else { return }
    system.patches.append(
      RawPatch(kind: kind, object: object, component: end.component, fields: fields, range: node.headRange))
  }

  /// Positions of boxes: at most one block in a unit, the last of its file.
  func checkLayout(_ unit: Unit, _ scope: Scope) {
    var earlier: SourceRange?
    for node in unit.members where node.kind == .layout {
      if let earlier {
        report(
          .duplicateName, "there are two layouts", at: node.keywordRange, "a unit has one",
          notes: [Label(earlier, "the first is here")])
        continue
      }
      earlier = node.keywordRange
      let root = Syntax(tree: node.tree, id: node.tree.root)
      var last: Syntax?
      for child in root.children() where child.kind != .unexpected { last = child }
      if let last, last.id != node.id {
        report(
          .misplacedMember, "the layout is the last block of its file", at: node.keywordRange,
          notes: [Label(last.kind == .property ? last.range : last.headRange, "this stands behind it")])
      }
      for member in node.block.map({ Array($0.children()) }) ?? [] {
        guard member.kind == .property else {
          if !member.isBroken { misplaced(member, in: "a layout") }
          continue
        }
        guard let key = member.child(.path), let value = member.valueNode, let (_, rest) = resolve(key, in: scope)
        else {
          continue
        }
        let point = list(
          value, of: .int(.none), Bounds(lower: ExactDecimal(2), upper: ExactDecimal(2)), "a position", in: scope)
        if point != nil, !rest.isEmpty {
          report(.wrongTarget, "only boxes have a position", at: key.range)
        }
      }
    }
  }
}
