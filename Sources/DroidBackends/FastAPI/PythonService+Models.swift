import DroidSemantics

/// What a model has beside the ports of a service: its versions, and what is done around a prediction.
extension PythonService {
  var isModel: Bool { plan.model != nil }
  var isBatched: Bool { plan.behaviours.contains(where: isBatched) }

  /// Asked for with others: it is given a list, and answers one.
  func isBatched(_ operation: OperationPlan) -> Bool {
    plan.model?.batch != nil && operation.parameters.count == 1 && operation.body != nil
  }

  /// Takes what the pipeline makes of its body.
  private func isPrepared(_ operation: OperationPlan) -> Bool {
    plan.model?.pipeline.isEmpty == false && operation.body != nil
  }

  private static let reservedParameters: Set<String> = [
    "body", "bodies", "model", "version", "versions", "prepared", "before",
  ]
  private static let reservedMethods: Set<String> = ["load", "prepare"]

  func parameter(_ name: String) -> String {
    let spelled = PythonSpelling.parameter(name)
    return isModel && Self.reservedParameters.contains(spelled) ? spelled + "_" : spelled
  }

  func method(_ operation: OperationPlan) -> String {
    let spelled = PythonSpelling.method(operation.method)
    return isModel && Self.reservedMethods.contains(spelled) ? spelled + "_" : spelled
  }

  /// A step of the pipeline; it may be called as an operation is.
  private func step(_ name: String) -> String {
    let spelled = PythonSpelling.method(name)
    let isTaken = Self.reservedMethods.contains(spelled) || plan.behaviours.contains { method($0) == spelled }
    return isTaken ? spelled + "_step" : spelled
  }

  // MARK: Settings

  func writeModelSettings(to module: inout PythonModule) {
    guard let model = plan.model else { return }
    for version in model.versions {
      let value = version.model.map { " = \(PythonLiteral.string($0))" } ?? ""
      module.line("\(version.variable.lowercased()): str\(value)", depth: 1)
    }
    let names = model.versions.compactMap { $0.name.map { PythonLiteral.string($0) } }
    if names.isEmpty { return }
    module.code(.group("model_version: Literal", .square, names.map { .text($0) }, " | None = None"), depth: 1)
  }

  // MARK: What the user writes

  /// `async def rank(self, model: Any, prepared: Any, limit: int) -> Score:`
  func predictionParameters(
    of operation: OperationPlan, in module: inout PythonModule, _ types: PythonTypes
  ) -> [PythonCode] {
    module.use("typing", "Any")
    let body = isPrepared(operation) ? PythonCode.text("Any") : nil
    if isBatched(operation), let type = operation.body?.field.type {
      let items = body ?? types.bare(type, in: &module)
      return [.text("model: Any"), items.wrapped("bodies: list[", "]")]
    }
    let others = operation.parameters.map { parameter in
      let type = parameter.location == .body ? body : nil
      return (type ?? types.bare(parameter.field.type, in: &module))
        .wrapped(self.parameter(parameter.field.name) + ": ")
    }
    return [.text("model: Any")] + others
  }

