import DroidJSON
import DroidSemantics
import DroidSyntax
import DroidWorkspace

/// From a component to what was built of it: the user's code, where it has some, then its manifest.
enum Implementation {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file),
      let declaration = place.snapshot.declaration(of: use.declaration), declaration.kind == .component,
      let folder = place.snapshot.sources.input.units.first?.folder
    else { return [] }
    let start: JSONValue = ["line": 0, "character": 0]
    return .array(
      files(of: place.snapshot.string(use.declaration), in: OutputFolder.beside(folder).path).map { path in
        ["uri": .string(FileURI.uri(path)), "range": ["start": start, "end": start]]
      })
  }

  /// What is there of a component below an output folder.
  private static func files(of name: String, in output: String) -> [String] {
    let source = PathText.join(output, "services/\(name)/src")
    let packages = names(in: source).map { PathText.join(source, $0) }
    let code = ([source] + packages).flatMap { folder in
      names(in: folder).filter { $0.hasPrefix("service.") }.map { PathText.join(folder, $0) }
    }
    let manifest = PathText.join(output, "kubernetes/base/\(name).yaml")
    let isBuilt = (try? Disk.status(manifest))?.kind == .file
    return code + (isBuilt ? [manifest] : [])
  }

  /// Nothing where there is no folder.
  private static func names(in folder: String) -> [String] {
    guard (try? Disk.status(folder))?.kind == .folder else { return [] }
    return (try? Disk.names(in: folder).sorted()) ?? []
  }
}
