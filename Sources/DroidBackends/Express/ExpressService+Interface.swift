import DroidSemantics

/// What the user implements, and the first version of the user's file.
extension ExpressService {
  func interfaceModule() -> [UInt8] {
    var module = self.module("What `src/service.ts` implements.")
    let types = TypeScriptTypes(plan, root: "./")
    for operation in behaviours {
      guard let input = inputs[operation.method] else { continue }
      module.line()
      module.comment("What `\(method(operation))` is given.")
      module.line("export interface \(input) {")
      for parameter in operation.parameters {
        let field = parameter.field
        module.comment(field.doc, depth: 1)
        let member = TypeScriptLiteral.name(TypeScriptSpelling.member(field.name))
        module.line("readonly \(member): \(given(parameter, to: operation, in: &module, types));", depth: 1)
      }
      module.line("}")
    }
    if !serviceParts.isEmpty {
      module.line()
      module.comment("What the service is made of.")
      module.line("export interface \(parts) {")
      for part in serviceParts {
        module.use(type: part.type, from: "./\(part.module).js")
        module.line("readonly \(part.name): \(part.type);", depth: 1)
      }
      module.line("}")
    }
    module.line()
    module.comment(plan.component.doc ?? "The behaviour of `\(plan.name)`.")
    module.line("export interface \(interface) {")
    module.comment(hasApplications ? "Called once, before the first request." : "Called once, at the start.", depth: 1)
    module.line("start?(): Promise<void>;", depth: 1)
    module.line()
    module.comment(hasApplications ? "Called once, after the last request." : "Called once, at the end.", depth: 1)
    module.line("stop?(): Promise<void>;", depth: 1)
    if isJob {
      module.line()
      module.comment(workDoc, depth: 1)
      module.line(workSignature() + ";", depth: 1)
    }
    writeModelInterface(to: &module, types)
    for hook in plan.hooks {
      let given = hook.givesKey ? "key" : "value"
      let type = types.type(hook.givesKey ? hook.resource.key.type : .record(hook.resource.type), in: &module)
      module.line()
      module.comment(
        "Called after the \(hook.resource.type) was \(hook.action.rawValue), before the answer.", depth: 1)
      module.line("\(Names.camel(hook.name))?(\(given): \(type)): Promise<void>;", depth: 1)
    }
    for operation in behaviours {
      module.line()
      module.comment(doc(of: operation), tags: Self.thrown(by: operation), depth: 1)
      if isBatched(operation) {
        module.code(batchSignature(of: operation, in: &module, types), depth: 1)
      } else {
        module.line(signature(of: operation, in: &module, types) + ";", depth: 1)
      }
    }
    for subscriber in plan.subscribers {
      module.line()
      module.comment(Self.doc(of: subscriber), depth: 1)
      module.line(signature(of: subscriber, in: &module, types) + ";", depth: 1)
    }
    module.line("}")
    return module.bytes()
  }

  private static func doc(of subscriber: SubscriberPlan) -> String {
    if let doc = subscriber.port.doc { return doc }
    return subscriber.batch == 1
      ? "Handle an event of `\(subscriber.name)`, which may come twice with the same id."
      : "Handle events of `\(subscriber.name)`, each of which may come twice with the same id."
  }

  /// `onPlaced`
  static func handler(_ subscriber: SubscriberPlan) -> String { Names.camel("on-" + subscriber.name) }

