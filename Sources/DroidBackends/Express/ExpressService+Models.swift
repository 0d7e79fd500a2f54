import DroidSemantics

/// What a model has beside the ports of a service: its versions, and what is done around a prediction.
extension ExpressService {
  var isModel: Bool { plan.model != nil }
  var isBatched: Bool { behaviours.contains(where: isBatched) }

  /// Asked for with others: it is given a list, and answers one.
  static func isBatched(_ operation: OperationPlan, in plan: ServicePlan) -> Bool {
    plan.model?.batch != nil && operation.parameters.count == 1 && operation.body != nil
  }
  func isBatched(_ operation: OperationPlan) -> Bool { Self.isBatched(operation, in: plan) }

  /// Takes what the pipeline makes of its body.
  func isPrepared(_ operation: OperationPlan) -> Bool {
    plan.model?.pipeline.isEmpty == false && operation.body != nil
  }

  func method(_ operation: OperationPlan) -> String {
    let spelled = TypeScriptSpelling.method(operation.method)
    return isModel && spelled == "load" ? spelled + "_" : spelled
  }

  /// A step of the pipeline; it may be called as an operation is.
  private func step(_ name: String) -> String {
    let spelled = TypeScriptSpelling.method(name)
    return spelled == "load" || behaviours.contains { method($0) == spelled } ? spelled + "Step" : spelled
  }

  // MARK: Settings

  var modelSettings: [(name: String, type: String?, value: String)] {
    guard let model = plan.model else { return [] }
    var settings: [(name: String, type: String?, value: String)] = model.versions.map { version in
      let usual = version.model.map { "text(\"\(version.variable)\", \(TypeScriptLiteral.string($0)))" }
      return (Names.camel(version.variable), "string", usual ?? "required(\"\(version.variable)\")")
    }
    let names = model.versions.compactMap { $0.name.map(TypeScriptLiteral.string) }
    if !names.isEmpty {
      let words = names.joined(separator: ", ")
      settings.append(("modelVersion", "string | undefined", "oneOf(\"MODEL_VERSION\", [\(words)], undefined)"))
    }
    return settings
  }

  // MARK: What the user writes

