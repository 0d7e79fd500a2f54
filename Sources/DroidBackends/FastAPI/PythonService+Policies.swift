import DroidSemantics

/// What holds for operations beside their form: `access.py`, and the policies in the routers.
extension PythonService {
  static func auths(of guards: [GuardPlan]) -> [(name: String, auth: AuthPlan)] {
    var auths: [(name: String, auth: AuthPlan)] = []
    for auth in guards.compactMap(\.auth) where !auths.contains(where: { $0.auth == auth }) {
      let kind =
        switch auth {
        case .jwt: "JWT_AUTH"
        case .basic: "BASIC_AUTH"
        case .key, .bearer: "KEY_AUTH"
        }
      let count = auths.count { $0.name.hasPrefix(kind) }
      auths.append((kind + (count == 0 ? "" : "_\(count + 1)"), auth))
    }
    return auths
  }

  static func limits(of guards: [GuardPlan]) -> [LimitPlan] {
    var limits: [LimitPlan] = []
    for limit in guards.compactMap(\.limit) where !limits.contains(limit) { limits.append(limit) }
    return limits
  }

  var hasAccess: Bool { !auths.isEmpty || !limits.isEmpty }
  var hasLimits: Bool { !limits.isEmpty }
  var hasTokens: Bool { auths.contains { if case .jwt = $0.auth { true } else { false } } }
  var hasAuth: Bool {
    !auths.isEmpty || guardPlans.contains { !$0.scopes.isEmpty }
      || plan.applications.contains { $0.ports.contains(where: believes) }
  }
  var hasOrigins: Bool { plan.applications.contains { $0.ports.contains { !$0.origins.isEmpty } } }
  var hasKeys: Bool { plan.operations.contains { $0.idempotencyKey != nil } }

  func access() -> [UInt8] {
    var module = self.module("Who may ask, and how often.")
    module.line()
    for (name, auth) in auths {
      let realm = PythonCode.text("realm=" + PythonLiteral.string(plan.name))
      func text(_ name: String, _ value: String) -> PythonCode { .text("\(name)=\(PythonLiteral.string(value))") }
      switch auth {
      case .jwt(let issuer, let audience, let keys):
        module.use(".runtime.tokens", "JWTAuth")
        let place = keys.map { [text("keys", $0)] } ?? []
        module.code(
          .call("\(name) = JWTAuth", [realm, text("issuer", issuer), text("audience", audience)] + place))
      case .basic(let secret):
        module.use(".runtime.auth", "BasicAuth")
        module.code(.call("\(name) = BasicAuth", [realm, text("setting", secret.variable.lowercased())]))
      case .key(let header, let secret):
        module.use(".runtime.auth", "KeyAuth")
        module.code(
          .call(
            "\(name) = KeyAuth", [realm, text("header", header), text("setting", secret.variable.lowercased())]))
      case .bearer: break  // what an External asks for
      }
    }
    for limit in limits {
      module.use(".runtime.limits", "Limit")
      module.code(
        .call(
          "\(name(of: limit)) = Limit",
          [
            .text("rate=\(Self.decimal(limit.rate.perSecond))"), .text("burst=\(limit.burst)"),
            .text("by=\"\(limit.by.rawValue)\""),
          ]))
    }
    return module.bytes()
  }

  /// `LIMIT` of the component, `API_LIMIT` of a port, `API_CANCEL_LIMIT` of an operation.
  func name(of limit: LimitPlan) -> String {
    let place = Names.constant(String(limit.scope.dropFirst(plan.name.count)))
    return place.isEmpty ? "LIMIT" : place + "_LIMIT"
  }

  private static func decimal(_ number: Double) -> String { number.description }

  // MARK: In routers

