import DroidJSON

/// Writes YAML as the Kubernetes documentation does: two spaces, lists in the column of their key, quotes only where a plain
/// scalar would be read as something else.
package struct YAMLWriter: ~Copyable {
  package var out: ByteWriter

  package init(header: String, capacity: Int = 4096) {
    out = ByteWriter(capacity: capacity)
    out.write("# ")
    out.write(header)
    out.newline()
  }

  package init() { out = ByteWriter() }

  /// The bytes of a file: its header, and its documents with `---` between.
  package static func file(_ documents: [YAML], _ header: String) -> [UInt8] {
    var writer = YAMLWriter(header: header)
    for (index, document) in documents.enumerated() { writer.document(document, isFirst: index == 0) }
    return writer.out.bytes
  }

  /// One document; several are divided by `---`.
  package mutating func document(_ node: YAML, isFirst: Bool) {
    if !isFirst { out.write("---\n") }
    block(node, depth: 0)
  }

  private mutating func block(_ node: YAML, depth: Int) {
    switch node {
    case .map(let entries):
      for (key, value) in entries {
        out.indent(depth)
        entry(key, value, depth: depth)
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

  private mutating func entry(_ key: String, _ value: YAML, depth: Int) {
    string(key)
    out.write(":")
    switch value {
    case .map(let inner) where inner.isEmpty: out.write(" {}\n")
    case .list(let inner) where inner.isEmpty: out.write(" []\n")
    case .map:
      out.newline()
      block(value, depth: depth + 1)
    case .list:
      out.newline()
      block(value, depth: depth)
    case .string(let text):
      out.write(" ")
      line(text, depth: depth + 1)
    default:
      out.write(" ")
      scalar(value)
      out.newline()
    }
  }

  private mutating func item(_ item: YAML, depth: Int) {
    switch item {
    case .map(let entries) where !entries.isEmpty:
      for (index, (key, value)) in entries.enumerated() {
        if index > 0 { out.indent(depth + 1) }
        entry(key, value, depth: depth + 1)
      }
    case .map: out.write("{}\n")
    case .list(let items):
      if items.isEmpty {
        out.write("[]\n")
      } else {
        out.newline()
        block(item, depth: depth + 1)
      }
    case .string(let text): line(text, depth: depth + 1)
    default:
      scalar(item)
      out.newline()
    }
  }

  /// A text and the end of its line.
  private mutating func line(_ text: String, depth: Int) {
    if YAMLScalar.isPlain(text) {
      out.write(text)
      out.newline()
    } else if text.utf8.contains(0x0a) {
      literal(text, depth: depth)
    } else {
      quoted(text)
      out.newline()
    }
  }

  /// A block scalar, where the text can stand in one as it is; else in quotes.
  private mutating func literal(_ text: String, depth: Int) {
    guard YAMLScalar.fitsBlock(text) else {
      quoted(text)
      return out.newline()
    }
    out.write(byte: 0x7c)
    if !text.hasSuffix("\n") {
      out.write(byte: 0x2d)
    } else if text.hasSuffix("\n\n") {
      out.write(byte: 0x2b)
    }
    out.newline()
    let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
    for line in body.utf8.split(separator: 0x0a, omittingEmptySubsequences: false) {
      if !line.isEmpty {
        out.indent(depth)
        out.write(String(Substring(line)))
      }
      out.newline()
    }
  }

  private mutating func scalar(_ node: YAML) {
    switch node {
    case .string(let text): string(text)
    case .int(let number): out.write(String(number))
    case .decimal(let digits): out.write(digits)
    case .bool(let flag): out.write(flag ? "true" as StaticString : "false")
    case .null: out.write("null")
    case .map: out.write("{}")
    case .list: out.write("[]")
    }
  }

  private mutating func string(_ text: String) {
    if YAMLScalar.isPlain(text) { out.write(text) } else { quoted(text) }
  }

  private mutating func quoted(_ text: String) {
    out.write(byte: 0x22)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out.write("\\\"")
      case "\\": out.write("\\\\")
      case "\n": out.write("\\n")
      case "\t": out.write("\\t")
      case _ where YAMLScalar.mustBeEscaped(scalar):
        let digits = String(scalar.value, radix: 16)
        out.write("\\u" + String(repeating: "0", count: max(4 - digits.utf8.count, 0)) + digits)
      default: out.write(String(Character(scalar)))
      }
    }
    out.write(byte: 0x22)
  }
}
