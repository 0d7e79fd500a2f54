/// Text as a terminal shows it: how wide each character is, and nothing that moves the cursor.
enum VisibleText {
  /// One character of a line: what is printed, how many columns it takes, and where its bytes begin.
  struct Cell {
    let text: String
    let width: Int
    let offset: Int
  }

  static let tabWidth = 4

  /// The characters of some bytes of a line. Tabs become spaces, control characters and broken bytes become visible.
  static func cells(_ bytes: ArraySlice<UInt8>) -> [Cell] {
    var cells: [Cell] = []
    var cursor = bytes.startIndex
    var column = 0
    while cursor < bytes.endIndex {
      let (scalar, length) = decode(bytes[cursor...])
      let cell: Cell
      if scalar == "\t" {
        let width = tabWidth - column % tabWidth
        cell = Cell(text: String(repeating: " ", count: width), width: width, offset: cursor)
      } else if let symbol = symbol(for: scalar) {
        cell = Cell(text: symbol, width: symbol.unicodeScalars.count, offset: cursor)
      } else {
        cell = Cell(text: String(Character(scalar)), width: width(of: scalar), offset: cursor)
      }
      column += cell.width
      cells.append(cell)
      cursor += length
    }
    return cells
  }

  /// A message that holds names from a droidfile, made harmless.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { symbol(for: $0) != nil || $0 == "\t" }) else { return text }
    return cells(Array(text.utf8)[...]).map(\.text).joined()
  }

  /// The first character of some bytes, and how many of them it takes; a byte that begins none stands for itself as U+FFFD.
  private static func decode(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int) {
    let first = bytes[bytes.startIndex]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    if let text = String(validating: bytes.prefix(length), as: UTF8.self), let scalar = text.unicodeScalars.first {
      return (scalar, length)
    }
    return ("\u{FFFD}", 1)
  }

  /// What is shown for a character that a terminal would obey or hide.
  private static func symbol(for scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: nil
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) }
    case 0x7F: "\u{2421}"
    // C1 controls, zero-width spaces, marks and overrides of direction, a byte order mark.
    case 0x80..<0xA0, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      "<U+" + String(scalar.value, radix: 16, uppercase: true) + ">"
    default: nil
    }
  }

  /// How many columns a character takes on most terminals.
  static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
