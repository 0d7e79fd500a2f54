import DroidSemantics

/// Who may ask, and how often: `guards.go`, and what stands before each operation.
extension GoService {
  /// What its operations ask of callers, each once.
  var auths: [(field: String, auth: AuthPlan)] {
    var seen: [AuthPlan] = []
    var names: [String] = []
    for auth in operations.compactMap(\.guards.auth) + guardsOfPorts.compactMap(\.auth) where !seen.contains(auth) {
      let name = Self.field(auth)
      let before = seen.count { Self.field($0) == name }
      seen.append(auth)
      names.append(name + (before == 0 ? "" : String(before + 1)))
    }
    return zip(names, seen).map { ($0, $1) }
  }

  /// The limits, each with what shares it.
  var limits: [(field: String, limit: LimitPlan)] {
    var seen: [LimitPlan] = []
    for limit in operations.compactMap(\.guards.limit) + guardsOfPorts.compactMap(\.limit)
    where !seen.contains(limit) { seen.append(limit) }
    return seen.map { limit in
      let place = limit.scope.dropFirst(plan.name.count).drop { $0 == "." }
      return (GoSpelling.local(place + "-limit"), limit)
    }
  }

  private var guardsOfPorts: [GuardPlan] {
    plan.applications.flatMap { $0.ports.map(\.guards) + $0.graphs.map(\.guards) }
  }
  var hasGuards: Bool { !auths.isEmpty || !limits.isEmpty }

  private static func field(_ auth: AuthPlan) -> String {
    switch auth {
    case .jwt: "token"
    case .basic: "password"
    case .key, .bearer: "key"
    }
  }

  func guards() -> [UInt8] {
    var file = self.file()
    file.use("gen/runtime/access")
    file.use("gen/runtime/rest")
    let rows = auths.map { [$0.field, "rest.Auth"] } + limits.map { [$0.field, "*rest.Limit"] }
    file.line()
    file.comment("guards tell who asks, and how often each may.")
    file.line("type guards struct {")
    file.rows(rows, depth: 1)
    file.line("}")
    file.line()
    let usesSettings = auths.contains { $0.auth.secret != nil } || !limits.isEmpty
    file.line("func newGuards(\(usesSettings ? "settings" : "_") Settings) *guards {")
    file.line("return &guards{", depth: 1)
    file.rows(
      auths.map { ["\($0.field):", construct($0.auth) + ","] }
        + limits.map { ["\($0.field):", construct($0.limit) + ","] },
      depth: 2)
    file.line("}", depth: 1)
    file.line("}")
    return file.bytes()
  }

  private func construct(_ auth: AuthPlan) -> String {
    let realm = GoLiteral.string(plan.name)
    switch auth {
    case .jwt(let issuer, let audience, let keys):
      let texts = [issuer, audience, keys ?? ""].map { GoLiteral.string($0) }.joined(separator: ", ")
      return "access.Token(\(realm), \(texts))"
    case .basic(let secret): return "access.Basic(\(realm), settings.\(secretField(secret)))"
    case .key(let header, let secret):
      return "access.Key(\(realm), \(GoLiteral.string(header)), settings.\(secretField(secret)))"
    case .bearer(let secret): return "access.Key(\(realm), \"Authorization\", settings.\(secretField(secret)))"
    }
  }

  func secretField(_ secret: SecretPlan) -> String { GoSpelling.exported(secret.variable) }

  private func construct(_ limit: LimitPlan) -> String {
    "access.NewLimit(\(GoLiteral.rate(limit.rate)), \(limit.burst), \(limit.by == .ip), settings.TrustedHops)"
  }

  /// `rest.Guard{Auth: guards.token, Scopes: []string{"billing"}}`; nil where anybody may pass.
  func code(_ plan: GuardPlan, origins: [String], believes: Bool = true) -> String? {
    var parts: [String] = []
    if let auth = plan.auth, let found = auths.first(where: { $0.auth == auth }) {
      parts.append("Auth: guards.\(found.field)")
    }
    if !plan.scopes.isEmpty {
      parts.append("Scopes: []string{\(plan.scopes.map { GoLiteral.string($0) }.joined(separator: ", "))}")
    }
    if let limit = plan.limit, let found = limits.first(where: { $0.limit == limit }) {
      parts.append("Limit: guards.\(found.field)")
    }
    if plan.believesIdentity && believes { parts.append("BelievesIdentity: true") }
    if !origins.isEmpty { parts.append("Origins: origins") }
    return parts.isEmpty ? nil : "rest.Guard{\(parts.joined(separator: ", "))}"
  }
}
