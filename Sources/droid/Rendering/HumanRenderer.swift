import DroidSyntax

/// Findings for a person: the source, what is wrong in it, and what to do.
struct HumanRenderer {
  /// So many findings are shown; whoever has more begins with these.
  static let most = 50

  private let findings: Findings
  private let paint: Paint
  private var output = ""

  private init(_ findings: Findings, _ paint: Paint) {
    self.findings = findings
    self.paint = paint
  }

  static func render(_ findings: Findings, paint: Paint) -> [UInt8] {
    guard !findings.diagnostics.isEmpty else { return [] }
    var renderer = HumanRenderer(findings, paint)
    for diagnostic in findings.diagnostics.prefix(most) {
      renderer.render(diagnostic)
      renderer.output += "\n"
    }
    renderer.renderTally()
    return Array(renderer.output.utf8)
  }

  /// `2 errors, 1 warning in shop.droid`.
  private mutating func renderTally() {
    let hidden = findings.diagnostics.count - Self.most
    if hidden > 0 { output += paint.bold("and \(hidden) more") + " (`--format json` lists all)\n" }
    let files = Set(findings.diagnostics.map(\.primary.range.file))
    let place = files.count == 1 ? findings.path(files.first ?? FileID(0)) : counted(files.count, "file")
    output += "\(findings.tally) in \(VisibleText.line(place))\n"
  }

  private mutating func render(_ diagnostic: Diagnostic) {
    let word = Self.word(diagnostic.severity)
    output += paint.severity(diagnostic.severity, "\(word)[\(diagnostic.code.rawValue)]")
    output += paint.bold(": " + VisibleText.line(diagnostic.message)) + "\n"

    let excerpts = Excerpt.excerpts(of: diagnostic, in: findings)
    let largest = excerpts.flatMap(\.lines).map { $0.number }.max() ?? 1
    let gutter = Gutter(width: max(2, String(largest).count), paint: paint)
    for (index, excerpt) in excerpts.enumerated() {
      let table = findings.table(excerpt.file)
      let position = table.position(excerpt.start)
      let place = "\(VisibleText.line(table.text.path)):\(position.line):\(position.column)"
      output += gutter.corner(index == 0 ? "╭─" : "├─") + " \(place)\n"
      render(excerpt, gutter, diagnostic.severity)
    }
    renderAdvice(diagnostic, gutter)
  }

  private mutating func render(_ excerpt: Excerpt, _ gutter: Gutter, _ severity: Severity) {
    var previous = 0
    for line in excerpt.lines {
      if line.number < previous { output += gutter.empty + "\n" }
      previous = line.number
      let window = LineWindow(findings.table(excerpt.file), line)
      output += gutter.number(line.number) + " " + window.text + "\n"
      for mark in line.marks {
        let span = window.span(mark)
        let sign = String(repeating: mark.isPrimary ? "^" : "-", count: span.count)
        let words = mark.text.isEmpty ? sign : sign + " " + VisibleText.line(mark.text)
        output += gutter.empty + " " + String(repeating: " ", count: span.lowerBound)
        output += (mark.isPrimary ? paint.severity(severity, words) : paint.quiet(words)) + "\n"
      }
    }
  }

  private mutating func renderAdvice(_ diagnostic: Diagnostic, _ gutter: Gutter) {
    var advice: [(word: String, text: String)] = []
    if let help = diagnostic.help { advice.append(("help", help)) }
    advice += diagnostic.fixes.map { ("fix", $0.title) }
    if advice.isEmpty { output += gutter.corner("╵") + "\n" }
    for (index, item) in advice.enumerated() {
      let isLast = index == advice.count - 1
      let lines = item.text.split(separator: "\n", omittingEmptySubsequences: false).map {
        VisibleText.line(String($0))
      }
      output += gutter.corner(isLast ? "╰─" : "├─") + " " + paint.bold(item.word + ":") + " " + lines[0] + "\n"
      for line in lines.dropFirst() { output += gutter.corner(isLast ? " " : "│") + "    \(line)\n" }
    }
  }

  static func word(_ severity: Severity) -> String {
    switch severity {
    case .note: "note"
    case .warning: "warning"
    case .error: "error"
    }
  }
}

/// The margin with the numbers of lines.
private struct Gutter {
  let width: Int
  let paint: Paint

  func number(_ line: Int) -> String {
    let digits = String(line)
    return paint.quiet(String(repeating: " ", count: max(0, width - digits.count)) + digits + " │")
  }

  var empty: String { corner("│") }

  func corner(_ sign: String) -> String { paint.quiet(String(repeating: " ", count: width + 1) + sign) }
}
