import DroidSyntax

/// Texts, and what has the form of one.
extension Checker {
  func text(_ node: Syntax, as type: ValueType, _ subject: Subject) -> Value? {
    guard node.kind == .string else {
      let isWord = node.kind == .path || node.kind == .quantity
      mismatch(node, type, subject, fix: isWord ? StringLiteral.encode(node.text) : nil)
      return nil
    }
    let text = string(node)
    if case .string(let rules) = type {
      let count = ExactDecimal(Int64(text.unicodeScalars.count))
      if !rules.length.contains(count) {
        report(.outOfRange, "\(subject) has \(count) characters", at: node.range, rules.length.spokenSize("character"))
        return nil
      }
      if let pattern = rules.pattern, let regex = try? Regex(pattern), text.firstMatch(of: regex) == nil {
        report(.badText, "\(subject) does not look as it should", at: node.range, "it must match `\(pattern)`")
        return nil
      }
      return .text(text)
    }
    if let problem = Self.problem(of: text, as: type) {
      report(.badText, "\(subject) is \(type.spoken), and this is none", at: node.range, problem)
      return nil
    }
    return .text(text)
  }

  /// What keeps a text from being of a type, nil if nothing does.
  private static func problem(of text: String, as type: ValueType) -> String? {
    switch type {
    case .url:
      guard let colon = text.range(of: "://"), colon.lowerBound != text.startIndex, colon.upperBound != text.endIndex,
        !text.contains(where: { $0.isWhitespace })
      else { return "such as `\"https://api.example.com\"`" }
      return nil
    case .email:
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !text.contains(" ")
        ? nil : "such as `\"oncall@example.com\"`"
    case .uuid:
      let groups = text.split(separator: "-", omittingEmptySubsequences: false)
      let isRight = groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
      return isRight ? nil : "such as `\"3f2b8c1e-0a4d-4f6b-9c2e-7d5a1b3c9e8f\"`"
    case .date: return isDate(text) ? nil : "such as `\"2026-11-23\"`"
    case .time:
      let parts = text.split(separator: "T", omittingEmptySubsequences: false)
      let isRight =
        parts.count == 2 && isDate(String(parts[0])) && parts[1].hasSuffix("Z") && isClock(parts[1].dropLast())
      return isRight ? nil : "in UTC, such as `\"2026-11-23T18:30:00Z\"`"
    case .binary:
      let isRight =
        text.utf8.count % 4 == 0
        && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0)) }
      return isRight ? nil : "base64, such as `\"aGVsbG8=\"`"
    default: return nil
    }
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func isClock(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]), let second = Double(parts[2]) else {
      return false
    }
    return (0...23).contains(hour) && (0...59).contains(minute) && second >= 0 && second < 61
      && parts[2].prefix(2).allSatisfy(\.isNumber)
  }
}

extension String {
  /// Where another text stands in this one. (Foundation has this too, and brings 50 MB of ICU with it.)
  fileprivate func range(of other: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
      start = index(after: start)
    }
    return nil
  }
}

extension Bounds {
  /// "it has at most 40 characters".
  func spokenSize(_ noun: String) -> String {
    switch (lower, upper) {
    case (let lower?, let upper?) where lower == upper: "it has \(lower) \(noun)s"
    case (let lower?, let upper?): "it has \(lower) to \(upper) \(noun)s"
    case (let lower?, nil): "it has at least \(lower) \(noun)s"
    case (nil, let upper?): "it has at most \(upper) \(noun)s"
    case (nil, nil): ""
    }
  }
}
