import DroidSyntax

/// Conditions and the signals they are about. Whether anything measures a signal where it is used is checked once the
/// element is known: `checkSignals`.
extension Checker {
  /// One condition, or a list of which all hold.
  func conditions(_ node: Syntax, _ subject: Subject, in scope: Scope) -> Value? {
    guard node.kind == .list else { return condition(node, subject, in: scope).map { .condition([$0]) } }
    var all: [Condition] = []
    var isWhole = true
    for item in node.children() {
      if let condition = condition(item, subject, in: scope) { all.append(condition) } else { isWhole = false }
    }
    return isWhole ? .condition(all) : nil
  }

  private func condition(_ node: Syntax, _ subject: Subject, in scope: Scope) -> Condition? {
    guard node.kind == .condition else {
      guard let signal = signal(node, subject, in: scope) else { return nil }
      guard let type = signalType(signal) else { return Condition(signal: signal, comparison: nil, hold: nil) }
      if case .bool = type { return Condition(signal: signal, comparison: nil, hold: nil) }
      report(
        .incompleteCondition, "`\(node.text)` is \(type.spoken), and nothing says from where on it matters",
        at: node.range,
        "such as `\(node.text) > …`", in: scope)
      return nil
    }
    guard let operand = node.firstChild, let signal = signal(operand, subject, in: scope)
    else {
      return nil
    }
    var hold: TimeSpan?
    if let clause = node.child(.hold)?.child(.quantity) {
      guard let value = quantity(clause, as: .duration(.none), "the time after `for`") else { return nil }
      hold = value.duration
    }
    guard let clause = node.child(.comparison) else {
      guard let type = signalType(signal) else { return Condition(signal: signal, comparison: nil, hold: hold) }
      if case .bool = type { return Condition(signal: signal, comparison: nil, hold: hold) }
      report(
        .incompleteCondition, "`\(operand.text)` is \(type.spoken), and nothing says from where on it matters",
        at: operand.range, "such as `\(operand.text) > …`", in: scope)
      return nil
    }
    let token = clause.tree.tokenIndices(clause.id).lowerBound
    guard let sign = Condition.Sign(rawValue: clause.text(ofToken: token)),
      let right = clause.firstChild
    else { return nil }
    let type = signalType(signal) ?? .float(.none)
    if case .bool = type {
      report(
        .typeMismatch, "`\(operand.text)` is yes or no", at: clause.range, "it stands alone",
        fixes: [Fix("take the comparison away", replacing: clause.range, with: "")], in: scope)
      return nil
    }
    guard let threshold = evaluate(right, as: type, .named(operand.text), in: scope) else { return nil }
    return Condition(signal: signal, comparison: .init(sign: sign, threshold: threshold), hold: hold)
  }

  /// A signal by its name, with its arguments.
  func signal(_ node: Syntax, _ subject: Subject, in scope: Scope) -> SignalUse? {
    guard node.kind == .path || node.kind == .call, let path = node.kind == .path ? node : node.child(.path) else {
      if node.kind != .missing, node.kind != .unexpected { mismatch(node, .signal, subject) }
      return nil
    }
    let name = path.text
    let origin: SignalUse.Origin
    if name == "promql" {
      origin = .promQL
    } else if standard.signals[name] != nil {
      origin = .builtIn
    } else if let known = builder.innerSignals[scope.prefix + name] ?? builder.signalNames[name] {
      origin = known
    } else {
      let names = Array(standard.signals.keys) + Array(builder.signalNames.keys)
      let guess = suggestion(name, among: names.sorted(), at: path.range)
      report(
        .unknownSignal, "no signal is called `\(name)`", at: path.range, guess.label,
        help: guess.fixes.isEmpty ? "signals are the built-in ones, every `metric` and every `anomaly`" : nil,
        fixes: guess.fixes, in: scope)
      return nil
    }
    note(
      path.range,
      standard.signals[name]?.range ?? builder.signalRanges[scope.prefix + name] ?? builder.signalRanges[name])
    var positional: Value?
    var named: [MapEntry] = []
    for argument in (node.child(.arguments)?.children()).map(Array.init) ?? [] where argument.kind == .argument {
      guard let value = argument.children().first(where: { $0.kind != .name }) else { return nil }
      if let label = argument.child(.name) {
        guard let value = namedArgument(label, value, in: scope) else { return nil }
        named.append(MapEntry(label.text, value))
      } else {
        guard positional == nil, let value = positionalArgument(of: name, origin, value) else { return nil }
        positional = value
      }
    }
    let needsQuantile = standard.signals[name]?.argument == .quantile
    if needsQuantile, positional == nil {
      report(
        .missingProperty, "`\(name)` needs a quantile", at: node.range, "such as `\(name)(p99)`",
        fixes: [Fix("write `\(name)(p99)`", replacing: node.range, with: "\(name)(p99)")], in: scope)
      return nil
    }
    return SignalUse(origin: origin, name: name, argument: positional, named: named)
  }

  private func namedArgument(_ label: Syntax, _ value: Syntax, in scope: Scope) -> Value? {
    switch label.text {
    case "over": return quantity(value, as: .duration(Bounds(lower: ExactDecimal(1_000_000_000))), .named("over"))
    case "version", "operation", "slo": return plainName(value, .named(label.text))
    case "status": return text(value, as: .string(.none), .named("status"))
    default:
      let guess = suggestion(label.text, among: ["over", "version", "status", "operation", "slo"], at: label.range)
      report(
        .unknownArgument, "signals take no `\(label.text)`", at: label.range, guess.label,
        help: "they take `over`, `version`, `status`, `operation` and `slo`", fixes: guess.fixes, in: scope)
      return nil
    }
  }

  static let quantiles = ["p50", "p90", "p95", "p99", "p999"]

  private func positionalArgument(of name: String, _ origin: SignalUse.Origin, _ value: Syntax) -> Value? {
    if origin == .promQL { return text(value, as: .string(.none), .named("promql")) }
    switch standard.signals[name]?.argument {
    case .window: return quantity(value, as: .duration(.none), .words("the window of `\(name)`"))
    case .quantile: break
    case nil where origin != .builtIn: break
    default:
      report(.unknownArgument, "`\(name)` takes no argument of this kind", at: value.range)
      return nil
    }
    guard value.kind == .path, Self.quantiles.contains(value.text) else {
      report(
        .unknownChoice, "a quantile is one of \(Suggestion.list(Self.quantiles))", at: value.range)
      return nil
    }
    return .choice(value.text)
  }

  /// The type of a signal's values; nil where only the element can tell (a metric).
  func signalType(_ signal: SignalUse) -> ValueType? {
    switch signal.origin {
    case .builtIn: standard.signals[signal.name]?.type
    case .anomaly: .bool
    case .metric, .promQL: .float(.none)
    }
  }
}
