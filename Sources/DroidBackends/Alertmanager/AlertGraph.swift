import DroidSemantics

/// What fails because something else does: the connections whose callers do not do without an answer.
struct AlertGraph {
  /// Those whom a component needs, and those who need it; by names, sorted.
  private var needs: [String: Set<String>] = [:]
  private var neededBy: [String: Set<String>] = [:]
  private let alerts: [String: [PlannedAlert]]

  init(_ system: System, _ all: [PlannedAlert]) {
    alerts = Dictionary(grouping: all, by: \.component)
    for connection in system.connections where Self.isNeeded(connection, system) {
      let (caller, callee) = (connection.from.component, connection.to.component)
      guard caller != callee else { continue }
      needs[caller, default: []].insert(callee)
      neededBy[callee, default: []].insert(caller)
    }
  }

  /// Events wait, what has a fallback goes on, and what is optional is done without.
  private static func isNeeded(_ connection: Connection, _ system: System) -> Bool {
    let port = system.component(connection.to.component)?.port(connection.to.port)
    if case .events = port?.type { return false }
    let properties = connection.properties
    return properties.bool("calls") && !properties.bool("optional") && properties["fallback"].isNone
  }

  func alerts(on component: String) -> [PlannedAlert] { alerts[component] ?? [] }
  func dependencies(of component: String) -> [String] { (needs[component] ?? []).sorted() }
  func dependents(of component: String) -> [String] { (neededBy[component] ?? []).sorted() }

  /// Whose pages a page of each component explains: its callers', through those who have no pages themselves. In a loop nobody's
  /// failure explains another's, or all would be silent.
  var explained: [(component: String, callers: [String])] {
    let paged = Set(alerts.filter { $0.value.contains { $0.severity == "page" } }.keys)
    return paged.sorted().compactMap { name in
      let below = reached(from: name, by: needs) { _ in true }
      let above = reached(from: name, by: neededBy) { !paged.contains($0) }
      let callers = above.intersection(paged).subtracting(below).sorted()
      return callers.isEmpty ? nil : (name, callers)
    }
  }

  private func reached(
    from start: String, by next: [String: Set<String>], through isOpen: (String) -> Bool
  ) -> Set<String> {
    var found: Set<String> = []
    var waiting = Array(next[start] ?? [])
    while let name = waiting.popLast() {
      if found.insert(name).inserted, isOpen(name) { waiting += next[name] ?? [] }
    }
    return found
  }
}
