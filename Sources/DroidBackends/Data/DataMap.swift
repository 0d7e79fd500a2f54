import DroidSemantics

/// Where data that are `@personal` or `@secret` are: in which types, on which ways, in which stores.
struct DataMap {
  /// A field that is marked: `Patient.name`, `find.name` of a parameter.
  struct Mark: Hashable, Comparable {
    let name: String
    let isSecret: Bool

    static func < (a: Mark, b: Mark) -> Bool { (a.name, a.isSecret ? 1 : 0) < (b.name, b.isSecret ? 1 : 0) }
    var word: String { isSecret ? "secret" : "personal" }
  }

  /// An operation or an event that carries some.
  struct Carrier {
    /// `patients.api.find`
    let name: String
    let receives: Set<Mark>
    let answers: Set<Mark>
  }

  /// A way that some travel.
  struct Flow {
    let from: String
    let to: String
    /// The broker of events.
    let through: String?
    let sent: Set<Mark>
    let answered: Set<Mark>
    let protection: Protection
  }

  /// A place where some stay.
  struct Rest {
    /// A store; nil in the memory of the component.
    let store: String?
    let component: String
    /// `Patient`, `events patients.booked`
    let what: String
    let marks: Set<Mark>
    let kept: String
    let protection: Protection
  }

  /// What the droidfile says of encryption: what proves it is on the page of controls.
  enum Protection: String {
    case none
    case asked = "asked for"
    case tls = "TLS"
    case elsewhere = "said by the connection string"
  }

  private(set) var marks: Set<Mark> = []
  private(set) var carriers: [Carrier] = []
  private(set) var flows: [Flow] = []
  private(set) var rests: [Rest] = []
  /// Components and ways that may hold or carry more than the droidfile can tell.
  private(set) var unknown: [String] = []

  private let system: System
  /// What each record holds, with all that it is made of.
  private var held: [String: Set<Mark>] = [:]
  private var sent: [PortAddress: Set<Mark>] = [:]
  private var answered: [PortAddress: Set<Mark>] = [:]
  /// What a component keeps in a store.
  private var kept: [StorePair: Set<Mark>] = [:]
  private let outgoing: [PortAddress: [Connection]]
  /// The ports that a gateway passes requests on to, by the gateway.
  private let routes: [String: [PortAddress]]

  private struct StorePair: Hashable {
    let component: String
    let store: String
  }

  init(_ system: System) {
    self.system = system
    outgoing = Dictionary(grouping: system.connections, by: \.from)
    routes = Dictionary(
      grouping: system.connections.filter { $0.properties.text("path") != nil }, by: \.from.component
    ).mapValues { $0.map(\.to) }
    for record in system.records { held[record.name] = reach(record) }
    for component in system.components { addCarriers(of: component) }
    for carrier in carriers { marks.formUnion(carrier.receives.union(carrier.answers)) }
    for marks in held.values { self.marks.formUnion(marks) }
    for component in system.components {
      addWaysIn(to: component)
      addRests(of: component)
      if component.kind == .container {
        unknown.append("`\(component.name)` is a ready image: what it keeps or sends on is not known")
      }
    }
    for connection in system.connections { addFlow(connection) }
  }

  // MARK: Types.

  /// The marks of a record and of all records that it leads to.
  private func reach(_ record: RecordType) -> Set<Mark> {
    var result: Set<Mark> = []
    var seen: Set<String> = [record.name]
    var waiting = [record]
    while let next = waiting.popLast() {
      for field in next.fields {
        if let mark = Self.mark(field, of: next.name) { result.insert(mark) }
        for name in Self.records(in: field.type) where seen.insert(name).inserted {
          if let other = system.record(name) { waiting.append(other) }
        }
      }
    }
    return result
  }

  private static func mark(_ field: DataField, of owner: String) -> Mark? {
    field.isPersonal || field.isSecret ? Mark(name: "\(owner).\(field.name)", isSecret: field.isSecret) : nil
  }

  private static func records(in type: ValueType) -> [String] {
    switch type {
    case .record(let name): [name]
    case .list(let element, _), .map(let element, _), .optional(let element): records(in: element)
    default: []
    }
  }

  private func marks(of type: ValueType?) -> Set<Mark> {
    type.map { Self.records(in: $0).reduce(into: []) { $0.formUnion(held[$1] ?? []) } } ?? []
  }

  // MARK: Operations and events.

