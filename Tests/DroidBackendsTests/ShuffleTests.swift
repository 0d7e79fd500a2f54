import DroidSemantics
import DroidSyntax
import DroidTestSupport
import Foundation
import Testing

@testable import DroidBackends

/// The order in which things are declared means nothing, so it changes no byte of any output.
@Suite struct ShuffleTests {
  private static let seed: UInt64 = 20_261_124
  private static let systems = [
    "examples/hello/hello.droid", "examples/shop/shop.droid", "Tests/Outputs/systems/stress.droid",
  ]

  /// The header, and the text of each declaration at the top of a file.
  private func parts(_ source: SourceText) -> (header: String, declarations: [String]) {
    let tree = Parser.parse(source)
    let members = tree.children(tree.root).filter { tree.kind($0) != .header && tree.kind($0) != .layout }
    let header = tree.child(tree.root, .header).map { source.string(tree.range($0)) } ?? ""
    return (header, members.map { source.string(tree.range($0)) })
  }

  private func output(_ text: String) throws -> [String: [UInt8]] {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "shuffled.droid", text: text))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    #expect(result.diagnostics.map { "\($0.code.rawValue): \($0.message)" } == [])
    let systems = SystemSet(base: try #require(result.base), environments: result.environments)
    let drafts = Backends.all.flatMap { $0.generate(systems).drafts }
    return Dictionary(drafts.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
  }

  @Test(arguments: systems) func shuffledDeclarationsMakeTheSameFiles(_ path: String) throws {
    let bytes = try Data(contentsOf: Corpus.root.appendingPathComponent(path))
    let (header, declarations) = parts(SourceText(file: FileID(0), path: path, bytes: Array(bytes)))
    let expected = try output(header + "\n\n" + declarations.joined(separator: "\n\n"))
    #expect(expected.count > 5)
    var random = SplitMix64(seed: Self.seed)
    for round in 0..<20 {
      let shuffled = declarations.shuffled(using: &random)
      let found = try output(header + "\n\n" + shuffled.joined(separator: "\n\n"))
      let differing =
        expected.keys.sorted().filter { found[$0] != expected[$0] } + found.keys.filter { expected[$0] == nil }
      #expect(differing == [], "seed \(Self.seed), round \(round)")
      if !differing.isEmpty { return }
    }
  }
}
