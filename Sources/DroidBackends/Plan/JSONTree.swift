import DroidJSON

/// A JSON document that is being made: members keep their order.
package enum JSONTree: Sendable {
  case null
  case bool(Bool)
  /// As it is to be written.
  case number(String)
  case string(String)
  case array([JSONTree])
  case object([(String, JSONTree)])

  package static func integer(_ number: Int) -> JSONTree { .number(String(number)) }
}

extension JSONTree {
  /// As a file: two spaces a level; a list of plain values stands on one line if it fits.
  package func document() -> [UInt8] {
    var writer = ByteWriter(capacity: 16_384)
    write(to: &writer, depth: 0)
    writer.newline()
    return writer.bytes
  }

  private func write(to writer: inout ByteWriter, depth: Int) {
    switch self {
    case .null: writer.write("null")
    case .bool(let flag): writer.write(flag ? "true" as StaticString : "false")
    case .number(let digits): writer.write(digits)
    case .string(let text): Self.write(text, to: &writer)
    case .array(let elements): Self.write(elements, to: &writer, depth: depth)
    case .object(let members):
      if members.isEmpty {
        writer.write("{}")
        return
      }
      writer.write("{\n")
      var isFirst = true
      for (name, value) in members {
        if !isFirst { writer.write(",\n") }
        isFirst = false
        writer.indent(depth + 1)
        Self.write(name, to: &writer)
        writer.write(": ")
        value.write(to: &writer, depth: depth + 1)
      }
      writer.newline()
      writer.indent(depth)
      writer.write("}")
    }
  }

  private static func write(_ elements: [JSONTree], to writer: inout ByteWriter, depth: Int) {
    if elements.isEmpty {
      writer.write("[]")
      return
    }
    if elements.allSatisfy(\.isPlain) {
      let start = writer.count
      writer.write("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { writer.write(", ") }
        element.write(to: &writer, depth: 0)
      }
      writer.write("]")
      if writer.count - start + depth * 2 <= 80 { return }
      writer.shorten(to: start)
    }
    writer.write("[\n")
    for (index, element) in elements.enumerated() {
      if index > 0 { writer.write(",\n") }
      writer.indent(depth + 1)
      element.write(to: &writer, depth: depth + 1)
    }
    writer.newline()
    writer.indent(depth)
    writer.write("]")
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private static func write(_ text: String, to writer: inout ByteWriter) {
    writer.write("\"")
    if text.hasOnly({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }) {
      writer.write(text)
    } else {
      escape(text, to: &writer)
    }
    writer.write("\"")
  }

  private static func escape(_ text: String, to writer: inout ByteWriter) {
    for byte in text.utf8 {
      switch byte {
      case 0x22: writer.write("\\\"")
      case 0x5c: writer.write("\\\\")
      case 0x0a: writer.write("\\n")
      case 0x0d: writer.write("\\r")
      case 0x09: writer.write("\\t")
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        writer.write("\\u00")
        writer.write(byte: digits[Int(byte >> 4)])
        writer.write(byte: digits[Int(byte & 15)])
      default: writer.write(byte: byte)
      }
    }
  }
}
