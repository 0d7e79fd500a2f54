import DroidSyntax

/// `droid completions`: scripts made from the table of commands, so that they cannot lie.
enum CompletionsCommand {
  static let command = Command(
    name: "completions",
    summary: "print the completions of a shell",
    operands: .init(usage: "bash|zsh|fish", sort: .shell, count: 1...1),
    options: [],
    details: """
      bash:  droid completions bash > ~/.local/share/bash-completion/completions/droid
      zsh:   droid completions zsh > "${fpath[1]}/_droid"
      fish:  droid completions fish > ~/.config/fish/completions/droid.fish
      """,
    run: run)

  static let shells = ["bash", "zsh", "fish"]

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    switch invocation.operands[0] {
    case "bash": console.print(BashCompletions.script)
    case "zsh": console.print(ZshCompletions.script)
    case "fish": console.print(FishCompletions.script)
    case let other:
      let nearest = Suggestion.nearest(to: other, among: shells)
      throw UsageError(
        "there are no completions for `\(other)`",
        help: nearest.map { "did you mean `\($0)`?" } ?? "there are for bash, zsh and fish")
    }
    return .success
  }

  /// The words that may stand as an operand; none if they are files or anything at all.
  static func words(_ sort: Command.Operands.Sort) -> [String] {
    switch sort {
    case .nothing, .path, .name: []
    case .code: DiagnosticCode.allCases.map(\.rawValue).sorted()
    case .command: Command.all.map(\.name)
    case .shell: shells
    }
  }

  static func spellings(_ option: Command.Option) -> [String] {
    (option.letter.map { ["-\($0)"] } ?? []) + ["--\(option.name)"]
  }
}

private enum BashCompletions {
  static var script: String {
    var values = ""
    var operands = ""
    for command in Command.all {
      for option in command.options where option.value != nil {
        let names = CompletionsCommand.spellings(option).map { "\(command.name):\($0)" }.joined(separator: " | ")
        let reply =
          option.choices.isEmpty
          ? "COMPREPLY=($(compgen -d -- \"$word\"))"
          : "COMPREPLY=($(compgen -W '\(option.choices.joined(separator: " "))' -- \"$word\"))"
        values += "    \(names)) \(reply); return ;;\n"
      }
      let flags = (command.options + [Command.help]).map { "--\($0.name)" }.joined(separator: " ")
      let words = CompletionsCommand.words(command.operands.sort)
      let others =
        command.operands.sort == .path
        ? "COMPREPLY=($(compgen -f -X '!*.droid' -- \"$word\") $(compgen -d -- \"$word\"))"
        : "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\"))"
      operands += """
            \(command.name))
              if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '\(flags)' -- "$word"))
              else \(others); fi ;;

        """
    }
    return """
      # Completions of droid for bash.
      _droid() {
        local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
        COMPREPLY=()
        if (( COMP_CWORD == 1 )); then
          COMPREPLY=($(compgen -W '\(Command.all.map(\.name).joined(separator: " ")) --help --version' -- "$word"))
          return
        fi
        case $command:$previous in
      \(values)  esac
        case $command in
      \(operands)  esac
      }
      complete -o filenames -F _droid droid
      """
  }
}

private enum ZshCompletions {
  static var script: String {
    var cases = ""
    for command in Command.all {
      var arguments = (command.options + [Command.help]).map { option in
        let value =
          option.value.map { placeholder in
            ":\(placeholder):" + (option.choices.isEmpty ? "_files -/" : "(\(option.choices.joined(separator: " ")))")
          } ?? ""
        let text = "[\(quoted(option.summary))]\(value)"
        return CompletionsCommand.spellings(option)
          .map { "'\(option.mayRepeat ? "*" : "")\($0)\(option.value != nil && $0.hasPrefix("--") ? "=" : "")\(text)'" }
          .joined(separator: " ")
      }
      let words = CompletionsCommand.words(command.operands.sort).joined(separator: " ")
      switch command.operands.sort {
      case .nothing, .name: break
      case .path: arguments.append("'*:path:_files -g \"*.droid(-.) *(-/)\"'")
      case .code, .command, .shell: arguments.append("'1:\(command.operands.sort):(\(words))'")
      }
      cases += "    \(command.name)) _arguments \(arguments.joined(separator: " ")) ;;\n"
    }
    let commands = Command.all.map { "    '\($0.name):\(quoted($0.summary))'" }.joined(separator: "\n")
    return """
      #compdef droid
      # Completions of droid for zsh.
      _droid() {
        local -a commands=(
      \(commands)
        )
        if (( CURRENT == 2 )); then
          _describe command commands
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
      \(cases)  esac
      }
      if [[ $funcstack[1] == _droid ]]; then _droid "$@"; else compdef _droid droid; fi
      """
  }

  private static func quoted(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "'": result += "'\\''"
      case ":", "[", "]": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }
}

private enum FishCompletions {
  static var script: String {
    var lines = ["# Completions of droid for fish.", "complete -c droid -f"]
    for command in Command.all {
      lines.append("complete -c droid -n __fish_use_subcommand -a \(command.name) -d '\(quoted(command.summary))'")
      let condition = "-n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.options + [Command.help] {
        var line = "complete -c droid \(condition) -l \(option.name)"
        if let letter = option.letter { line += " -s \(letter)" }
        if option.value != nil {
          line += option.choices.isEmpty ? " -r -F" : " -x -a '\(option.choices.joined(separator: " "))'"
        }
        lines.append(line + " -d '\(quoted(option.summary))'")
      }
      let words = CompletionsCommand.words(command.operands.sort)
      if command.operands.sort == .path { lines.append("complete -c droid \(condition) -F") }
      if !words.isEmpty { lines.append("complete -c droid \(condition) -a '\(words.joined(separator: " "))'") }
    }
    return lines.joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
  }
}
