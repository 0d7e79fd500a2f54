/// The imports of a module, in the order and form that ruff gives them.
struct PythonImports {
  var firstParty: Set<String> = []
  /// Few of each, so that looking through them is faster than hashing.
  private var modules: [String] = []
  private var parts: [(module: String, names: [String])] = []

  var isEmpty: Bool { modules.isEmpty && parts.isEmpty }

  mutating func add(_ module: String) { if !modules.contains(module) { modules.append(module) } }

  mutating func add(_ name: String, from module: String) {
    guard let index = parts.firstIndex(where: { $0.module == module }) else {
      parts.append((module, [name]))
      return
    }
    if !parts[index].names.contains(name) { parts[index].names.append(name) }
  }

  private enum Section: Int, CaseIterable {
    case future, standard, thirdParty, firstParty, local
  }

  private static let standard: Set<String> = [
    "abc", "asyncio", "base64", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "importlib",
    "logging", "time", "typing", "urllib", "uuid",
  ]

  private func section(_ module: String) -> Section {
    if module.hasPrefix(".") { return .local }
    let package = String(module.prefix { $0 != "." })
    if package == "__future__" { return .future }
    if Self.standard.contains(package) { return .standard }
    return firstParty.contains(package) ? .firstParty : .thirdParty
  }

  func write(to writer: inout ByteWriter) {
    let whole = modules.map { (section: section($0), module: $0) }.sorted { $0.module < $1.module }
    let sorted = parts.map { (section: section($0.module), module: $0.module, names: $0.names) }
      .sorted { Self.comesBefore($0.module, $1.module) }
    var isFirst = true
    for section in Section.allCases {
      let isHere = whole.contains { $0.section == section } || sorted.contains { $0.section == section }
      if !isHere { continue }
      if !isFirst { writer.newline() }
      isFirst = false
      for entry in whole where entry.section == section {
        writer.write("import ")
        writer.write(entry.module)
        writer.newline()
      }
      for entry in sorted where entry.section == section {
        Self.write(entry.module, entry.names, to: &writer)
        writer.newline()
      }
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
    let prefix = "from \(module) import "
    let width = members.reduce(prefix.columns + members.count * 2 - 2) { $0 + $1.columns }
    if width > PythonCode.lineLength {
      PythonCode.group(prefix, .round, members.map { .text($0) }).write(to: &writer, depth: 0)
      return
    }
    writer.write(prefix)
    for (index, member) in members.enumerated() {
      if index > 0 { writer.write(", ") }
      writer.write(member)
    }
  }

  /// `..models` before `.models`: the farthest first.
  private static func comesBefore(_ a: String, _ b: String) -> Bool {
    let dots = (a.utf8.prefix { $0 == 0x2e }.count, b.utf8.prefix { $0 == 0x2e }.count)
    return dots.0 == dots.1 ? a < b : dots.0 > dots.1
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
