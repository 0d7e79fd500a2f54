import DroidSemantics

/// Raw patches: fields merged into a generated manifest.
enum Patches {
  /// The objects with the patches of their component merged in, and the patches that met no object.
  static func apply(
    _ patches: [RawPatch], _ component: Component, _ objects: [YAML]
  ) -> (objects: [YAML], missed: [RawPatch]) {
    guard !patches.isEmpty else { return (objects, []) }
    let patched = objects.map { object in
      patches.filter { matches($0, object, component) }
        .reduce(object) { StrategicMerge.merge($0, .map(fields($1.fields))) }
    }
    return (patched, patches.filter { patch in !objects.contains { matches(patch, $0, component) } })
  }

  private static func matches(_ patch: RawPatch, _ object: YAML, _ component: Component) -> Bool {
    object["kind"]?.text == patch.kind && object["metadata"]?["name"]?.text == (patch.object ?? component.spelled)
  }

  private static func fields(_ entries: [MapEntry]) -> [YAML.Entry] {
    entries.map { ($0.key, yaml($0.value)) }
  }

  private static func yaml(_ value: Value) -> YAML {
    switch value {
    case .none: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .int(number)
    case .text(let text): .string(text)
    case .list(let items): .list(items.map { yaml($0) })
    case .map(let entries): .map(fields(entries))
    case .number(let number): .decimal(number.description)
    case .secret(let secret): ["name": .string(secret.object), "key": .string(secret.key)]
    default: .null
    }
  }
}
