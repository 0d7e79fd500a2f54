import DroidJSON
import DroidSyntax
import DroidWorkspace

/// A language server: messages in, messages out. The one owner of state; it reads the disk and writes nothing, and knows nothing
/// of how messages travel.
package final class LanguageServer {
  /// What a client has said about itself.
  struct Client {
    var encoding = LineIndex.Unit.utf16
    var pullsDiagnostics = false
    var refreshesDiagnostics = false
    var hasSnippets = false
    var changesDocuments = false
    var watchesFiles = false
  }

  private enum State { case new, running, shutDown }

  private var state = State.new
  private(set) var client = Client()
  var documents: [String: Document] = [:]
  private var snapshots: [String: Snapshot] = [:]
  /// The URIs that findings were pushed for, by the folder of their unit.
  private var published: [String: Set<String>] = [:]
  private var changed: Set<String> = []
  private var requests = 0
  var sentTokens: [String: SemanticTokens.Sent] = [:]
  let version: String

  /// Set once `exit` came: what the process ends with.
  package private(set) var exitCode: Int32?

  package init(version: String) { self.version = version }

  /// What is to be sent because of a message.
  package func receive(_ frame: FrameReader.Frame) -> [JSONValue] {
    switch frame {
    case .broken(let reason):
      return [Message.failure(.null, RequestFailure(.parseError, reason)), log(reason)]
    case .message(let value):
      switch Message(value) {
      case .request(let id, let method, let parameters): return [answer(id, method, parameters)]
      case .notification(let method, let parameters): return notice(method, parameters)
      case .answer: return []
      case .wrong(let id, let reason): return [Message.failure(id ?? .null, RequestFailure(.invalidRequest, reason))]
      }
    }
  }

  /// The answer to a request that was cancelled before anyone began with it.
  package static func cancelled(_ id: JSONValue) -> JSONValue {
    Message.failure(id, RequestFailure(.requestCancelled, "the request was cancelled"))
  }

  /// What the server takes for the text of a document that is open.
  package func text(of uri: String) -> [UInt8]? { documents[uri]?.bytes }

  /// Findings of what has changed, once no further message waits.
  package func idle() -> [JSONValue] {
    guard state == .running, !changed.isEmpty else { return [] }
    let folders = changed
    changed = []
    return folders.sorted().flatMap(publish)
  }

  // MARK: Requests.

  private func answer(_ id: JSONValue, _ method: String, _ parameters: JSONValue) -> JSONValue {
    do throws(RequestFailure) {
      return Message.answer(id, try result(method, parameters))
    } catch {
      return Message.failure(id, error)
    }
  }

  private func result(_ method: String, _ parameters: JSONValue) throws(RequestFailure) -> JSONValue {
    switch (state, method) {
    case (.new, "initialize"):
      initialize(parameters)
      return Capabilities.answer(client, version: version)
    case (.new, _): throw RequestFailure(.serverNotInitialized, "`initialize` comes first")
    case (.shutDown, _): throw RequestFailure(.invalidRequest, "the server was shut down")
    case (.running, "initialize"): throw RequestFailure(.invalidRequest, "the server is initialized already")
    case (.running, "shutdown"):
      state = .shutDown
      return .null
    default: break
    }
    guard let handler = Handlers.all[method] else {
      throw RequestFailure(.methodNotFound, "there is no request `\(method)`")
    }
    return try handler(Request(server: self, parameters: parameters))
  }

  private func initialize(_ parameters: JSONValue) {
    state = .running
    let capabilities = parameters["capabilities"] ?? .null
    let encodings = capabilities["general"]?["positionEncodings"]?.array?.compactMap(\.string) ?? []
    client.encoding =
      encodings.contains("utf-8")
      ? .bytes : encodings.contains("utf-32") && !encodings.contains("utf-16") ? .scalars : .utf16
    let text = capabilities["textDocument"] ?? .null
    let workspace = capabilities["workspace"] ?? .null
    client.pullsDiagnostics = text["diagnostic"] != nil
    client.refreshesDiagnostics = workspace["diagnostics"]?["refreshSupport"] == true
    client.hasSnippets = text["completion"]?["completionItem"]?["snippetSupport"] == true
    client.changesDocuments = workspace["workspaceEdit"]?["documentChanges"] == true
    client.watchesFiles = workspace["didChangeWatchedFiles"]?["dynamicRegistration"] == true
  }

  // MARK: Notifications.

  private func notice(_ method: String, _ parameters: JSONValue) -> [JSONValue] {
    if method == "exit" {
      exitCode = state == .shutDown ? 0 : 1
      return []
    }
    guard state == .running else { return [] }
    switch method {
    case "initialized": return client.watchesFiles ? [watchFiles()] : []
    case "textDocument/didOpen": open(parameters["textDocument"] ?? .null)
    case "textDocument/didChange": return change(parameters)
    case "textDocument/didClose":
      guard let uri = parameters["textDocument"]?["uri"]?.string, let closed = documents.removeValue(forKey: uri) else {
        return []
      }
      sentTokens[uri] = nil
      touch(closed.path)
    case "workspace/didChangeWatchedFiles":
      for event in parameters["changes"]?.array ?? [] {
        if let path = event["uri"]?.string.flatMap(FileURI.path) { touch(path) }
      }
      // Who pulls does not know that there is something new.
      if client.pullsDiagnostics, client.refreshesDiagnostics { return [ask("workspace/diagnostic/refresh")] }
    case "workspace/didCreateFiles", "workspace/didDeleteFiles", "workspace/didRenameFiles":
      for file in parameters["files"]?.array ?? [] {
        for key in ["uri", "oldUri", "newUri"] {
          if let path = file[key]?.string.flatMap(FileURI.path) { touch(path) }
        }
      }
    default: break
    }
    return []
  }

  private func open(_ item: JSONValue) {
    guard let uri = item["uri"]?.string, let text = item["text"]?.string else { return }
    // A text that is on no disk yet (`untitled:`) is a unit of its own.
    let path = FileURI.path(uri) ?? "/" + uri.replacing("/", with: "_") + "/untitled.droid"
    documents[uri] = Document(uri: uri, path: path, version: item["version"]?.integer ?? 0, text: text)
    touch(path)
  }

  private func change(_ parameters: JSONValue) -> [JSONValue] {
    guard let uri = parameters["textDocument"]?["uri"]?.string, documents[uri] != nil else {
      return [log("a change of a document that is not open")]
    }
    let changes = (parameters["contentChanges"]?.array ?? []).compactMap { change -> Document.Change? in
      guard let text = change["text"]?.string else { return nil }
      guard let range = change["range"] else { return .whole(text) }
      guard let from = LineIndex.Position(range["start"]), let to = LineIndex.Position(range["end"]) else { return nil }
      return .part(from: from, to: to, text)
    }
    documents[uri]?.apply(
      changes, version: parameters["textDocument"]?["version"]?.integer ?? 0, in: client.encoding)
    if let path = documents[uri]?.path { touch(path) }
    return []
  }

  /// What stands in the folder of a path is looked at again, and all that may import it.
  private func touch(_ path: String) {
    let folder = Self.folder(of: path)
    let affected = snapshots.filter { key, snapshot in
      Self.folder(of: key) == folder || snapshot.sources.input.units.contains { $0.folder == folder }
    }
    for key in affected.keys {
      snapshots[key] = nil
      changed.insert(Self.folder(of: key))
    }
    changed.insert(folder)
  }

  static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  /// A request of the server's own.
  private func ask(_ method: String, _ parameters: JSONValue? = nil) -> JSONValue {
    requests += 1
    return Message.request(requests, method, parameters)
  }

  private func watchFiles() -> JSONValue {
    ask(
      "client/registerCapability",
      [
        "registrations": [
          [
            "id": "droidfiles", "method": "workspace/didChangeWatchedFiles",
            "registerOptions": ["watchers": [["globPattern": "**/*.droid"]]],
          ]
        ]
      ])
  }

  private func log(_ message: String) -> JSONValue {
    Message.notification("window/logMessage", ["type": 2, "message": .string(message)])
  }

  // MARK: Snapshots.

  /// The unit that a document or a file is in, as it is now.
  func snapshot(of path: String) -> Snapshot? {
    if let known = snapshots[path] { return known }
    var open: [String: [UInt8]] = [:]
    for document in documents.values { open[document.path] = document.bytes }
    guard let sources = try? SourceReader.read(unitOf: path, open: open, parse: { Parser.parse($0) }) else {
      return nil
    }
    let snapshot = Snapshot(sources, encoding: client.encoding)
    for file in snapshot.mainFiles {
      if let path = snapshot.text(file)?.path { snapshots[path] = snapshot }
    }
    return snapshot
  }

  /// Every unit that has an open document, once.
  var openSnapshots: [Snapshot] {
    var seen: Set<ObjectIdentifier> = []
    return documents.values.sorted { $0.path < $1.path }.compactMap { snapshot(of: $0.path) }
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  private func publish(_ folder: String) -> [JSONValue] {
    guard !client.pullsDiagnostics else { return [] }
    var messages: [JSONValue] = []
    var uris: Set<String> = []
    for snapshot in openSnapshots
    where snapshot.mainFiles.contains(where: { Self.folder(of: snapshot.text($0)?.path ?? "") == folder }) {
      for file in snapshot.mainFiles {
        guard let uri = snapshot.uri(file) else { continue }
        let document = documents.values.first { $0.path == snapshot.text(file)?.path }
        uris.insert(document?.uri ?? uri)
        messages.append(
          Message.notification(
            "textDocument/publishDiagnostics",
            .object(present: [
              ("uri", .string(document?.uri ?? uri)), ("version", document.map { .integer($0.version) }),
              ("diagnostics", .array(Findings.json(of: file, in: snapshot))),
            ])))
      }
    }
    // What is there no longer has no findings any more.
    for uri in (published[folder] ?? []).subtracting(uris).sorted() {
      messages.append(
        Message.notification("textDocument/publishDiagnostics", ["uri": .string(uri), "diagnostics": []]))
    }
    published[folder] = uris
    return messages
  }

}

extension LineIndex.Position {
  init?(_ json: JSONValue?) {
    guard let line = json?["line"]?.integer, let character = json?["character"]?.integer, line >= 0, character >= 0
    else {
      return nil
    }
    self.init(line: line, column: character)
  }
}