  /// `onPlaced(event: Order, id: string): Promise<void>`
  func signature(
    of subscriber: SubscriberPlan, unused: String = "", in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> String {
    let type = types.type(.record(subscriber.record.name), in: &module)
    let name = Self.handler(subscriber)
    if subscriber.batch == 1 { return "\(name)(\(unused)event: \(type), \(unused)id: string): Promise<void>" }
    module.use(type: "Received", from: types.root + "runtime/subscriptions.js")
    return "\(name)(\(unused)events: readonly Received<\(type)>[]): Promise<void>"
  }

  /// What a method is given: an absent value that has a default is that, a body what the pipeline made of it.
  private func given(
    _ parameter: Parameter, to operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> String {
    if parameter.location == .body && isPrepared(operation) { return "unknown" }
    let field = parameter.field
    return types.type(field.defaultValue == nil ? field.type : field.type.unwrapped, in: &module)
  }

  /// `cancel(input: CancelInput): Promise<Order>`
  private func signature(
    of operation: OperationPlan, in module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) -> String {
    let result = operation.operation.result.map { types.type($0, in: &module) } ?? "void"
    let given = (isModel ? ["model: unknown"] : []) + (inputs[operation.method].map { ["input: \($0)"] } ?? [])
    let list = given.joined(separator: ", ")
    return "\(method(operation))(\(list)): \(Self.answering(operation))<\(result)>"
  }

  /// A subscription gives values until it ends.
  static func answering(_ operation: OperationPlan) -> String {
    operation.operation.verb == .subscription ? "AsyncIterable" : "Promise"
  }

  private func doc(of operation: OperationPlan) -> String {
    if let doc = operation.operation.doc { return doc }
    let place = "\(operation.operation.verb.rawValue.uppercased()) \(operation.operation.path)"
    switch operation.operation.verb {
    case .query, .mutation: return "Answer the \(operation.operation.verb.rawValue) `\(operation.name)`."
    case .subscription: return "Give what the subscription `\(operation.name)` tells, until there is no more."
    default: return isModel ? "Predict for \(place)." : "Answer \(place)."
    }
  }

  private static func thrown(by operation: OperationPlan) -> [String] {
    operation.errors.map { "@throws \(TypeScriptSpelling.type($0.name))" }
  }

  func scaffold() -> [UInt8] {
    var module = TypeScriptModule("", "The behaviour of `\(plan.name)`. This folder is yours: droid leaves it alone.")
    module.use(type: interface, from: "../gen/service.js")
    module.line()
    module.comment("What droid asks for and does not write itself.")
    module.line("export class \(implementation) implements \(interface) {")
    var isFirst = true
    if !serviceParts.isEmpty {
      module.use(type: parts, from: "../gen/service.js")
      module.line("constructor(readonly parts: \(parts)) {}", depth: 1)
      isFirst = false
    }
    if !hasBehaviours && plan.subscribers.isEmpty && !isJob && !isModel {
      // A class that has nothing of an interface whose members are all optional is taken for a mistake.
      if !isFirst { module.line() }
      module.line("async start(): Promise<void> {}", depth: 1)
    }
    let types = TypeScriptTypes(plan, root: "../gen/")
    if isJob {
      if !isFirst { module.line() }
      isFirst = false
      module.line("async \(workSignature(unused: "_")) {", depth: 1)
      module.line("throw new Error(\"its work has not been written yet\");", depth: 2)
      module.line("}", depth: 1)
    }
    if isModel {
      if !isFirst { module.line() }
      isFirst = false
      writeModelScaffold(to: &module, types)
    }
    for operation in behaviours {
      if !isFirst { module.line() }
      isFirst = false
      module.use("../gen/runtime/problems.js", "NotImplemented")
      writeScaffoldSignature(of: operation, to: &module, types)
      module.line("throw new NotImplemented(\(TypeScriptLiteral.string(operation.identifier)));", depth: 2)
      module.line("}", depth: 1)
    }
    for subscriber in plan.subscribers {
      if !isFirst { module.line() }
      isFirst = false
      module.use("../gen/runtime/problems.js", "NotImplemented")
      module.line("async \(signature(of: subscriber, unused: "_", in: &module, types)) {", depth: 1)
      module.line("throw new NotImplemented(\(TypeScriptLiteral.string(subscriber.name)));", depth: 2)
      module.line("}", depth: 1)
    }
    module.line("}")
    return module.bytes()
  }

  /// The input is spelled out: its name goes with its operation, and the user's code outlives both.
  private func writeScaffoldSignature(
    of operation: OperationPlan, to module: inout TypeScriptModule, _ types: TypeScriptTypes
  ) {
    let result = operation.operation.result.map { types.type($0, in: &module) } ?? "void"
    let isStream = operation.operation.verb == .subscription
    let name = (isStream ? "" : "async ") + method(operation)
    let answer = "\(Self.answering(operation))<\(result)>"
    if isBatched(operation) {
      let signature = batchSignature(of: operation, unused: "_", in: &module, types)
      return module.code(signature.wrapped("async ", " {"), depth: 1, suffix: "")
    }
    let model = isModel ? "_model: unknown" : ""
    guard inputs[operation.method] != nil else {
      return module.line("\(name)(\(model)): \(answer) {", depth: 1)
    }
    let members = operation.parameters.map { parameter -> String in
      let member = TypeScriptLiteral.name(TypeScriptSpelling.member(parameter.field.name))
      return "readonly \(member): \(given(parameter, to: operation, in: &module, types))"
    }
    let input = "_input: { \(members.joined(separator: "; ")) }"
    let line = "\(name)(\(isModel ? model + ", " : "")\(input)): \(answer) {"
    if line.columns + 2 <= TypeScriptCode.lineLength { return module.line(line, depth: 1) }
    // An object that is alone opens in its place.
    let depth = isModel ? 2 : 1
    module.line("\(name)(\(isModel ? "" : "_input: {")", depth: 1)
    if isModel { module.line(model + ",", depth: 2) }
    if isModel && input.columns + 5 <= TypeScriptCode.lineLength {
      module.line(input + ",", depth: 2)
    } else {
      if isModel { module.line("_input: {", depth: 2) }
      for member in members { module.line(member + ";", depth: depth + 1) }
      if isModel { module.line("},", depth: 2) }
    }
    module.line("\(isModel ? "" : "}")): \(answer) {", depth: 1)
  }
}
