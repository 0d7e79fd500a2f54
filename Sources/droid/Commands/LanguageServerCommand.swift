import DroidJSON
import DroidLanguageServer
import DroidWorkspace

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `droid lsp`: the language server, over standard input and output.
enum LanguageServerCommand {
  static let command = Command(
    name: "lsp",
    summary: "serve an editor, by the Language Server Protocol",
    operands: .none,
    options: [
      Command.Option(name: "stdio", summary: "over standard input and output, as it does anyway"),
      Command.Option(
        name: "print-config", value: "EDITOR", choices: EditorConfiguration.names,
        summary: "show what to put into the editor's configuration"),
    ],
    details: "Editors start it themselves; `--print-config` shows how to tell them.",
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    if let editor = invocation.value("print-config"), let text = EditorConfiguration.text(editor) {
      console.write(Array(text.utf8))
      return .success
    }
    // A client that disappears is the end of the input, not of the process in the middle of a line.
    signal(SIGPIPE, SIG_IGN)
    let server = LanguageServer(version: Version.number)
    var reader = FrameReader()
    var waiting: [FrameReader.Frame] = []
    while server.exitCode == nil {
      // What has come is taken whole, so that a change is not checked when the next is there already, nor a request answered
      // that was cancelled meanwhile.
      while let frame = reader.next() { waiting.append(frame) }
      if waiting.isEmpty {
        if !hasInput() { send(server.idle()) }
        guard let bytes = readInput() else { break }
        reader.append(bytes)
        continue
      }
      if hasInput(), waiting.count < 1000, let bytes = readInput() {
        reader.append(bytes)
        continue
      }
      let frame = waiting.removeFirst()
      if let id = frame.requestID, let cancel = waiting.firstIndex(where: { $0.cancels(id) }) {
        waiting.remove(at: cancel)
        send([LanguageServer.cancelled(id)])
      } else {
        send(server.receive(frame))
      }
    }
    // Without `exit` the client is gone: that is a failure of the client's, and no orphan is left.
    return server.exitCode == 0 ? .success : .errors
  }

  private static func hasInput() -> Bool {
    var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLIN) != 0
  }

  /// What there is, at least a byte; nil at the end.
  private static func readInput() -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let got = read(0, buffer.baseAddress, buffer.count)
        failure = got < 0 ? errno : 0
        count = max(0, got)
      }
      if failure == EINTR { continue }
      return bytes.isEmpty ? nil : bytes
    }
  }

  private static func send(_ messages: [JSONValue]) {
    for message in messages {
      let bytes = FrameReader.frame(message)
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return }
        written += count
      }
    }
  }
}

extension FrameReader.Frame {
  fileprivate var requestID: JSONValue? {
    guard case .message(let value) = self, value["method"] != nil else { return nil }
    return value["id"]
  }

  fileprivate func cancels(_ id: JSONValue) -> Bool {
    guard case .message(let value) = self, value["method"] == "$/cancelRequest" else { return false }
    return value["params"]?["id"] == id
  }
}
