import DroidSemantics

/// What tests prove who they are with.
extension PythonService {
  /// The constant of the test configuration that holds the headers.
  func credentials(for operation: OperationPlan) -> String? {
    if let auth = operation.guards.auth, let name = auths.first(where: { $0.auth == auth })?.name {
      return name + "_HEADERS"
    }
    return operation.guards.scopes.isEmpty ? nil : "IDENTITY_HEADERS"
  }

  func writeCredentials(to module: inout PythonModule) {
    if !plan.secrets.isEmpty { module.line("SECRET = \"name:password\"") }
    let scopes = Set(guardPlans.flatMap(\.scopes)).sorted().joined(separator: " ")
    if guardPlans.contains(where: { $0.auth == nil && !$0.scopes.isEmpty }) {
      module.line("IDENTITY_HEADERS = {\"x-subject\": \"tester\", \"x-scopes\": \(PythonLiteral.string(scopes))}")
    }
    if hasTokens {
      module.use(module: "jwt")
      module.use(module: "time")
      module.use("typing", "Any")
      module.use("cryptography.hazmat.primitives.asymmetric.ec", "SECP256R1", "generate_private_key")
      module.use("jwt.algorithms", "ECAlgorithm")
      module.line("KEY = generate_private_key(SECP256R1())")
      module.separate()
      module.line("def bearer(issuer: str, audience: str) -> dict[str, str]:")
      module.docstring("The headers of a caller that is allowed everything.", depth: 1)
      module.line("claims: dict[str, Any] = {", depth: 1)
      module.line("\"iss\": issuer,", depth: 2)
      module.line("\"aud\": audience,", depth: 2)
      module.line("\"exp\": int(time.time()) + 3600,", depth: 2)
      module.line("\"sub\": \"tester\",", depth: 2)
      module.line("\"scope\": \(PythonLiteral.string(scopes)),", depth: 2)
      module.line("}", depth: 1)
      module.line("token = jwt.encode(claims, KEY, algorithm=\"ES256\")", depth: 1)
      module.line("return {\"authorization\": f\"Bearer {token}\"}", depth: 1)
      module.separate()
    }
    for (name, auth) in auths {
      switch auth {
      case .jwt(let issuer, let audience, _):
        module.code(
          .call(
            "\(name)_HEADERS = bearer",
            [.text(PythonLiteral.string(issuer)), .text(PythonLiteral.string(audience))]))
      case .basic:
        module.use(module: "base64")
        module.line("\(name)_HEADERS = {")
        module.line("\"authorization\": \"Basic \" + base64.b64encode(SECRET.encode()).decode(),", depth: 1)
        module.line("}")
      case .key(let header, _): module.line("\(name)_HEADERS = {\(PythonLiteral.string(header)): SECRET}")
      case .bearer: break
      }
    }
    if hasLimits || hasTokens { writeFixtures(to: &module) }
  }

  /// Nobody is asked for keys, and no test takes away from what the next may ask.
  private func writeFixtures(to module: inout PythonModule) {
    module.use(package, "access")
    module.separate()
    module.line("@pytest.fixture(autouse=True)")
    module.line("def access_from_scratch() -> None:")
    module.docstring("Each test begins with full buckets and known keys.", depth: 1)
    for limit in limits { module.line("access.\(name(of: limit)).fill()", depth: 1) }
    guard hasTokens else { return }
    module.line("key = jwt.PyJWK(ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True))", depth: 1)
    for case (let name, .jwt) in auths { module.line("access.\(name).trust(key)", depth: 1) }
  }
}
