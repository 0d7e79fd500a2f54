import DroidSemantics

/// A setting of a service, which it reads from its environment, and what it tells: where that is depends on where the service
/// runs, a laptop or a cluster.
package struct SettingPlan: Sendable {
  package let name: String
  package let tells: Tells

  package enum Tells: Sendable {
    /// As the droidfile has it.
    case value(Value)
    case client(ClientPlan)
    /// The component; nil where none is connected.
    case store(String?)
    case broker(BrokerPlan)
    case secret(SecretPlan)
  }
}

extension ServicePlan {
  /// What it is told of the world, sorted by name; of two with one name the later kind counts.
  package var settings: [SettingPlan] {
    var tells: [String: SettingPlan.Tells] = [:]
    for entry in component.properties.map("env") { tells[entry.key] = .value(entry.value) }
    for client in clients { tells[client.variable] = .client(client) }
    for store in databases { tells[store.variable] = .store(store.component) }
    for broker in brokers + caches.map(\.broker) { tells[broker.variable] = .broker(broker) }
    for secret in secrets { tells[secret.variable] = .secret(secret) }
    return tells.sorted { $0.key < $1.key }.map { SettingPlan(name: $0.key, tells: $0.value) }
  }
}
