import DroidSyntax

/// "Did you mean …?" for words of the command line.
enum Suggestion {
  /// The nearest candidate, if it is near enough to be meant.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let wanted = Array(word.lowercased().utf8)
    guard !wanted.isEmpty, wanted.count < 64 else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in candidates {
      let other = Array(candidate.utf8)
      var distance = EditDistance.between(wanted, other)
      // `complet` is the beginning of `completions`.
      if wanted.count >= 3, candidate.hasPrefix(word.lowercased()) { distance = 1 }
      guard distance <= max(1, min(wanted.count, other.count) / 3) else { continue }
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }
}
