import DroidJSON
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// A unit as it is at one moment: its texts, its trees, what a check found and what it understood. Never changes.
final class Snapshot {
  let sources: Sources
  let diagnostics: [Diagnostic]
  let meanings: Meanings
  let encoding: LineIndex.Unit
  /// The system, if nothing is wrong with it.
  private(set) lazy var system = diagnostics.hasErrors ? nil : result.base
  private let result: CheckResult
  private let trees: [FileID: SyntaxTree]
  private let files: [String: FileID]
  private var lines: [FileID: LineIndex] = [:]
  private var targets: [SourceRange: [SourceRange]]?
  private var declarations: [FileID: [SourceRange: NodeID]] = [:]

  init(_ sources: Sources, encoding: LineIndex.Unit) {
    self.sources = sources
    self.encoding = encoding
    result = Checker.study(sources.input, threads: Concurrent.processors)
    diagnostics = (sources.diagnostics + result.diagnostics).inSourceOrder()
    meanings = result.meanings ?? Meanings.nothing
    var trees: [FileID: SyntaxTree] = [:]
    var files: [String: FileID] = [:]
    for tree in sources.input.units.flatMap(\.trees) {
      trees[tree.source.file] = tree
      files[tree.source.path] = tree.source.file
    }
    self.trees = trees
    self.files = files
  }

  func file(_ path: String) -> FileID? { files[path] }
  func tree(_ file: FileID) -> SyntaxTree? { trees[file] }
  var mainFiles: [FileID] { sources.mainTrees.map(\.source.file) }

  func text(_ file: FileID) -> SourceText? { trees[file]?.source ?? Checker.standardText(file) }

  func lineIndex(_ file: FileID) -> LineIndex? {
    if let known = lines[file] { return known }
    guard let text = text(file) else { return nil }
    let index = LineIndex(text)
    lines[file] = index
    return index
  }

  func string(_ range: SourceRange) -> String { text(range.file)?.string(range) ?? "" }

  // MARK: Places.

  func offset(_ position: LineIndex.Position, in file: FileID) -> UInt32 {
    lineIndex(file)?.offset(position, in: encoding) ?? 0
  }

  func json(_ offset: UInt32, in file: FileID) -> JSONValue {
    let position = lineIndex(file)?.position(offset, in: encoding) ?? .init(line: 0, column: 0)
    return ["line": .integer(position.line), "character": .integer(position.column)]
  }

  func json(_ range: SourceRange) -> JSONValue {
    ["start": json(range.start, in: range.file), "end": json(range.end, in: range.file)]
  }

  /// Nil for what stands in no file of a disk: the standard library.
  func uri(_ file: FileID) -> String? { trees[file].map { FileURI.uri($0.source.path) } }

  func location(_ range: SourceRange) -> JSONValue? {
    uri(range.file).map { ["uri": .string($0), "range": json(range)] }
  }

  // MARK: Names.

  /// What the name at a place speaks of, and the name: one that is used there, or is declared there.
  func symbol(at offset: UInt32, in file: FileID) -> Meanings.Use? {
    if let use = use(at: offset, in: file) { return use }
    guard let tree = trees[file], let node = tree.innermost(at: offset), tree.kind(node) == .name,
      let parent = tree.ancestors(of: node).dropLast().last, tree.kind(parent).declares
    else { return nil }
    let range = tree.range(node)
    return Meanings.Use(range: range, declaration: range)
  }

  private func use(at offset: UInt32, in file: FileID) -> Meanings.Use? {
    let uses = meanings.uses
    var (low, high) = (0, uses.count)
    while low < high {
      let middle = (low + high) / 2
      if (uses[middle].range.file, uses[middle].range.start) <= (file, offset) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    // The place behind a name is the name's, too: that is where a person has just typed it.
    guard low > 0, uses[low - 1].range.file == file, offset <= uses[low - 1].range.end else { return nil }
    return uses[low - 1]
  }

  /// Where what is declared there is used.
  func references(to declaration: SourceRange) -> [SourceRange] {
    if let targets { return targets[declaration] ?? [] }
    var made: [SourceRange: [SourceRange]] = [:]
    for use in meanings.uses { made[use.declaration, default: []].append(use.range) }
    targets = made
    return made[declaration] ?? []
  }

  /// The node that declares a name that stands there.
  func declaration(of name: SourceRange) -> Syntax? {
    guard let tree = trees[name.file] ?? Checker.standardTree(name.file) else { return nil }
    if declarations[name.file] == nil { declarations[name.file] = tree.declarations }
    return declarations[name.file]?[name].map { Syntax(tree: tree, id: $0) }
  }
}

extension SyntaxTree {
  /// What is declared, by where its name stands.
  fileprivate var declarations: [SourceRange: NodeID] {
    var result: [SourceRange: NodeID] = [:]
    for index in 0..<nodes.count where nodes[index].kind.declares {
      let node = NodeID(UInt32(index))
      if let name = child(node, .name) { result[range(name)] = node }
    }
    return result
  }

  /// The deepest node that holds a place, its end included; of two that meet there, the one that ends in a name.
  func innermost(at offset: UInt32) -> NodeID? { ancestors(at: offset).last }

  /// The nodes that hold a place, the outermost first.
  func ancestors(at offset: UInt32) -> [NodeID] {
    var path = [root]
    while true {
      var found: NodeID?
      for child in children(path[path.count - 1]) {
        let range = range(child)
        if range.start > offset { break }
        if offset < range.end { found = child } else if offset == range.end, !range.isEmpty { found = found ?? child }
      }
      guard let found else { return path }
      path.append(found)
    }
  }

  /// A node and all that it is in, the outermost first.
  func ancestors(of node: NodeID) -> [NodeID] {
    var path: [NodeID] = []
    var current = root
    while true {
      path.append(current)
      if current == node { return path }
      guard
        let next = children(current).first(where: {
          $0.index <= node.index && node.index < nodes[Int($0.index)].subtreeEnd
        })
      else { return path }
      current = next
    }
  }
}

extension NodeKind {
  /// Its first name is what the rest of the text calls it.
  var declares: Bool {
    switch self {
    case .kindDeclaration, .typeDeclaration, .errorDeclaration, .enumDeclaration, .enumCase, .component, .port, .field,
      .operation, .resilience, .healing, .scaling, .team, .rule, .version, .slo, .anomaly, .alert, .metric,
      .environment, .importDeclaration, .header:
      true
    default: false
    }
  }
}
