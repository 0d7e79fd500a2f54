import DroidBackends
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// `droid up`: a system on this machine, until it is told to stop.
enum UpCommand {
  static let command = Command(
    name: "up",
    summary: "build the system and run it on this machine",
    operands: .init(usage: "[PATH]", sort: .path, count: 0...1),
    options: [
      Command.Option(
        name: "output", letter: "o", value: "OUT",
        summary: "the folder to build into (default: `out` beside the droidfile)"),
      Command.Option(
        name: "only", value: "NAME", mayRepeat: true, summary: "only this service, and the stores it uses"),
      Command.Option(name: "environment", value: "NAME", summary: "the system as this environment has it"),
    ],
    details: """
      Each service is prepared once (a virtual environment, `npm install` and `tsc`, `go build`) and started with its ports,
      addresses and stores; PostgreSQL, Redis and NATS are started where this machine has them, else what they would hold is kept
      in memory. A variable of this shell wins: `ORDERS_URL=… droid up --only web`. Ctrl-C stops everything.
      """,
    run: run)

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    let progress = Progress(console)
    defer { progress.finish() }
    let unit = try CheckedUnit(Location(argument: invocation.operands.first ?? "."), progress: progress)
    if !unit.diagnostics.isEmpty {
      progress.finish()
      ReportFormat.human.show(Findings(unit.diagnostics, texts: unit.text), console)
    }
    if unit.diagnostics.hasErrors { return .errors }
    guard let base = unit.system else {
      throw UsageError("this is a library: there is nothing to run", help: "run a system that imports it")
    }
    let environments = try BuildCommand.chosenEnvironments(invocation.values("environment"), unit.result)
    let system = invocation.has("environment") ? environments.first ?? base : base

    let folder = BuildCommand.outputFolder(invocation, unit)
    try BuildCommand.refuseSources(folder, unit)
    progress.enter("generating \(system.name)")
    let generation = Generation(
      of: base, in: unit.result.environments, targets: Target.allCases)
    do throws(OutputFailure) {
      let report = try folder.update(generation.drafts)
      if !report.kept.isEmpty {
        console.complain(
          "\(counted(report.kept.count, "generated file")) was edited by hand, and runs as it is", help: nil)
      }
    } catch {
      throw UsageError(error.message, help: error.help)
    }

    let plan = LocalPlan(
      system, only: try wanted(invocation.values("only"), system), isFree: LocalNetwork.isFree,
      variable: Console.environment)
    guard !plan.services.isEmpty else {
      throw UsageError(
        "there is no service to run", help: "a component of the kind Service, Gateway, Worker or Model runs here")
    }
    let programs: [Supervisor.Program]
    let display: UpDisplay
    do throws(RunFailure) {
      var notes = plan.absent.map { "\($0) does not run here" }
      programs = try stores(plan, folder, &notes) + services(plan, folder, notes: &notes, progress)
      progress.finish()
      for note in notes { console.print(note) }
      console.flush()
      display = UpDisplay(programs.map(\.name), addresses: addresses(plan, programs), console)
      var supervisor = try Supervisor(programs, show: display.show)
      supervisor.run()
    } catch {
      progress.finish()
      throw UsageError(error.message, help: error.help)
    }
    display.finish()
    return .success
  }

  private static func wanted(_ names: [String], _ system: System) throws(UsageError) -> Set<String> {
    let kinds: [PrimitiveKind] = [.service, .gateway, .worker, .model]
    let known = system.components.filter { kinds.contains($0.kind) }.map(\.name)
    for name in names where !known.contains(name) {
      let nearest = Suggestion.nearest(to: name, among: known)
      throw UsageError(
        "no service is called `\(name)`",
        help: nearest.map { "did you mean `\($0)`?" } ?? "there is \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
    return Set(names)
  }

  private static func stores(
    _ plan: LocalPlan, _ folder: OutputFolder, _ notes: inout [String]
  ) throws(RunFailure) -> [Supervisor.Program] {
    var programs: [Supervisor.Program] = []
    let place = (Disk.realPath(folder.path) ?? folder.path) + "/.up"
    for store in plan.stores {
      guard let server = try StoreServer(store, in: "\(place)/\(store.name)") else {
        notes.append(
          "\(store.name): there is no \(store.kind.rawValue) on this machine, so what it would hold is kept in memory")
        continue
      }
      programs.append(
        Supervisor.Program(
          name: store.name, path: server.program, arguments: server.arguments, folder: "/",
          environment: Programs.environment, health: .connection(port: store.port)))
    }
    return programs
  }

  private static func services(
    _ plan: LocalPlan, _ folder: OutputFolder, notes: inout [String], _ progress: Progress
  ) throws(RunFailure) -> [Supervisor.Program] {
    var programs: [Supervisor.Program] = []
    for service in plan.services {
      progress.enter("preparing \(service.name)")
      let preparation = try Preparation(service, in: folder.path)
      try preparation.run()
      var environment = Programs.environment
      for (name, value) in service.environment { environment[name] = value }
      programs.append(
        Supervisor.Program(
          name: service.name, path: preparation.program, arguments: preparation.arguments,
          folder: folder.path + "/" + service.folder, environment: environment, health: .readiness(port: service.admin))
      )
    }
    return programs
  }

  /// What a person opens, by the names of programs.
  private static func addresses(_ plan: LocalPlan, _ programs: [Supervisor.Program]) -> [String] {
    programs.map { program in
      if let service = plan.services.first(where: { $0.name == program.name }) {
        return service.listeners.map { "http://localhost:\($0.number)" }.joined(separator: " ")
      }
      return plan.stores.first { $0.name == program.name }?.url ?? ""
    }
  }
}
