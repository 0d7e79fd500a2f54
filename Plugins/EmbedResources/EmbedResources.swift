import Foundation
import PackagePlugin

/// Embeds folders of real files (the stdlib, the pages of errors, the support files of generated services) as constants.
@main
struct EmbedResources: BuildToolPlugin {
  /// What each target embeds: the name of the constant and the folder, from the package's root.
  private static let folders: [String: [(constant: String, folder: String)]] = [
    "DroidSemantics": [("stdlib", "stdlib"), ("errorPages", "grammar/errors")],
    "DroidBackends": [
      ("fastAPISupport", "Sources/DroidBackends/FastAPI/Support"),
      ("expressSupport", "Sources/DroidBackends/Express/Support"), ("goSupport", "Sources/DroidBackends/Go/Support"),
    ],
  ]

  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let root = context.package.directoryURL
    return try (Self.folders[target.name] ?? []).map { constant, folder in
      let directory = root.appending(path: folder, directoryHint: .isDirectory)
      let output = context.pluginWorkDirectoryURL.appending(path: "Embedded-\(constant).swift")
      return .buildCommand(
        displayName: "Embedding \(folder)",
        executable: try context.tool(named: "droid-embed").url,
        arguments: [constant, directory.path(percentEncoded: false), output.path(percentEncoded: false)],
        inputFiles: files(below: directory),
        outputFiles: [output])
    }
  }

  private func files(below directory: URL) -> [URL] {
    let found = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.isRegularFileKey])
    return (found?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
  }
}
