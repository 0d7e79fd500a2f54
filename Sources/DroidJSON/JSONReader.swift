/// Why bytes are no JSON, and where.
package struct JSONError: Error, Equatable, Sendable {
  package enum Reason: String, Sendable {
    case endOfInput = "the document ends too early"
    case valueExpected = "a value is due here"
    case keyExpected = "a key in quotes is due here"
    case colonExpected = "a `:` is due here"
    case separatorExpected = "a `,` or the closing bracket is due here"
    case badNumber = "this is not how JSON writes a number"
    case badEscape = "JSON has no such escape"
    case controlCharacter = "a control character in a string has to be escaped"
    case invalidUTF8 = "this string is not UTF-8"
    case tooDeep = "this is nested too deeply"
    case trailingText = "the document ends before this"
  }

  package let reason: Reason
  /// The byte at which reading stopped.
  package let offset: Int
}

/// Reads JSON from bytes, strictly as RFC 8259 has it: no comments, no trailing commas, no lone surrogates, nothing behind the
/// document. A repeated key stays twice in the object; looking it up finds the first.
package struct JSONReader: ~Copyable {
  /// How deep arrays and objects may be nested, unless told.
  package static let depthLimit = 512

  private let bytes: UnsafeRawBufferPointer
  private var cursor = 0
  private var depth: Int

  private init(_ bytes: UnsafeRawBufferPointer, depthLimit: Int) {
    self.bytes = bytes
    depth = depthLimit
  }

  /// The document that the bytes hold.
  package static func read(_ bytes: [UInt8], depthLimit: Int = depthLimit) throws(JSONError) -> JSONValue {
    let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { raw in
      var reader = JSONReader(raw, depthLimit: depthLimit)
      do throws(JSONError) { return .success(try reader.document()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipSpace()
    if cursor < bytes.count { throw failure(.trailingText) }
    return value
  }

  private func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? cursor
    return JSONError(reason: offset >= bytes.count && reason != .invalidUTF8 ? .endOfInput : reason, offset: offset)
  }

  /// The byte at the cursor; zero, which begins nothing, at the end.
  private var current: UInt8 { cursor < bytes.count ? bytes[cursor] : 0 }

  private mutating func skipSpace() {
    while cursor < bytes.count {
      switch bytes[cursor] {
      case 0x20, 0x0A, 0x0D, 0x09: cursor += 1
      default: return
      }
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure(.valueExpected)
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let matches = word.withUTF8Buffer { expected in
      cursor + expected.count <= bytes.count && expected.indices.allSatisfy { bytes[cursor + $0] == expected[$0] }
    }
    guard matches else { throw failure(.valueExpected) }
    cursor += word.utf8CodeUnitCount
    return value
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    var elements: [JSONValue] = []
    if current != UInt8(ascii: "]") {
      repeat { elements.append(try value()) } while try another(before: UInt8(ascii: "]"))
    }
    leave()
    return .array(elements)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    var members: [JSONValue.Member] = []
    if current != UInt8(ascii: "}") {
      repeat {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { throw failure(.keyExpected) }
        let key = try string()
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw failure(.colonExpected) }
        cursor += 1
        members.append(JSONValue.Member(key, try value()))
      } while try another(before: UInt8(ascii: "}"))
    }
    leave()
    return .object(members)
  }

  private mutating func enter() throws(JSONError) {
    guard depth > 0 else { throw failure(.tooDeep) }
    depth -= 1
    cursor += 1
    skipSpace()
  }

  private mutating func leave() {
    depth += 1
    cursor += 1
  }

  /// Steps over a comma; false at the closing bracket.
  private mutating func another(before close: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    if current == close { return false }
    guard current == UInt8(ascii: ",") else { throw failure(.separatorExpected) }
    cursor += 1
    return true
  }
}

// MARK: - Numbers

extension JSONReader {
  private mutating func number() throws(JSONError) -> JSONValue {
    let start = cursor
    var isWhole = true
    if current == UInt8(ascii: "-") { cursor += 1 }
    if current == UInt8(ascii: "0") { cursor += 1 } else { try digits() }
    if current == UInt8(ascii: ".") {
      isWhole = false
      cursor += 1
      try digits()
    }
    if current | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      cursor += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { cursor += 1 }
      try digits()
    }
    if isDigit(current) { throw failure(.badNumber) }
    let text = String(decoding: bytes[start..<cursor], as: UTF8.self)
    // `-0` is no integer: it would come back without its sign.
    if isWhole, text != "-0", let number = Int(text) { return .integer(number) }
    return .decimal(text)
  }

  private mutating func digits() throws(JSONError) {
    guard isDigit(current) else { throw failure(.badNumber) }
    while isDigit(current) { cursor += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

// MARK: - Strings

extension JSONReader {
  private mutating func string() throws(JSONError) -> String {
    cursor += 1
    let start = cursor
    skipPlain()
    if current == UInt8(ascii: "\"") && cursor < bytes.count {
      let end = cursor
      cursor += 1
      return try text(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), from: start)
    }
    var content = [UInt8](bytes[start..<cursor])
    while true {
      guard cursor < bytes.count else { throw failure(.endOfInput) }
      switch bytes[cursor] {
      case UInt8(ascii: "\""):
        cursor += 1
        let end = cursor
        let result: Result<String, JSONError> = content.withUnsafeBytes { raw in
          do throws(JSONError) { return .success(try text(raw, from: start)) } catch { return .failure(error) }
        }
        cursor = end
        return try result.get()
      case UInt8(ascii: "\\"): try escape(into: &content)
      default: throw failure(.controlCharacter)
      }
      let plain = cursor
      skipPlain()
      content.append(contentsOf: bytes[plain..<cursor])
    }
  }

  /// Steps over what needs no thought, eight bytes at a time: up to a quote, a backslash, a control character or the end.
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while cursor + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let control = (word &- ones &* 0x20) & ~word
      let found = ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | control) & highs
      if found != 0 {
        cursor += found.trailingZeroBitCount / 8
        return
      }
      cursor += 8
    }
    while cursor < bytes.count {
      let byte = bytes[cursor]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { return }
      cursor += 1
    }
  }

  private func text(_ raw: UnsafeRawBufferPointer, from start: Int) throws(JSONError) -> String {
    guard let text = String(validating: raw.bindMemory(to: UInt8.self), as: UTF8.self) else {
      throw failure(.invalidUTF8, at: start)
    }
    return text
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    let start = cursor
    cursor += 1
    let letter = current
    cursor += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "u"):
      let first = try hexadecimal(from: start)
      var scalar = first
      if first & 0xFC00 == 0xD800, current == UInt8(ascii: "\\") {
        cursor += 1
        guard current == UInt8(ascii: "u") else { throw failure(.badEscape, at: start) }
        cursor += 1
        let second = try hexadecimal(from: start)
        guard second & 0xFC00 == 0xDC00 else { throw failure(.badEscape, at: start) }
        scalar = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
      }
      guard let scalar = Unicode.Scalar(scalar) else { throw failure(.badEscape, at: start) }
      content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw failure(.badEscape, at: start)
    }
  }

  private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt32 {
    var result: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch current {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = current - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
      default: throw failure(.badEscape, at: start)
      }
      result = result << 4 | UInt32(digit)
      cursor += 1
    }
    return result
  }
}
