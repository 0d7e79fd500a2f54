import DroidJSON
import DroidLanguageServer
import DroidSyntax
import DroidTestSupport
import Testing

/// What holds for any text and any order of messages.
@Suite struct LawTests {
  private static let seed: UInt64 = 20_261_124
  private static let pieces = [
    "component ", "orders", "{", "}", "\r\n", "\n", "é", "日本", "👩‍🚀", "\"", "= 2", "// ", "-> ", "replicas", "\u{FEFF}",
    "\t",
  ]

  @Test(arguments: ["utf-8", "utf-16", "utf-32"])
  func editsGiveTheTextThatTheyMean(_ encoding: String) throws {
    var random = SplitMix64(seed: Self.seed)
    let unit: LineIndex.Unit = encoding == "utf-8" ? .bytes : encoding == "utf-32" ? .scalars : .utf16
    let client = TestClient(encoding: encoding, ["textDocument": ["diagnostic": [:]]])
    var text = "droid 1\nsystem shop\ncomponent a: Service { language = go } // 👩‍🚀 é\r\n"
    client.open(text)
    for round in 0..<10_000 {
      var scalars = Array(text.unicodeScalars)
      let start = random.below(scalars.count + 1)
      let end = min(scalars.count, start + random.below(8))
      // A carriage return and its line feed are one line end, which no position divides.
      guard !Self.divides(scalars, start), !Self.divides(scalars, end) else { continue }
      let inserted = scalars.count > 4000 ? "" : Self.pieces[random.below(Self.pieces.count)]
      let lines = LineIndex(SourceText(file: FileID(0), path: "", text: text))
      func position(_ count: Int) -> JSONValue {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: scalars[..<count])
        let place = lines.position(UInt32(String(prefix).utf8.count), in: unit)
        return ["line": .integer(place.line), "character": .integer(place.column)]
      }
      let range: JSONValue = ["start": position(start), "end": position(end)]
      scalars.replaceSubrange(start..<end, with: inserted.unicodeScalars)
      var next = String.UnicodeScalarView()
      next.append(contentsOf: scalars)
      text = String(next)
      client.notify(
        "textDocument/didChange",
        [
          "textDocument": ["uri": .string(TestClient.uri("shop.droid")), "version": .integer(round + 2)],
          "contentChanges": [["range": range, "text": .string(inserted)]],
        ])
      guard client.server.text(of: TestClient.uri("shop.droid")) == Array(text.utf8) else {
        Issue.record("seed \(Self.seed), round \(round): the texts differ")
        return
      }
    }
  }

  private static func divides(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    place > 0 && place < scalars.count && scalars[place - 1] == "\r" && scalars[place] == "\n"
  }

  private static let methods = [
    "textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/typeDefinition",
    "textDocument/references", "textDocument/prepareRename", "textDocument/signatureHelp",
    "textDocument/prepareCallHierarchy", "textDocument/prepareTypeHierarchy", "textDocument/documentHighlight",
    "textDocument/linkedEditingRange",
  ]
  private static let documentMethods = [
    "textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/semanticTokens/full",
    "textDocument/codeLens", "textDocument/documentLink", "textDocument/diagnostic", "textDocument/formatting",
  ]

  /// Whatever stands there, every request has an answer.
  @Test func brokenTextHasAnswersToo() throws {
    var random = SplitMix64(seed: Self.seed)
    for file in Corpus.files where file.path.hasPrefix("examples") {
      let client = TestClient()
      var bytes = file.bytes
      for round in 0..<12 {
        for _ in 0..<random.below(4) {
          let place = random.below(max(1, bytes.count))
          switch random.below(3) {
          case 0 where !bytes.isEmpty: bytes.remove(at: place)
          case 1: bytes.insert(UInt8(truncatingIfNeeded: random.below(128)), at: min(place, bytes.count))
          default: bytes.removeLast(min(bytes.count, random.below(30)))
          }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        client.open(text)
        let lines = LineIndex(SourceText(file: FileID(0), path: "", text: text))
        for _ in 0..<4 {
          let place = lines.position(UInt32(random.below(text.utf8.count + 1)), in: LineIndex.Unit.utf16)
          let position: JSONValue = ["line": .integer(place.line), "character": .integer(place.column)]
          for method in Self.methods {
            do {
              _ = try client.request(method, ["textDocument": client.document(), "position": position])
            } catch let failure as TestClient.Failure {
              #expect(
                method == "textDocument/prepareRename", "\(file.path), seed \(Self.seed), round \(round): \(failure)")
            }
          }
        }
        for method in Self.documentMethods {
          _ = try client.request(method, ["textDocument": client.document(), "options": [:]])
        }
      }
    }
  }

  /// Each fix that is offered applies, and what it was offered for is gone.
  @Test func fixesKeepTheirWord() throws {
    let wrong = [
      "component orders: Servcie { language = go }", "component orders: Service { language = pyton }",
      "component orders: Service { language = go  replicsa = 2 }", "component orders: Service { language: go }",
      "component orders: Service { language = go  in api: HTTP }", "type order { key id: UUID }",
      "type Order { key id: uuid }", "component orders: Service { language = \"go\" }",
    ]
    var count = 0
    for text in wrong {
      let client = TestClient()
      let findings = client.open("droid 1\nsystem shop\n\(text)\n")
      let finding = try #require(findings.first, "\(text)")
      let actions = try client.request(
        "textDocument/codeAction",
        ["textDocument": client.document(), "range": try #require(finding["range"]), "context": ["diagnostics": []]])
      for action in actions.array ?? [] {
        count += 1
        let mended = try client.applied(try #require(action["edit"]))
        let left = TestClient().open(mended)
        #expect(
          !left.contains { $0["code"] == finding["code"] && $0["message"] == finding["message"] }, "\(text): \(left)")
      }
    }
    #expect(count >= wrong.count)
  }
}

/// The life of a server, and what is no message.
@Suite struct ProtocolTests {
  private func frames(_ text: String, in pieces: Int) -> [FrameReader.Frame] {
    var reader = FrameReader()
    var found: [FrameReader.Frame] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      reader.append(bytes[start..<min(start + pieces, bytes.count)])
      while let frame = reader.next() { found.append(frame) }
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func messagesComeInAnyPieces(_ size: Int) {
    let text =
      "Content-Length: 15\r\nContent-Type: x\r\n\r\n{\"method\":\"a\"} content-length:2\n\n{}Length: 3\r\n\r\nContent-Length: 3\r\n\r\n{a}Content-Length: 2\r\n\r\n[]"
    let found = frames(text, in: size)
    #expect(found.count == 5)
    #expect(found.first == .message(["method": "a"]))
    #expect(found.last == .message([]))
    #expect(found[2] == .broken("the header of a message has no `Content-Length`"))
  }

  @Test func orderIsHeldTo() throws {
    let server = LanguageServer(version: "test")
    func ask(_ method: String, _ id: Int) -> JSONValue? {
      server.receive(.message(["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": [:]])).first
    }
    #expect(ask("textDocument/hover", 1)?["error"]?["code"] == -32002)
    #expect(ask("initialize", 2)?["result"]?["capabilities"] != nil)
    #expect(ask("initialize", 3)?["error"]?["code"] == -32600)
    #expect(ask("textDocument/nothing", 4)?["error"]?["code"] == -32601)
    #expect(ask("textDocument/hover", 5)?["error"]?["code"] == -32602)
    #expect(server.receive(.message([])).first?["error"]?["code"] == -32600)
    #expect(server.receive(.broken("x")).first?["error"]?["code"] == -32700)
    #expect(ask("shutdown", 6)?["result"] == .null)
    #expect(ask("textDocument/hover", 7)?["error"]?["code"] == -32600)
    _ = server.receive(.message(["jsonrpc": "2.0", "method": "exit"]))
    #expect(server.exitCode == 0)
  }

  @Test func whoPullsFindingsIsToldWhenAFileHasChanged() {
    let client = TestClient([
      "textDocument": ["diagnostic": [:]], "workspace": ["diagnostics": ["refreshSupport": true]],
    ])
    client.open("droid 1\nsystem shop\ncomponent a: Nothing\n")
    #expect(client.findings() == [])
    client.notify(
      "workspace/didChangeWatchedFiles", ["changes": [["uri": .string(TestClient.uri("other.droid")), "type": 1]]])
    #expect(client.sent.last?["method"] == "workspace/diagnostic/refresh")
  }

  @Test func exitWithoutShutdownIsAFailure() {
    let server = LanguageServer(version: "test")
    _ = server.receive(.message(["jsonrpc": "2.0", "method": "exit"]))
    #expect(server.exitCode == 1)
  }
}
