/// Writes YAML as the Kubernetes documentation does: two spaces, lists in the column of their key, quotes only where a plain
/// scalar would be read as something else.
package struct YAMLWriter {
  package var out: ByteWriter

  package init(header: String) {
    out = ByteWriter()
    out.write("# ")
    out.write(header)
    out.newline()
  }

  package init() { out = ByteWriter() }

  /// One document; several are divided by `---`.
  package mutating func document(_ node: YAML, isFirst: Bool) {
    if !isFirst { out.write("---\n") }
    block(node, depth: 0)
  }

  private mutating func block(_ node: YAML, depth: Int) {
    switch node {
    case .map(let entries):
      for entry in entries {
        out.indent(depth)
        self.entry(entry, depth: depth)
      }
    case .list(let items):
      for item in items {
        out.indent(depth)
        out.write("- ")
        self.item(item, depth: depth)
      }
    default:
      out.indent(depth)
      scalar(node)
      out.newline()
    }
  }

  private mutating func entry(_ entry: YAML.Entry, depth: Int) {
    string(entry.key)
    out.write(":")
    switch entry.value {
    case .map(let inner) where inner.isEmpty: out.write(" {}\n")
    case .list(let inner) where inner.isEmpty: out.write(" []\n")
    case .map:
      out.newline()
      block(entry.value, depth: depth + 1)
    case .list:
      out.newline()
      block(entry.value, depth: depth)
    case .string(let text) where text.utf8.contains(0x0a): lines(text, depth: depth + 1)
    default:
      out.write(" ")
      scalar(entry.value)
      out.newline()
    }
  }

  private mutating func item(_ item: YAML, depth: Int) {
    switch item {
    case .map(let entries) where !entries.isEmpty:
      self.entry(entries[0], depth: depth + 1)
      for entry in entries.dropFirst() {
        out.indent(depth + 1)
        self.entry(entry, depth: depth + 1)
      }
    case .map: out.write("{}\n")
    case .list(let items):
      if items.isEmpty {
        out.write("[]\n")
      } else {
        out.newline()
        block(item, depth: depth + 1)
      }
    case .string(let text) where text.utf8.contains(0x0a):
      out.write(byte: 0x7c)
      literal(text, depth: depth + 1)
    default:
      scalar(item)
      out.newline()
    }
  }

  /// A block scalar.
  private mutating func lines(_ text: String, depth: Int) {
    out.write(" |")
    literal(text, depth: depth)
  }

  private mutating func literal(_ text: String, depth: Int) {
    if text.hasPrefix(" ") { out.write("2") }
    if !text.hasSuffix("\n") { out.write("-") }
    out.newline()
    let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty {
        out.indent(depth)
        out.write(String(line))
      }
      out.newline()
    }
  }

  private mutating func scalar(_ node: YAML) {
    switch node {
    case .string(let text): string(text)
    case .int(let number): out.write(String(number))
    case .bool(let flag): out.write(flag ? "true" : "false" as String)
    case .null: out.write("null")
    case .map: out.write("{}")
    case .list: out.write("[]")
    }
  }

  private mutating func string(_ text: String) {
    guard Self.needsQuotes(text) else { return out.write(text) }
    out.write(byte: 0x22)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out.write("\\\"")
      case "\\": out.write("\\\\")
      case "\n": out.write("\\n")
      case "\t": out.write("\\t")
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        out.write("\\x" + (digits.utf8.count == 1 ? "0" + digits : digits))
      default: out.write(String(Character(scalar)))
      }
    }
    out.write(byte: 0x22)
  }

  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "y", "n", "~", ".inf", ".nan",
  ]

  /// Would a plain scalar be read as another type, or as no scalar at all?
  static func needsQuotes(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return true }
    if bytes.count <= 5, words.contains(text.lowercased()) { return true }
    let isDigit = first >= 0x30 && first <= 0x39
    if isDigit || first == 0x2b || first == 0x2d || first == 0x2e, looksLikeNumber(bytes) { return true }
    if first == 0x20 || last == 0x20 || last == 0x3a { return true }
    if "-?:,[]{}#&*!|>'\"%@`".utf8.contains(first) {
      let isWord = (first == 0x2d || first == 0x3f || first == 0x3a) && bytes.count > 1 && bytes[1] != 0x20
      if !isWord { return true }
    }
    for (index, byte) in bytes.enumerated() {
      if byte < 0x20 || byte == 0x7f { return true }
      if byte == 0x3a, index + 1 < bytes.count, bytes[index + 1] == 0x20 { return true }
      if byte == 0x23, index > 0, bytes[index - 1] == 0x20 { return true }
    }
    return false
  }

  /// Numbers, dates, times and octals of YAML 1.1 and 1.2, generously.
  private static func looksLikeNumber(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.filter { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty else { return false }
    return bytes.allSatisfy { byte in
      byte >= 0x30 && byte <= 0x39 || "+-._:eExXoOabcdfABCDF TZ".utf8.contains(byte)
    }
  }
}
