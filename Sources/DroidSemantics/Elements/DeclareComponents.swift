import DroidSyntax

/// The components at the top of a unit. What one of them declares depends on no other, so several threads take a part of
/// them each, and what they find is put together in the order of the text.
extension Checker {
  func declareComponents(_ nodes: [Syntax], in scope: Scope) {
    let nodes = nodes.filter { claimName($0, in: scope) }
    let parts = nodes.split(among: nodes.count < Self.concurrentFrom ? 1 : threads)
    guard parts.count > 1, declare(parts, in: scope) else {
      for node in nodes { declareComponent(node, in: scope) }
      return
    }
  }

  /// Fewer components are declared sooner than a thread has started.
  private static let concurrentFrom = 100

  /// False, and nothing is declared, where all parts together have too many components: which of them is one too many is
  /// found in order.
  private func declare(_ parts: [[Syntax]], in scope: Scope) -> Bool {
    var declared = Concurrent.map(parts, threads: threads, reservesHeap: meanings == nil, declaring(in: scope))
    guard declared.reduce(0, { $0 + $1.builder.components.count }) < Self.mostComponents else { return false }
    while !declared.isEmpty {
      // Taken out of the array, so that its components move.
      let part = declared.removeFirst()
      take(part.findings)
      builder.append(part.builder)
      if let understood = part.meanings { meanings?.append(understood) }
    }
    return true
  }

  private struct Declared: Sendable {
    let builder: Builder
    let findings: [Diagnostic]
    let meanings: Meanings?
  }

  /// What declares a part apart from all others: with the same declarations in sight, into a builder of its own.
  private func declaring(in scope: Scope) -> @Sendable ([Syntax]) -> Declared {
    let (standard, units, types, signals) = (standard, units, types, builder.signalNames)
    let isStudied = meanings != nil
    return { nodes in
      let checker = Checker(standard: standard)
      checker.units = units
      checker.types = types
      checker.builder.signalNames = signals
      if isStudied { checker.meanings = Meanings() }
      var twins: [FileID: SyntaxTree] = [:]
      for node in nodes {
        let file = node.tree.source.file
        let tree = twins[file] ?? node.tree.twin()
        twins[file] = tree
        checker.declareComponent(Syntax(tree: tree, id: node.id), in: scope)
      }
      return Declared(builder: checker.builder, findings: checker.findings, meanings: checker.meanings)
    }
  }
}
