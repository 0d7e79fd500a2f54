import DroidJSON

/// Takes messages of the base protocol out of a stream of bytes: `Content-Length`, an empty line, JSON.
package struct FrameReader {
  /// What stands in a stream where a message is due.
  package enum Frame: Equatable, Sendable {
    case message(JSONValue)
    /// Bytes that are no message, why, and the id of no request: the stream goes on behind them.
    case broken(String)
  }

  /// A larger message is none: nobody edits such a file, and memory is not without end.
  static let largestMessage = 256 << 20

  private var bytes: [UInt8] = []
  private var cursor = 0
  /// Of a message that is too large, what is still to come.
  private var skipping = 0

  package init() {}

  package mutating func append(_ more: some Sequence<UInt8>) {
    if cursor > 1 << 16, cursor * 2 > bytes.count {
      bytes.removeFirst(cursor)
      cursor = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next message that is whole; nil until more bytes are there.
  package mutating func next() -> Frame? {
    if skipping > 0 {
      let skipped = min(skipping, bytes.count - cursor)
      cursor += skipped
      skipping -= skipped
      if skipping > 0 { return nil }
    }
    guard let header = headerEnd() else { return nil }
    let length = Self.contentLength(bytes[cursor..<header.content])
    guard let length, length >= 0 else {
      cursor = header.end
      return .broken("the header of a message has no `Content-Length`")
    }
    guard length <= Self.largestMessage else {
      cursor = header.end
      skipping = length
      return .broken("a message of \(length) bytes is too large")
    }
    guard bytes.count - header.end >= length else { return nil }
    let content = Array(bytes[header.end..<header.end + length])
    cursor = header.end + length
    do throws(JSONError) {
      return .message(try JSONReader.read(content))
    } catch {
      return .broken("a message is no JSON: \(error.reason.rawValue), at byte \(error.offset)")
    }
  }

  /// Where the header's lines end, and where the content begins. Lines that end in a line feed alone are read too.
  private func headerEnd() -> (content: Int, end: Int)? {
    var index = cursor
    while index + 1 < bytes.count {
      if bytes[index] == 10 {
        if bytes[index + 1] == 10 { return (index, index + 2) }
        if bytes[index + 1] == 13, index + 2 < bytes.count, bytes[index + 2] == 10 { return (index, index + 3) }
      }
      index += 1
    }
    return nil
  }

  private static func contentLength(_ header: ArraySlice<UInt8>) -> Int? {
    for line in header.split(separator: 10) {
      let text = String(decoding: line, as: UTF8.self)
      guard let colon = text.firstIndex(of: ":"), text[..<colon].lowercased() == "content-length" else { continue }
      return Int(text[text.index(after: colon)...].filter { !$0.isWhitespace })
    }
    return nil
  }

  /// A message as it travels.
  package static func frame(_ message: JSONValue) -> [UInt8] {
    let content = JSONWriter.bytes(message, .compact)
    return Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content
  }
}
