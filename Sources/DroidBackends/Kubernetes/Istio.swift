import DroidSemantics

/// What Istio does with the graph: who may ask whom, encrypted both ways, and how callers hold out.
enum Istio {
  /// For the whole namespace: all that is not allowed is denied, nothing is said in the open, and sidecars reach their control
  /// plane.
  static func defaults(_ cluster: Cluster) -> [YAML] {
    [
      cluster.object("security.istio.io/v1", "PeerAuthentication", name: "default", ["mtls": ["mode": "STRICT"]]),
      cluster.object("security.istio.io/v1", "AuthorizationPolicy", name: "allow-nothing", [:]),
      cluster.object(
        "networking.k8s.io/v1", "NetworkPolicy", name: "allow-istio",
        [
          "podSelector": [:], "policyTypes": ["Egress"],
          "egress": [
            [
              "to": [["namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "istio-system"]]]],
              "ports": [NetworkRules.port(15012)],
            ]
          ],
        ]),
    ]
  }

  /// Who may ask.
  static func access(_ component: Component, _ cluster: Cluster) -> [YAML] {
    var rules: [YAML] = []
    for (way, peer) in Way.all(component, cluster) where way.isInto && !way.isUDP && cluster.isDeployed(peer) {
      let rule: YAML = [
        "from": [["source": ["principals": [.string(principal(peer, cluster))]]]],
        "to": [["operation": ["ports": [.string(String(way.port))]]]],
      ]
      if !rules.contains(rule) { rules.append(rule) }
    }
    if component.isNATSCluster {
      rules.append([
        "from": [["source": ["principals": [.string(principal(component, cluster))]]]],
        "to": [["operation": ["ports": [.string(String(natsClusterPort))]]]],
      ])
    }
    let open = NetworkRules.portsFromOutside(component, cluster)
    if !open.isEmpty {
      rules.append(["to": [["operation": ["ports": .list(open.map { .string(String($0)) })]]]])
    }
    guard !rules.isEmpty else { return [] }
    let selector: YAML = ["matchLabels": ["app.kubernetes.io/name": .string(component.spelled)]]
    var objects = [
      cluster.object(
        "security.istio.io/v1", "AuthorizationPolicy", component,
        ["selector": selector, "action": "ALLOW", "rules": .list(rules)])
    ]
    if !open.isEmpty {
      // Who comes from outside of the mesh has no certificate of it; network policies say who that may be.
      let ports = open.map { number -> YAML.Entry in (String(number), ["mode": "PERMISSIVE"]) }
      objects.append(
        cluster.object(
          "security.istio.io/v1", "PeerAuthentication", component,
          ["selector": selector, "mtls": ["mode": "STRICT"], "portLevelMtls": .map(ports)]))
    }
    return objects
  }

  private static func principal(_ component: Component, _ cluster: Cluster) -> String {
    "cluster.local/ns/\(cluster.namespace)/sa/\(cluster.account(of: component))"
  }
}
