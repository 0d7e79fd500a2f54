import DroidSyntax
import DroidTestSupport
import Testing

/// Whatever bytes come in, the tree is whole.
@Suite struct RandomInputTests {
  @Test func droidfilesParseClean() {
    #expect(!Corpus.files.isEmpty)
    for file in Corpus.files {
      let tree = TreeLaws.parse(file.bytes)
      #expect(tree.diagnostics.isEmpty, "\(file.path)")
      #expect(TreeLaws.broken(tree) == nil, "\(file.path)")
    }
  }

  @Test func randomBytes() {
    for seed in UInt64(0)..<500 {
      var random = SplitMix64(seed: seed)
      var bytes = seed % 2 == 0 ? [] : Array("droid 1 system a ".utf8)
      for _ in 0..<random.below(200) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      let broken = TreeLaws.broken(TreeLaws.parse(bytes))
      #expect(broken == nil, "seed \(seed)")
    }
  }

  @Test func tokenSoup() {
    let words = [
      "component", "a", "in", "out", "optional", "kind", "enum", "type", "error", "connect", "get", "slo", "on", "raw",
      "import", "as", "throws", "for", "key", "query", "{", "}", "(", ")", "[", "]", ":", ",", ".", "..", "->", "=",
      "@",
      "?", "<", ">=", "1", "5m", "99.9%", "\"s\"", "\"", "\"\"\"", "\n/// doc\n", "// c\n", "\n", "é", "'", "&", "\0",
      "-",
      "rule", "layout", "resource", "true", "5q",
    ]
    for seed in UInt64(0)..<2_000 {
      var random = SplitMix64(seed: seed)
      var text = "droid 1\nsystem a\n"
      for _ in 0..<random.below(60) { text += words[random.below(words.count)] + (random.below(4) == 0 ? "" : " ") }
      let broken = TreeLaws.broken(TreeLaws.parse(text))
      #expect(broken == nil, "seed \(seed): \(text)")
    }
  }

  @Test(arguments: ["{", "[", "(", "a = [", "b: [", "a = {", "a = f(", "enum A {", "\n/// d\n", "?\n", ",", "@"])
  func deepNesting(_ piece: String) {
    let blocks = ["component b: C {\n", "component b: C { d = [\n", "component b: C { d = {\n", "enum E {\n"]
    for header in ["", "droid 1\nsystem a\n"] + blocks.map({ "droid 1\nsystem a\n" + $0 }) {
      let tree = TreeLaws.parse(header + String(repeating: piece, count: 100_000))
      #expect(tree.diagnostics.hasErrors)
    }
  }

  @Test func tenMegabytesOfBraces() {
    for header in ["", "droid 1 system a component b: C "] {
      let tree = TreeLaws.parse(Array(header.utf8) + [UInt8](repeating: UInt8(ascii: "{"), count: 10_000_000))
      #expect(tree.diagnostics.hasErrors)
      #expect(tree.nodes.count < 1_000)
    }
  }

  @Test func lineEndsAndMarks() {
    let text = "droid 1\nsystem a\n// c\ncomponent b: C { d = 1 }\n"
    let windows = TreeLaws.parse([0xEF, 0xBB, 0xBF] + text.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] })
    #expect(windows.diagnostics.isEmpty)
    #expect(TreeLaws.broken(windows) == nil)
    #expect(Formatter.format(windows) == Formatter.format(TreeLaws.parse(text)))
    let withNUL = TreeLaws.parse(text + "\0")
    #expect(withNUL.diagnostics.map(\.code) == [.nulByte])
    #expect(TreeLaws.broken(withNUL) == nil)
  }
}
