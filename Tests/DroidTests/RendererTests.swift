import DroidJSON
import DroidSyntax
import Testing

@testable import droid

private let file = FileID(0)
private let other = FileID(1)

/// The range of the first `needle` in a text.
private func range(_ needle: String, in text: String, _ file: FileID = file) -> SourceRange {
  let bytes = Array(text.utf8)
  let wanted = Array(needle.utf8)
  for start in 0...max(0, bytes.count - wanted.count) where bytes[start...].starts(with: wanted) {
    return SourceRange(file, UInt32(start), UInt32(start + wanted.count))
  }
  Issue.record("`\(needle)` is not there")
  return SourceRange(file, 0, 0)
}

private func render(_ diagnostics: [Diagnostic], _ texts: [String]) -> String {
  let findings = Findings(diagnostics) { id in
    SourceText(file: id, path: id == file ? "shop.droid" : "kinds/kinds.droid", text: texts[Int(id.index)])
  }
  return String(decoding: HumanRenderer.render(findings, paint: .none), as: UTF8.self)
}

@Suite struct HumanRendererTests {
  private let text = """
    droid 1
    system shop

    out placed: Events(Order)
    connect web -> orders.placed
    """

  @Test func oneLabelAndAFix() {
    let place = range("orders", in: text)
    let found = Diagnostic(
      .missingName, "no component is called `order`", at: place, "did you mean `orders`?",
      fixes: [Fix("write `orders`", replacing: place, with: "orders")])
    #expect(
      render([found], [text]) == """
        error[missing-name]: no component is called `order`
           ╭─ shop.droid:5:16
         5 │ connect web -> orders.placed
           │                ^^^^^^ did you mean `orders`?
           ╰─ fix: write `orders`

        1 error in shop.droid

        """)
  }

  @Test func theLineToBlameComesFirstAndOtherFilesLast() {
    let found = Diagnostic(
      .missingName, "`web` asks for REST", at: range("orders.placed", in: text), "publishes `Events(Order)`",
      notes: [
        Label(range("kind Crud", in: "\n  kind Crud {", other), "the kind"),
        Label(range("placed", in: text), "declared here"), Label(range("web", in: text), "asks"),
      ], help: "one line\nand another")
    #expect(
      render([found, found], [text, "\n  kind Crud {"]) == """
        error[missing-name]: `web` asks for REST
           ╭─ shop.droid:5:16
         5 │ connect web -> orders.placed
           │                ^^^^^^^^^^^^^ publishes `Events(Order)`
           │         --- asks
           │
         4 │ out placed: Events(Order)
           │     ------ declared here
           ├─ kinds/kinds.droid:2:3
         2 │   kind Crud {
           │   --------- the kind
           ╰─ help: one line
                and another


        """ + render([found], [text, "\n  kind Crud {"]).dropLast("1 error in shop.droid\n".count)
        + "2 errors in shop.droid\n")
  }

  /// The carets stand under what they mean, whatever stands before them.
  @Test(arguments: [
    ("\tab X", "    ab X", 7), ("日本 X", "日本 X", 5), ("e\u{301}e X", "e\u{301}e X", 3), ("🚀 X", "🚀 X", 3),
    ("\u{1B}[31m X", "␛[31m X", 6), ("\u{202E}a X", "<U+202E>a X", 10), ("a\u{0} X", "a␀ X", 3),
  ])
  func caretsStandUnderTheirText(source: String, shown: String, column: Int) {
    let lines = render([Diagnostic(.badName, "x", at: range("X", in: source))], [source]).split(separator: "\n")
    #expect(lines[2] == " 1 │ \(shown)")
    #expect(lines[3] == "   │ \(String(repeating: " ", count: column))^")
  }

  @Test func aLongLineIsShownAroundItsMark() {
    let source = String(repeating: "a", count: 5_000) + " HERE " + String(repeating: "b", count: 5_000)
    let lines = render([Diagnostic(.badName, "x", at: range("HERE", in: source), "here")], [source]).split(
      separator: "\n")
    #expect(lines[1] == "   ╭─ shop.droid:1:5002")
    #expect(lines[2].hasPrefix(" 1 │ …aaa") && lines[2].hasSuffix("bbb…") && lines[2].count < 110)
    let line = Array(lines[2])
    let carets = Array(lines[3])
    #expect(line[carets.firstIndex(of: "^") ?? 0] == "H")
    #expect(String(lines[3].drop { $0 != "^" }) == "^^^^ here")
  }

  @Test func rangesThatAreEmptyManyLinesOrBehindTheEnd() {
    let source = "ab {\r\n  c\r\n"
    let places = [
      SourceRange(file, 3, 10), SourceRange(file, 4, 4), SourceRange(file, 11, 11), SourceRange(file, 12, 12),
    ]
    let lines = places.map { render([Diagnostic(.badName, "x", at: $0)], [source]).split(separator: "\n") }
    #expect(lines[0][3] == "   │    ^")
    #expect(lines[1][3] == "   │     ^")
    #expect(lines[3][1] == "   ╭─ shop.droid:3:1" && lines[3][3] == "   │ ^")
  }

  @Test func aByteOrderMarkIsNoColumn() {
    let lines = render([Diagnostic(.badName, "x", at: range("X", in: "\u{FEFF}X"))], ["\u{FEFF}X"]).split(
      separator: "\n")
    #expect(lines[1] == "   ╭─ shop.droid:1:1" && lines[2] == " 1 │ X" && lines[3] == "   │ ^")
  }

  @Test func manyFindingsEndWithACount() {
    let found = Array(repeating: Diagnostic(.badName, "x", at: SourceRange(file, 0, 1)), count: 60)
    #expect(render(found, ["a"]).hasSuffix("and 10 more (`--format json` lists all)\n60 errors in shop.droid\n"))
  }

  @Test func colourOnlyWhereItIsWanted() {
    let findings = Findings([Diagnostic(.badName, "x", at: SourceRange(file, 0, 1))]) {
      SourceText(file: $0, path: "a", text: "b")
    }
    let colored = String(decoding: HumanRenderer.render(findings, paint: Paint(isColored: true)), as: UTF8.self)
    #expect(colored.contains("\u{1B}[1;31merror[bad-name]\u{1B}[0m"))
    #expect(!String(decoding: HumanRenderer.render(findings, paint: .none), as: UTF8.self).contains("\u{1B}"))
  }
}

