import DroidJSON
import DroidSyntax

/// Findings of a check, as an editor shows them: the same that the command line prints.
enum Findings {
  @Sendable static func document(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, file, _) = try request.document()
    return ["kind": "full", "items": .array(json(of: file, in: snapshot))]
  }

  @Sendable static func workspace(_ request: Request) throws(RequestFailure) -> JSONValue {
    var items: [JSONValue] = []
    for snapshot in request.server.openSnapshots {
      for file in snapshot.mainFiles {
        guard let uri = snapshot.uri(file) else { continue }
        let version = request.server.documents[uri].map { JSONValue.integer($0.version) }
        items.append([
          "kind": "full", "uri": .string(uri), "version": version ?? .null,
          "items": .array(json(of: file, in: snapshot)),
        ])
      }
    }
    return ["items": .array(items)]
  }

  static func json(of file: FileID, in snapshot: Snapshot) -> [JSONValue] {
    snapshot.diagnostics.filter { $0.primary.range.file == file }.map { json($0, snapshot) }
  }

  static func json(_ finding: Diagnostic, _ snapshot: Snapshot) -> JSONValue {
    var message = finding.message
    if !finding.primary.text.isEmpty { message += ": " + finding.primary.text }
    if let help = finding.help { message += "\n" + help }
    let related = finding.notes.compactMap { note in
      snapshot.location(note.range).map {
        JSONValue.object([.init("location", $0), .init("message", .string(note.text))])
      }
    }
    return .object(present: [
      ("range", snapshot.json(finding.primary.range)),
      ("severity", .integer(finding.severity == .error ? 1 : finding.severity == .warning ? 2 : 3)),
      ("code", .string(finding.code.rawValue)), ("source", "droid"), ("message", .string(message)),
      ("relatedInformation", related.isEmpty ? nil : .array(related)),
    ])
  }
}

/// Mends that a finding offers.
enum CodeActions {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let (snapshot, _, range) = try request.range()
    if let only = request.parameters["context"]?["only"]?.array?.compactMap(\.string),
      !only.contains(where: { $0.isEmpty || $0 == "quickfix" })
    {
      return []
    }
    var actions: [JSONValue] = []
    for finding in snapshot.diagnostics {
      let place = finding.primary.range
      guard place.file == range.file, place.start <= range.end, range.start <= place.end else { continue }
      for (index, fix) in finding.fixes.enumerated() {
        guard let edit = WorkspaceEdit.json(fix.edits, in: snapshot, request.server) else { continue }
        actions.append(
          .object(present: [
            ("title", .string(fix.title.prefix(1).uppercased() + fix.title.dropFirst())), ("kind", "quickfix"),
            ("diagnostics", [Findings.json(finding, snapshot)]),
            ("isPreferred", index == 0 && finding.fixes.count == 1 ? true : nil), ("edit", edit),
          ]))
      }
    }
    return .array(actions)
  }
}

/// Edits of one or several files.
enum WorkspaceEdit {
  /// Nil where one of them is in no file that can be edited.
  static func json(_ edits: [TextEdit], in snapshot: Snapshot, _ server: LanguageServer) -> JSONValue? {
    var byFile: [FileID: [JSONValue]] = [:]
    for edit in edits {
      byFile[edit.range.file, default: []].append([
        "range": snapshot.json(edit.range), "newText": .string(edit.replacement),
      ])
    }
    var documents: [JSONValue] = []
    var changes: [JSONValue.Member] = []
    for file in byFile.keys.sorted() {
      guard let path = snapshot.text(file)?.path, let known = snapshot.uri(file), let edits = byFile[file] else {
        return nil
      }
      let open = server.documents.values.first { $0.path == path }
      let uri = open?.uri ?? known
      changes.append(.init(uri, .array(edits)))
      documents.append([
        "textDocument": ["uri": .string(uri), "version": open.map { .integer($0.version) } ?? .null],
        "edits": .array(edits),
      ])
    }
    return server.client.changesDocuments ? ["documentChanges": .array(documents)] : ["changes": .object(changes)]
  }
}
