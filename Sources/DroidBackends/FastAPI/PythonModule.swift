import DroidJSON
import DroidSemantics

/// A module that is being written: what it imports is known when its body is.
struct PythonModule: ~Copyable {
  private let header: String
  private let doc: String
  private var imports: PythonImports
  private(set) var body = ByteWriter(capacity: 4096)

  /// - Parameter firstParty: The packages that are no library's.
  init(_ header: String, _ doc: String, firstParty: [String]) {
    self.header = header
    self.doc = doc
    imports = PythonImports(firstParty: firstParty)
  }

  /// `from module import name`
  mutating func use(_ module: String, _ names: String...) { for name in names { imports.add(name, from: module) } }

  /// `import module`
  mutating func use(module: String) { imports.add(module) }

  mutating func line(_ text: String = "", depth: Int = 0) {
    if !text.isEmpty { body.indent(2 * depth) }
    body.write(text)
    body.newline()
  }

  mutating func code(_ code: PythonCode, depth: Int = 0) {
    code.write(to: &body, depth: depth)
    body.newline()
  }

  /// Two lines of air, before each class and function.
  mutating func separate() { body.write("\n\n") }

  mutating func docstring(_ text: String, depth: Int) { Self.write(docstring: text, to: &body, depth: depth) }

  private static func write(docstring text: String, to writer: inout ByteWriter, depth: Int) {
    let isPlain = text.hasOnly { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
    if isPlain, text.utf8.last != 0x20, text.utf8.first != 0x20, !text.isEmpty {
      writer.indent(2 * depth)
      writer.write("\"\"\"")
      writer.write(text)
      writer.write("\"\"\"\n")
      return
    }
    for (index, line) in docstring(text).enumerated() {
      // The lines of a text keep their own indentation, which is measured from ours.
      if index == 0 || !line.isEmpty { writer.indent(2 * depth) }
      writer.write(line)
      writer.newline()
    }
  }

  private static func docstring(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      var line = String(line).replacingAll("\\", with: "\\\\").replacingAll("\"\"\"", with: "\\\"\\\"\\\"")
        .replacingAll("\t", with: "    ")
      while line.last == " " { line.removeLast() }
      return line
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    guard var first = lines.first else { return ["\"\"\"\"\"\""] }
    while first.first == " " { first.removeFirst() }
    if first.hasPrefix("\"") { first = " " + first }
    lines[0] = "\"\"\"" + first
    if lines.count == 1 {
      lines[0] += (lines[0].hasSuffix("\"") ? " " : "") + "\"\"\""
    } else {
      lines.append("\"\"\"")
    }
    return lines
  }

  func bytes() -> [UInt8] {
    var writer = ByteWriter(capacity: body.count + 1024)
    writer.write(header)
    writer.newline()
    Self.write(docstring: doc, to: &writer, depth: 0)
    if !imports.isEmpty { writer.newline() }
    imports.write(to: &writer)
    writer.write(body)
    return writer.bytes
  }
}
