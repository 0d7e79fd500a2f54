import DroidJSON

/// What has become of a contract.
package enum ContractChanges {
  /// An operation that has another name than before.
  package struct Rename: Equatable, Sendable {
    package let old: String
    package let new: String
  }

  /// The operations of an OpenAPI document that stand where another one stood: at the same path, with the same verb. Those of
  /// resources are left out: nobody has written them.
  package static func renames(from old: [UInt8], to new: [UInt8]) -> [Rename] {
    let before = Dictionary(operations(old).map { ($0.place, $0.name) }, uniquingKeysWith: { first, _ in first })
    let after = operations(new)
    let kept = Set(after.map(\.name))
    return after.compactMap { place, name in
      guard let earlier = before[place], earlier != name, !kept.contains(earlier) else { return nil }
      return Rename(old: earlier, new: name)
    }
  }

  /// In the order of the document; a document that is none has none.
  private static func operations(_ document: [UInt8]) -> [(place: String, name: String)] {
    guard case .object(let paths)? = (try? JSONReader.read(document))?["paths"] else { return [] }
    var result: [(place: String, name: String)] = []
    for path in paths {
      guard case .object(let verbs) = path.value else { continue }
      for verb in verbs {
        guard let identifier = verb.value["operationId"]?.string, let port = verb.value["tags"]?[0]?.string else {
          continue
        }
        let name = identifier.hasPrefix(port + ".") ? String(identifier.dropFirst(port.count + 1)) : identifier
        if !name.contains(".") { result.append(("\(verb.key) \(path.key)", name)) }
      }
    }
    return result
  }
}
