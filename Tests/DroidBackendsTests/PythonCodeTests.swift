import DroidJSON
import Testing

@testable import DroidBackends

/// The layout of Python source: what `ruff format` would do.
@Suite struct PythonCodeTests {
  private func text(_ code: PythonCode, depth: Int = 0) -> String {
    var writer = ByteWriter()
    code.write(to: &writer, depth: depth)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func whatFitsStandsOnOneLine() {
    #expect(text(.call("f", [.text("a"), .text("b=1")])) == "f(a, b=1)")
  }

  @Test func whatIsTooLongIsBrokenAtTheOutermostBrackets() {
    let long = String(repeating: "x", count: 60)
    let code = PythonCode.call("f", [.call("g", [.text(long)]), .text(long)])
    #expect(text(code) == "f(\n    g(\(long)),\n    \(long),\n)")
  }

  @Test func exactlyAHundredColumnsFit() {
    let name = String(repeating: "x", count: 97)
    #expect(text(.call("f", [.text(name)])).count == 100)
    #expect(text(.call("f", [.text(name + "x")])) == "f(\n    \(name)x,\n)")
  }

  @Test func oneElementInSquareBracketsGetsNoComma() {
    let name = String(repeating: "x", count: 100)
    #expect(text(.group("list", .square, [.text(name)])) == "list[\n    \(name)\n]")
  }

  @Test(arguments: [
    ("plain", #""plain""#), (#"say "hi""#, #"'say "hi"'"#), (#"it's "so""#, #"'it\'s "so"'"#), (#"it's"#, #""it's""#),
    ("a\\b\n\t", #""a\\b\n\t""#), ("\u{0}\u{7f}", #""\x00\x7f""#), ("café", #""café""#), ("\u{202e}", #""\U0000202e""#),
  ])
  func stringsAreQuotedWithTheFewestEscapes(_ text: String, _ literal: String) {
    #expect(PythonLiteral.string(text) == literal)
  }

  @Test(arguments: [("[a-z]+", #""[a-z]+""#), (#"\d+"#, #"r"\d+""#), (#"["\d]"#, #"'["\\d]'"#), ("a\\", #""a\\""#)])
  func patternsAreRawWhereTheyCanBe(_ text: String, _ literal: String) {
    #expect(PythonLiteral.pattern(text) == literal)
  }

  @Test func importsStandAsRuffSortsThem() {
    var imports = PythonImports(firstParty: ["orders"])
    for name in ["connect", "UUID", "Int", "JSON", "Int64", "Int8", "zebra"] { imports.add(name, from: ".wire") }
    imports.add("Orders", from: "orders.service")
    imports.add("FastAPI", from: "fastapi")
    imports.add("Annotated", from: "typing")
    imports.add("Order", from: "..models")
    imports.add("datetime")
    var writer = ByteWriter()
    imports.write(to: &writer)
    #expect(
      String(decoding: writer.bytes, as: UTF8.self) == """
        import datetime
        from typing import Annotated

        from fastapi import FastAPI

        from orders.service import Orders

        from ..models import Order
        from .wire import JSON, UUID, Int, Int8, Int64, connect, zebra

        """)
  }
}
