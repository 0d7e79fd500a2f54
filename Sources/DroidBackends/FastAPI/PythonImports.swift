/// The imports of a module, in the order and form that ruff gives them.
struct PythonImports {
  var firstParty: [String] = []
  /// Few, so that looking through them is faster than hashing.
  private var imports: [Import] = []

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
    "logging", "time", "typing", "urllib", "uuid",
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
    if names.count > 1 && names.allSatisfy({ $0.contains(" as ") }) {
      for (index, name) in names.sorted().enumerated() {
        if index > 0 { writer.newline() }
        writer.write("from \(module) import \(name)")
      }
      return
    }
    let members = names.count == 1 ? names : names.map { (key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    let start = writer.count
    writer.write("from ")
    writer.write(module)
    writer.write(" import ")
    for (index, member) in members.enumerated() {
      if index > 0 { writer.write(", ") }
      writer.write(member)
    }
    if writer.columns(after: start) > PythonCode.lineLength {
      writer.shorten(to: start)
      PythonCode.group("from \(module) import ", .round, members.map { .text($0) }).write(to: &writer, depth: 0)
    }
  }

  /// Constants, then classes, then the rest; each by its letters, a run of digits as the number that it is.
  private static func key(_ name: String) -> String {
    var key: [UInt8] = [0x31]
    key.reserveCapacity(name.utf8.count * 2 + 4)
    var lowers = 0
    var uppers = 0
    var digits: [UInt8] = []
    for byte in name.utf8 {
      if byte >= 0x30 && byte <= 0x39 {
        digits.append(byte)
        continue
      }
      close(&digits, into: &key)
      let isUpper = byte >= 0x41 && byte <= 0x5a
      if isUpper { uppers += 1 } else if byte >= 0x61 && byte <= 0x7a { lowers += 1 }
      key.append(isUpper ? byte + 32 : byte)
    }
    close(&digits, into: &key)
    if lowers == 0 && uppers > 0 && name.utf8.count > 1 {
      key[0] = 0x30
    } else if let first = name.utf8.first, !(first >= 0x41 && first <= 0x5a) {
      key[0] = 0x32
    }
    key.append(0x20)
    key += name.utf8
    return String(decoding: key, as: UTF8.self)
  }

  /// A longer number is a greater one.
  private static func close(_ digits: inout [UInt8], into key: inout [UInt8]) {
    if digits.isEmpty { return }
    key.append(0x30)
    key.append(0x30 + UInt8(min(digits.count, 9)))
    key += digits
    digits.removeAll()
  }
}
