/// A command, as data: what the argument reader, the help and the shell completions know of it.
struct Command: Sendable {
  let name: String
  /// One line, for the list of commands.
  let summary: String
  let operands: Operands
  let options: [Option]
  /// What the help says below the options.
  var details: String = ""
  let run: @Sendable (Invocation, Console) throws -> ExitStatus

  /// What may stand on the line besides options.
  struct Operands: Sendable {
    enum Sort: Sendable { case nothing, path, code, name, command, shell }
    /// As the usage line shows it: `[PATH…]`.
    let usage: String
    let sort: Sort
    let count: ClosedRange<Int>

    static let none = Operands(usage: "", sort: .nothing, count: 0...0)
  }

  struct Option: Sendable {
    let name: String
    var letter: Character?
    /// What follows it, as the help shows it: `OUT`; none if nothing does.
    var value: String?
    /// All values there are; empty if it may be any.
    var choices: [String] = []
    var mayRepeat = false
    let summary: String

    /// `-o, --output OUT`.
    var spelling: String {
      let short = letter.map { "-\($0), " } ?? "    "
      return short + "--" + name + (value.map { " " + $0 } ?? "")
    }
  }

  static let help = Option(name: "help", letter: "h", summary: "show this")

  static let format = Option(
    name: "format", value: "FORMAT", choices: ReportFormat.allCases.map(\.rawValue),
    summary: "how findings are shown: human, json, sarif or github")

  /// In the order in which the help lists them.
  static let all: [Command] = [
    CheckCommand.command, BuildCommand.command, UpCommand.command, FormatCommand.command, ExplainCommand.command,
    NewCommand.command, LanguageServerCommand.command,
    CompletionsCommand.command, VersionCommand.command, HelpCommand.command,
  ]

  static func named(_ name: String) throws(UsageError) -> Command {
    if let command = all.first(where: { $0.name == name }) { return command }
    let nearest = Suggestion.nearest(to: name, among: all.map(\.name))
    throw UsageError(
      "there is no command `\(name)`",
      help: nearest.map { "did you mean `droid \($0)`?" } ?? "`droid help` lists the commands")
  }
}
