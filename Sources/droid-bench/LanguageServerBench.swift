import DroidJSON
import DroidLanguageServer
import Foundation

/// The language server on 1,000 components: wall time from a message to its answer, in this process.
enum LanguageServerBench {
  static func run() {
    let text = SystemGenerator.generate(1_000)
    let server = LanguageServer(version: "bench")
    let uri = "file:///nowhere/at/all/generated.droid"
    let start = Bench.now()
    tell(server, "initialize", ["capabilities": [:]], id: 1)
    tell(
      server, "textDocument/didOpen",
      ["textDocument": ["uri": .string(uri), "languageId": "droid", "version": 1, "text": .string(text)]])
    _ = server.idle()
    Bench.row("lsp, first diagnostics", Bench.milliseconds(Bench.now() - start), "from the opening, cold")

    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines.firstIndex { $0.contains("replicas = ") } ?? 0
    let column = (lines[line].utf8.count) - lines[line].drop { $0 != "=" }.utf8.count + 2
    var version = 1
    func type(_ character: String) {
      version += 1
      let place: JSONValue = ["line": .integer(line), "character": .integer(column)]
      let end: JSONValue = ["line": .integer(line), "character": .integer(column + (character.isEmpty ? 1 : 0))]
      tell(
        server, "textDocument/didChange",
        [
          "textDocument": ["uri": .string(uri), "version": .integer(version)],
          "contentChanges": [["range": ["start": place, "end": end], "text": .string(character)]],
        ])
      _ = server.idle()
    }
    percentile("lsp, keystroke to diagnostics", of: 60) { round in type(round % 2 == 0 ? "1" : "") }

    let name = lines.firstIndex { $0.hasPrefix("connect ") } ?? 0
    let place: JSONValue = [
      "textDocument": ["uri": .string(uri)], "position": ["line": .integer(name), "character": 9],
    ]
    percentile("lsp, hover", of: 60) { _ in tell(server, "textDocument/hover", place, id: 2) }
    let value: JSONValue = [
      "textDocument": ["uri": .string(uri)],
      "position": ["line": .integer(line), "character": .integer(column - 4)],
    ]
    percentile("lsp, completion", of: 60) { _ in tell(server, "textDocument/completion", value, id: 3) }
    percentile("lsp, definition", of: 60) { _ in tell(server, "textDocument/definition", place, id: 4) }
    let document: JSONValue = ["textDocument": ["uri": .string(uri)], "previousResultId": "1"]
    tell(server, "textDocument/semanticTokens/full", document, id: 5)
    percentile("lsp, semantic tokens", of: 10) { _ in tell(server, "textDocument/semanticTokens/full", document, id: 6)
    }
    percentile("lsp, rename", of: 10) { _ in
      tell(server, "textDocument/rename", .object(members(place) + [.init("newName", "renamed")]), id: 7)
    }
  }

  private static func members(_ value: JSONValue) -> [JSONValue.Member] {
    if case .object(let members) = value { members } else { [] }
  }

  private static func tell(_ server: LanguageServer, _ method: String, _ parameters: JSONValue, id: Int? = nil) {
    _ = server.receive(
      .message(
        .object(present: [
          ("jsonrpc", "2.0"), ("id", id.map { .integer($0) }), ("method", .string(method)), ("params", parameters),
        ])))
  }

  private static func percentile(_ name: String, of count: Int, _ body: (Int) -> Void) {
    let times = (0..<count).map { round -> Double in
      let start = Bench.now()
      body(round)
      return Bench.now() - start
    }.sorted()
    Bench.row(
      name, Bench.milliseconds(times[min(count - 1, count * 99 / 100)]),
      String(format: "at the 99th percentile of %d; %.1f ms at the median", count, times[count / 2] * 1000))
  }
}
