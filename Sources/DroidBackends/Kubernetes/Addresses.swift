import DroidSemantics

/// A URL, in the parts that matter to a network.
struct Address {
  let host: String
  let port: Int64

  /// The port as said, else that of the scheme.
  init(url: String) {
    let rest = url.split(separator: "://", maxSplits: 1).last.map(String.init) ?? url
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let place = authority.split(separator: "@").last ?? ""
    let hostEnd =
      place.hasPrefix("[") ? place.firstIndex(of: "]").map { place.index(after: $0) } : place.firstIndex(of: ":")
    host = String(place[..<(hostEnd ?? place.endIndex)])
    let said = hostEnd.flatMap { Int64(place[$0...].drop { $0 == ":" }) }
    port = said ?? (url.hasPrefix("http:") || url.hasPrefix("ws:") ? 80 : 443)
  }
}

extension Cluster {
  /// What a caller asks: the target of a connection or, of events, the broker that they pass through. An optional one may be
  /// in another environment.
  func target(of connection: Connection) -> (component: Component, port: Port)? {
    guard let target = system.component(connection.to.component) ?? system.absent[connection.to.component],
      let port = target.port(connection.to.port)
    else { return nil }
    guard case .events = port.type else { return (target, port) }
    guard let broker = connection.properties.reference("via").flatMap({ system.component($0) }) else { return nil }
    return broker.listening.first.map { (broker, $0) }
  }

  /// Where that is, as its callers write it; nil where only a Secret knows.
  func address(of connection: Connection) -> (host: String, port: Int64)? {
    target(of: connection).flatMap { address(of: $0.component, $0.port) }
  }

  func address(of target: Component, _ port: Port) -> (host: String, port: Int64)? {
    if target.kind == .external {
      let address = Address(url: target.properties.text("url") ?? "")
      return (address.host, address.port)
    }
    guard target.properties.secret("url") == nil else { return nil }
    return (host(of: target), port.number)
  }

  /// The Service that answers for a component; an operator makes its own.
  func host(of component: Component) -> String {
    guard isManaged(component) else { return component.spelled }
    return component.spelled + (component.kind == .kafka ? "-kafka-bootstrap" : "-rw")
  }
}

extension Component {
  /// As the start of the names of environment variables: `CATALOG_SERVICE`.
  var variablePrefix: String { spelled.mapBytes { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0.uppercased } }

  /// A database of a Postgres: its first port is the component's own, others are called as their ports.
  func databaseName(of port: Port) -> String {
    port.name == ports.first?.name ? databaseName : Names.snake(port.name)
  }
}
