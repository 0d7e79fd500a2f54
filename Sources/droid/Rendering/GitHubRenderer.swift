import DroidSyntax

/// Findings as workflow commands, which GitHub shows beside the changed lines of a pull request.
enum GitHubRenderer {
  static func render(_ findings: Findings) -> [UInt8] {
    var output = ""
    for diagnostic in findings.diagnostics {
      let range = diagnostic.primary.range
      let table = findings.table(range.file)
      let start = table.position(range.start)
      let end = table.position(range.end)
      let command = diagnostic.severity == .note ? "notice" : HumanRenderer.word(diagnostic.severity)
      let properties = [
        "file=" + escaped(table.text.path, isProperty: true), "line=\(start.line)", "col=\(start.column)",
        "endLine=\(end.line)", "endColumn=\(end.column)",
        "title=" + escaped(diagnostic.code.rawValue, isProperty: true),
      ]
      output += "::\(command) \(properties.joined(separator: ","))::\(escaped(text(diagnostic), isProperty: false))\n"
    }
    return Array(output.utf8)
  }

  /// The message, with what stands at the carets and what to do: there is no source to show it in.
  private static func text(_ diagnostic: Diagnostic) -> String {
    var lines = [diagnostic.message]
    if !diagnostic.primary.text.isEmpty { lines.append(diagnostic.primary.text) }
    if let help = diagnostic.help { lines.append("help: " + help) }
    lines += diagnostic.fixes.map { "fix: " + $0.title }
    return lines.joined(separator: "\n")
  }

  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
