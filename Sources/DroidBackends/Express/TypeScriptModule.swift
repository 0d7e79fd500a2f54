import DroidJSON
import DroidSemantics

/// A module that is being written: what it imports is known when its body is.
struct TypeScriptModule: ~Copyable {
  private let header: String
  private let doc: String
  /// Names by the module they come from; `type X` for what is a type alone.
  private var imports: [String: Set<String>] = [:]
  private(set) var body = ByteWriter(capacity: 4096)

  init(_ header: String, _ doc: String) {
    self.header = header
    self.doc = doc
  }

  /// `import { name } from "module";`
  mutating func use(_ module: String, _ names: String...) { imports[module, default: []].formUnion(names) }

  /// `import { type Name } from "module";`
  mutating func use(type names: String..., from module: String) {
    imports[module, default: []].formUnion(names.map { "type " + $0 })
  }

  mutating func line(_ text: String = "", depth: Int = 0) {
    if !text.isEmpty { body.indent(depth) }
    body.write(text)
    body.newline()
  }

  mutating func code(_ code: TypeScriptCode, depth: Int = 0, suffix: String = ";") {
    body.indent(depth)
    code.write(to: &body, depth: depth, column: depth * 2, suffix: suffix)
    body.newline()
  }

  mutating func write(_ more: borrowing ByteWriter) { body.write(more) }

  /// A doc comment; `tags` stand below it, each on a line: `@deprecated use x`.
  mutating func comment(_ text: String?, tags: [String] = [], depth: Int = 0) {
    let lines = Self.lines(of: text ?? "") + tags.flatMap(Self.lines)
    if lines.isEmpty { return }
    if lines.count == 1 {
      line("/** \(lines[0]) */", depth: depth)
      return
    }
    line("/**", depth: depth)
    for each in lines { line(each.isEmpty ? " *" : " * " + each, depth: depth) }
    line(" */", depth: depth)
  }

  private static func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      var line = String(line).replacingAll("*/", with: "*\\/").replacingAll("\t", with: "  ")
      while line.last == " " || line.last == "\r" { line.removeLast() }
      return line
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    return lines
  }

  func bytes() -> [UInt8] {
    var module = TypeScriptModule("", "")
    if !header.isEmpty { module.line(header) }
    if !doc.isEmpty { module.comment(doc) }
    var last: Int?
    for name in imports.keys.sorted(by: { (Self.section($0), $0) < (Self.section($1), $1) }) {
      let section = Self.section(name)
      if last != section { module.line() }
      last = section
      module.code(Self.statement(name, imports[name] ?? []))
    }
    module.body.write(body)
    return module.body.bytes
  }

  /// The runtime's modules, then packages, then ours, the farthest first.
  private static func section(_ module: String) -> Int {
    if module.hasPrefix("node:") { return 0 }
    return module.hasPrefix(".") ? 2 : 1
  }

  private static func statement(_ module: String, _ names: Set<String>) -> TypeScriptCode {
    // A value that is a type too is imported once.
    let wanted = names.filter { !$0.hasPrefix("type ") || !names.contains(String($0.dropFirst(5))) }
    let suffix = " from \(TypeScriptLiteral.string(module))"
    if let name = wanted.first, wanted.count == 1, name.hasPrefix("default ") {
      return .text("import \(name.dropFirst(8))\(suffix)")
    }
    let sorted = wanted.map { (name: $0.hasPrefix("type ") ? String($0.dropFirst(5)) : $0, entry: $0) }
      .sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
    let areTypes = wanted.allSatisfy { $0.hasPrefix("type ") }
    return .group(
      areTypes ? "import type " : "import ", .curly, sorted.map { .text(areTypes ? $0.name : $0.entry) }, suffix)
  }
}
