import DroidSyntax
import DroidTestSupport
import Testing

/// 10,000 droidfiles that are wrong, or not, in one token.
@Suite struct MutationTests {
  /// The law of the first error: where a mutation makes errors, the first of them in source order, or one of its notes,
  /// points into the top-level declaration that was mutated.
  ///
  /// A top-level declaration is the header, an import or a member of the file, from the first byte of its docs to its last
  /// byte. The mutated one is that which held the token in the sound file; a swap of two neighbours has two of them. A
  /// place touches it even if it is empty and at its very end: there, something is due. Nothing is left out: when a brace
  /// goes, the left margin tells where the next declaration begins; when a doc comment swallows the rest of its line, that
  /// is in the declaration, too. A mutation may be sound: then the law says nothing.
  ///
  /// One mistake costs few errors: 1.11 on average and never more than 4, when the bounds were set.
  @Test func firstErrorIsOnTheMutatedDeclaration() {
    let trees = Corpus.files.filter { $0.bytes.count < 3_000 }.map { TreeLaws.parse($0.bytes) }
    var (wrong, errors) = (0, 0)
    for seed in UInt64(0)..<10_000 {
      var random = SplitMix64(seed: seed)
      let mutation = Mutation(trees[random.below(trees.count)], &random)
      let tree = TreeLaws.parse(mutation.bytes)
      let broken = TreeLaws.broken(tree)
      #expect(broken == nil, "seed \(seed): \(mutation.deed)")
      guard let first = tree.diagnostics.first else { continue }
      wrong += 1
      errors += tree.diagnostics.count
      let places = [first.primary.range] + first.notes.map(\.range)
      let isNear = places.contains { mutation.touches($0) }
      #expect(isNear, "seed \(seed): \(mutation.deed): \(first.message)")
      #expect(tree.diagnostics.count <= 4, "seed \(seed): \(mutation.deed)")
    }
    #expect(wrong > 8_000)
    #expect(Double(errors) / Double(wrong) < 1.12)
  }
}
