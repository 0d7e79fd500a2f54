/// Makes a text that a regular expression matches: the shortest of an easy kind, for examples and tests. Nil for an
/// expression with more in it than characters, classes, groups, choices and repetitions.
package struct PatternSample {
  private var rest: ArraySlice<Character>
  private var failed = false

  private init(_ pattern: String) { rest = Array(pattern)[...] }

  package static func text(for pattern: String) -> String? {
    var sample = PatternSample(pattern)
    let text = sample.choice()
    return sample.failed || !sample.rest.isEmpty ? nil : text
  }

  /// The first of several alternatives.
  private mutating func choice() -> String {
    let first = sequence()
    while rest.first == "|" {
      rest.removeFirst()
      _ = sequence()
    }
    return first
  }

  private mutating func sequence() -> String {
    var result = ""
    while let next = rest.first, next != "|", next != ")", !failed {
      if next == "^" || next == "$" {
        rest.removeFirst()
        continue
      }
      let piece = atom()
      let times = repetition()
      if times > 1_000 { failed = true }
      for _ in 0..<min(times, 1_000) { result += piece }
    }
    return result
  }

  private mutating func atom() -> String {
    switch rest.removeFirst() {
    case "(":
      if rest.starts(with: "?:") { rest.removeFirst(2) } else if rest.first == "?" { failed = true }
      let text = choice()
      if rest.popFirst() != ")" { failed = true }
      return text
    case "[": return characterClass()
    case ".": return "a"
    case "\\": return escape()
    case "*", "+", "?", "{":
      failed = true
      return ""
    case let plain: return String(plain)
    }
  }

  private mutating func escape() -> String {
    switch rest.popFirst() {
    case "d": return "0"
    case "w": return "a"
    case "s": return " "
    case "n": return "\n"
    case "t": return "\t"
    case let other? where !other.isLetter && !other.isNumber: return String(other)
    default:
      failed = true
      return ""
    }
  }

  private mutating func characterClass() -> String {
    if rest.first == "^" {
      failed = true
      return ""
    }
    var first: String?
    while let next = rest.popFirst(), next != "]" {
      if first == nil {
        first = next == "\\" ? escape() : String(next)
      } else if next == "\\" {
        _ = rest.popFirst()
      }
    }
    return first ?? ""
  }

  private mutating func repetition() -> Int {
    defer { if rest.first == "?" { rest.removeFirst() } }
    switch rest.first {
    case "*", "?":
      rest.removeFirst()
      return 0
    case "+":
      rest.removeFirst()
      return 1
    case "{":
      rest.removeFirst()
      let digits = rest.prefix { $0.isNumber }
      rest = rest.drop { $0 != "}" }
      if rest.popFirst() == nil { failed = true }
      guard let count = Int(String(digits)) else {
        failed = true
        return 0
      }
      return count
    default: return 1
    }
  }
}
