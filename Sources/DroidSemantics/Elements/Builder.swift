import DroidSyntax

/// A system while it is built.
final class Builder {
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

  struct Instance {
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

  /// All components are declared: from here on they are found by their names.
  func indexComponents() {
    componentIndex.reserveCapacity(components.count)
    for (place, component) in components.enumerated() { componentIndex[component.name] = place }
  }

  /// Room for so many connections.
  func reserve(_ count: Int) {
    connections.reserveCapacity(count)
    ends.reserveCapacity(count)
    connected.reserveCapacity(count)
    connectedOut.reserveCapacity(count)
  }

  func add(_ connection: Connection, _ ends: ConnectionEnds) {
    connections.append(connection)
    self.ends.append(ends)
  }
}
