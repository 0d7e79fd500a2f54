// droid-embed CONSTANT FOLDER OUTPUT: writes a Swift file that holds every file below FOLDER as a string literal.
// Used by the build alone, through the EmbedResources plugin.
import Foundation

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
  FileHandle.standardError.write(Data("usage: droid-embed CONSTANT FOLDER OUTPUT\n".utf8))
  exit(2)
}
let folder = URL(fileURLWithPath: arguments[2], isDirectory: true).standardizedFileURL
let prefix = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
let files = (found?.compactMap { $0 as? URL } ?? [])
  .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
  .map { $0.standardizedFileURL.path }
  .filter { !$0.contains("/__pycache__/") && !$0.contains("/.") && !$0.hasSuffix("_test.go") }
  .sorted()

var text = """
  // Written by droid-embed at build time.

  /// The files below `\(folder.lastPathComponent)`, by their path in it, sorted by path.
  package enum \(arguments[1].prefix(1).uppercased() + arguments[1].dropFirst())Files {
    package static let all: [(path: StaticString, text: StaticString)] = [

  """
for file in files {
  let content = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
  var fence = "###"
  while content.contains("\"\"\"" + fence) { fence += "#" }
  let path = String(file.dropFirst(prefix.count))
  text += "    (\n\"\(path)\", \(fence)\"\"\"\n\(content)\n\"\"\"\(fence)),\n"
}
text += "  ]\n}\n"
try text.write(toFile: arguments[3], atomically: true, encoding: .utf8)
