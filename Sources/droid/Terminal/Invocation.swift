/// A command line that was understood.
struct Invocation {
  let command: Command
  private(set) var operands: [String] = []
  private(set) var wantsHelp = false
  private var values: [String: [String]] = [:]

  private init(_ command: Command) { self.command = command }

  /// Whether an option was given.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The values of an option, in their order.
  func values(_ option: String) -> [String] { values[option] ?? [] }

  /// The value of an option that is given once.
  func value(_ option: String) -> String? { values[option]?.last }

  /// The words of a command line, without the name of the program.
  static func parse(_ arguments: [String], _ commands: [Command]) throws(UsageError) -> Invocation {
    guard let first = arguments.first else { return help() }
    switch first {
    case "-h", "--help": return help()
    case "-V", "--version": return Invocation(VersionCommand.command)
    default: break
    }
    if first.hasPrefix("-"), first != "-" {
      throw UsageError("`\(first)` stands before the command", help: "write the command first: `droid check \(first)`")
    }
    var invocation = Invocation(try Command.named(first))
    try invocation.read(Array(arguments.dropFirst()))
    return invocation
  }

  private static func help() -> Invocation {
    Invocation(HelpCommand.command)
  }

  private mutating func read(_ words: [String]) throws(UsageError) {
    var index = 0
    var onlyOperands = false
    while index < words.count {
      let word = words[index]
      index += 1
      if onlyOperands || word == "-" || !word.hasPrefix("-") {
        operands.append(word)
      } else if word == "--" {
        onlyOperands = true
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        try take(option(named: String(parts[0])), parts.count > 1 ? String(parts[1]) : nil, words, &index)
      } else {
        try readLetters(word, words, &index)
      }
    }
    if wantsHelp { return }
    try checkOperands()
  }

  /// `-o OUT`, `-oOUT`, and letters without values in one word.
  private mutating func readLetters(_ word: String, _ words: [String], _ index: inout Int) throws(UsageError) {
    var rest = word.dropFirst()
    while let letter = rest.popFirst() {
      guard let option = allOptions.first(where: { $0.letter == letter }) else {
        throw UsageError("`droid \(command.name)` has no option `-\(letter)`", help: seeHelp)
      }
      let isLast = option.value != nil
      try take(option, isLast && !rest.isEmpty ? String(rest) : nil, words, &index)
      if isLast { return }
    }
  }

  private var allOptions: [Command.Option] { command.options + [Command.help] }

  private var seeHelp: String { "`droid help \(command.name)` lists its options" }

  private func option(named name: String) throws(UsageError) -> Command.Option {
    if let option = allOptions.first(where: { $0.name == name }) { return option }
    let nearest = Suggestion.nearest(to: name, among: allOptions.map(\.name))
    throw UsageError(
      "`droid \(command.name)` has no option `--\(name)`", help: nearest.map { "did you mean `--\($0)`?" } ?? seeHelp)
  }

  private mutating func take(
    _ option: Command.Option, _ attached: String?, _ words: [String], _ index: inout Int
  ) throws(UsageError) {
    if option.name == Command.help.name { wantsHelp = true }
    guard let placeholder = option.value else {
      if attached != nil { throw UsageError("`--\(option.name)` takes no value") }
      values[option.name] = []
      return
    }
    var value = attached
    if value == nil, index < words.count, words[index] == "-" || !words[index].hasPrefix("-") {
      value = words[index]
      index += 1
    }
    guard let value, !value.isEmpty else {
      throw UsageError("`--\(option.name)` needs a value", help: "write `--\(option.name) \(placeholder)`")
    }
    if !option.choices.isEmpty, !option.choices.contains(value) {
      let nearest = Suggestion.nearest(to: value, among: option.choices)
      throw UsageError(
        "`\(value)` is no value of `--\(option.name)`",
        help: nearest.map { "did you mean `\($0)`?" } ?? "it is one of \(option.choices.joined(separator: ", "))")
    }
    if !option.mayRepeat, values[option.name] != nil { throw UsageError("`--\(option.name)` is given twice") }
    values[option.name, default: []].append(value)
  }

  private func checkOperands() throws(UsageError) {
    let operandsSpec = command.operands
    if operands.count > operandsSpec.count.upperBound {
      let extra = operands[operandsSpec.count.upperBound]
      throw UsageError(
        operandsSpec.count.upperBound == 0
          ? "`droid \(command.name)` takes no argument, and `\(extra)` is one"
          : "`droid \(command.name)` takes \(counted(operandsSpec.count.upperBound, "argument")), and `\(extra)` is one more",
        help: "usage: \(command.usage)")
    }
    if operands.count < operandsSpec.count.lowerBound {
      throw UsageError("`droid \(command.name)` needs \(operandsSpec.usage)", help: "usage: \(command.usage)")
    }
    if let empty = operands.first(where: \.isEmpty) {
      throw UsageError("an argument is empty\(empty)", help: "usage: \(command.usage)")
    }
  }
}

extension Command {
  /// `droid build [PATH] [options]`.
  var usage: String {
    "droid \(name)" + (operands.usage.isEmpty ? "" : " " + operands.usage) + (options.isEmpty ? "" : " [options]")
  }
}
