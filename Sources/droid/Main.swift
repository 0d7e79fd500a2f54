/// The command line.
@main
enum Droid {
  static func main() {
    let console = Console()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let status = run(arguments, console)
    console.flush()
    console.exit(status)
  }

  static func run(_ arguments: [String], _ console: Console) -> ExitStatus {
    do {
      let invocation = try Invocation.parse(arguments, Command.all)
      if invocation.wantsHelp { return HelpCommand.show(invocation.command, console) }
      return try invocation.command.run(invocation, console)
    } catch let error as UsageError {
      console.complain(error.message, help: error.help)
      return .usage
    } catch {
      console.complain("\(error)", help: nil)
      return .usage
    }
  }
}

/// What a script can tell from the number that `droid` ends with.
enum ExitStatus: Int32 {
  case success = 0
  /// The droidfile has errors.
  case errors = 1
  /// Wrong usage: no such option, no such file, a disk that cannot be written.
  case usage = 2
  /// Generated files are out of date, or were edited.
  case differences = 3
}

/// Something that the person at the keyboard can mend by another command line.
struct UsageError: Error {
  let message: String
  let help: String?
  init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
