/// Writes JSON as bytes. The same value gives the same bytes, always.
package struct JSONWriter: ~Copyable {
  /// How the document is laid out.
  package enum Style: Sendable {
    /// One line, no spaces: for machines.
    case compact
    /// A member a line, indented by two spaces: for people and for `git diff`.
    case pretty
  }

  private var out = ByteWriter(capacity: 16_384)
  private let style: Style
  private var depth = 0

  private init(_ style: Style) { self.style = style }

  /// The bytes of a document, without a line break at the end.
  package static func bytes(_ value: JSONValue, _ style: Style) -> [UInt8] {
    var writer = JSONWriter(style)
    writer.write(value)
    return writer.out.bytes
  }

  private mutating func write(_ value: JSONValue) {
    switch value {
    case .null: out.write("null")
    case .bool(let flag): out.write(flag ? "true" as StaticString : "false")
    case .integer(let number): out.write(number)
    case .decimal(let text): out.write(text)
    case .string(let text): write(text)
    case .array(let elements):
      out.write(byte: UInt8(ascii: "["))
      depth += 1
      for (index, element) in elements.enumerated() {
        next(isFirst: index == 0)
        write(element)
      }
      close("]", isEmpty: elements.isEmpty)
    case .object(let members):
      out.write(byte: UInt8(ascii: "{"))
      depth += 1
      for (index, member) in members.enumerated() {
        next(isFirst: index == 0)
        write(member.key)
        out.write(byte: UInt8(ascii: ":"))
        if style == .pretty { out.write(byte: UInt8(ascii: " ")) }
        write(member.value)
      }
      close("}", isEmpty: members.isEmpty)
    }
  }

  /// What stands before an element or a member.
  private mutating func next(isFirst: Bool) {
    if !isFirst { out.write(byte: UInt8(ascii: ",")) }
    breakLine()
  }

  private mutating func close(_ bracket: StaticString, isEmpty: Bool) {
    depth -= 1
    if !isEmpty { breakLine() }
    out.write(bracket)
  }

  private mutating func breakLine() {
    guard style == .pretty else { return }
    out.newline()
    out.indent(depth)
  }

  private mutating func write(_ text: String) {
    var text = text
    out.write(byte: UInt8(ascii: "\""))
    text.withUTF8 { content in
      var written = 0
      for index in content.indices {
        guard let escape = Self.escape(content[index]) else { continue }
        out.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(content)[written..<index]))
        out.write(byte: UInt8(ascii: "\\"))
        out.write(byte: escape)
        if escape == UInt8(ascii: "u") { writeHexadecimal(content[index]) }
        written = index + 1
      }
      out.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(content)[written...]))
    }
    out.write(byte: UInt8(ascii: "\""))
  }

  /// What stands behind the backslash for a byte that has to be escaped.
  @inline(__always)
  private static func escape(_ byte: UInt8) -> UInt8? {
    guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { return nil }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
    case 0x08: return UInt8(ascii: "b")
    case 0x09: return UInt8(ascii: "t")
    case 0x0A: return UInt8(ascii: "n")
    case 0x0C: return UInt8(ascii: "f")
    case 0x0D: return UInt8(ascii: "r")
    default: return UInt8(ascii: "u")
    }
  }

  /// The four digits of `\u001f`.
  private mutating func writeHexadecimal(_ byte: UInt8) {
    out.write("00")
    for digit in [byte >> 4, byte & 0xF] {
      out.write(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
