import DroidJSON
import DroidSemantics
import DroidSyntax

/// A request while it is answered.
struct Request {
  let server: LanguageServer
  let parameters: JSONValue

  /// A place in a file of a unit.
  struct Place {
    let snapshot: Snapshot
    let file: FileID
    let tree: SyntaxTree
    let offset: UInt32
  }

  var uri: String? { parameters["textDocument"]?["uri"]?.string }

  /// The unit that the document is in; a request about a document that nobody knows has no answer.
  func document(_ uri: String? = nil) throws(RequestFailure) -> (snapshot: Snapshot, file: FileID, tree: SyntaxTree) {
    guard let uri = uri ?? self.uri else { throw RequestFailure(.invalidParams, "`textDocument.uri` is missing") }
    guard let path = server.documents[uri]?.path ?? FileURI.path(uri) else {
      throw RequestFailure(.invalidParams, "`\(uri)` is not open")
    }
    guard let snapshot = server.snapshot(of: path), let file = snapshot.file(path), let tree = snapshot.tree(file)
    else {
      throw RequestFailure(.requestFailed, "`\(uri)` cannot be read")
    }
    return (snapshot, file, tree)
  }

  func place() throws(RequestFailure) -> Place { try place(parameters["position"]) }

  func place(_ position: JSONValue?) throws(RequestFailure) -> Place {
    let (snapshot, file, tree) = try document()
    guard let position = LineIndex.Position(position) else {
      throw RequestFailure(.invalidParams, "`position` is missing")
    }
    return Place(snapshot: snapshot, file: file, tree: tree, offset: snapshot.offset(position, in: file))
  }

  /// The range of the request, in bytes.
  func range() throws(RequestFailure) -> (snapshot: Snapshot, tree: SyntaxTree, range: SourceRange) {
    let (snapshot, file, tree) = try document()
    guard let start = LineIndex.Position(parameters["range"]?["start"]),
      let end = LineIndex.Position(parameters["range"]?["end"])
    else { throw RequestFailure(.invalidParams, "`range` is missing") }
    let (from, to) = (snapshot.offset(start, in: file), snapshot.offset(end, in: file))
    return (snapshot, tree, SourceRange(file, from, max(from, to)))
  }
}

typealias Handler = (Request) throws(RequestFailure) -> JSONValue

/// Every request there is, by its method.
enum Handlers {
  static let all: [String: @Sendable (Request) throws(RequestFailure) -> JSONValue] = [
    "textDocument/diagnostic": Findings.document,
    "workspace/diagnostic": Findings.workspace,
    "textDocument/codeAction": CodeActions.answer,
    "textDocument/completion": Completion.answer,
    "textDocument/signatureHelp": SignatureHelp.answer,
    "textDocument/hover": Hover.answer,
    "textDocument/declaration": Navigation.definition,
    "textDocument/definition": Navigation.definition,
    "textDocument/typeDefinition": Navigation.typeDefinition,
    "textDocument/implementation": Implementation.answer,
    "textDocument/references": Navigation.references,
    "textDocument/documentHighlight": Navigation.highlights,
    "textDocument/documentLink": Navigation.links,
    "textDocument/prepareRename": Rename.prepare,
    "textDocument/rename": Rename.answer,
    "textDocument/linkedEditingRange": Rename.linkedRanges,
    "textDocument/documentSymbol": Symbols.document,
    "workspace/symbol": Symbols.workspace,
    "textDocument/formatting": Formatting.document,
    "textDocument/rangeFormatting": Formatting.range,
    "textDocument/onTypeFormatting": Formatting.onType,
    "textDocument/foldingRange": Structure.foldings,
    "textDocument/selectionRange": Structure.selections,
    "textDocument/semanticTokens/full": SemanticTokens.full,
    "textDocument/semanticTokens/full/delta": SemanticTokens.delta,
    "textDocument/semanticTokens/range": SemanticTokens.range,
    "textDocument/inlayHint": InlayHints.answer,
    "textDocument/codeLens": CodeLenses.answer,
    "textDocument/prepareCallHierarchy": CallHierarchy.prepare,
    "callHierarchy/incomingCalls": CallHierarchy.incoming,
    "callHierarchy/outgoingCalls": CallHierarchy.outgoing,
    "textDocument/prepareTypeHierarchy": TypeHierarchy.prepare,
    "typeHierarchy/supertypes": TypeHierarchy.supertypes,
    "typeHierarchy/subtypes": TypeHierarchy.subtypes,
  ]
}