@Suite struct MachineRendererTests {
  private func findings(_ path: String) -> Findings {
    let place = SourceRange(file, 4, 6)
    return Findings([
      Diagnostic(
        .badName, "100% `a`:\nb, c", at: place, "label", notes: [Label(place, "note")], help: "help",
        fixes: [Fix("write `x`", replacing: place, with: "x")])
    ]) { SourceText(file: $0, path: path, text: "é\n\nab") }
  }

  @Test func gitHubEscapes() {
    let text = String(decoding: GitHubRenderer.render(findings("a,b:c.droid")), as: UTF8.self)
    #expect(
      text == "::error file=a%2Cb%3Ac.droid,line=3,col=1,endLine=3,endColumn=3,title=bad-name::"
        + "100%25 `a`:%0Ab, c%0Alabel%0Ahelp: help%0Afix: write `x`\n")
  }

  @Test func jsonHasOffsetsLinesAndColumns() throws {
    let value = try JSONReader.read(JSONRenderer.render(findings("a.droid")))
    let start = value[0]?["primary"]?["range"]?["start"]
    #expect(start == ["offset": 4, "line": 3, "column": 1])
    #expect(value[0]?["fixes"]?[0]?["edits"]?[0]?["replacement"]?.string == "x")
    #expect(try JSONReader.read(JSONRenderer.render(Findings([]) { _ in nil })) == [])
  }

  @Test(arguments: [
    ("a b.droid", "a%20b.droid"), ("/tmp/é.droid", "file:///tmp/%C3%A9.droid"),
    ("<standard input>", "%3Cstandard%20input%3E"),
    ("../x/y-z_1.droid", "../x/y-z_1.droid"),
  ])
  func sarifAddressesArePercentEncoded(path: String, uri: String) { #expect(SARIFRenderer.uri(path) == uri) }
}

@Suite struct InvocationTests {
  private func parse(_ words: String...) throws -> Invocation { try Invocation.parse(words, Command.all) }

  private func failure(_ words: String...) -> UsageError? {
    do {
      _ = try Invocation.parse(words, Command.all)
      return nil
    } catch {
      return error
    }
  }

  @Test func optionsInEverySpelling() throws {
    for words in [["-o", "x"], ["-ox"], ["--output", "x"], ["--output=x"]] {
      let invocation = try Invocation.parse(["build"] + words + ["shop", "--check"], Command.all)
      #expect(invocation.value("output") == "x" && invocation.operands == ["shop"] && invocation.has("check"))
    }
    #expect(
      try parse("build", "--target", "kubernetes", "--target=openapi").values("target") == ["kubernetes", "openapi"])
    #expect(try parse("check", "-", "--", "--stats").operands == ["-", "--stats"])
    #expect(try parse("new", "--help").wantsHelp)
  }

  @Test func whatIsWrongGetsASuggestion() {
    #expect(failure("biuld")?.help == "did you mean `droid build`?")
    #expect(failure("build", "--forse")?.help == "did you mean `--force`?")
    #expect(failure("build", "--target", "kubernets")?.help == "did you mean `kubernetes`?")
    #expect(failure("build", "--target")?.message == "`--target` needs a value")
    #expect(failure("build", "-o", "--check")?.message == "`--output` needs a value")
    #expect(failure("build", "a", "b")?.message == "`droid build` takes 1 argument, and `b` is one more")
    #expect(failure("build", "--check=yes")?.message == "`--check` takes no value")
    #expect(failure("build", "-o", "a", "-o", "b")?.message == "`--output` is given twice")
    #expect(failure("version", "x")?.message == "`droid version` takes no argument, and `x` is one")
    #expect(failure("new")?.message == "`droid new` needs NAME")
    #expect(failure("--check")?.message == "`--check` stands before the command")
    #expect(failure("zzzz")?.help == "`droid help` lists the commands")
  }
}
