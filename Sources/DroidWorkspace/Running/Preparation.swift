import DroidBackends

/// Why something cannot run on this machine, in one sentence, and what to do about it.
package struct RunFailure: Error, Sendable {
  package let message: String
  package let help: String?
  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

/// What has to be done before a service can start: once, and again when its project file has changed.
package struct Preparation: Sendable {
  /// What starts it, and with what.
  package let program: String
  package let arguments: [String]
  private let steps: [Step]
  /// The file that says what it needs, and the place where it is remembered what was prepared for.
  private let project: String
  private let memory: String
  private let folder: String
  /// Compilers know themselves what has changed.
  private let isAlwaysDone: Bool

  private struct Step: Sendable {
    let program: String
    let arguments: [String]
  }

  /// - Parameter root: The output folder.
  package init(_ service: LocalService, in root: String) throws(RunFailure) {
    let folder = (Disk.realPath(root) ?? root) + "/" + service.folder
    self.folder = folder
    func need(_ names: [String], _ found: String?) throws(RunFailure) -> String {
      if let found { return found }
      throw RunFailure(
        "`\(service.name)` is written in \(service.language), and there is no `\(names[0])` on this machine",
        help: "install it, or leave the service out: `droid up --only …`")
    }
    switch service.language {
    case "python":
      project = "\(folder)/pyproject.toml"
      memory = "\(folder)/.venv/.droid-prepared"
      isAlwaysDone = false
      program = "\(folder)/.venv/bin/python"
      arguments = ["-m", Self.pythonPackage(folder)]
      if let uv = Programs.find("uv") {
        steps = [
          Step(program: uv, arguments: ["venv", "--quiet", "--allow-existing", ".venv"]),
          Step(
            program: uv, arguments: ["pip", "install", "--quiet", "--python", ".venv/bin/python", "--editable", "."]),
        ]
      } else {
        let python = try need(["python3"], Programs.find("python3", "python"))
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", "."]
        steps = [
          Step(program: python, arguments: ["-m", "venv", ".venv"]),
          Step(program: "\(folder)/.venv/bin/python", arguments: pip),
        ]
      }
    case "typescript":
      project = "\(folder)/package.json"
      memory = "\(folder)/dist/.droid-prepared"
      isAlwaysDone = true
      program = try need(["node"], Programs.find("node", "nodejs"))
      arguments = ["--enable-source-maps", "dist/gen/main.js"]
      if let modules = Self.modules(above: folder) {
        // They are there already, for this service or for all of a folder above.
        steps = [Step(program: program, arguments: ["\(modules)/typescript/bin/tsc", "--project", "tsconfig.json"])]
      } else {
        let npm = try need(["npm"], Programs.find("npm"))
        steps = [
          Step(program: npm, arguments: ["install", "--no-audit", "--no-fund", "--loglevel=error"]),
          Step(program: npm, arguments: ["run", "build"]),
        ]
      }
    default:
      project = "\(folder)/go.mod"
      memory = "\(folder)/.droid-prepared"
      isAlwaysDone = true
      program = "\(folder)/bin/\(service.name)"
      arguments = []
      let go = try need(["go"], Programs.find("go", alsoIn: ["/usr/local/go/bin"]))
      steps = [Step(program: go, arguments: ["build", "-o", "bin/\(service.name)", "."])]
    }
  }

  /// Does what is due.
  package func run() throws(RunFailure) {
    do throws(FileFailure) {
      let wanted = try Disk.contents(of: project)
      if !isAlwaysDone, (try? Disk.contents(of: memory)) == wanted { return }
      for step in steps {
        let (ending, output) = try Programs.run(step.program, step.arguments, in: folder)
        guard ending.isGood else {
          let command = ([step.program.split(separator: "/").last.map(String.init) ?? step.program] + step.arguments)
            .joined(separator: " ")
          let lines = output.split(separator: "\n").suffix(20).map { "  " + $0 }.joined(separator: "\n")
          throw FileFailure("prepare", folder, reason: "`\(command)` \(ending)\n\(lines)")
        }
      }
      if !isAlwaysDone { try Disk.store(wanted, at: memory) }
    } catch {
      throw RunFailure(error.message)
    }
  }

  /// The generated package is the only one in `gen/`.
  private static func pythonPackage(_ folder: String) -> String {
    (try? Disk.names(in: folder + "/gen"))?.first { !$0.hasPrefix(".") && !$0.hasSuffix(".egg-info") } ?? ""
  }

  /// The nearest `node_modules` that has what our services need.
  private static func modules(above folder: String) -> String? {
    var place: String? = folder
    while let current = place {
      let modules = current + "/node_modules"
      if (try? Disk.status(modules + "/express"))??.kind == .folder { return modules }
      place = current == "/" ? nil : Disk.parent(of: current)
    }
    return nil
  }
}
