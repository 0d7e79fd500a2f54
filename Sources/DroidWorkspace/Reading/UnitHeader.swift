import DroidSyntax

/// `system shop`, `library kinds`: what the files of one unit have in common.
struct UnitHeader {
  /// The sort and the name.
  let text: String
  let range: SourceRange
  let path: String

  /// The header of a file; none if it has none, or a broken one (the parser has reported it).
  init?(_ tree: SyntaxTree) {
    guard let header = tree.child(tree.root, .header), let name = tree.child(header, .name) else { return nil }
    let tokens = tree.tokenIndices(header)
    let nameToken = tree.tokenIndices(name).lowerBound
    guard nameToken > tokens.lowerBound, nameToken < tokens.upperBound else { return nil }
    text = tree.string(ofToken: nameToken - 1) + " " + tree.string(name)
    let first = tree.range(ofToken: nameToken - 1)
    range = SourceRange(tree.source.file, first.start, tree.range(name).end)
    path = tree.source.path
  }

  /// The first file's header of each sort, in the order of the files.
  static func different(in trees: [SyntaxTree]) -> [UnitHeader] {
    var found: [UnitHeader] = []
    for tree in trees {
      guard let header = UnitHeader(tree), !found.contains(where: { $0.text == header.text }) else { continue }
      found.append(header)
    }
    return found
  }

  /// What is said about a folder whose files do not belong together.
  static func complaint(_ headers: [UnitHeader], isMain: Bool) -> Diagnostic {
    let list = headers.map { "`\($0.text)`" }.joined(separator: " and ")
    return Diagnostic(
      .mixedFolder, "the files of this folder do not belong together: \(list)", at: headers[1].range,
      "this is another one",
      notes: [Label(headers[0].range, "the first file says this")]
        + headers.dropFirst(2).map { Label($0.range, "and this") },
      help: isMain
        ? "give each its own folder, or pass one file: `droid check \(headers[0].path)`" : "give each its own folder")
  }
}
