import DroidSyntax
import DroidTestSupport

/// A droidfile with one token deleted, doubled, replaced by another of the file, swapped with the next, or put in.
struct Mutation {
  let bytes: [UInt8]
  /// The bytes of the top-level declarations that hold the tokens that were touched.
  let declaration: Range<Int>
  /// What was done, for a failing test to print.
  let deed: String

  init(_ tree: SyntaxTree, _ random: inout SplitMix64) {
    let source = tree.source.bytes
    let count = tree.tokens.count - 1
    let index = random.below(count)
    let other = random.below(count)
    func text(_ token: Int) -> [UInt8] { Array(tree.bytes(ofToken: token)) }
    func range(_ token: Int) -> Range<Int> { Int(tree.tokens[token].start)..<Int(tree.tokens[token].end) }
    let (token, place) = (text(index), range(index))
    // What takes the place of which bytes, and the last token that it touches.
    var (replaced, replacement, last, deed) = (place, [UInt8](), index, "delete")
    switch random.below(5) {
    case 0: break
    case 1: (replacement, deed) = (token + [32] + token, "double")
    case 2 where index + 1 < count:
      let next = range(index + 1)
      replaced = place.lowerBound..<next.upperBound
      (replacement, last, deed) = (
        text(index + 1) + source[place.upperBound..<next.lowerBound] + token, index + 1, "swap"
      )
    case 3: (replacement, deed) = (text(other), "replace")
    default: (replacement, deed) = (text(other) + [32] + token, "insert")
    }
    bytes = source[..<replaced.lowerBound] + replacement + source[replaced.upperBound...]
    let touched = tree.children(tree.root).filter {
      let tokens = tree.tokenIndices($0)
      return tokens.contains(index) || tokens.contains(last)
    }.map { tree.range($0) }
    let start = Int(touched.first?.start ?? 0)
    declaration = start..<(Int(touched.last?.end ?? 0) + bytes.count - source.count)
    self.deed =
      "\(deed) `\(String(decoding: token, as: UTF8.self))` at \(place.lowerBound) of \(tree.source.path)"
      + (deed == "replace" || deed == "insert" ? " by `\(String(decoding: text(other), as: UTF8.self))`" : "")
  }

  /// Whether a place in the mutated file is in the mutated declaration, or at its end.
  func touches(_ place: SourceRange) -> Bool {
    Int(place.start) <= declaration.upperBound && Int(place.end) >= declaration.lowerBound
  }
}
