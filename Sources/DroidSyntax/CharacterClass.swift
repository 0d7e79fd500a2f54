/// What a byte may begin or continue, read from two tables of 256 entries.
struct CharacterClass {
  /// What the lexer does at a byte that begins something.
  enum Action: UInt8 {
    case unknown, space, lineFeed, letter, digit, single, quote, slash, sign, dot, equals, less, greater, bang,
      apostrophe
    case other
  }

  static let letter: UInt8 = 1
  static let digit: UInt8 = 2
  /// Stops the quick scan of a text: `"`, `\`, a line's end, a NUL, a byte beyond ASCII.
  static let stopsString: UInt8 = 4
  /// Stops the quick scan of a comment: a line's end, a NUL, a byte beyond ASCII.
  static let stopsLine: UInt8 = 8

  /// One table for all: 256 actions, 256 flags, 256 kinds of tokens of one byte.
  nonisolated(unsafe) private static let table: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 768)
    table.initialize(repeating: 0, count: 768)
    func set(_ text: String, _ action: Action, flags: UInt8 = 0) {
      for byte in text.utf8 {
        table[Int(byte)] = action.rawValue
        table[256 + Int(byte)] |= flags
      }
    }
    set(" \t\r", .space)
    set("\n", .lineFeed, flags: stopsString | stopsLine)
    set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", .letter, flags: letter)
    set("0123456789", .digit, flags: digit)
    set("\"", .quote, flags: stopsString)
    set("\\", .unknown, flags: stopsString)
    set("/", .slash)
    set("+-", .sign)
    set(".", .dot)
    set("=", .equals)
    set("<", .less)
    set(">", .greater)
    set("!", .bang)
    set("'", .apostrophe)
    table[256] |= stopsString | stopsLine
    for byte in 128..<256 {
      table[byte] = Action.other.rawValue
      table[256 + byte] |= stopsString | stopsLine
    }
    let singles: [(String, TokenKind)] = [
      ("{", .leftBrace), ("}", .rightBrace), ("(", .leftParenthesis), (")", .rightParenthesis), ("[", .leftBracket),
      ("]", .rightBracket), (":", .colon), (",", .comma), ("@", .at), ("?", .question),
    ]
    for (text, kind) in singles {
      set(text, .single)
      for byte in text.utf8 { table[512 + Int(byte)] = kind.rawValue }
    }
    return UnsafePointer(table)
  }()

  private let table: UnsafePointer<UInt8>

  init() { table = Self.table }

  @inline(__always)
  func action(_ byte: UInt8) -> Action { Action(known: table[Int(byte)]) }

  @inline(__always)
  func has(_ byte: UInt8, _ flags: UInt8) -> Bool { table[256 + Int(byte)] & flags != 0 }

  @inline(__always)
  func isNameByte(_ byte: UInt8) -> Bool { has(byte, Self.letter | Self.digit) }

  @inline(__always)
  func isLetter(_ byte: UInt8) -> Bool { has(byte, Self.letter) }

  @inline(__always)
  func isDigit(_ byte: UInt8) -> Bool { has(byte, Self.digit) }

  /// The kind of a token that is this one byte.
  @inline(__always)
  func single(_ byte: UInt8) -> TokenKind { TokenKind(known: table[512 + Int(byte)]) }
}

extension RawRepresentable where RawValue == UInt8, Self: BitwiseCopyable {
  /// The case of a raw value that came from one. Where the cases count from zero without a gap, the value is the byte
  /// that the case is stored as; `init(rawValue:)` would compare it with each of them.
  @inline(__always)
  init(known rawValue: UInt8) { self = unsafeBitCast(rawValue, to: Self.self) }
}
