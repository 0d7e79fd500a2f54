import DroidSyntax
import Testing

@testable import DroidSemantics

/// Every code has a page, and every page keeps its word: its wrong example has exactly that finding, its right one none.
@Suite struct ErrorPagesTests {
  struct Page: CustomStringConvertible {
    let code: String
    let wrong: String?
    let right: String?
    var description: String { code }

    init(path: String, text: String) {
      code = String(path.dropLast(3))
      func example(_ heading: String) -> String? {
        guard let section = text.components(behind: "## \(heading)\n"),
          let start = section.components(behind: "```droid\n"),
          !section.prefix(while: { $0 != "`" }).contains("##")
        else { return nil }
        return start.components(before: "```")
      }
      wrong = example("Wrong")
      right = example("Right")
    }
  }

  static let pages = ErrorPagesFiles.all.map { Page(path: $0.path.description, text: $0.text.description) }

  static func findings(_ text: String) -> [Diagnostic] {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "page.droid", text: text))
    return Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])])).diagnostics
  }

  @Test func everyCodeHasAPage() {
    #expect(Set(Self.pages.map(\.code)) == Set(DiagnosticCode.allCases.map(\.rawValue)))
  }

  @Test(arguments: pages) func theWrongExampleHasThisFindingAlone(_ page: Page) {
    guard let wrong = page.wrong else { return }
    #expect(Self.findings(wrong).map(\.code.rawValue) == [page.code])
  }

  @Test(arguments: pages) func theRightExampleHasNone(_ page: Page) throws {
    let right = try #require(page.right)
    #expect(Self.findings(right).map { "\($0.code.rawValue): \($0.message)" } == [])
  }

  @Test(arguments: pages) func everyFixMends(_ page: Page) {
    guard let wrong = page.wrong else { return }
    for finding in Self.findings(wrong) {
      for fix in finding.fixes {
        var bytes = Array(wrong.utf8)
        for edit in fix.edits.sorted(by: { $1.range < $0.range }) {
          bytes.replaceSubrange(Int(edit.range.start)..<Int(edit.range.end), with: Array(edit.replacement.utf8))
        }
        let mended = String(decoding: bytes, as: UTF8.self)
        #expect(!Self.findings(mended).contains { $0.code == finding.code }, "\(fix.title):\n\(mended)")
      }
    }
  }
}

extension StringProtocol {
  fileprivate func components(behind marker: String) -> String? {
    range(of: marker).map { String(self[$0.upperBound...]) }
  }

  fileprivate func components(before marker: String) -> String? {
    range(of: marker).map { String(self[..<$0.lowerBound]) }
  }

  private func range(of marker: String) -> Range<Index>? { firstRange(of: marker) }
}
