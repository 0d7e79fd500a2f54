import DroidSemantics

/// Raw patches: fields merged into a generated manifest.
enum Patches {
  static func apply(_ system: System, _ component: Component, _ objects: [YAML]) -> [YAML] {
    let patches = system.patches.filter { $0.component == component.name }
    guard !patches.isEmpty else { return objects }
    return objects.map { object in
      var result = object
      for patch in patches where matches(patch, object, component) {
        result = merge(result, .map(fields(patch.fields)), key: nil)
      }
      return result
    }
  }

  private static func matches(_ patch: RawPatch, _ object: YAML, _ component: Component) -> Bool {
    object["kind"]?.text == patch.kind && object["metadata"]?["name"]?.text == (patch.object ?? component.spelled)
  }

  private static func fields(_ entries: [MapEntry]) -> [YAML.Entry] {
    entries.map { .init(key: $0.key, value: yaml($0.value)) }
  }

  private static func yaml(_ value: Value) -> YAML {
    switch value {
    case .none: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .int(number)
    case .text(let text): .string(text)
    case .list(let items): .list(items.map { yaml($0) })
    case .map(let entries): .map(fields(entries))
    case .number(let number): .string(number.description)
    default: .null
    }
  }

  /// Strategic merge: maps field by field, named lists by name, anything else replaced; null deletes.
  private static func merge(_ old: YAML, _ new: YAML, key: String?) -> YAML {
    switch (old, new) {
    case (.map(let before), .map(let after)):
      var result = before
      for entry in after {
        let at = result.firstIndex { $0.key == entry.key }
        if entry.value == .null {
          if let at { result.remove(at: at) }
        } else if let at {
          result[at] = .init(key: entry.key, value: merge(result[at].value, entry.value, key: entry.key))
        } else {
          result.append(entry)
        }
      }
      return .map(result)
    case (.list(let before), .list(let after))
    where after.allSatisfy({ $0["name"] != nil }) && before.allSatisfy({ $0["name"] != nil }):
      var result = before
      for item in after {
        if let at = result.firstIndex(where: { $0["name"] == item["name"] }) {
          result[at] = merge(result[at], item, key: nil)
        } else {
          result.append(item)
        }
      }
      return .list(result)
    default: return new
    }
  }
}
