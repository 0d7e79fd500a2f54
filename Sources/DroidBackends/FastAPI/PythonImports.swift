/// The imports of a module, in the order and form that ruff gives them.
struct PythonImports {
  var firstParty: Set<String> = []
  private var modules: Set<String> = []
  private var names: [String: Set<String>] = [:]

  var isEmpty: Bool { modules.isEmpty && names.isEmpty }

  mutating func add(_ module: String) { modules.insert(module) }
  mutating func add(_ name: String, from module: String) { names[module, default: []].insert(name) }

  private enum Section: Int, CaseIterable {
    case future, standard, thirdParty, firstParty, local
  }

  private static let standard: Set<String> = [
    "abc", "asyncio", "base64", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "importlib",
    "logging", "typing", "urllib", "uuid",
  ]

  private func section(_ module: String) -> Section {
    if module.hasPrefix(".") { return .local }
    let package = String(module.prefix { $0 != "." })
    if package == "__future__" { return .future }
    if Self.standard.contains(package) { return .standard }
    return firstParty.contains(package) ? .firstParty : .thirdParty
  }

  func write(to writer: inout ByteWriter) {
    var isFirst = true
    for section in Section.allCases {
      let whole = modules.filter { self.section($0) == section }.sorted()
      let parts = names.keys.filter { self.section($0) == section }.sorted(by: Self.comesBefore)
      if whole.isEmpty && parts.isEmpty { continue }
      if !isFirst { writer.newline() }
      isFirst = false
      for module in whole {
        writer.write("import ")
        writer.write(module)
        writer.newline()
      }
      for module in parts {
        let members = (names[module] ?? []).sorted { Self.key($0) < Self.key($1) }
        let line = "from \(module) import " + members.joined(separator: ", ")
        if line.columns <= PythonCode.lineLength {
          writer.write(line)
          writer.newline()
        } else {
          PythonCode.group("from \(module) import ", .round, members.map { .text($0) }).write(to: &writer, depth: 0)
          writer.newline()
        }
      }
    }
  }

  /// `..models` before `.models`: the farthest first.
  private static func comesBefore(_ a: String, _ b: String) -> Bool {
    let dots = (a.prefix { $0 == "." }.count, b.prefix { $0 == "." }.count)
    return dots.0 == dots.1 ? a < b : dots.0 > dots.1
  }

  /// Constants, then classes, then the rest; each by its letters, a run of digits as the number that it is.
  private static func key(_ name: String) -> [UInt8] {
    let letters = name.utf8.filter { $0 >= 0x41 && $0 <= 0x5a || $0 >= 0x61 && $0 <= 0x7a }
    let isUpper = !letters.isEmpty && letters.allSatisfy { $0 <= 0x5a } && name.utf8.count > 1
    let begins = name.utf8.first.map { $0 >= 0x41 && $0 <= 0x5a } ?? false
    var key: [UInt8] = [isUpper ? 0 : begins ? 1 : 2]
    var digits: [UInt8] = []
    func close() {
      if digits.isEmpty { return }
      key.append(0x30)
      key.append(UInt8(min(digits.count, 200)))
      key += digits
      digits.removeAll()
    }
    for byte in name.utf8 {
      if byte >= 0x30 && byte <= 0x39 {
        digits.append(byte)
      } else {
        close()
        key.append(byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte)
      }
    }
    close()
    key.append(0)
    return key + Array(name.utf8)
  }
}

extension [UInt8] {
  fileprivate static func < (a: [UInt8], b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }
}
