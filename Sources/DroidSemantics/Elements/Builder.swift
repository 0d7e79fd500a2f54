import DroidSyntax

/// A system while it is built.
struct Builder: Sendable {
  var components: [Component] = []
  /// The places of the components by their names, once all are declared.
  private(set) var componentIndex: [String: Int] = [:]
  /// Components of templates: a box that opens.
  var instances: [String: Instance] = [:]
  /// The templates that are being opened, the outermost first.
  var opening: [Kind] = []
  /// Components that are declared and wrong: what refers to them stays silent.
  var poisoned: Set<String> = []
  var nameRanges: [String: SourceRange] = [:]
  private(set) var connections: [Connection] = []
  /// The ends of each connection.
  private(set) var ends: [ConnectionEnds] = []

  /// Of each body, the connections and watches in it.
  var pendingConnections: [(nodes: [Syntax], scope: Scope)] = []
  var pendingWatches: [(nodes: [Syntax], scope: Scope)] = []
  var pendingReferences: [PendingReference] = []
  var pendingPaths: [PendingPath] = []
  var pendingPorts: [(syntax: Syntax, instance: String, scope: Scope)] = []
  var signalNames: [String: SignalUse.Origin] = [:]
  /// The signals in templates, of which others may speak once all components are declared.
  var innerSignals: [String: SignalUse.Origin] = [:]
  var signalRanges: [String: SourceRange] = [:]
  var alertRanges: [String: SourceRange] = [:]
  /// The out port and in port of each pair that is connected, for "at most one connection".
  var connected: [ConnectionEnds: SourceRange] = [:]
  var connectedOut: [PortPlace: SourceRange] = [:]
  /// Out ports whose connection is wrong, and reported: that they are not connected is the same mistake.
  var excused: Set<PortPlace> = []
  /// Ports that a template shows to the outside.
  var exposed: Set<PortPlace> = []

  /// A port, by the places of its component in `components` and of itself there: both only grow.
  struct PortPlace: Hashable {
    private let componentIndex: Int32
    private let portIndex: Int32

    init(component: Int, port: Int) {
      componentIndex = Int32(component)
      portIndex = Int32(port)
    }

    var component: Int { Int(componentIndex) }
    var port: Int { Int(portIndex) }
  }

  struct ConnectionEnds: Hashable {
    let from: PortPlace
    let to: PortPlace
  }

  struct Instance: Sendable {
    let kind: Kind
    let range: SourceRange
    /// Each of its ports stands for one inside.
    var ports: [String: PortPlace] = [:]
  }

  /// A dotted property of a component: `api.public = …`, `service.replicas = …`.
  struct PendingPath {
    let syntax: Syntax
    /// The component it was written in, in full.
    let component: String
    let scope: Scope
  }

  func component(_ name: String) -> Component? { componentIndex[name].map { components[$0] } }

  func port(_ place: PortPlace) -> Port { components[place.component].ports[place.port] }

  func type(of place: PortPlace) -> PortType { components[place.component].ports[place.port].type }

  func address(_ place: PortPlace) -> PortAddress {
    PortAddress(components[place.component].name, components[place.component].ports[place.port].name)
  }

  /// Takes over what another builder holds of components that are declared after those of this one.
  mutating func append(_ other: consuming Builder) {
    if components.isEmpty { swap(&components, &other.components) } else { components += other.components }
    instances.merge(other.instances) { first, _ in first }
    poisoned.formUnion(other.poisoned)
    innerSignals.merge(other.innerSignals) { first, _ in first }
    signalRanges.merge(other.signalRanges) { first, _ in first }
    alertRanges.merge(other.alertRanges) { first, _ in first }
    pendingConnections += other.pendingConnections
    pendingWatches += other.pendingWatches
    pendingReferences += other.pendingReferences
    pendingPaths += other.pendingPaths
    pendingPorts += other.pendingPorts
  }

  /// All components are declared, and may be spoken of by their names.
  mutating func closeDeclarations() {
    componentIndex.reserveCapacity(components.count)
    for place in components.indices { componentIndex[components[place].name] = place }
    signalNames.merge(innerSignals) { first, _ in first }
  }

  /// Room for so many connections.
  mutating func reserve(_ count: Int) {
    connections.reserveCapacity(count)
    ends.reserveCapacity(count)
    connected.reserveCapacity(count)
    connectedOut.reserveCapacity(count)
  }

  mutating func add(_ connection: Connection, _ ends: ConnectionEnds) {
    connections.append(connection)
    self.ends.append(ends)
  }
}
