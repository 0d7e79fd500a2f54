import DroidSemantics

/// A way in from outside that has a host name: requests to it come through the Gateway.
struct Door: Sendable {
  let component: Component
  let port: Port
  let host: String
  let path: String
  let isEncrypted: Bool

  static func all(of component: Component, _ port: Port) -> [Door] {
    port.properties.list("public").compactMap { entry in
      if let host = entry.text {
        return Door(component: component, port: port, host: host, path: "/", isEncrypted: true)
      }
      guard let (form, arguments) = entry.call, form == "ingress", let host = arguments.text("host") else { return nil }
      return Door(
        component: component, port: port, host: host, path: arguments.text("path") ?? "/",
        isEncrypted: arguments.bool("tls"))
    }
  }

  /// What the world calls it: `https://shop.example.com`.
  var url: String { (isEncrypted ? "https://" : "http://") + host + (path == "/" ? "" : path) }

  /// The Gateway's listener for it: `shop-example-com`.
  var listener: String {
    isEncrypted ? host.replacingAll("*", with: "any").replacingAll(".", with: "-") : "http"
  }

  /// The Secret that holds its certificate.
  var certificate: String { listener + "-tls" }

  /// Answers what a Gateway can pass on by the host name.
  var isRouted: Bool { port.type == .rest || port.type == .graphQL || port.type == .grpc }
}
