import DroidSyntax
import DroidWorkspace

/// `droid fmt`: one style, no options.
enum FormatCommand {
  static let command = Command(
    name: "fmt",
    summary: "write droidfiles in the one style",
    operands: .init(usage: "[PATH…]", sort: .path, count: 0...Int.max),
    options: [Command.Option(name: "check", summary: "write nothing; name the files that would change, exit 3")],
    details: """
      PATH is a folder (its *.droid files), a file, or `-`: from standard input to standard output.
      Without one it is this folder. A file with errors of syntax is left as it is.
      """,
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    let isComparison = invocation.has("check")
    var status = ExitStatus.success
    var changed: [String] = []
    var broken: [SyntaxTree] = []
    var count = 0
    var nextFile = 0
    for path in invocation.operands.isEmpty ? ["."] : invocation.operands {
      let location = Location(argument: path)
      let trees: [SyntaxTree]
      do throws(ReadFailure) {
        trees = try SourceReader.readFiles(location, firstFile: nextFile, parse: Compiler.parse)
      } catch {
        throw UsageError(error.message, help: error.help)
      }
      nextFile += trees.count
      for tree in trees {
        count += 1
        guard !tree.diagnostics.hasErrors, let bytes = Compiler.format(tree) else {
          broken.append(tree)
          if location == .standardInput, !isComparison { console.write(tree.source.bytes) }
          continue
        }
        if location == .standardInput, !isComparison {
          console.write(bytes)
        } else if bytes != tree.source.bytes {
          changed.append(tree.source.path)
          if !isComparison { try replace(tree.source, with: bytes) }
        }
      }
    }
    if !changed.isEmpty, isComparison { status = .differences }
    for path in changed { console.print(isComparison ? "would change \(path)" : "changed \(path)") }
    if !broken.isEmpty {
      let texts = Dictionary(uniqueKeysWithValues: broken.map { ($0.source.file, $0.source) })
      ReportFormat.human.show(Findings(broken.flatMap(\.diagnostics)) { texts[$0] }, console)
      return .errors
    }
    return status
  }

  /// Writes through a link, and keeps the right to be run.
  private static func replace(_ source: SourceText, with bytes: [UInt8]) throws {
    do throws(FileFailure) {
      let place = Disk.realPath(source.path) ?? source.path
      let isExecutable = try Disk.status(place)?.isExecutable ?? false
      try Disk.store(bytes, at: place, isExecutable: isExecutable)
    } catch {
      throw UsageError(error.message)
    }
  }
}