  /// `double(model: unknown, bodies: readonly Item[]): Promise<readonly Answer[]>`
  func batchSignature(
    of operation: OperationPlan, unused: String = "", in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> TypeScriptCode {
    let body = operation.body.map { types.type($0.field.type.unwrapped, in: &module) } ?? "unknown"
    let given = isPrepared(operation) ? "unknown" : body
    let answers = Self.list(result(of: operation, in: &module, types))
    return .group(
      method(operation), .round, [.text("\(unused)model: unknown"), .text("\(unused)bodies: \(Self.list(given))")],
      ": Promise<\(answers)>")
  }

  private func result(
    of operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> String {
    operation.operation.result.map { types.type($0, in: &module) } ?? "undefined"
  }

  private static func list(_ type: String) -> String {
    type.utf8.contains(0x20) ? "readonly (\(type))[]" : "readonly \(type)[]"
  }

  /// `Query | Document`: the bodies that the pipeline is given.
  private func bodyType(in module: inout TypeScriptModule, _ types: TypeScriptTypes) -> String {
    var names: [String] = []
    for operation in behaviours {
      guard let type = operation.body?.field.type else { continue }
      let name = types.type(type.unwrapped, in: &module)
      if !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? "unknown" : names.joined(separator: " | ")
  }

  /// `trim(body: Text): Promise<unknown>`, `shout(body: Text, before: unknown): Promise<unknown>`
  private func stepSignatures(
    unused: String = "", in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> [String] {
    let body = bodyType(in: &module, types)
    return (plan.model?.pipeline ?? []).enumerated().map { index, name in
      let before = index == 0 ? "" : ", \(unused)before: unknown"
      return "\(step(name))(\(unused)body: \(body)\(before)): Promise<unknown>"
    }
  }

  func writeModelInterface(to module: inout TypeScriptModule, _ types: TypeScriptTypes) {
    guard let model = plan.model else { return }
    module.line()
    module.comment("Load a trained model: what predictions are given. A version without a name is \"\".", depth: 1)
    module.line("load(version: string, uri: string): Promise<unknown>;", depth: 1)
    for (index, signature) in stepSignatures(in: &module, types).enumerated() {
      let from = index == 0 ? "the body of a request" : "that, and of what the step before made of it"
      module.line()
      module.comment("The step `\(model.pipeline[index])`: what it makes of \(from).", depth: 1)
      module.line(signature + ";", depth: 1)
    }
  }

  /// The first version of the user's: it starts, and predicts nothing.
  func writeModelScaffold(to module: inout TypeScriptModule, _ types: TypeScriptTypes) {
    module.line("async load(_version: string, _uri: string): Promise<unknown> {", depth: 1)
    module.line("return undefined;", depth: 2)
    module.line("}", depth: 1)
    for (index, signature) in stepSignatures(unused: "_", in: &module, types).enumerated() {
      module.use("../gen/runtime/problems.js", "NotImplemented")
      module.line()
      module.line("async \(signature) {", depth: 1)
      let name = TypeScriptLiteral.string(plan.model?.pipeline[index] ?? "")
      module.line("throw new NotImplemented(\(name));", depth: 2)
      module.line("}", depth: 1)
    }
  }

  /// Models that tests have: every step gives on what it got.
  func writeModelStub(to module: inout TypeScriptModule, _ types: TypeScriptTypes) {
    guard let model = plan.model else { return }
    module.line()
    module.line("async load(version: string, uri: string): Promise<unknown> {", depth: 1)
    module.line("return [version, uri];", depth: 2)
    module.line("}", depth: 1)
    for name in model.pipeline {
      module.line()
      module.line("async \(step(name))(body: unknown): Promise<unknown> {", depth: 1)
      module.line("return body;", depth: 2)
      module.line("}", depth: 1)
    }
  }

  /// As many answers as there were questions.
  func writeBatchStub(of operation: OperationPlan, to module: inout TypeScriptModule, _ types: TypeScriptTypes) {
    let answers = Self.list(result(of: operation, in: &module, types))
    let given = ["_model: unknown", "bodies: readonly unknown[]"].map { TypeScriptCode.text($0) }
    module.code(
      .group("async \(method(operation))", .round, given, ": Promise<\(answers)> {"), depth: 1, suffix: "")
    if operation.operation.result == nil {
      module.line("return bodies.map(() => this.#answer(undefined));", depth: 2)
    } else if let result = operation.operation.result, let sample = sample(of: result, named: operation.name) {
      use(sample, in: &module)
      let codec = types.codec(result.unwrapped, in: &module)
      let value = TypeScriptCode.call(types.use("valueFrom", &module), [codec, sample])
      module.code(.call("const answer = this.#answer", [value]), depth: 2)
      module.line("return bodies.map(() => answer);", depth: 2)
    } else {
      module.line("throw new Error(`there is no example of ${bodies.length}`);", depth: 2)
    }
    module.line("}", depth: 1)
  }

  // MARK: Predictions

  /// What answers an operation: the prediction of a version, of what the pipeline makes of the body.
  func prediction(_ operation: OperationPlan, in module: inout TypeScriptModule) -> TypeScriptCode {
    let body = operation.body.map { TypeScriptSpelling.member($0.field.name) }
    let method = "service.\(method(operation))"
    let isPrepared = isPrepared(operation)
    if isPrepared { module.use("../versions.js", "prepare") }
    var members = [
      TypeScriptCode.text("versions"),
      .member("operation", .string(TypeScriptLiteral.string(operation.name))),
    ]
    if isBatched(operation), let body, let batch = plan.model?.batch {
      module.use("../runtime/batches.js", "predictingTogether")
      let given = isPrepared ? "prepare(service, input.\(body))" : "input.\(body)"
      members += [
        .member("size", .text(String(batch.size))), .member("wait", .text(batch.wait.seconds.description)),
        .member("prepare", .text("(input) => \(given)")),
        .member("predict", .text("(model, bodies) => \(method)(model, bodies)")),
      ]
      return .call("predictingTogether", [.block("", members)])
    }
    module.use("../runtime/predictions.js", "predicting")
    if isPrepared, let body {
      let step = TypeScriptCode.member(
        TypeScriptLiteral.name(body), .text("await prepare(service, input.\(body))"))
      let given = TypeScriptCode.group("async (input) => (", .curly, [.text("...input"), step], ")")
      members.append(.member("prepare", given))
    } else {
      members.append(.member("prepare", .text("(input) => input")))
    }
    let input = inputs[operation.method] == nil ? "" : ", input"
    members.append(.member("predict", .text("(model\(input)) => \(method)(model\(input))")))
    return .call("predicting", [.block("", members)])
  }

  func versionsModule() -> [UInt8] {
    var module = self.module("The versions of the model, and who is sent to which.")
    guard let model = plan.model else { return module.bytes() }
    module.use("./metrics.js", "predictions")
    module.use("./runtime/versions.js", "Versions")
    module.use(type: "Version", from: "./runtime/versions.js")
    module.use(type: "Settings", from: "./settings.js")
    let isNamed = model.versions.contains { $0.name != nil }
    module.line()
    module.comment(isNamed ? "All versions, or the one that this process has alone." : "The only version.")
    module.line("export function createVersions(settings: Settings): Versions {")
    let versions = model.versions.map(code)
    module.code(TypeScriptCode.array(versions).wrapped("const versions: Version[] = "), depth: 1)
    if isNamed {
      module.line("const alone = versions.filter(({ name }) => name === settings.modelVersion);", depth: 1)
    }
    var options: [TypeScriptCode] = [.member("metrics", .text("predictions"))]
    switch model.sticky {
    case .header(let name)?: options.append(Self.sticky("header", name))
    case .cookie(let name)?: options.append(Self.sticky("cookie", name))
    case .subject?: options.append(Self.sticky("subject", nil))
    case nil: break
    }
    if let rollback = model.rollback {
      let rate = rollback.errorRate.hundredth ?? .zero
      let limits: [TypeScriptCode] = [
        .member("errorRate", .text(rate.description)), .member("window", .text(rollback.window.seconds.description)),
      ]
      options.append(.member("rollback", .object(limits)))
    }
    let chosen = TypeScriptCode.text(isNamed ? "alone.length > 0 ? alone : versions" : "versions")
    let settled = options.count == 1 ? TypeScriptCode.object(options) : .block("", options)
    module.code(.call("return new Versions", [chosen, settled]), depth: 1)
    module.line("}")
    writePipeline(model, to: &module)
    return module.bytes()
  }

  private func code(_ version: ModelVersionPlan) -> TypeScriptCode {
    var members: [TypeScriptCode] = [
      .member("name", .string(TypeScriptLiteral.string(version.name ?? ""))),
      .member("uri", .text("settings.\(Names.camel(version.variable))")),
      .member("share", .text(Self.parts(version.share))),
    ]
    if version.mirror != .zero { members.append(.member("mirror", .text(Self.parts(version.mirror)))) }
    if let match = version.match {
      members.append(
        .member(
          "match",
          .object([
            .member("header", .string(TypeScriptLiteral.string(match.header))),
            .member("value", .string(TypeScriptLiteral.string(match.value))),
          ])))
    }
    return .object(members)
  }

  private static func sticky(_ kind: String, _ name: String?) -> TypeScriptCode {
    let by = TypeScriptCode.member("by", .string("\"\(kind)\""))
    let named = name.map { [TypeScriptCode.member("name", .string(TypeScriptLiteral.string($0)))] } ?? []
    return .member("sticky", .object([by] + named))
  }

  private func writePipeline(_ model: ModelPlan, to module: inout TypeScriptModule) {
    guard behaviours.contains(where: isPrepared), let last = model.pipeline.last else { return }
    let types = TypeScriptTypes(plan, root: "./")
    let body = bodyType(in: &module, types)
    module.use(type: interface, from: "./service.js")
    module.line()
    module.comment("The steps before a prediction, in order.")
    let given = ["service: \(interface)", "body: \(body)"].map { TypeScriptCode.text($0) }
    module.code(.group("export async function prepare", .round, given, ": Promise<unknown> {"), suffix: "")
    let isLong = model.pipeline.count > 2
    for (index, name) in model.pipeline.dropLast().enumerated() {
      let target = index > 0 ? "before" : isLong ? "let before" : "const before"
      module.line("\(target) = await service.\(step(name))(body\(index == 0 ? "" : ", before"));", depth: 1)
    }
    module.line("return service.\(step(last))(body\(model.pipeline.count == 1 ? "" : ", before"));", depth: 1)
    module.line("}")
  }

  /// Percent in hundredths.
  private static func parts(_ percent: ExactDecimal) -> String { String(Int((percent.double * 100).rounded())) }
}
