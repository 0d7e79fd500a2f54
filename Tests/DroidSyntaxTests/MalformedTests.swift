import DroidSyntax
import Testing

/// One mistake costs one error; where there is a fix, it mends the text.
@Suite struct MalformedTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let code: DiagnosticCode
    init(_ text: String, _ code: DiagnosticCode) {
      self.text = text
      self.code = code
    }
    var testDescription: String { text }
  }

  /// Below a sound header.
  static let cases = [
    Case("component web Gateway", .missingPart),
    Case("type { }", .missingName),
    Case("component web: { }", .missingName),
    Case("component web: Gateway { a = }", .missingValue),
    Case("component web: Gateway { a = 1", .missingBrace),
    Case("component web: Gateway { a: }", .missingType),
    Case("componet web: Gateway", .unexpectedText),
    Case("service web", .unexpectedText),
    Case("component web: Gateway }", .unexpectedText),
    Case("component web: Gateway { a = 1, b = 2 }", .unexpectedText),
    Case("component web: Gateway { a = [1, 2 }", .missingBracket),
    Case("component web: Gateway { a = [1 2] }", .missingPart),
    Case("component web: Gateway { a = f(b = 1) }", .missingPart),
    Case("component web: Gateway { a = { b: 1 } }", .missingPart),
    Case("component web: Gateway { a = { b = 1, c = 2 } }", .unexpectedText),
    Case("connect a b", .missingPart),
    Case("connect a => b", .missingPart),
    Case("connect a ->", .missingName),
    Case("connect a. -> b", .missingName),
    Case("error Gone { }", .missingPart),
    Case("enum A", .missingBrace),
    Case("enum A { a, b }", .unexpectedText),
    Case("slo a { }", .missingPart),
    Case("type A", .missingBrace),
    Case("type A\n  team: Int\n}", .missingBrace),
    Case("type A { { b: Int }", .unexpectedText),
    Case("enum A { a = 1 b = 2 }", .unexpectedText),
    Case("connect a ->\nteam b { }", .missingName),
    Case("connect a -> b.\nteam c { }", .missingName),
    Case("component a: B { c = [1, 2\n  d = 3 }", .missingBracket),
    Case("component a: B { c = f(1\n  d = 3 }", .missingBracket),
    Case("raw on a { }", .missingPart),
    Case("import \"./b\"", .missingPart),
    Case("team a { }\nimport \"./b\" as b", .misplacedImport),
    Case("team a { }\n/// nothing below", .misplacedDoc),
    Case("component a: B { in out x: REST }", .unexpectedText),
    Case("component a: B { in x: REST { get \"/\" f(a: Int,) } }", .unexpectedText),
    Case("component a: B { in x: REST { get f() } }", .missingPart),
  ]

  private func parse(_ text: String) -> SyntaxTree { TreeLaws.parse(text) }

  @Test(arguments: cases) func costsOneError(_ given: Case) {
    let text = "droid 1\nsystem a\n\n" + given.text + "\n"
    let tree = parse(text)
    #expect(tree.diagnostics.map(\.code) == [given.code])
    #expect(TreeLaws.broken(tree) == nil)
    for fix in tree.diagnostics.flatMap(\.fixes) {
      var bytes = Array(text.utf8)
      for edit in fix.edits.sorted(by: { $0.range > $1.range }) {
        bytes.replaceSubrange(Int(edit.range.start)..<Int(edit.range.end), with: Array(edit.replacement.utf8))
      }
      let mended = TreeLaws.parse(bytes)
      #expect(mended.diagnostics.isEmpty, "\(fix.title)")
    }
  }

  @Test(arguments: [
    Case("", .notADroidfile), Case("{ \"a\": 1 }", .notADroidfile), Case("a: b", .notADroidfile),
    Case("droid 2 system a", .newerEdition), Case("droid system a", .missingPart), Case("droid 1", .missingPart),
    Case("droid 1 system", .missingName), Case("droid 1.5 system a", .missingPart),
  ])
  func headers(_ given: Case) { #expect(parse(given.text).diagnostics.map(\.code) == [given.code]) }
}
