import DroidSyntax
import DroidTestSupport
import Testing

/// One style: stable, and true to every token and comment.
@Suite struct FormatterTests {
  private func format(_ bytes: [UInt8]) -> [UInt8]? { Formatter.format(TreeLaws.parse(bytes)) }

  /// The tokens without commas, texts without their quotes and the spaces in them.
  private func words(_ tree: SyntaxTree) -> [String] {
    tree.tokens.indices.filter { tree.tokens[$0].kind != .comma }.map { index in
      let text = tree.string(ofToken: index)
      switch tree.tokens[index].kind {
      case .multilineString: return text.filter { $0 != " " }
      case .string: return String(text.dropFirst().dropLast())
      default: return text
      }
    }
  }

  private func comments(_ tree: SyntaxTree) -> [String] {
    var found: [String] = []
    var end = 0
    for token in tree.tokens {
      let gap = String(decoding: tree.source.bytes[end..<Int(token.start)], as: UTF8.self)
      for line in gap.split(whereSeparator: \.isNewline) {
        if let slash = line.firstIndex(of: "/") { found.append(line[slash...].filter { $0 != " " }) }
      }
      end = Int(token.end)
    }
    return found.sorted()
  }

  private func check(_ bytes: [UInt8], _ about: String) {
    let tree = TreeLaws.parse(bytes)
    guard let once = Formatter.format(tree) else { return }
    let again = TreeLaws.parse(once)
    #expect(again.diagnostics.isEmpty, "\(about)")
    #expect(words(again) == words(tree), "\(about)")
    #expect(comments(again) == comments(tree), "\(about)")
    #expect(again.nodes.map(\.subtreeEnd) == tree.nodes.map(\.subtreeEnd), "\(about)")
    let twice = Formatter.format(again)
    #expect(twice == once, "\(about)")
  }

  @Test func droidfilesAreInTheStyle() {
    for file in Corpus.files {
      check(file.bytes, file.path)
      #expect(format(file.bytes) == file.bytes, "\(file.path)")
    }
  }

  /// Comments at random places.
  @Test func commentsAnywhere() {
    let trees = Corpus.files.filter { $0.bytes.count < 3_000 }.map { TreeLaws.parse($0.bytes) }
    for seed in UInt64(0)..<200 {
      var random = SplitMix64(seed: seed)
      let tree = trees[random.below(trees.count)]
      var bytes: [UInt8] = []
      var end = 0
      for token in tree.tokens {
        bytes += tree.source.bytes[end..<Int(token.start)]
        if random.below(12) == 0, token.kind != .doc {
          bytes += Array((random.below(2) == 0 ? "\n// c\(random.below(99))\n" : " // c\(random.below(99)) \n").utf8)
        }
        bytes += tree.source.bytes[Int(token.start)..<Int(token.end)]
        end = Int(token.end)
      }
      check(bytes, "seed \(seed)")
    }
  }

  @Test func brokenTextIsLeftAlone() { #expect(format(Array("droid 1 system a }".utf8)) == nil) }
}
