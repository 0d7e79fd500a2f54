import DroidSyntax
import Foundation
import Testing

@testable import DroidSemantics

/// The examples of the reference are droidfiles.
@Suite struct ReferenceTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("grammar/reference.md")

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
