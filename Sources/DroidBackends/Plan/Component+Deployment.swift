import DroidSemantics

/// How a component is called and reached where it is deployed: the same in every output.
extension Component {
  /// `catalog.service` is `catalog-service`.
  package var spelled: String {
    let isSpelled = name.utf8.allSatisfy { byte in
      byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || byte == UInt8(ascii: "-")
    }
    return isSpelled ? name : String(name.lowercased().map { $0 == "." || $0 == "_" ? "-" : $0 })
  }

  /// The file of its manifests; some names are taken by what is no component's.
  package var manifestFile: String {
    let name = spelled
    return (["namespace", "network-policies", "kustomization"].contains(name) ? name + "-component" : name) + ".yaml"
  }

  /// Someone else runs it: nothing of it is deployed.
  package var isRunElsewhere: Bool { kind == .external || properties.secret("url") != nil }

  /// In ports that listen: what receives events asks its broker.
  package var listening: [Port] {
    ports.filter { port in
      guard port.direction == .into else { return false }
      if case .events = port.type { return false }
      return true
    }
  }

  /// The port of the process.
  package func target(_ port: Port) -> Int64 {
    port.properties.integer("target") ?? (kind.isGenerated ? 8080 : port.properties.integer("port") ?? 80)
  }

  /// The database in a Postgres: the component's name.
  package var databaseName: String { spelled.replacing("-", with: "_") }

  /// The image of what is no store. A full reference in `image` wins; else registry, name and tag.
  package var image: String {
    let own = String(name.split(separator: ".").last ?? "app").lowercased()
    let image = properties.text("image") ?? (kind == .container ? own : spelled)
    let first = image.split(separator: "/").first.map(String.init) ?? image
    let isFull = image.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
    let path = isFull ? image : (properties.text("registry").map { $0 + "/" } ?? "") + image
    let last = path.split(separator: "/").last ?? ""
    let isTagged = last.contains { $0 == ":" || $0 == "@" }
    guard !isTagged, let tag = properties.text("tag") else { return path }
    return path + (tag.hasPrefix("sha256:") ? "@" : ":") + tag
  }

  /// What the world calls a port: `https://shop.example.com`; nil where it is behind no host name.
  package func publicURL(_ port: Port) -> String? {
    for entry in port.properties.list("public") {
      if let host = entry.text { return "https://\(host)" }
      guard let (form, arguments) = entry.call, form == "ingress", let host = arguments.text("host") else { continue }
      let path = arguments.text("path").flatMap { $0 == "/" ? nil : $0 } ?? ""
      return (arguments.bool("tls") ? "https://" : "http://") + host + path
    }
    return nil
  }
}
