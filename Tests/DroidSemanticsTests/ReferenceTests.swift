import DroidSyntax
import Foundation
import Testing

@testable import DroidSemantics

/// The reference tells of every property, and its examples are droidfiles.
@Suite struct ReferenceTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("grammar/reference.md")

  private static let begin = "<!-- tables: begin -->\n"
  private static let end = "<!-- tables: end -->"

  /// `DROID_REWRITE=1 swift test --filter ReferenceTests` writes them again.
  @Test func theTablesAreThoseOfTheStandardLibrary() throws {
    let text = try String(contentsOf: Self.path, encoding: .utf8)
    let start = try #require(text.range(of: Self.begin))
    let stop = try #require(text.range(of: Self.end))
    let tables = Reference.tables()
    if ProcessInfo.processInfo.environment["DROID_REWRITE"] == "1" {
      let written = text.replacingCharacters(in: start.upperBound..<stop.lowerBound, with: tables)
      try written.write(to: Self.path, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[start.upperBound..<stop.lowerBound]) == tables)
  }

  @Test func everyExampleIsADroidfile() throws {
    let text = try String(contentsOf: Self.path, encoding: .utf8)
    let examples = text.components(separatedBy: "```droid\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(examples.count > 10)
    for example in examples {
      let findings = ErrorPagesTests.findings("droid 1\nsystem shop\n\n" + example)
      #expect(findings.map { "\($0.code.rawValue): \($0.message)" } == [], "\(example)")
    }
  }
}