  private mutating func addCarriers(of component: Component) {
    for port in component.ports {
      let address = PortAddress(component.name, port.name)
      if case .events(let type) = port.type, let marks = held[type], !marks.isEmpty {
        let isIn = port.direction == .into
        carriers.append(
          Carrier(name: "\(component.name).\(port.name)", receives: isIn ? marks : [], answers: isIn ? [] : marks))
        sent[address] = marks
      }
      for operation in port.operations {
        let name = "\(component.name).\(port.name).\(operation.name)"
        var receives: Set<Mark> = []
        for parameter in operation.parameters {
          receives.formUnion(marks(of: parameter.field.type))
          if let mark = Self.mark(parameter.field, of: operation.name) { receives.insert(mark) }
        }
        var answers = marks(of: operation.result)
        for error in operation.errors.compactMap({ system.error($0) }) {
          for field in error.fields {
            answers.formUnion(marks(of: field.type))
            if let mark = Self.mark(field, of: error.name) { answers.insert(mark) }
          }
        }
        guard !receives.isEmpty || !answers.isEmpty else { continue }
        carriers.append(Carrier(name: name, receives: receives, answers: answers))
        sent[address, default: []].formUnion(receives)
        answered[address, default: []].formUnion(answers)
      }
    }
  }

  // MARK: Ways.

  private func isEmpty(_ address: PortAddress) -> Bool {
    (sent[address] ?? []).isEmpty && (answered[address] ?? []).isEmpty
  }

  private mutating func addWaysIn(to component: Component) {
    for port in component.ports where port.isPublic {
      // A gateway passes requests on: what its targets are asked comes through it, too.
      let targets = component.kind == .gateway ? routes[component.name] ?? [] : []
      let ends = [PortAddress(component.name, port.name)] + targets
      guard ends.contains(where: { !isEmpty($0) }) else { continue }
      flows.append(
        Flow(
          from: "outside", to: "\(component.name).\(port.name)", through: nil,
          sent: ends.reduce(into: []) { $0.formUnion(sent[$1] ?? []) },
          answered: ends.reduce(into: []) { $0.formUnion(answered[$1] ?? []) },
          protection: port.isPublicWithTLS ? .asked : .none))
    }
  }

  private mutating func addFlow(_ connection: Connection) {
    guard let target = system.component(connection.to.component), let port = target.port(connection.to.port) else {
      return
    }
    let broker = connection.properties.reference("via")
    if target.kind.isStore {
      let marks = kept[StorePair(component: connection.from.component, store: target.name)] ?? []
      if port.type == .kv || port.type == .blob || system.component(connection.from.component)?.kind == .container {
        unknown.append("what `\(connection.from.component)` keeps in `\(target.name)` is up to its code")
      }
      guard !marks.isEmpty else { return }
      flows.append(
        Flow(
          from: connection.from.component, to: target.name, through: nil, sent: marks, answered: marks,
          protection: target.isRunElsewhere ? .elsewhere : Self.protection(connection)))
      return
    }
    guard !isEmpty(connection.to), connection.properties.bool("calls") else { return }
    let isTLS = target.kind == .external && (target.properties.text("url") ?? "").hasPrefix("https:")
    flows.append(
      Flow(
        from: connection.from.component, to: "\(target.name).\(port.name)", through: broker,
        sent: sent[connection.to] ?? [], answered: answered[connection.to] ?? [],
        protection: isTLS ? .tls : Self.protection(connection)))
  }

  private static func protection(_ connection: Connection) -> Protection {
    connection.properties.explicit("tls").map { !$0.isNone } == true ? .asked : .none
  }

  // MARK: Places.

  private mutating func addRests(of component: Component) {
    func protection(_ store: Component?) -> Protection {
      guard let store else { return .none }
      return store.isRunElsewhere ? .elsewhere : store.properties.bool("encrypted") ? .asked : .none
    }
    for port in component.ports {
      for resource in port.resources {
        guard let marks = held[resource.type], !marks.isEmpty else { continue }
        let store = resource.store.flatMap { system.component($0) }
        if let store {
          kept[StorePair(component: component.name, store: store.name), default: []].formUnion(marks)
        }
        rests.append(
          Rest(
            store: store?.name, component: component.name, what: resource.type, marks: marks,
            kept: store == nil ? "until the process ends" : "until it is deleted", protection: protection(store)))
      }
      guard port.direction == .out, case .events(let type) = port.type, let marks = held[type], !marks.isEmpty else {
        continue
      }
      let brokers = Set(
        (outgoing[PortAddress(component.name, port.name)] ?? []).compactMap { $0.properties.reference("via") })
      for broker in brokers.sorted() {
        let retention = port.properties.duration("retention") ?? TimeSpan(seconds: 7 * 86_400)
        rests.append(
          Rest(
            store: broker, component: component.name, what: "events \(component.name).\(port.name)", marks: marks,
            kept: "\(retention); what could not be handled, too", protection: protection(system.component(broker))))
      }
    }
  }
}