  /// `Query | Document`: the bodies that the pipeline is given.
  private func bodyType(in module: inout PythonModule, _ types: PythonTypes) -> String {
    var names: [String] = []
    for operation in plan.behaviours {
      guard let type = operation.body?.field.type else { continue }
      let name = types.bare(type, in: &module).flat
      if !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? "object" : names.joined(separator: " | ")
  }

  private func stepSignatures(in module: inout PythonModule, _ types: PythonTypes) -> [PythonCode] {
    let body = bodyType(in: &module, types)
    return (plan.model?.pipeline ?? []).enumerated().map { index, name in
      let before = index == 0 ? "" : ", before: Any"
      return .text("async def \(step(name))(self, body: \(body)\(before)) -> Any:")
    }
  }

  private static let loadSignature = "async def load(self, version: str, uri: str) -> Any:"

  func writeModelInterface(to module: inout PythonModule) {
    guard let model = plan.model else { return }
    module.use("typing", "Any")
    module.line()
    if let framework = model.framework {
      module.use(module: "asyncio")
      module.use(".runtime.\(framework.rawValue)_model", "load_model")
      module.line(Self.loadSignature, depth: 1)
      module.docstring("Load a trained model from a file. Write your own for what is elsewhere.", depth: 2)
      module.line("return await asyncio.to_thread(load_model, uri)", depth: 2)
    } else {
      module.use("abc", "abstractmethod")
      module.line("@abstractmethod", depth: 1)
      module.line(Self.loadSignature, depth: 1)
      module.docstring("Load a trained model: what predictions are given.", depth: 2)
    }
    let steps = stepSignatures(in: &module, types())
    for (index, signature) in steps.enumerated() {
      module.use("abc", "abstractmethod")
      module.line()
      module.line("@abstractmethod", depth: 1)
      module.code(signature, depth: 1)
      let from = index == 0 ? "the body of a request" : "that, and of what the step before made of it"
      module.docstring("The step `\(model.pipeline[index])`: what it makes of \(from).", depth: 2)
    }
    if steps.isEmpty { return }
    module.line()
    module.line("async def prepare(self, body: \(bodyType(in: &module, types()))) -> Any:", depth: 1)
    module.docstring("The steps before a prediction, in order.", depth: 2)
    for (index, name) in model.pipeline.enumerated() {
      let target = index + 1 == steps.count ? "return" : "before ="
      module.line("\(target) await self.\(step(name))(body\(index == 0 ? "" : ", before"))", depth: 2)
    }
  }

  /// The first version of the user's: it starts, and predicts nothing.
  func writeModelScaffold(to module: inout PythonModule) {
    guard let model = plan.model else { return }
    module.use("typing", "Any")
    if model.framework == nil {
      module.line()
      module.line(Self.loadSignature, depth: 1)
      module.line("return None", depth: 2)
    }
    for signature in stepSignatures(in: &module, types(package + ".")) {
      module.line()
      module.code(signature, depth: 1)
      module.line("raise NotImplementedError", depth: 2)
    }
  }

  /// Models that tests have: every step gives on what it got.
  func writeModelStub(to module: inout PythonModule) {
    guard isModel else { return }
    module.use("typing", "Any")
    module.line()
    module.line(Self.loadSignature, depth: 1)
    module.line("return (version, uri)", depth: 2)
    for signature in stepSignatures(in: &module, types(package + ".")) {
      module.line()
      module.code(signature, depth: 1)
      module.line("return body", depth: 2)
    }
  }

  // MARK: Predictions

  /// `versions.predict(request, "rank", lambda version: service.rank(version.model, prepared))`, and what comes before it.
  func writePrediction(of operation: OperationPlan, to module: inout PythonModule) -> PythonCode {
    module.use("..dependencies", "VersionsDependency")
    let name = PythonLiteral.string(operation.name)
    let body = operation.body.map { parameter($0.field.name) }
    if isPrepared(operation), let body { module.line("prepared = await service.prepare(\(body))", depth: 1) }
    let given = isPrepared(operation) ? "prepared" : body
    if isBatched(operation), let given {
      return .call(
        "await versions.predict_together",
        ["request", name, "service.\(method(operation))", given].map { .text($0) })
    }
    let arguments = operation.parameters.map { parameter in
      parameter.location == .body && isPrepared(operation) ? "prepared" : self.parameter(parameter.field.name)
    }
    return .call(
      "await versions.predict",
      [
        .text("request"), .text(name),
        .call(
          "lambda version: service.\(method(operation))", (["version.model"] + arguments).map { .text($0) }),
      ])
  }

  func versionsModule() -> [UInt8] {
    var module = self.module("The versions of the model, and who is sent to which.")
    let kind = isBatched ? "BatchedVersions" : "Versions"
    module.use(isBatched ? ".runtime.batches" : ".runtime.versions", kind)
    module.use(".runtime.versions", "Version")
    module.use(".settings", "Settings")
    module.separate()
    module.line("def versions_of(settings: Settings) -> \(kind):")
    guard let model = plan.model else { return module.bytes() }
    let isNamed = model.versions.contains { $0.name != nil }
    module.docstring(
      isNamed ? "All versions, or the one that this process has alone." : "The only version.", depth: 1)
    let versions = model.versions.map { version -> PythonCode in
      var arguments = ["uri=settings.\(version.variable.lowercased())"]
      if let name = version.name {
        arguments.insert("name=\(PythonLiteral.string(name))", at: 0)
        arguments.append("share=\(Self.parts(version.share))")
      }
      if version.mirror != .zero { arguments.append("mirror=\(Self.parts(version.mirror))") }
      if let match = version.match {
        arguments.append("match=(\(PythonLiteral.string(match.header)), \(PythonLiteral.string(match.value)))")
      }
      return .call("Version", arguments.map { .text($0) })
    }
    module.code(.group("versions = ", .square, versions), depth: 1)
    if isNamed {
      module.line("alone = [each for each in versions if each.name == settings.model_version]", depth: 1)
    }
    var arguments: [PythonCode] = [.text(isNamed ? "alone or versions" : "versions")]
    if isBatched, let batch = model.batch {
      arguments += [.text("size=\(batch.size)"), .text("wait=\(batch.wait.seconds)")]
    }
    switch model.sticky {
    case .header(let name)?: arguments.append(.text("sticky=(\"header\", \(PythonLiteral.string(name)))"))
    case .cookie(let name)?: arguments.append(.text("sticky=(\"cookie\", \(PythonLiteral.string(name)))"))
    case .subject?: arguments.append(.text("sticky=(\"subject\", \"\")"))
    case nil: break
    }
    if let rollback = model.rollback {
      module.use(".runtime.versions", "Rollback")
      let rate = rollback.errorRate.hundredth ?? .zero
      arguments.append(.text("rollback=Rollback(error_rate=\(rate), window=\(rollback.window.seconds))"))
    }
    module.code(.call("return \(kind)", arguments), depth: 1)
    return module.bytes()
  }

  /// Percent in hundredths.
  private static func parts(_ percent: ExactDecimal) -> Int { Int((percent.double * 100).rounded()) }
}
