import DroidSemantics

/// The way in from outside: a Gateway with a listener and a certificate for each host name.
enum Gateway {
  /// Its objects; none where nothing is public.
  static func objects(_ cluster: Cluster) -> [YAML] {
    let doors = cluster.doors.filter(\.isRouted)
    guard !doors.isEmpty else { return [] }
    let encrypted = firsts(doors.filter(\.isEncrypted))
    let settings = cluster.system.settings.record("ingress")
    var objects = [
      cluster.object(
        "gateway.networking.k8s.io/v1", "Gateway", name: name(cluster),
        [
          "gatewayClassName": .string(settings?.text("class") ?? "envoy"),
          "listeners": .list([plain] + encrypted.map { listener($0) }),
        ])
    ]
    objects += encrypted.map { certificate($0, settings?.text("issuer") ?? "letsencrypt", cluster) }
    if !encrypted.isEmpty { objects.append(redirect(encrypted, cluster)) }
    return objects
  }

  static func name(_ cluster: Cluster) -> String { cluster.system.name.lowercased().replacingAll("_", with: "-") }

  /// The namespace that requests come from.
  static func namespace(_ cluster: Cluster) -> String {
    cluster.system.settings.record("ingress")?.text("namespace") ?? "envoy-gateway-system"
  }

  /// Of several doors with one host, the first.
  private static func firsts(_ doors: [Door]) -> [Door] {
    var seen: Set<String> = []
    return doors.filter { seen.insert($0.host).inserted }.sorted { $0.host < $1.host }
  }

  private static let plain: YAML = [
    "name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": ["namespaces": ["from": "Same"]],
  ]

  private static func listener(_ door: Door) -> YAML {
    [
      "name": .string(door.listener), "hostname": .string(door.host), "port": 443, "protocol": "HTTPS",
      "tls": ["mode": "Terminate", "certificateRefs": [["name": .string(door.certificate)]]],
      "allowedRoutes": ["namespaces": ["from": "Same"]],
    ]
  }

  private static func certificate(_ door: Door, _ issuer: String, _ cluster: Cluster) -> YAML {
    cluster.object(
      "cert-manager.io/v1", "Certificate", name: door.listener,
      [
        "secretName": .string(door.certificate), "dnsNames": [.string(door.host)],
        "privateKey": ["algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"],
        "issuerRef": ["group": "cert-manager.io", "kind": "ClusterIssuer", "name": .string(issuer)],
      ])
  }

  /// Who comes without TLS is sent where it is.
  private static func redirect(_ doors: [Door], _ cluster: Cluster) -> YAML {
    cluster.object(
      "gateway.networking.k8s.io/v1", "HTTPRoute", name: name(cluster) + "-to-https",
      [
        "parentRefs": [["name": .string(name(cluster)), "sectionName": "http"]],
        "hostnames": .list(doors.map { .string($0.host) }),
        "rules": [
          ["filters": [["type": "RequestRedirect", "requestRedirect": ["scheme": "https", "statusCode": 301]]]]
        ],
      ])
  }
}
