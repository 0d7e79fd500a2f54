/// Strategic merge patches, as kustomize and the API server apply them: maps field by field, some lists item by item.
enum StrategicMerge {
  /// How a list is merged.
  enum ListRule: Equatable {
    /// As a whole.
    case atomic
    /// Item by item, by these fields. Of two that kustomize would take for one, `isExact` tells them apart.
    case keyed([String])
  }

  /// The rule of a list, by the name of its field (Kubernetes' own, `x-kubernetes-patch-merge-key`).
  static func rule(_ field: String?, _ items: [YAML]) -> ListRule {
    switch field {
    case "containers", "initContainers", "volumes", "env", "imagePullSecrets": .keyed(["name"])
    case "volumeMounts": .keyed(["mountPath"])
    case "hostAliases": .keyed(["ip"])
    case "topologySpreadConstraints": .keyed(["topologyKey", "whenUnsatisfiable"])
    case "ports":
      if items.contains(where: { $0["containerPort"] != nil }) {
        .keyed(["containerPort", "protocol"])
      } else {
        // Of a network policy, ports have no name and no key.
        items.contains { $0["port"] != nil && $0["name"] != nil } ? .keyed(["port", "protocol"]) : .atomic
      }
    default: .atomic
    }
  }

  private static func identity(_ item: YAML, _ keys: [String]) -> [YAML] {
    keys.map { item[$0] ?? ($0 == "protocol" ? "TCP" : .null) }
  }

  // MARK: Applying a patch.

  /// `new` merged into `old`; null deletes.
  static func merge(_ old: YAML, _ new: YAML, field: String? = nil) -> YAML {
    switch (old, new) {
    case (.map(let before), .map(let after)):
      var result = before
      for (key, value) in after {
        let at = result.firstIndex { $0.0 == key }
        if value == .null {
          if let at { result.remove(at: at) }
        } else if let at {
          result[at].1 = merge(result[at].1, value, field: key)
        } else {
          result.append((key, withoutNull(value)))
        }
      }
      return .map(result)
    case (.list(let before), .list(let after)):
      guard case .keyed(let keys) = rule(field, before + after) else { return withoutNull(new) }
      var result = before
      for item in after {
        let identity = identity(item, keys)
        if let at = result.firstIndex(where: { Self.identity($0, keys) == identity }) {
          result[at] = merge(result[at], item)
        } else {
          result.append(withoutNull(item))
        }
      }
      return .list(result)
    default: return withoutNull(new)
    }
  }

  /// A deletion of what is not there says nothing.
  private static func withoutNull(_ node: YAML) -> YAML {
    switch node {
    case .map(let entries):
      .map(entries.compactMap { key, value in value == .null ? nil : (key, withoutNull(value)) })
    case .list(let items): .list(items.map { withoutNull($0) })
    default: node
    }
  }

  // MARK: Making a patch.

  /// The patch that makes `new` of `old`; nil where they are equal.
  static func difference(_ old: YAML, _ new: YAML, field: String? = nil, knowsLists: Bool = true) -> YAML? {
    switch (old, new) {
    case (.map(let before), .map(let after)): return difference(before, after, knowsLists)
    case (.list(let before), .list(let after)):
      if before == after { return nil }
      guard knowsLists, case .keyed(let keys) = rule(field, after.isEmpty ? before : after) else { return new }
      // kustomize matches these by several fields at once, and lists without them not at all.
      if keys.count > 1 || after.isEmpty { return .list([["$patch": "replace"]] + after) }
      return .list(difference(before, after, key: keys[0], keepsOrder: keepsOrder(field)))
    default: return old == new ? nil : new
    }
  }

  private static func difference(_ before: [YAML.Entry], _ after: [YAML.Entry], _ knowsLists: Bool) -> YAML? {
    var entries: [YAML.Entry] = []
    for (index, (key, value)) in after.enumerated() {
      // Most often it stands where it stood.
      let at = index < before.count && before[index].0 == key ? index : before.firstIndex { $0.0 == key }
      guard let at else {
        entries.append((key, value))
        continue
      }
      if let patch = difference(before[at].1, value, field: key, knowsLists: knowsLists) {
        entries.append((key, patch))
      }
    }
    for (key, _) in before where !after.contains(where: { $0.0 == key }) { entries.append((key, .null)) }
    return entries.isEmpty ? nil : .map(entries)
  }

  /// Does it matter what stands before what? The first container is the one that `kubectl logs` shows; init containers run one
  /// after the other.
  private static func keepsOrder(_ field: String?) -> Bool { field == "containers" || field == "initContainers" }

  /// `$(NAME)` knows only variables above it, so what uses one may not come first.
  private static func usesOthers(_ item: YAML) -> Bool { item["value"]?.text?.contains("$(") ?? false }

  /// Items that a patch names come first in kustomize's result, in the patch's order. So where order matters, those that must
  /// stay before a changed one are named too.
  private static func difference(_ before: [YAML], _ after: [YAML], key: String, keepsOrder: Bool) -> [YAML] {
    let earlier = Dictionary(before.map { ($0[key], $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(after.map { $0[key] })
    let gone = before.filter { !names.contains($0[key]) }
    let untouched = before.compactMap { names.contains($0[key]) ? $0[key] : nil }
    var items: [YAML] = []
    /// Positions in `items` that only name an item.
    var anchors: [Int] = []
    var keepsOrder = keepsOrder
    for item in after {
      guard let name = item[key] else { continue }
      if let value = earlier[name] {
        if case .map(let entries)? = difference(value, item) {
          items.append(.map([(key, name)] + entries))
          keepsOrder = keepsOrder || usesOthers(item)
        } else {
          anchors.append(items.count)
          items.append(.map([(key, name)]))
        }
      } else {
        items.append(item)
        keepsOrder = keepsOrder || usesOthers(item)
      }
    }
    let isOrdered = after.compactMap { $0[key] } == untouched
    if !keepsOrder {
      let only = Set(anchors)
      items = items.enumerated().filter { !only.contains($0.offset) }.map(\.element)
    } else if isOrdered {
      // What follows the last change keeps its place by itself.
      while let last = anchors.last, last == items.count - 1 {
        items.removeLast()
        anchors.removeLast()
      }
    }
    return items
      + gone.compactMap { item in
        item[key].map { .map([(key, $0), ("$patch", "delete")]) }
      }
  }
}
