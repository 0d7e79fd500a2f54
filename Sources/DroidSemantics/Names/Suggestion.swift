import DroidSyntax

/// Finds what was probably meant.
enum Suggestion {
  /// The nearest of `candidates`, if it is so near that it is right nearly always: one edit in short names, a third of the
  /// letters in long ones. The edits of Damerau and Levenshtein (with transpositions of neighbours).
  static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    guard wanted.count < 64 else { return nil }
    let limit = max(1, min(3, wanted.count / 3))
    var best: (distance: Int, name: String)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.lowercased().utf8)
      guard abs(other.count - wanted.count) <= limit, other.count < 64 else { continue }
      let distance = EditDistance.between(wanted, other)
      if distance <= limit, distance < other.count, best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true
      {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  /// `a`, `b` and `c`; long lists say how many more there are.
  static func list(_ names: [String], limit: Int = 6) -> String {
    let shown = names.prefix(limit).map { "`\($0)`" }
    if names.count > limit { return shown.joined(separator: ", ") + " and \(names.count - limit) more" }
    if shown.count < 2 { return shown.first ?? "" }
    return shown.dropLast().joined(separator: ", ") + " and " + shown[shown.count - 1]
  }
}
