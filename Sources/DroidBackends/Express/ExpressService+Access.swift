import DroidSemantics

/// `access.ts`, and what stands before operations.
extension ExpressService {
  func access() -> [UInt8] {
    var module = self.module("Who may ask, and how often.")
    module.use(type: "Settings", from: "./settings.js")
    var members: [(name: String, type: String, value: TypeScriptCode)] = []
    for auth in auths { members.append((authName(auth), "Auth", code(auth, in: &module))) }
    for limit in limits {
      module.use("./runtime/limits.js", "Limit")
      let options: [TypeScriptCode] = [
        .member("rate", .text(Self.perSecond(limit.rate))), .member("burst", .text(String(limit.burst))),
        .member("by", .string("\"\(limit.by.rawValue)\"")), .member("trustedHops", .text("settings.trustedHops")),
      ]
      members.append((limitName(limit), "Limiter", .call("new Limit", [.object(options)])))
    }
    module.line()
    module.comment("What stands before operations.")
    module.line("export interface Access {")
    for member in members {
      module.use(type: member.type, from: "./runtime/access.js")
      module.line("readonly \(member.name): \(member.type);", depth: 1)
    }
    module.line("}")
    module.line()
    let usesSettings = !limits.isEmpty || auths.contains { $0.secret != nil }
    if usesSettings {
      module.line("export function createAccess(settings: Settings): Access {")
    } else {
      module.line("export function createAccess(_settings: Settings): Access {")
    }
    module.code(.block("return ", members.map { .member($0.name, $0.value) }), depth: 1)
    module.line("}")
    return module.bytes()
  }

  private func code(_ auth: AuthPlan, in module: inout TypeScriptModule) -> TypeScriptCode {
    let realm = TypeScriptLiteral.string(plan.name)
    switch auth {
    case .jwt(let issuer, let audience, let keys):
      module.use("./runtime/tokens.js", "tokenAuth")
      var options: [TypeScriptCode] = [
        .member("realm", .string(realm)), .member("issuer", .string(TypeScriptLiteral.string(issuer))),
        .member("audience", .string(TypeScriptLiteral.string(audience))),
      ]
      if let keys { options.append(.member("keys", .string(TypeScriptLiteral.string(keys)))) }
      return .call("tokenAuth", [.block("", options)])
    case .basic(let secret), .bearer(let secret):
      module.use("./runtime/access.js", "basicAuth")
      return .call("basicAuth", [.text(realm), .text("settings.\(Names.camel(secret.variable))")])
    case .key(let header, let secret):
      module.use("./runtime/access.js", "keyAuth")
      return .call(
        "keyAuth",
        [.text(realm), .text(TypeScriptLiteral.string(header)), .text("settings.\(Names.camel(secret.variable))")])
    }
  }

  /// How often in a second: `100`, `0.5`.
  static func perSecond(_ rate: Rate) -> String {
    let whole = Int(rate.perSecond.rounded())
    return Double(whole) == rate.perSecond ? String(whole) : "\(rate.perSecond)"
  }

  /// `tokens`, `password`, `key`; with a number where there are several.
  func authName(_ auth: AuthPlan) -> String {
    func kind(_ auth: AuthPlan) -> String {
      switch auth {
      case .jwt: "tokens"
      case .basic, .bearer: "password"
      case .key: "key"
      }
    }
    let alike = auths.filter { kind($0) == kind(auth) }
    let index = alike.firstIndex(of: auth) ?? 0
    return index == 0 ? kind(auth) : "\(kind(auth))\(index + 1)"
  }

  /// `ordersApiLimit`
  func limitName(_ limit: LimitPlan) -> String { Names.camel(limit.scope) + "Limit" }

  /// What stands before an operation, as an object; `{}` if nothing does.
  func guardCode(
    _ guards: GuardPlan, believes: Bool = true, in module: inout TypeScriptModule
  ) -> TypeScriptCode {
    var members: [TypeScriptCode] = []
    if let auth = guards.auth {
      members.append(.member("auth", .text("access.\(authName(auth))")))
    } else if guards.believesIdentity && believes {
      module.use("../runtime/access.js", "believedIdentity")
      members.append(.member("auth", .text("believedIdentity")))
    }
    if !guards.scopes.isEmpty {
      members.append(.member("scopes", .array(guards.scopes.map { .string(TypeScriptLiteral.string($0)) })))
    }
    if let limit = guards.limit { members.append(.member("limit", .text("access.\(limitName(limit))"))) }
    if members.isEmpty { return .object([]) }
    return .object([.member("realm", .string(TypeScriptLiteral.string(plan.name)))] + members)
  }

  /// What a port says for all its operations.
  func defaults(_ port: PortPlan, _ shared: TypeScriptCode?) -> [TypeScriptCode] {
    var members: [TypeScriptCode] = []
    if let shared, shared.flat != "{}" { members.append(.member("guard", shared)) }
    if !port.origins.isEmpty {
      members.append(.member("origins", .array(port.origins.map { .string(TypeScriptLiteral.string($0)) })))
    }
    return members
  }

  /// In tests everybody may ask for everything, as often as they like.
  func writeOpenAccess(to module: inout TypeScriptModule) {
    let scopes = Set((plan.operations + graphs.flatMap(\.operations)).flatMap(\.guards.scopes)).sorted()
    module.line()
    module.comment("Everybody may ask for everything, as often as they like.")
    module.use(type: "Access", from: "../gen/access.js")
    let caller = TypeScriptCode.object([
      .member("subject", .string("\"someone\"")),
      .member("scopes", .array(scopes.map { .string(TypeScriptLiteral.string($0)) })),
    ])
    var members: [TypeScriptCode] = []
    if !auths.isEmpty {
      module.use(type: "Auth", from: "../gen/runtime/access.js")
      module.code(caller.wrapped("const everybody: Auth = async () => (", ")"))
      members += auths.map { .member(authName($0), .text("everybody")) }
    }
    if !limits.isEmpty {
      module.use(type: "Limiter", from: "../gen/runtime/access.js")
      module.line("const unlimited: Limiter = { by: \"ip\", take: () => undefined };")
      members += limits.map { .member(limitName($0), .text("unlimited")) }
    }
    module.code(.object(members).wrapped("const access: Access = "))
  }
}
