import DroidSemantics

/// How a component is called and reached where it is deployed: the same in every output.
extension Component {
  /// `catalog.service` is `catalog-service`.
  package var spelled: String {
    name.mapBytes { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercased }
  }

  /// What the names of its pods look like, as a regular expression: those of a Deployment end in two words that Kubernetes makes
  /// up, those of a StatefulSet in a number, those of a Job in one word. A pod of `orders-archive` is none of `orders`.
  package var podPattern: String {
    let names = versions.isEmpty ? [spelled] : versions.map(spelled)
    return Self.podPattern(of: names.count == 1 ? names[0] : "(\(names.joined(separator: "|")))")
  }

  /// What the names of the pods of a controller look like.
  package static func podPattern(of controller: String) -> String {
    controller + "-([0-9]+|([a-z0-9]+-)?[a-z0-9]{5})"
  }

  /// What the names of its pods look like where it is a store that an operator may run.
  package func podPattern(in system: System) -> String {
    switch kind {
    case .postgres where isManaged(in: system): spelled + "-[0-9]+"
    case .kafka where isManaged(in: system): "\(spelled)-\(spelled)-[0-9]+"
    default: podPattern
    }
  }

  /// What the names of the claims of its volumes look like.
  package func claimPattern(in system: System) -> String {
    switch kind {
    case .postgres where isManaged(in: system): spelled + "-[0-9]+"
    case .kafka where isManaged(in: system): "data(-[0-9]+)?-\(spelled)-\(spelled)-[0-9]+"
    case .job: spelled + "-.+"
    case _ where kind.isStore: "data-\(spelled)-[0-9]+"
    default: ".+-\(versions.isEmpty ? spelled : "(\(versions.map(spelled).joined(separator: "|")))")-[0-9]+"
    }
  }

  /// One of its versions: `ranker-v2`.
  package func spelled(_ version: Version) -> String {
    spelled + "-" + version.name.mapBytes { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercased }
  }

  /// Without the template that it stands in: `db` of `catalog.db`.
  package var ownName: String {
    let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
    return (dot.map { String(name[name.utf8.index(after: $0)...]) } ?? name).mapBytes(\.lowercased)
  }

  /// The file of its manifests; some names are taken by what is no component's.
  package var manifestFile: String {
    let name = spelled
    return
      (["namespace", "network-policies", "kustomization", "ingress", "external-secrets"].contains(name)
      ? name + "-component" : name) + ".yaml"
  }

  /// In ports that answer.
  package var listening: LazyFilterSequence<[Port]> { ports.lazy.filter(\.listens) }

  /// The port of the process.
  package func target(_ port: Port) -> Int64 {
    port.properties.integer("target") ?? (kind.isGenerated ? 8080 : port.properties.integer("port") ?? 80)
  }

  /// The database in a Postgres: the component's name.
  package var databaseName: String { spelled.replacingAll("-", with: "_") }

  /// The image of what is no store. A full reference in `image` wins; else registry, name and tag.
  package var image: String {
    let name = properties.text("image") ?? (kind == .container ? ownName : spelled)
    let host = name.utf8.firstIndex(of: UInt8(ascii: "/")).map { name[..<$0] } ?? ""
    let isFull = host.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") } || host == "localhost"
    let path = isFull ? name : (properties.text("registry").map { $0 + "/" } ?? "") + name
    let last = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[$0...] } ?? path[...]
    let isTagged = last.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
    guard !isTagged, let tag = properties.text("tag") else { return path }
    return path + (tag.hasPrefix("sha256:") ? "@" : ":") + tag
  }

  /// What the world calls a port: `https://shop.example.com`; nil where it is behind no host name.
  package func publicURL(_ port: Port) -> String? {
    Door.all(of: self, port).first?.url
  }
}

extension Port {
  /// Answers: what receives events asks its broker.
  package var listens: Bool {
    if case .events = type { return false }
    return direction == .into
  }
}