  /// `Operation`, or a class of its own where something else holds for the operations of a port.
  func routeClass(of port: PortPlan, in module: inout PythonModule) -> String {
    var arguments: [PythonCode] = []
    if port.guards.timeout != TimeSpan(seconds: 30) {
      arguments.append(.text("timeout=\(port.guards.timeout.seconds)"))
    }
    if plan.bodyLimit != 1 << 20 { arguments.append(.text("body=\(Self.grouped(plan.bodyLimit))")) }
    let guards = self.guards(port.guards, of: port, in: &module)
    if !guards.isEmpty { arguments.append(Self.tuple(guards).wrapped("guards=")) }
    let base = port.origins.isEmpty ? "Operation" : "CrossOriginOperation"
    module.use(port.origins.isEmpty ? "..runtime.operations" : "..runtime.cors", base)
    if arguments.isEmpty && port.origins.isEmpty { return base }
    module.separate()
    module.line("class Route(\(base)):")
    module.docstring("What holds for the operations of this port.", depth: 1)
    module.line()
    if !arguments.isEmpty {
      module.use("..runtime.operations", "Policy")
      module.code(.call("policy = Policy", arguments), depth: 1)
    }
    if !port.origins.isEmpty {
      let origins = port.origins.map { PythonCode.text(PythonLiteral.string($0)) }
      module.code(.group("origins = frozenset(", .curly, origins, ")"), depth: 1)
    }
    module.line()
    return "Route"
  }

  /// `@policy(…)`, for what holds for this operation alone.
  func writePolicy(_ operation: OperationPlan, of port: PortPlan, to module: inout PythonModule) {
    var arguments: [PythonCode] = []
    if operation.guards.timeout != port.guards.timeout {
      arguments.append(.text("timeout=\(operation.guards.timeout.seconds)"))
    }
    let guards = self.guards(operation.guards, of: port, in: &module)
    if guards != self.guards(port.guards, of: port, in: &module) {
      arguments.append(Self.tuple(guards).wrapped("guards="))
    }
    if let use = operation.idempotencyKey {
      module.use("..runtime.idempotency", "Once")
      arguments.append(.text("around=Once(\(use == .required ? "is_required=True" : ""))"))
    }
    if let cache = operation.cache {
      let whose = operation.guards.auth == nil ? "public" : "private"
      arguments.append(.text("cache=\"\(whose), max-age=\(cache.nanoseconds / 1_000_000_000)\""))
    }
    if arguments.isEmpty { return }
    module.use("..runtime.operations", "policy")
    module.code(.call("@policy", arguments))
  }

  /// In the order in which they are asked.
  private func guards(_ guards: GuardPlan, of port: PortPlan, in module: inout PythonModule) -> [String] {
    var names: [String] = []
    let limit = guards.limit.map(name(of:))
    if let limit { module.use("..access", limit) }
    if let limit, guards.limit?.by == .ip { names.append(limit) }
    if let auth = guards.auth, let name = auths.first(where: { $0.auth == auth })?.name {
      module.use("..access", name)
      names.append(name)
    } else if guards.believesIdentity, believes(port) {
      module.use("..runtime.auth", "believe_identity")
      names.append("believe_identity")
    }
    if !guards.scopes.isEmpty {
      module.use("..runtime.auth", "Scopes")
      let scopes = (guards.scopes.map { PythonLiteral.string($0) } + ["realm=\(PythonLiteral.string(plan.name))"])
      names.append("Scopes(\(scopes.joined(separator: ", ")))")
    }
    if let limit, guards.limit?.by != .ip { names.append(limit) }
    return names
  }

  /// Something here asks who asks, and only those inside can say.
  private func believes(_ port: PortPlan) -> Bool {
    // What comes to a gateway comes from outside.
    if plan.component.kind == .gateway { return false }
    let plans = [port.guards] + port.operations.map(\.guards)
    guard plans.contains(where: \.believesIdentity) else { return false }
    return plan.clients.contains(where: \.forwardsIdentity) || plan.model?.sticky == .subject
      || plans.contains { !$0.scopes.isEmpty || ($0.limit.map { $0.by != .ip } ?? false) }
      || port.operations.contains { $0.idempotencyKey != nil }
  }

  private static func tuple(_ names: [String]) -> PythonCode {
    names.count == 1 ? .text("(\(names[0]),)") : .group("", .round, names.map { .text($0) })
  }

  /// `1_048_576`
  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { index, digit in
      String(digit) + ((digits.count - index - 1) % 3 == 0 && index < digits.count - 1 ? "_" : "")
    }.joined()
  }
}
