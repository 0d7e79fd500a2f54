import DroidSyntax

/// `import "./kinds" as local`, as far as reading goes.
struct ImportStatement {
  /// As written between the quotes.
  let text: String
  let range: SourceRange

  static func all(in tree: SyntaxTree) -> [ImportStatement] {
    var found: [ImportStatement] = []
    for node in tree.children(tree.root) where tree.kind(node) == .importDeclaration {
      guard let string = tree.child(node, .string) else { continue }
      let token = tree.tokenIndices(string).lowerBound
      guard tree.tokens[token].kind == .string else { continue }
      let text = tree.bytes(ofToken: token).dropFirst().prefix { $0 != UInt8(ascii: "\"") }
      found.append(ImportStatement(text: String(decoding: text, as: UTF8.self), range: tree.range(string)))
    }
    return found
  }

  /// A folder is told from a repository by its first character.
  var isFolder: Bool { text.hasPrefix("./") || text.hasPrefix("../") || text == "." || text == ".." }

  /// The folder is not to be had.
  func complaint(_ message: String) -> Diagnostic {
    Diagnostic(.missingImport, message, at: range, help: "an import is found from the folder of the file that says it")
  }

  /// A repository, or a folder that was written without `./`.
  func gitComplaint(isFolderThere: Bool) -> Diagnostic {
    let parts = text.split(separator: "/")
    let isRepository = text.contains("@") && parts.first?.contains(".") == true
    if !isRepository, !text.isEmpty, !text.hasPrefix("/"), !text.contains(":") {
      return Diagnostic(
        .missingImport, "`\(text)` is neither a folder nor a git repository", at: range, "a folder begins with `./`",
        fixes: isFolderThere ? [Fix("write `\"./\(text)\"`", replacing: range, with: "\"./\(text)\"")] : [])
    }
    if text.hasPrefix("/") || text.isEmpty {
      return Diagnostic(
        .missingImport, text.isEmpty ? "this import names nothing" : "an import does not name a place of one machine",
        at: range, "a folder begins with `./`",
        help: "write its path from the folder of this file: `import \"./kinds\" as kinds`")
    }
    let name = parts.last.map { $0.prefix { $0 != "@" } } ?? "kinds"
    return Diagnostic(
      .gitImportUnsupported, "imports from git repositories are not in this version", at: range,
      help: "copy the folder beside this file and write `import \"./\(name)\"`")
  }
}
