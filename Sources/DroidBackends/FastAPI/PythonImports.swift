import DroidJSON

/// The imports of a module, in the order and form that ruff gives them.
struct PythonImports {
  let firstParty: [String]
  /// Few, so that looking through them is faster than hashing.
  private var imports: [Import] = []

  init(firstParty: [String]) {
    self.firstParty = firstParty
    imports.reserveCapacity(16)
  }

  private struct Import {
    let module: String
    /// None where the module itself is imported.
    var names: [String]
  }

  var isEmpty: Bool { imports.isEmpty }

  mutating func add(_ module: String) {
    if !imports.contains(where: { $0.names.isEmpty && $0.module == module }) {
      imports.append(Import(module: module, names: []))
    }
  }

  mutating func add(_ name: String, from module: String) {
    guard let index = imports.firstIndex(where: { !$0.names.isEmpty && $0.module == module }) else {
      imports.append(Import(module: module, names: [name]))
      return
    }
    if !imports[index].names.contains(name) { imports[index].names.append(name) }
  }

  private enum Section: Int {
    case future, standard, thirdParty, firstParty, local
  }

  private static let standard: Set<String> = [
    "abc", "asyncio", "base64", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "importlib",
    "json", "logging", "time", "typing", "urllib", "uuid",
  ]

  private func section(_ module: String) -> Section {
    if module.utf8.first == UInt8(ascii: ".") { return .local }
    let package = module.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(module[..<$0]) } ?? module
    if package == "__future__" { return .future }
    if Self.standard.contains(package) { return .standard }
    return firstParty.contains(package) ? .firstParty : .thirdParty
  }

  /// Whole modules stand first, and `..models` before `.models`: the farthest first.
  private func place(_ entry: Import) -> (section: Int, whole: Int, dots: Int, module: String) {
    var dots = 0
    for byte in entry.module.utf8 {
      if byte != UInt8(ascii: ".") { break }
      dots += 1
    }
    return (section(entry.module).rawValue, entry.names.isEmpty ? 0 : 1, -dots, entry.module)
  }

  func write(to writer: inout ByteWriter) {
    let sorted = imports.map { (place: place($0), names: $0.names) }.sorted { $0.place < $1.place }
    var section = sorted.first?.place.section
    for (place, names) in sorted {
      if place.section != section { writer.newline() }
      section = place.section
      if names.isEmpty {
        writer.write("import ")
        writer.write(place.module)
      } else {
        Self.write(place.module, names, to: &writer)
      }
      writer.newline()
    }
  }

  private static func write(_ module: String, _ names: [String], to writer: inout ByteWriter) {
    if names.count > 1 && names.allSatisfy({ $0.utf8.contains(0x20) }) {
      // Each has a name of its own: `RETRY as RETRY_`.
      for (index, name) in names.sorted().enumerated() {
        if index > 0 { writer.newline() }
        writer.write("from \(module) import \(name)")
      }
      return
    }
    let members = names.count == 1 ? names : names.sorted(by: precedes)
    let start = writer.count
    writer.write("from ")
    writer.write(module)
    writer.write(" import ")
    for (index, member) in members.enumerated() {
      if index > 0 { writer.write(", ") }
      writer.write(member)
    }
    if writer.isWider(than: PythonCode.lineLength, after: start) {
      writer.shorten(to: start)
      PythonCode.group("from \(module) import ", .round, members.map { .text($0) }).write(to: &writer, depth: 0)
    }
  }

  /// Constants, then classes, then the rest; each by its letters, a run of digits as the number that it is.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    return a.withUTF8 { a in b.withUTF8 { b in precedes(a, b) } }
  }

  private static func precedes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    let (first, second) = (rank(a), rank(b))
    if first != second { return first < second }
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      // A longer number is a greater one.
      let (left, right) = (digits(a, from: i), digits(b, from: j))
      if left > 0, right > 0, left != right { return left < right }
      let (x, y) = (a[i].lowercased, b[j].lowercased)
      if x != y { return x < y }
      i += 1
      j += 1
    }
    if a.count != b.count { return a.count < b.count }
    return a.lexicographicallyPrecedes(b)
  }

  private static func rank(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    let isConstant = name.count > 1 && name.contains(where: isUpper) && !name.contains { $0 != $0.uppercased }
    return isConstant ? 0 : name.first.map(isUpper) == true ? 1 : 2
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte != byte.lowercased }

  /// How many digits stand here.
  private static func digits(_ name: UnsafeBufferPointer<UInt8>, from place: Int) -> Int {
    var end = place
    while end < name.count, name[end] >= 0x30, name[end] <= 0x39 { end += 1 }
    return end - place
  }
}
