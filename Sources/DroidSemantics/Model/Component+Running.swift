/// Who runs a component, and with what.
extension Component {
  /// Someone else runs it: nothing of it is deployed.
  package var isRunElsewhere: Bool { kind == .external || properties.secret("url") != nil }

  /// Run by an operator of the cluster: PostgreSQL and Kafka, but for a laptop.
  package func isManaged(in system: System) -> Bool {
    (kind == .postgres || kind == .kafka) && !isRunElsewhere && system.settings.choice("profile") != "development"
  }

  /// It keeps data in volumes that are claimed.
  package var hasClaims: Bool {
    kind.isStore
      ? kind != .bucket && !isRunElsewhere && (kind != .redis || properties.bytes("storage") != nil)
      : properties.map("volumes").contains { $0.value.bytes != nil }
  }

  /// Its pods are bounded in what they may use of this.
  package func hasLimit(of resource: String) -> Bool {
    properties.range(resource).map { $0.upper != nil } ?? !properties[resource].isNone
  }

  /// What it handled, answered and keeps is in a database that is connected to it.
  package var keepsInDatabase: Bool {
    kind.isGenerated
      && ports.contains { port in
        port.direction == .into
          && (port.type.isEvents || !port.resources.isEmpty
            || port.operations.contains { $0.properties["idempotent"].call?.name == "key" })
      }
  }
}
