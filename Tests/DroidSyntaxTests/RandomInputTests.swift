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

  /// 10,000 droidfiles that are wrong, or not, in one token.
  @Test func mutations() {
    let trees = Corpus.files.filter { $0.bytes.count < 3_000 }.map { TreeLaws.parse($0.bytes) }
    for seed in UInt64(0)..<10_000 {
      var random = SplitMix64(seed: seed)
      let bytes = mutate(trees[random.below(trees.count)], &random)
      let broken = TreeLaws.broken(TreeLaws.parse(bytes))
      #expect(broken == nil, "seed \(seed)")
    }
  }

  /// One token deleted, doubled, swapped with the next or replaced by another of the file.
  private func mutate(_ tree: SyntaxTree, _ random: inout SplitMix64) -> [UInt8] {
    let source = tree.source.bytes
    let count = tree.tokens.count - 1
    let index = random.below(count)
    let token = Array(tree.bytes(ofToken: index))
    let (start, end) = (Int(tree.tokens[index].start), Int(tree.tokens[index].end))
    switch random.below(4) {
    case 0: return Array(source[..<start] + source[end...])
    case 1: return Array(source[..<end]) + [32] + token + source[end...]
    case 2 where index + 1 < count:
      let (next, nextEnd) = (Int(tree.tokens[index + 1].start), Int(tree.tokens[index + 1].end))
      return Array(source[..<start]) + source[next..<nextEnd] + source[end..<next] + token + source[nextEnd...]
    default: return Array(source[..<start]) + tree.bytes(ofToken: random.below(count)) + source[end...]
    }
  }

  @Test(arguments: ["{", "[", "(", "a = [", "b: [", "a = {", "a = f(", "enum A {", "\n/// d\n", "?\n", ",", "@"])
  func deepNesting(_ piece: String) {
    for header in ["", "droid 1\nsystem a\n", "droid 1\nsystem a\ncomponent b: C {\n"] {
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
