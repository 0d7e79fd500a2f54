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
        name: "socket", value: "PORT",
        summary: "over a connection to this port of the machine, where the client listens"),
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
    if let port = invocation.value("socket") { try reach(port) }
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

  /// Puts a connection to who listens at a port of this machine in the place of standard input and output.
  private static func reach(_ text: String) throws(UsageError) {
    guard let port = UInt16(text), port > 0 else {
      throw UsageError("`\(text)` is no port", help: "a port is a number from 1 to 65535")
    }
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let connection = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let failed = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { end in
        connect(connection, end, socklen_t(MemoryLayout<sockaddr_in>.size)) != 0
      }
    }
    guard !failed, dup2(connection, 0) == 0, dup2(connection, 1) == 1 else {
      throw UsageError(
        "nobody listens at port \(port) of this machine",
        help:
          "with `--socket` the editor listens first and the server comes to it; without it they talk by standard input")
    }
    close(connection)
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
