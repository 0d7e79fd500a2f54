@testable import DroidBackends

/// Reads block YAML as kustomize and our writer make it. Knows nothing of the writer, so that it can judge it; every scalar is
/// a text, quoted or not, and maps are compared without regard to their order.
struct YAMLReader {
  indirect enum Node: Hashable {
    case scalar(String)
    case map([String: Node])
    case list([Node])
  }

  private var lines: [(indent: Int, text: String)] = []
  private var position = 0

  static func documents(_ text: String) -> [Node] {
    text.split(separator: "\n---\n").map { part in
      var reader = YAMLReader()
      for line in part.split(separator: "\n", omittingEmptySubsequences: false)
      where !line.hasPrefix("#") && line != "---" {
        let indent = line.prefix { $0 == " " }.count
        reader.lines.append((indent, String(line.dropFirst(indent))))
      }
      return reader.block(at: 0)
    }
  }

  private mutating func block(at indent: Int) -> Node {
    while position < lines.count, lines[position].text.isEmpty { position += 1 }
    guard position < lines.count else { return .scalar("") }
    return lines[position].text.hasPrefix("- ") ? list(at: lines[position].indent) : map(at: lines[position].indent)
  }

  private mutating func list(at indent: Int) -> Node {
    var items: [Node] = []
    while position < lines.count, lines[position].indent == indent, lines[position].text.hasPrefix("- ") {
      let rest = String(lines[position].text.dropFirst(2))
      if Self.key(rest) != nil || rest.hasPrefix("- ") {
        lines[position] = (indent + 2, rest)
        items.append(block(at: indent + 2))
      } else {
        position += 1
        items.append(value(rest, inside: indent))
      }
    }
    return .list(items)
  }

  private mutating func map(at indent: Int) -> Node {
    var entries: [String: Node] = [:]
    while position < lines.count, lines[position].indent == indent, let (key, rest) = Self.key(lines[position].text) {
      position += 1
      if rest.isEmpty {
        let next = position < lines.count ? lines[position] : (0, "")
        entries[key] = next.0 > indent || next.0 == indent && next.1.hasPrefix("- ") ? block(at: next.0) : .scalar("")
      } else {
        entries[key] = value(rest, inside: indent)
      }
    }
    return .map(entries)
  }

  private mutating func value(_ text: String, inside indent: Int) -> Node {
    switch text {
    case "{}": return .map([:])
    case "[]": return .list([])
    case "|", "|-", "|+", "|2", "|2-": return .scalar(literal(text, inside: indent))
    default: break
    }
    if text.hasPrefix("'") { return .scalar(String(text.dropFirst().dropLast()).replacing("''", with: "'")) }
    var text = text
    // kustomize folds long texts over lines.
    while position < lines.count, lines[position].indent > indent, !lines[position].text.isEmpty {
      text += (text.hasSuffix("\\") ? "" : " ") + lines[position].text
      position += 1
    }
    return .scalar(text.hasPrefix("\"") ? Self.unquoted(text) : text)
  }

  private mutating func literal(_ style: String, inside indent: Int) -> String {
    var found: [String] = []
    var inner: Int?
    while position < lines.count, lines[position].indent > indent || lines[position].text.isEmpty {
      let line = lines[position]
      if inner == nil, !line.text.isEmpty { inner = line.indent }
      found.append(String(repeating: " ", count: max(line.indent - (inner ?? 0), 0)) + line.text)
      position += 1
    }
    if style == "|+" { return found.joined(separator: "\n") + "\n" }
    while found.last == "" { found.removeLast() }
    return found.joined(separator: "\n") + (style.hasSuffix("-") ? "" : "\n")
  }

  /// A key and what follows it on its line.
  private static func key(_ line: String) -> (String, String)? {
    if line.hasPrefix("\"") {
      var end = line.index(after: line.startIndex)
      while end < line.endIndex, line[end] != "\"" { end = line.index(end, offsetBy: line[end] == "\\" ? 2 : 1) }
      let rest = line[line.index(after: end)...]
      return rest.hasPrefix(":") ? (unquoted(String(line[...end])), String(rest.dropFirst().drop { $0 == " " })) : nil
    }
    if line.hasPrefix("'") { return nil }
    if line.hasSuffix(":"), !line.contains(": ") { return (String(line.dropLast()), "") }
    guard let colon = line.firstRange(of: ": ") else { return nil }
    return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
  }

  private static func unquoted(_ text: String) -> String {
    var result = ""
    var rest = text.dropFirst().dropLast()[...]
    while let character = rest.popFirst() {
      guard character == "\\", let escaped = rest.popFirst() else {
        result.append(character)
        continue
      }
      switch escaped {
      case "n": result += "\n"
      case "t": result += "\t"
      case "u":
        let scalar = UInt32(rest.prefix(4), radix: 16).flatMap(Unicode.Scalar.init)
        if let scalar { result.unicodeScalars.append(scalar) }
        rest = rest.dropFirst(4)
      default: result.append(escaped)
      }
    }
    return result
  }
}
