import DroidJSON
import DroidSemantics

/// A Go file that is being written: what it imports is known when its body is. Laid out as gofmt does.
struct GoFile: ~Copyable {
  private let header: String
  private let package: String
  /// Above `package`, where one file of a package tells what it is for.
  private let doc: String?
  private let module: String
  private var imports: Set<String> = []
  private(set) var body = ByteWriter(capacity: 4096)

  init(_ header: String, package: String, module: String, doc: String? = nil) {
    self.header = header
    self.package = package
    self.module = module
    self.doc = doc
  }

  /// `time`, or a path of other modules; those of the service itself begin with `gen`.
  mutating func use(_ path: String) { imports.insert(path) }

  mutating func line(_ text: String = "", depth: Int = 0) {
    if !text.isEmpty { tab(depth) }
    body.write(text)
    body.newline()
  }

  /// Lines that are written as they stand in the printer, with tabs.
  mutating func lines(_ text: String) {
    body.write(text)
    body.newline()
  }

  mutating func comment(_ text: String, depth: Int = 0) {
    for line in Self.commentLines(text) { self.line(line, depth: depth) }
  }

  /// A function of one statement: on one line where gofmt leaves it there.
  mutating func function(_ header: String, _ statement: String, depth: Int = 0) {
    line(Self.function(header, statement, depth: depth), depth: depth)
  }

  /// Gofmt breaks what has more than 100 columns in its header and body.
  static func function(_ header: String, _ statement: String, depth: Int) -> String {
    if header.width + statement.width <= 100 { return "\(header) { \(statement) }" }
    let tabs = String(repeating: "\t", count: depth)
    return "\(header) {\n\(tabs)\t\(statement)\n\(tabs)}"
  }

  /// Rows whose cells stand below each other.
  mutating func rows(_ rows: [[String]], depth: Int) {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.dropLast().enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.width)
      }
    }
    for row in rows {
      var text = ""
      for (column, cell) in row.enumerated() {
        text += cell
        if column + 1 < row.count { text += String(repeating: " ", count: widths[column] + 1 - cell.width) }
      }
      line(text, depth: depth)
    }
  }

  /// The fields of a struct, or constants: a comment ends what stands below each other.
  mutating func fields(_ fields: [(cells: [String], doc: String?)]) {
    var run: [[String]] = []
    for (cells, doc) in fields {
      if let doc {
        rows(run, depth: 1)
        run = []
        comment(doc, depth: 1)
      }
      run.append(cells)
    }
    rows(run, depth: 1)
  }

  private mutating func tab(_ depth: Int) { for _ in 0..<depth { body.write("\t") } }

  private static func commentLines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = "// " + String(line).replacingAll("\t", with: "    ").replacingAll("\r", with: "")
      while line.last == " " { line.removeLast() }
      return line
    }
    while lines.count > 1, lines.last == "//" { lines.removeLast() }
    while lines.count > 1, lines.first == "//" { lines.removeFirst() }
    return lines
  }

  func bytes() -> [UInt8] {
    var writer = ByteWriter(capacity: body.count + 1024)
    if !header.isEmpty {
      writer.write("// ")
      writer.write(header)
      writer.write("\n\n")
    }
    if let doc {
      for line in Self.commentLines(doc) {
        writer.write(line)
        writer.newline()
      }
    }
    writer.write("package ")
    writer.write(package)
    writer.newline()
    writeImports(to: &writer)
    writer.write(body)
    return writer.bytes
  }

  /// The standard library, other modules, our own: each in its order.
  private func writeImports(to writer: inout ByteWriter) {
    if imports.isEmpty { return }
    let isOwn = { (path: String) in path == "gen" || path.hasPrefix("gen/") || path == "src" }
    let standard = imports.filter { !isOwn($0) && !$0.prefix { $0 != "/" }.utf8.contains(0x2e) }.sorted()
    let others = imports.filter { !isOwn($0) && !standard.contains($0) }.sorted()
    let own = imports.filter(isOwn).sorted()
    let groups = [standard, others, own.map { "\(module)/\($0)" }].filter { !$0.isEmpty }
    if imports.count == 1, let path = groups.first?.first {
      writer.write("\nimport \(Self.spelled(path, module))\n")
      return
    }
    writer.write("\nimport (\n")
    for (index, group) in groups.enumerated() {
      if index > 0 { writer.newline() }
      for path in group { writer.write("\t\(Self.spelled(path, module))\n") }
    }
    writer.write(")\n")
  }

  /// A package has the name of its folder, but for the user's.
  private static func spelled(_ path: String, _ module: String) -> String {
    switch path {
    case "\(module)/src": "service \"\(path)\""
    case "embed": "_ \"embed\""
    default: "\"\(path)\""
    }
  }
}

extension String {
  /// How wide gofmt takes it to be: one column for each scalar.
  fileprivate var width: Int { unicodeScalars.count }
}

/// Literals of Go.
enum GoLiteral {
  /// Raw where that saves escapes.
  static func string(_ text: String) -> String {
    let isRaw =
      text.utf8.contains { $0 == 0x22 || $0 == 0x5c }
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "`" && $0.value != 0x7f && $0.value != 0xfeff }
    if isRaw { return "`\(text)`" }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        result += "\\x" + padded(scalar.value, to: 2)
      case _ where scalar.properties.generalCategory == .format || scalar.value == 0x2028 || scalar.value == 0x2029:
        result += "\\U" + padded(scalar.value, to: 8)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func padded(_ value: UInt32, to length: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: length - digits.utf8.count) + digits
  }

  /// How often in a second, as a constant. Gofmt spaces what stands alone.
  static func rate(_ rate: Rate, spaced: Bool = false) -> String {
    if rate.per.seconds == 1 { return rate.count.description }
    return "\(rate.count)\(spaced ? " / " : "/")\(rate.per.seconds).0"
  }

  /// `30 * time.Second`
  static func duration(_ span: TimeSpan) -> String {
    let units: [(String, Int64)] = [
      ("Hour", 3_600_000_000_000), ("Minute", 60_000_000_000), ("Second", 1_000_000_000), ("Millisecond", 1_000_000),
      ("Microsecond", 1_000), ("Nanosecond", 1),
    ]
    for (name, size) in units where span.nanoseconds != 0 && span.nanoseconds % size == 0 {
      let count = span.nanoseconds / size
      return count == 1 ? "time.\(name)" : "\(count) * time.\(name)"
    }
    return "0"
  }
}
