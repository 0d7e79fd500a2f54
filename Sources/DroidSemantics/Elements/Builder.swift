import DroidSyntax

/// A system while it is built.
final class Builder {
  var components: [Component] = []
  var componentIndex: [String: Int] = [:]
  /// Components of templates: a box that opens.
  var instances: [String: Instance] = [:]
  /// The templates that are being opened, the outermost first.
  var opening: [Kind] = []
  /// Components that are declared and wrong: what refers to them stays silent.
  var poisoned: Set<String> = []
  var nameRanges: [String: SourceRange] = [:]
  var connections: [Connection] = []

  var pendingConnections: [(syntax: Syntax, scope: Scope)] = []
  var pendingWatches: [(syntax: Syntax, scope: Scope)] = []
  var pendingReferences: [PendingReference] = []
  var pendingPaths: [PendingPath] = []
  var pendingPorts: [(syntax: Syntax, instance: String, scope: Scope)] = []
  var signalNames: [String: SignalUse.Origin] = [:]
  var signalRanges: [String: SourceRange] = [:]
  var alertRanges: [String: SourceRange] = [:]
  /// The out port and in port of each pair that is connected, for "at most one connection".
  var connected: [ConnectionEnds: SourceRange] = [:]
  var connectedOut: [PortAddress: SourceRange] = [:]
  /// Out ports whose connection is wrong, and reported: that they are not connected is the same mistake.
  var excused: Set<PortAddress> = []
  /// Ports that a template shows to the outside.
  var exposed: Set<PortAddress> = []

  struct ConnectionEnds: Hashable {
    let from: PortAddress
    let to: PortAddress
  }

  struct Instance {
    let kind: Kind
    let range: SourceRange
    /// Each of its ports stands for one inside.
    var ports: [String: PortAddress] = [:]
  }

  /// A dotted property of a component: `api.public = …`, `service.replicas = …`.
  struct PendingPath {
    let syntax: Syntax
    /// The component it was written in, in full.
    let component: String
    let scope: Scope
  }

  func component(_ name: String) -> Component? { componentIndex[name].map { components[$0] } }
}
