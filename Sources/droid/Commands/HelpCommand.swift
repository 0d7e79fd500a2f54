/// `droid help`: what fits a screen, the commands that people use first.
enum HelpCommand {
  static let command = Command(
    name: "help", summary: "show how a command is used",
    operands: .init(usage: "[COMMAND]", sort: .command, count: 0...1), options: [],
    run: { invocation, console in
      guard let name = invocation.operands.first else { return show(nil, console) }
      return show(try Command.named(name), console)
    })

  /// The help of a command; without one, of all.
  static func show(_ command: Command?, _ console: Console) -> ExitStatus {
    if let command, command.name != "help" {
      showCommand(command, console)
    } else {
      showAll(console)
    }
    return .success
  }

  private static func showAll(_ console: Console) {
    let paint = console.outputPaint
    console.print(
      """
      droid compiles a droidfile, which describes a system of services, to services, manifests and alerts.

        \(paint.bold("droid check"))             say what is wrong with the droidfile of this folder
        \(paint.bold("droid build"))             generate everything into the folder `out`
        \(paint.bold("droid fmt"))               write the droidfile in the one style

      \(paint.bold("All commands"))
      """)
    for command in Command.all {
      let usage = command.name + (command.operands.usage.isEmpty ? "" : " " + command.operands.usage)
      console.print("  " + usage + String(repeating: " ", count: max(1, 34 - usage.count)) + command.summary)
    }
    console.print(
      """

      `droid help COMMAND` lists the options of one.
      Exit codes: 0 fine, 1 errors in the droidfile, 2 wrong usage, 3 generated files out of date or edited.
      """)
  }

  private static func showCommand(_ command: Command, _ console: Console) {
    let paint = console.outputPaint
    console.print("\(paint.bold(command.usage))\n\(sentence(command.summary))")
    let options = command.options + [Command.help]
    let width = (options.map(\.spelling.count).max() ?? 0) + 2
    console.print("")
    for option in options {
      let padding = String(repeating: " ", count: width - option.spelling.count)
      console.print("  " + option.spelling + padding + option.summary)
    }
    if !command.details.isEmpty { console.print("\n" + command.details) }
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
