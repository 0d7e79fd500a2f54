import DroidSemantics
import DroidSyntax
import Foundation

var trees: [SyntaxTree] = []
var lib: [SyntaxTree] = []
for (i, p) in CommandLine.arguments.dropFirst().enumerated() {
  let t = Parser.parse(SourceText(file: FileID(i), path: p, bytes: Array(FileManager.default.contents(atPath: p)!)))
  if p.contains("kinds/") { lib.append(t) } else { trees.append(t) }
}
var units = [UnitInput(folder: "", trees: trees, imports: ["./kinds": 1])]
if !lib.isEmpty { units.append(UnitInput(folder: "kinds", trees: lib)) }
let r = Checker.check(CheckInput(units: units))
for d in r.diagnostics {
  let s = (trees + lib).map(\.source).first { $0.file == d.primary.range.file }
  let line = s.map { $0.bytes[0..<Int(d.primary.range.start)].filter { $0 == 10 }.count + 1 } ?? 0
  print("\(s?.path ?? "std"):\(line): [\(d.code.rawValue)] \(d.message) | \(d.primary.text) | \(s?.string(d.primary.range) ?? "") | \(d.help ?? "") | \(d.fixes.map(\.title)) \(d.notes.map(\.text))")
}
if let b = r.base { print("ok", b.components.map { "\($0.name):\($0.kind.rawValue)[\($0.ports.map(\.name).joined(separator: ","))]" }, b.connections.map(\.name), r.environments.map { $0.environment ?? "" }) }
