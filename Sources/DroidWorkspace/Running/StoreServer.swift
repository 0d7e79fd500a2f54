import DroidBackends

/// How a store runs on this machine: its program, and a folder of its own that keeps what it holds.
package struct StoreServer: Sendable {
  package let program: String
  package let arguments: [String]

  /// None if the machine has no such program: then services keep what they have in memory.
  ///
  /// - Parameter folder: Where it may keep things; made if it is missing.
  package init?(_ store: LocalStore, in folder: String) throws(RunFailure) {
    do throws(FileFailure) {
      switch store.kind {
      case .postgres:
        guard let found = try Self.postgres(store, in: folder) else { return nil }
        (program, arguments) = found
      case .redis:
        guard let redis = Programs.find("redis-server", "valkey-server") else { return nil }
        try Disk.makeFolder(folder)
        program = redis
        arguments = [
          "--port", String(store.port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--loglevel",
          "warning",
        ]
      case .nats:
        guard let nats = Programs.find("nats-server") else { return nil }
        try Disk.makeFolder(folder)
        program = nats
        arguments = ["-js", "-sd", folder, "-a", "127.0.0.1", "-p", String(store.port)]
      }
    } catch {
      throw RunFailure(error.message)
    }
  }

  /// PostgreSQL does not run as root; there it runs as `nobody`, in a folder that `nobody` can reach.
  private static func postgres(_ store: LocalStore, in folder: String) throws(FileFailure) -> (String, [String])? {
    let packaged = ((try? Disk.names(in: "/usr/lib/postgresql")) ?? []).reversed()
      .map { "/usr/lib/postgresql/\($0)/bin" }
    guard let initialise = Programs.find("initdb", alsoIn: packaged),
      let server = Programs.find("postgres", alsoIn: packaged)
    else { return nil }
    var prefix: [String] = []
    var folder = folder
    if Programs.isRoot {
      guard let runner = Programs.find("setpriv") else { return nil }
      prefix = [runner, "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
      folder = "/tmp/droid-up-\(store.name)-\(Digest(of: Array(folder.utf8)).hexadecimal.prefix(12))"
    }
    try Disk.makeFolder(folder)
    if Programs.isRoot, let own = Programs.find("chown") { _ = try Programs.run(own, ["nobody", folder]) }
    let data = folder + "/data"
    if try Disk.status(data + "/PG_VERSION") == nil {
      let command = prefix + [initialise, "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C"]
      let (ending, output) = try Programs.run(command[0], Array(command.dropFirst()))
      guard ending.isGood else { throw FileFailure("start", "PostgreSQL", reason: output) }
    }
    let command =
      prefix + [
        server, "-D", data, "-p", String(store.port), "-c", "listen_addresses=127.0.0.1", "-c",
        "unix_socket_directories=", "-c", "log_min_messages=fatal", "-c", "log_startup_progress_interval=0",
      ]
    return (command[0], Array(command.dropFirst()))
  }
}
