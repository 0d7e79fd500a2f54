import DroidJSON
import DroidLanguageServer
import DroidSyntax
import DroidTestSupport
import Testing

/// A client in this process. Texts have markers (1️⃣, 2️⃣, …) where something is asked; they are taken out before the server
/// sees the text.
final class TestClient {
  let server = LanguageServer(version: "test")
  private(set) var sent: [JSONValue] = []
  private var requests = 0
  private(set) var texts: [String: String] = [:]
  private var markers: [String: [Character: Int]] = [:]
  private let encoding: String

  init(encoding: String = "utf-16", _ capabilities: [String: JSONValue] = [:]) {
    self.encoding = encoding
    var members: [JSONValue.Member] = [.init("general", ["positionEncodings": [.string(encoding)]])]
    for (key, value) in capabilities.sorted(by: { $0.key < $1.key }) { members.append(.init(key, value)) }
    _ = try? request("initialize", ["processId": .null, "rootUri": .null, "capabilities": .object(members)])
    notify("initialized", [:])
  }

  static func uri(_ name: String) -> String { "file:///nowhere/at/all/\(name)" }

  /// Opens a file and gives the findings that came for it.
  @discardableResult
  func open(_ text: String, as name: String = "shop.droid") -> [JSONValue] {
    let (plain, places) = TestClient.takeMarkers(text)
    texts[name] = plain
    markers[name] = places
    notify(
      "textDocument/didOpen",
      ["textDocument": ["uri": .string(Self.uri(name)), "languageId": "droid", "version": 1, "text": .string(plain)]])
    return findings(name)
  }

  func change(_ text: String, in name: String = "shop.droid") -> [JSONValue] {
    let (plain, places) = TestClient.takeMarkers(text)
    texts[name] = plain
    markers[name] = places
    notify(
      "textDocument/didChange",
      [
        "textDocument": ["uri": .string(Self.uri(name)), "version": 2], "contentChanges": [["text": .string(plain)]],
      ])
    return findings(name)
  }

  /// The last findings that were pushed.
  func findings(_ name: String = "shop.droid") -> [JSONValue] {
    sent += server.idle()
    let pushed = sent.last {
      $0["method"] == "textDocument/publishDiagnostics" && $0["params"]?["uri"]?.string == Self.uri(name)
    }
    return pushed?["params"]?["diagnostics"]?.array ?? []
  }

  func notify(_ method: String, _ parameters: JSONValue) {
    sent += server.receive(.message(["jsonrpc": "2.0", "method": .string(method), "params": parameters]))
  }

  struct Failure: Error { let message: String }

  func request(_ method: String, _ parameters: JSONValue) throws -> JSONValue {
    requests += 1
    let answers = server.receive(
      .message(["jsonrpc": "2.0", "id": .integer(requests), "method": .string(method), "params": parameters]))
    let answer = try #require(answers.first { $0["id"]?.integer == requests })
    if let error = answer["error"] { throw Failure(message: error["message"]?.string ?? "") }
    return try #require(answer["result"])
  }

  /// A request about the place of a marker.
  func ask(
    _ method: String, at marker: Character, in name: String = "shop.droid", _ more: [JSONValue.Member] = []
  ) throws -> JSONValue {
    try request(
      method, .object([.init("textDocument", document(name)), .init("position", try position(marker, name))] + more))
  }

  func document(_ name: String = "shop.droid") -> JSONValue { ["uri": .string(Self.uri(name))] }

  func position(_ marker: Character, _ name: String = "shop.droid") throws -> JSONValue {
    let offset = try #require(markers[name]?[marker], "there is no marker \(marker)")
    let position = lines(name).position(UInt32(offset), in: unit)
    return ["line": .integer(position.line), "character": .integer(position.column)]
  }

  private var unit: LineIndex.Unit { encoding == "utf-8" ? .bytes : encoding == "utf-32" ? .scalars : .utf16 }

  private func lines(_ name: String) -> LineIndex {
    LineIndex(SourceText(file: FileID(0), path: name, text: texts[name] ?? ""))
  }

  /// The text of a range.
  func text(_ range: JSONValue?, in name: String = "shop.droid") throws -> String {
    let (start, end) = (try offset(range?["start"], name), try offset(range?["end"], name))
    return String(decoding: Array((texts[name] ?? "").utf8)[start..<end], as: UTF8.self)
  }

  private func offset(_ position: JSONValue?, _ name: String) throws -> Int {
    let line = try #require(position?["line"]?.integer)
    let column = try #require(position?["character"]?.integer)
    return Int(lines(name).offset(.init(line: line, column: column), in: unit))
  }

  /// The text after edits of a workspace.
  func applied(_ edit: JSONValue, to name: String = "shop.droid") throws -> String {
    let edits: [JSONValue]
    if let changes = edit["changes"] {
      edits = changes[Self.uri(name)]?.array ?? []
    } else {
      edits = edit.array ?? []
    }
    var bytes = Array((texts[name] ?? "").utf8)
    let places = try edits.map { edit in
      (
        try offset(edit["range"]?["start"], name), try offset(edit["range"]?["end"], name),
        edit["newText"]?.string ?? ""
      )
    }
    for (start, end, text) in places.sorted(by: { $0.0 > $1.0 }) { bytes.replaceSubrange(start..<end, with: text.utf8) }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func takeMarkers(_ text: String) -> (String, [Character: Int]) {
    var plain = ""
    var places: [Character: Int] = [:]
    for character in text {
      if character.unicodeScalars.count > 1, character.unicodeScalars.contains("\u{20E3}") {
        places[character] = plain.utf8.count
      } else {
        plain.append(character)
      }
    }
    return (plain, places)
  }
}
