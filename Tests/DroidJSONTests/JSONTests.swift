import Testing

@testable import DroidJSON

private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

private func write(_ value: JSONValue, _ style: JSONWriter.Style = .compact) -> String {
  String(decoding: JSONWriter.bytes(value, style), as: UTF8.self)
}

private func failure(_ bytes: [UInt8], depthLimit: Int = JSONReader.depthLimit) -> JSONError? {
  do {
    _ = try JSONReader.read(bytes, depthLimit: depthLimit)
    return nil
  } catch {
    return error
  }
}

@Suite struct JSONWriterTests {
  @Test func prettyIsIndentedByTwoSpaces() {
    let value: JSONValue = ["a": [1, true, .null], "empty": [], "none": .object([]), "b": ["c": "d"]]
    #expect(
      write(value, .pretty) == """
        {
          "a": [
            1,
            true,
            null
          ],
          "empty": [],
          "none": {},
          "b": {
            "c": "d"
          }
        }
        """)
  }

  @Test func escapesWhatHasToBeEscapedAndNothingElse() {
    #expect(write("\u{0}\u{1F}\n\r\t\u{8}\u{C}\"\\/é🚀\u{7F}") == #""\u0000\u001f\n\r\t\b\f\"\\/é🚀"# + "\u{7F}\"")
  }

  @Test func numbersKeepTheirText() throws {
    for text in ["0", "-0", "1.50", "1e5", "-1.0E-7", "9223372036854775807", "9223372036854775808", "0.1"] {
      #expect(write(try read(text)) == text)
    }
    #expect(try read("9223372036854775807") == .integer(.max))
    #expect(try read("9223372036854775808") == .decimal("9223372036854775808"))
  }
}

@Suite struct JSONReaderTests {
  @Test func orderAndRepeatedKeysAreKept() throws {
    let value = try read(#" { "b" : 1 , "a" : [ ] , "b" : 2 } "#)
    #expect(value == .object([.init("b", 1), .init("a", []), .init("b", 2)]))
    #expect(value["b"]?.integer == 1)
    #expect(value["c"] == nil)
  }

  @Test func stringsOfEveryLengthAroundTheWord() throws {
    for length in 0..<40 {
      let plain = String(repeating: "x", count: length)
      #expect(try read("\"\(plain)\"") == .string(plain))
      #expect(try read("\"\(plain)\\n\(plain)\"") == .string(plain + "\n" + plain))
      #expect(try read("\"\(plain)é\(plain)\"") == .string(plain + "é" + plain))
      #expect(failure(Array("\"\(plain)".utf8)) == JSONError(reason: .endOfInput, offset: length + 1))
      #expect(failure(Array("\"\(plain)\u{1}\"".utf8)) == JSONError(reason: .controlCharacter, offset: length + 1))
    }
  }

  @Test func escapes() throws {
    #expect(try read(#""\u00e9\ud83d\ude80\"\\\/\b\f\n\r\t""#) == .string("é🚀\"\\/\u{8}\u{C}\n\r\t"))
  }

  @Test(arguments: [
    ("", JSONError.Reason.endOfInput, 0), ("  ", .endOfInput, 2), ("nul", .valueExpected, 0),
    ("[1,]", .valueExpected, 3),
    ("[1 2]", .separatorExpected, 3), ("{a:1}", .keyExpected, 1), (#"{"a" 1}"#, .colonExpected, 5),
    (#"{"a":1,}"#, .keyExpected, 7), ("01", .badNumber, 1), ("1.", .endOfInput, 2), ("-x", .badNumber, 1),
    ("1 2", .trailingText, 2), (#""\x""#, .badEscape, 1), (#""\ud800""#, .badEscape, 1),
    (#""\ud800\u0041""#, .badEscape, 1), (#""\u12"#, .endOfInput, 1), ("+1", .valueExpected, 0),
    (".5", .valueExpected, 0),
    ("\u{FEFF}1", .valueExpected, 0), ("[", .endOfInput, 1), ("{", .endOfInput, 1), ("'a'", .valueExpected, 0),
    ("NaN", .valueExpected, 0), ("1\u{0}", .trailingText, 1),
  ])
  func whatIsNoJSONIsRefusedWithItsPlace(text: String, reason: JSONError.Reason, offset: Int) {
    guard let error = failure(Array(text.utf8)) else {
      Issue.record("`\(text)` was read")
      return
    }
    #expect(error.offset == offset, "\(text)")
    if reason != .endOfInput || offset >= text.utf8.count { #expect(error.reason == reason, "\(text)") }
  }

  @Test func brokenUTF8IsRefused() {
    #expect(failure([0x22, 0xFF, 0x22]) == JSONError(reason: .invalidUTF8, offset: 1))
    #expect(failure([0x22, 0x5C, 0x6E, 0xC3, 0x22]) == JSONError(reason: .invalidUTF8, offset: 1))
  }

  @Test func depthHasALimit() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
    #expect(failure(deep) == JSONError(reason: .tooDeep, offset: JSONReader.depthLimit))
    #expect(failure(Array("[[1]]".utf8), depthLimit: 2) == nil)
    #expect(failure(Array("[[1]]".utf8), depthLimit: 1)?.reason == .tooDeep)
  }

  /// Any bytes are read or refused; what was read comes back.
  @Test func mutationsNeverCrashAndRoundTrip() throws {
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let original = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",true,null,{"b":{}}],"long string of text":"é🚀"}"#.utf8)
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<(1 + next() % 3) { bytes[next() % bytes.count] = UInt8(truncatingIfNeeded: next()) }
      guard let value = try? JSONReader.read(bytes) else { continue }
      let compact = JSONWriter.bytes(value, .compact)
      #expect(try JSONReader.read(compact) == value, "seed \(seed)")
      #expect(try JSONReader.read(JSONWriter.bytes(value, .pretty)) == value, "seed \(seed)")
    }
  }
}
