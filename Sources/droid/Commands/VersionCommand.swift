/// `droid version`.
enum VersionCommand {
  static let command = Command(
    name: "version", summary: "print the version", operands: .none, options: [],
    run: { _, console in
      console.print("droid \(Version.number) (language edition \(Version.edition))")
      return .success
    })
}
