import DroidSyntax
import Testing

@testable import DroidLanguageServer

/// Snippets are droidfile text: the parser and the checker hold them to it.
@Suite struct WordsTests {
  private func errors(_ text: String) -> [String] {
    Parser.parse(SourceText(file: FileID(0), path: "words.droid", text: text)).diagnostics.map(\.message)
  }

  @Test func aDeclarationIsOne() {
    for word in Words.declarations {
      let plain = Words.plain(word.snippet ?? word.word)
      let header = word.word == "system" || word.word == "library" ? "droid 1\n" : "droid 1\nsystem shop\n"
      // What a person still has to write stands in no snippet: a condition, a signal.
      let left = ["alert": "when = unhealthy", "anomaly": "signal = cpu"][word.word]
      let text = left.map { plain.replacing($0.prefix { $0 != "=" } + "= ", with: $0) } ?? plain
      #expect(errors(header + text + "\n") == [], "\(text)")
    }
  }

  @Test func everyAttributeIsKnown() {
    for word in Words.attributes where word.word != "header" {
      let client = TestClient()
      let text = Words.plain(word.snippet ?? word.word).replacing("(\"\")", with: "(\"x\")").replacing(
        "()", with: "(\"x\")")
      let findings = client.open("droid 1\nsystem shop\ntype Order { key id: UUID  note: String @\(text) }\n")
      #expect(findings == [], "\(text)")
    }
  }
}
