import DroidSemantics

/// How a caller proves who it is.
package enum AuthPlan: Hashable, Sendable {
  /// A signed token; without `keys`, the issuer tells where they are.
  case jwt(issuer: String, audience: String, keys: String?)
  /// The secret holds `name:password`.
  case basic(SecretPlan)
  case key(header: String, SecretPlan)
  /// What a client sends to an External.
  case bearer(SecretPlan)

  init?(_ value: Value) {
    guard let (form, arguments) = value.call else { return nil }
    let secret = arguments.secret("secret").map(SecretPlan.init)
    switch (form, secret) {
    case ("jwt", _):
      self = .jwt(
        issuer: arguments.text("issuer") ?? "", audience: arguments.text("audience") ?? "",
        keys: arguments.text("keys"))
    case ("basic", let secret?): self = .basic(secret)
    case ("key", let secret?): self = .key(header: arguments.text("header") ?? "", secret)
    case ("bearer", let secret?): self = .bearer(secret)
    default: return nil
    }
  }

  /// The setting that holds its secret, if it has one.
  package var secret: SecretPlan? {
    switch self {
    case .jwt: nil
    case .basic(let secret), .key(_, let secret), .bearer(let secret): secret
    }
  }
}

/// A secret, and the environment variable that a process reads it from: `secret("billing/token")` is `SECRET_BILLING_TOKEN`.
package struct SecretPlan: Hashable, Sendable {
  package let reference: SecretReference
  package var variable: String { "SECRET_\(Names.constant(reference.object))_\(Names.constant(reference.key))" }
}

/// How many requests are taken: a token bucket for each of `by`.
package struct LimitPlan: Hashable, Sendable {
  package let rate: Rate
  package let burst: Int
  package let by: By
  /// What shares its buckets: `orders` (the component), `orders.api`, `orders.api.cancel`.
  package let scope: String

  package enum By: String, Sendable { case ip, subject, key }

  init?(_ value: Value, scope: [String]) {
    guard let limit = value.record, let rate = limit.rate("rate") else { return nil }
    self.rate = rate
    burst = limit.integer("burst").map { Int($0) } ?? max(1, Int(rate.perSecond.rounded(.up)))
    by = limit.choice("by").flatMap(By.init) ?? .ip
    self.scope = scope.joined(separator: ".")
  }

  /// The seconds in which an empty bucket is full again.
  package var window: Int { max(1, Int((Double(burst) / rate.perSecond).rounded(.up))) }
}

/// What stands before an operation.
package struct GuardPlan: Sendable {
  /// Nil: anybody may ask.
  package let auth: AuthPlan?
  package let scopes: [String]
  package let limit: LimitPlan?
  /// The longest that an answer may take.
  package let timeout: TimeSpan
  /// `x-subject` and `x-scopes` of the caller are believed: it is inside, and nothing better tells who it is.
  package let believesIdentity: Bool

  /// The nearest that is said holds: of the operation, of its port, of the component.
  init(_ operation: Operation?, of port: Port, in component: Component) {
    func nearest(_ name: String, of operation: Operation?) -> (value: Value, scope: [String])? {
      let said: (value: Value, scope: [String])?
      if let operation, let value = operation.properties.explicit(name) {
        said = (value, [component.name, port.name, operation.name])
      } else if let value = port.properties.explicit(name) {
        said = (value, [component.name, port.name])
      } else {
        said = component.properties.explicit(name).map { ($0, [component.name]) }
      }
      return said.flatMap { $0.value.isNone ? nil : $0 }
    }
    auth = nearest("auth", of: operation).flatMap { AuthPlan($0.value) }
    limit = nearest("limit", of: operation).flatMap { LimitPlan($0.value, scope: $0.scope) }
    scopes = operation?.properties.list("scopes").compactMap(\.text) ?? []
    timeout = operation?.properties.duration("timeout") ?? port.properties.duration("timeout") ?? TimeSpan(seconds: 30)
    // An operation that is open on a guarded port is open to everybody, who may then say anything.
    believesIdentity = auth == nil && nearest("auth", of: nil).flatMap { AuthPlan($0.value) } == nil && !port.isPublic
  }
}

extension Port {
  /// Reached from outside of the system.
  package var isPublic: Bool { !properties.list("public").isEmpty }

  /// Reached from outside, by TLS.
  package var isPublicWithTLS: Bool {
    properties.list("public").contains { entry in
      if entry.text != nil { return true }
      guard let (form, arguments) = entry.call, form == "ingress" else { return false }
      return arguments.bool("tls")
    }
  }
}
