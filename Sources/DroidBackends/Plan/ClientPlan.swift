import DroidSemantics

/// A connection to what answers REST, as its caller sees it.
package final class ClientPlan: Sendable {
  package let connection: Connection
  /// The caller's out port, which names the client.
  package let port: Port
  package let target: Component
  /// Where the target is: `ORDERS_URL`.
  package let variable: String
  /// Of the target's port. Empty where a contract stands in for them.
  package let operations: [OperationPlan]
  package let resilience: ResiliencePlan
  /// What is sent to an External to prove who asks.
  package let auth: AuthPlan?
  /// `x-subject` and `x-scopes` travel on.
  package let forwardsIdentity: Bool
  /// So does the token: the target reads it itself.
  package let forwardsAuthorization: Bool
  /// The target may be missing.
  package let isOptional: Bool
  /// What a gateway passes on, if it does.
  package let route: RoutePlan?

  package var name: String { port.name }
  /// Where an External is, unless a setting says otherwise.
  package var address: String? {
    guard var url = target.properties.text("url") else { return nil }
    while url.hasSuffix("/") { url.removeLast() }
    return url
  }
  /// A mesh may watch over its calls.
  package var mayBeMeshed: Bool { target.kind != .external }

  init(
    connection: Connection, port: Port, target: Component, variable: String, operations: [OperationPlan],
    resilience: ResiliencePlan, auth: AuthPlan?, forwardsIdentity: Bool, forwardsAuthorization: Bool, isOptional: Bool,
    route: RoutePlan?
  ) {
    self.connection = connection
    self.port = port
    self.target = target
    self.variable = variable
    self.operations = operations
    self.resilience = resilience
    self.auth = auth
    self.forwardsIdentity = forwardsIdentity
    self.forwardsAuthorization = forwardsAuthorization
    self.isOptional = isOptional
    self.route = route
  }
}

/// Requests at or below a prefix, which a gateway passes on.
package struct RoutePlan: Sendable {
  /// `/orders`, without a slash at its end; empty for all.
  package let prefix: String
  /// The prefix is taken off.
  package let strips: Bool
}

extension OperationPlan {
  package enum Repeatability: Sendable {
    case never
    case always
    /// With an Idempotency-Key.
    case withKey
  }

  /// May be done twice: as said, else by its verb (RFC 9110, 9.2.2).
  package var repeatability: Repeatability {
    if let said = operation.properties.explicit("idempotent") {
      if said.call?.name == "key" { return .withKey }
      return said.bool == true ? .always : .never
    }
    if operation.origin?.action == .create { return .withKey }
    switch operation.verb {
    case .get, .head, .put, .delete, .query: return .always
    case .post, .patch, .mutation, .subscription: return .never
    }
  }

  package enum KeyUse: Sendable { case taken, required }

  /// Takes an Idempotency-Key: creating does, and what says `idempotent = key`, which asks for it.
  package var idempotencyKey: KeyUse? {
    let isAsked = operation.properties.explicit("idempotent")?.call?.name == "key"
    guard let origin = operation.origin else { return isAsked ? .required : nil }
    return origin.action != .create ? nil : isAsked ? .required : .taken
  }
}
