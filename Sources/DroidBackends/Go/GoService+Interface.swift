import DroidSemantics

/// What the user implements, the first version of the user's file, and what runs both.
extension GoService {
  func interfaceFile() -> [UInt8] {
    var file = self.file(doc: "Package gen is the generated side of \(plan.name). Its behaviour is in src.")
    file.line()
    file.comment(Self.described("Service", "is the behaviour of \(plan.name)", plan.component.doc))
    if hasBehaviours || hasSubscribers || isJob {
      file.line("type Service interface {")
      if isJob {
        file.use("context")
        file.comment(workDoc, depth: 1)
        file.line(workSignature, depth: 1)
        if hasSubscribers { file.line() }
      }
      for (index, operation) in behaviours.enumerated() {
        if index > 0 { file.line() }
        file.comment(doc(of: operation), depth: 1)
        file.line(signature(of: operation, in: &file), depth: 1)
      }
      for (index, subscriber) in plan.subscribers.enumerated() {
        if index > 0 || hasBehaviours { file.line() }
        file.comment(doc(of: subscriber), depth: 1)
        file.line(signature(of: subscriber, in: &file), depth: 1)
      }
      file.line("}")
    } else {
      file.line("type Service any")
    }
    writeHooks(to: &file)
    file.line()
    file.comment("Parts are what the service is given.")
    if parts.isEmpty {
      file.line("type Parts struct{}")
    } else {
      file.line("type Parts struct {")
      file.rows(parts.map { [$0.name, $0.type] }, depth: 1)
      file.line("}")
    }
    return file.bytes()
  }

  var hasBehaviours: Bool { !behaviours.isEmpty }

  /// `Cancel(ctx context.Context, id wire.UUID) (Order, error)`
  func signature(of operation: OperationPlan, in file: inout GoFile, from package: String = "") -> String {
    file.use("context")
    let arguments = operation.parameters.map { parameter in
      "\(GoSpelling.parameter(parameter.field.name)) \(qualified(parameter.field.type, package, in: &file))"
    }
    let isStream = operation.operation.verb == .subscription
    if isStream { file.use("iter") }
    let result =
      operation.operation.result.map { result in
        let type = qualified(result, package, in: &file)
        return isStream ? "iter.Seq2[\(type), error]" : "(\(type), error)"
      } ?? "error"
    let list = (["ctx context.Context"] + arguments).joined(separator: ", ")
    return "\(GoSpelling.method(operation.method))(\(list)) \(result)"
  }

  /// A type as it is written in another package.
  private func qualified(_ type: ValueType, _ package: String, in file: inout GoFile) -> String {
    let code = types.type(type, in: &file)
    guard !package.isEmpty, let name = Self.named(type).map(names.type) else { return code }
    return String(code.dropLast(name.utf8.count)) + package + name
  }

  /// The record or enum that a type is made of.
  private static func named(_ type: ValueType) -> String? {
    switch type {
    case .record(let name), .enumeration(let name): name
    case .optional(let inner), .list(let inner, _), .map(let inner, _): named(inner)
    default: nil
    }
  }

  private func doc(of operation: OperationPlan) -> String {
    let place = place(of: operation)
    let doc = Self.described(GoSpelling.method(operation.method), "answers \(place)", operation.operation.doc)
    if operation.errors.isEmpty { return doc }
    return doc + "\n\nIt may fail with \(operation.errors.map { names.error($0.name) }.joined(separator: ", "))."
  }

  /// `GET /orders`, `the query order`
  private func place(of operation: OperationPlan) -> String {
    let verb = operation.operation.verb
    switch verb {
    case .query, .mutation, .subscription: return "the \(verb.rawValue) \(operation.name)"
    default: return "\(verb.rawValue.uppercased()) \(operation.operation.path)"
    }
  }

  func scaffold() -> [UInt8] {
    var file = GoFile(
      "", package: "service", module: module,
      doc: "Package service is the behaviour of \(plan.name). droid wrote it once and leaves it alone.")
    file.use("context")
    file.use("gen")
    file.line()
    file.comment("Service is what droid asks for and does not write itself.")
    file.line("type Service struct{ parts gen.Parts }")
    file.line()
    file.comment(
      "New is called once, at the start. A service that has a method Close() error is closed at the end.")
    file.lines("func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }")
    if isJob {
      file.use("errors")
      file.line()
      file.comment("Run does the work, once.")
      let unnamed = workSignature.replacingAll("ctx ", with: "_ ").replacingAll("part, parts", with: "_, _")
      file.line("func (s *Service) \(unnamed) {")
      file.line("return errors.New(\"its work has not been written yet\")", depth: 1)
      file.line("}")
    }
    for operation in behaviours {
      file.use("gen/runtime/problem")
      file.line()
      let place = place(of: operation)
      file.comment("\(GoSpelling.method(operation.method)) answers \(place).")
      file.line("func (s *Service) \(signature(of: operation, in: &file, from: "gen.")) {")
      let zero = operation.operation.result.map { result in
        let type = qualified(result, "gen.", in: &file)
        let code = types.zero(result, in: &file)
        return (code.hasSuffix("{}") ? type + "{}" : code) + ", "
      }
      if operation.operation.verb == .subscription, let result = operation.operation.result {
        let type = qualified(result, "gen.", in: &file)
        file.line(
          "return func(yield func(\(type), error) bool) { yield(\(zero ?? "")problem.ErrNotImplemented) }", depth: 1)
        file.line("}")
        continue
      }
      file.line("return \(zero ?? "")problem.ErrNotImplemented", depth: 1)
      file.line("}")
    }
    for subscriber in plan.subscribers {
      file.use("gen/runtime/problem")
      file.line()
      file.comment("\(handler(subscriber)) handles events of \(subscriber.name).")
      file.line("func (s *Service) \(signature(of: subscriber, in: &file, from: "gen.")) {")
      file.line("return problem.ErrNotImplemented", depth: 1)
      file.line("}")
    }
    return file.bytes()
  }

  func main() -> [UInt8] {
    var file = self.file(
      "main", doc: "Command \(module) \(isJob ? "does its work, once" : "runs the service until it is told to stop").")
    file.use("context")
    file.use("gen")
    file.use("src")
    file.lines(
      """

      // The compiler says here what the service lacks.
      var _ gen.Service = (*service.Service)(nil)

      func main() {
      \tgen.Main(func(ctx context.Context, parts gen.Parts) (gen.Service, error) { return service.New(ctx, parts) })
      }
      """)
    return file.bytes()
  }
}
