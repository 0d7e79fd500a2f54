import DroidSemantics
import DroidSyntax

/// `droid explain`: the page behind a code.
enum ExplainCommand {
  static let command = Command(
    name: "explain",
    summary: "explain an error, with a wrong and a right example",
    operands: .init(usage: "[CODE]", sort: .code, count: 0...1),
    options: [],
    details: "CODE is what stands in the brackets of `error[…]`. Without one, all codes are listed.",
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    guard let word = invocation.operands.first else {
      list(console)
      return .success
    }
    // What is copied from a terminal may bring its brackets along.
    let code = word.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    let name = code.isEmpty ? word.lowercased() : String(code)
    guard DiagnosticCode(rawValue: name) != nil else {
      let nearest = Suggestion.nearest(to: name, among: DiagnosticCode.allCases.map(\.rawValue))
      throw UsageError(
        "there is no code `\(name)`",
        help: nearest.map { "did you mean `droid explain \($0)`?" } ?? "`droid explain` lists them all")
    }
    guard let page = ExplainPage.page(name) else { throw UsageError("`\(name)` has no page yet") }
    console.print(page.rendered(console.outputPaint))
    return .success
  }

  private static func list(_ console: Console) {
    let codes = DiagnosticCode.allCases.map(\.rawValue).sorted()
    let width = codes.map(\.count).max() ?? 0
    for code in codes {
      let padding = String(repeating: " ", count: width - code.count)
      console.print(console.outputPaint.bold(code) + padding + "  " + (ExplainPage.page(code)?.title ?? ""))
    }
  }
}

/// A page of `grammar/errors`.
struct ExplainPage {
  let code: String
  let markdown: String

  static func page(_ code: String) -> ExplainPage? {
    let path = code + ".md"
    guard let entry = ErrorPagesFiles.all.first(where: { $0.path.description == path }) else { return nil }
    return ExplainPage(code: code, markdown: entry.text.description)
  }

  /// The text of its first heading.
  var title: String {
    let first = markdown.split(separator: "\n").first { $0.hasPrefix("# ") } ?? ""
    return String(first.dropFirst(2))
  }

  var plainText: String { rendered(.none) }

  /// For a terminal: headings and code stand out, the marks of Markdown are gone.
  func rendered(_ paint: Paint) -> String {
    var lines: [String] = []
    var isCode = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode.toggle()
      } else if isCode {
        lines.append(line.isEmpty ? "" : "    " + paint.quiet(String(line)))
      } else if line.hasPrefix("#") {
        let heading = String(line.drop { $0 == "#" }.dropFirst())
        let isTitle = line.hasPrefix("# ") && heading != code
        lines.append(paint.bold(isTitle ? "\(code): \(heading)" : heading))
      } else if line.hasPrefix("    ") {
        lines.append(paint.quiet(String(line)))
      } else {
        lines += wrapped(line).map { inline($0, paint) }
      }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// A paragraph in lines that fit a terminal; an example in backquotes is not torn apart.
  private func wrapped(_ paragraph: Substring) -> [String] {
    var lines: [String] = []
    var line = ""
    var word = ""
    var isQuoted = false
    for character in paragraph + " " {
      if character == "`" { isQuoted.toggle() }
      guard character == " ", !isQuoted else {
        word.append(character)
        continue
      }
      if !line.isEmpty, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
      word = ""
    }
    if !word.isEmpty { line += (line.isEmpty ? "" : " ") + word.dropLast() }
    return lines + [line]
  }

  private static let width = 100

  /// Names in backquotes are coloured where there is colour; elsewhere they keep their backquotes.
  private func inline(_ line: String, _ paint: Paint) -> String {
    guard paint.isColored else { return line }
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return line }
    return parts.enumerated().map { $0 % 2 == 1 ? paint.quiet(String($1)) : String($1) }.joined()
  }
}
