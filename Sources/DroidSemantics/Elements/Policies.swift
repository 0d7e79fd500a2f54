import DroidSyntax

/// Policies: declarations that are used by their names.
extension Checker {
  func addPolicies(to system: inout System) {
    for unit in units {
      let scope = Scope(unit: unit)
      for (keyword, name) in unit.policyOrder {
        guard let declaration = unit.policies[keyword]?[name] else { continue }
        let node = declaration.syntax
        let full = unit.qualifier + name
        switch node.kind {
        case .resilience: system.resiliences.append(policy(node, full, "ResilienceOptions", in: scope))
        case .scaling: system.scalings.append(policy(node, full, "ScalingPolicy", in: scope))
        case .team: system.teams.append(policy(node, full, "TeamOptions", in: scope))
        case .healing: system.healings.append(healing(node, full, in: scope))
        default: break
        }
      }
    }
  }

  private func policy(_ node: Syntax, _ name: String, _ schema: String, in scope: Scope) -> Policy {
    var properties = Properties(standard.schema(schema))
    if let block = node.block {
      let said = set(&properties, from: block, owner: .named(name), in: scope)
      require(properties, said, .named(name), node.name?.range ?? node.range, in: scope)
      for member in block.children() where member.kind != .property && !member.isBroken {
        if node.kind == .healing, member.kind == .rule { continue }
        misplaced(member, in: "a `\(node.keyword)`")
      }
    }
    return Policy(name: name, doc: node.doc, properties: properties, range: node.name?.range ?? node.range)
  }

  /// What must be said is said, here or by a kind.
  func require(_ properties: Properties, _ said: Said, _ owner: Subject, _ range: SourceRange, in scope: Scope) {
    for index in properties.schema.requiredFields where properties.explicit(at: index) == nil && said.lacks(index) {
      let field = properties.schema.fields[index]
      report(
        .missingProperty, "\(owner) needs `\(field.name)`", at: range,
        field.doc.map { Self.firstSentence($0) } ?? "it is \(field.type.spoken)",
        help: "add `\(field.name) = …`: \(field.type.spoken)", in: scope)
    }
  }

  private func healing(_ node: Syntax, _ name: String, in scope: Scope) -> HealingPolicy {
    let settings = policy(node, name, "HealingPolicy", in: scope)
    var rules: [Policy] = []
    for member in node.block.map({ Array($0.children()) }) ?? [] where member.kind == .rule {
      guard let ruleName = member.name else { continue }
      if let earlier = rules.first(where: { $0.name == ruleName.text }) {
        duplicate(ruleName, "rule", earlier.range)
        continue
      }
      rules.append(policy(member, ruleName.text, "Rule", in: scope))
    }
    if rules.isEmpty, !node.isBroken {
      report(
        .emptyBlock, "`\(name)` has no rules, so it heals nothing", at: settings.range,
        "such as `rule crash { when = unhealthy for 30s  do = [restart] }`")
    }
    return HealingPolicy(
      name: name, doc: node.doc, rules: rules, properties: settings.properties, range: settings.range)
  }

  /// Metrics, anomalies and objectives together are the names of signals.
  func registerSignal(_ node: Syntax, in scope: Scope) {
    guard let name = node.name else { return }
    let origin: SignalUse.Origin
    switch node.kind {
    case .metric: origin = .metric
    case .anomaly: origin = .anomaly
    case .slo: origin = .metric
    case .alert:
      // Alerts are no signals; their names are their own.
      if let earlier = builder.alertRanges.updateValue(name.range, forKey: scope.prefix + name.text) {
        duplicate(name, "alert", earlier)
      }
      return
    default: return
    }
    let full = scope.prefix + name.text
    if standard.signals[name.text] != nil {
      report(.nameTaken, "`\(name.text)` is a built-in signal", at: name.range, "choose another name", in: scope)
      return
    }
    if let earlier = builder.signalRanges.updateValue(name.range, forKey: full) {
      duplicate(name, "metric, anomaly or objective", earlier)
      return
    }
    guard node.kind != .slo else { return }
    if scope.prefix.isEmpty {
      builder.signalNames[full] = origin
    } else {
      builder.innerSignals[full] = origin
    }
  }

  /// A watch with the list it belongs to.
  struct BuiltWatch {
    let keyword: NodeKind
    let watch: Watch

    func add(to system: inout System) {
      switch keyword {
      case .slo: system.objectives.append(watch)
      case .anomaly: system.anomalies.append(watch)
      case .alert: system.alerts.append(watch)
      default: system.metrics.append(watch)
      }
    }
  }

  func watch(_ node: Syntax, in scope: Scope) -> BuiltWatch? {
    guard let name = node.name else { return nil }
    guard let first = node.child(.path) else { return nil }
    let schema: String
    switch node.kind {
    case .slo: schema = "Objective"
    case .anomaly: schema = "Anomaly"
    case .alert: schema = "Alert"
    default: schema = "Metric"
    }
    let settings = policy(node, scope.prefix + name.text, schema, in: scope)
    let paths = PathPair(node)
    guard let target = paths.map({ connectionTarget($0, in: scope) }) ?? target(first, in: scope) else { return nil }
    checkTarget(node, target, first, settings.properties, in: scope)
    return BuiltWatch(
      keyword: node.kind,
      watch: Watch(
        name: settings.name, doc: node.doc, target: target, properties: settings.properties, range: settings.range,
        signalRange: node.signalRange ?? settings.range))
  }

  private func target(_ path: Syntax, in scope: Scope) -> Watch.Target? {
    guard let (end, rest) = resolve(path, in: scope) else { return nil }
    guard let place = end.place, let port = end.port else {
      if end.place == nil {
        report(.ambiguousPort, "`\(path.text)` is a template", at: path.range, "name something inside it", in: scope)
        return nil
      }
      return .component(end.component)
    }
    let address = builder.address(.init(component: place, port: port))
    guard !rest.isEmpty else { return .port(address) }
    let name = rest.map(\.text).joined(separator: ".")
    let found = builder.components[place].ports[port]
    if let operation = found.operations.first(where: { $0.name == name }), let last = rest.last {
      note(last.range, operation.range)
    } else {
      let names = found.operations.map(\.name)
      let range = SourceRange(path.range.file, rest.first?.range.start ?? 0, rest.last?.range.end ?? 0)
      let guess = suggestion(name, among: names, at: range)
      report(
        .unknownOperation, "`\(found.name)` has no operation `\(name)`", at: range, guess.label,
        help: guess.fixes.isEmpty && !names.isEmpty ? "it has \(Suggestion.list(names))" : nil, fixes: guess.fixes,
        in: scope)
      return nil
    }
    return .operation(address, name)
  }

  func connectionTarget(_ paths: PathPair, in scope: Scope) -> Watch.Target? {
    guard let index = connectionIndex(paths, in: scope) else { return nil }
    let connection = builder.connections[index]
    return .connection(from: connection.from, to: connection.to)
  }

  /// The connection that two paths name, as it is written in the base.
  func connectionIndex(_ paths: PathPair, in scope: Scope) -> Int? {
    let name = paths.name(in: scope)
    if let index = builder.connections.firstIndex(where: { $0.name == name }) { return index }
    guard let from = resolve(paths.from, in: scope)?.end, let to = resolve(paths.to, in: scope)?.end else { return nil }
    let near = builder.connections.filter { $0.from.component == from.component && $0.to.component == to.component }
    let range = paths.range
    report(
      .unknownConnection, "`\(paths.from.text)` and `\(paths.to.text)` are not connected", at: range,
      near.isEmpty ? "" : "the connection is written `\(scope.local(near[0].name))`",
      fixes: near.count == 1 ? [Fix("write `\(near[0].name)`", replacing: range, with: near[0].name)] : [], in: scope)
    return nil
  }

  /// Whether a watch can be about what it is on.
  private func checkTarget(
    _ node: Syntax, _ target: Watch.Target, _ path: Syntax, _ properties: Properties, in scope: Scope
  ) {
    guard let component = builder.component(target.component) else { return }
    switch node.kind {
    case .metric:
      guard case .component = target, component.kind.isGenerated else {
        report(
          .wrongTarget, "a metric is counted by the code of a component", at: path.range,
          component.kind.isGenerated ? "name the component alone" : "`\(component.name)` has no code of ours", in: scope
        )
        return
      }
    case .slo:
      if case .component = target {
        let ports = component.ports.filter { $0.direction == .into }
        report(
          .wrongTarget, "an objective is on a port, an operation or a connection", at: path.range,
          "this is a component",
          fixes: ports.count == 1
            ? [
              Fix("write `\(path.text).\(ports[0].name)`", replacing: path.range, with: "\(path.text).\(ports[0].name)")
            ] : [],
          in: scope)
        return
      }
      if let objective = properties.percent("objective"), objective >= ExactDecimal(100) || objective <= .zero {
        report(
          .outOfRange, "an objective of \(objective) % leaves nothing to go wrong", at: node.name?.range ?? path.range,
          "it is between 0 % and 100 %, both apart; 99.9 % allows 43 m 12 s in 30 d", in: scope)
      }
      if properties.explicit("good") != nil || properties.explicit("total") != nil {
        if properties.explicit("good") == nil || properties.explicit("total") == nil {
          report(
            .missingProperty, "`good` and `total` belong together", at: node.name?.range ?? path.range,
            "the share is good events of all events", in: scope)
        } else if properties.explicit("latency") != nil {
          report(
            .badOption, "`latency` says what is good already", at: node.name?.range ?? path.range,
            "either `latency`, or `good` and `total`", in: scope)
        }
      }
    default: break
    }
    for condition in properties.conditions("when") {
      checkMeasured(condition.signal, node, target, component, in: scope)
    }
    if case .signal(let signal) = properties["signal"] { checkMeasured(signal, node, target, component, in: scope) }
  }

  /// A condition on a signal that nothing measures there is an error.
  private func checkMeasured(
    _ signal: SignalUse, _ node: Syntax, _ target: Watch.Target, _ component: Component, in scope: Scope
  ) {
    guard signal.origin == .builtIn, let known = standard.signals[signal.name] else { return }
    let fits = known.targets.contains { word in
      switch (word, target) {
      case ("component", .component), ("operation", .operation), ("connection", .connection), ("objective", _): true
      case ("port", .port(let address)): component.port(address.port)?.direction == .into
      case ("workload", .component): component.kind.runs
      case ("store", .component): component.kind.isStore
      case ("claim", .component): component.kind.runs
      case ("postgres", .component): component.kind == .postgres
      case ("job", .component): component.kind == .job
      case ("subscriber", .port(let address)): component.port(address.port)?.type.isEvents == true
      case ("pool", .connection): true
      default: false
      }
    }
    if !fits {
      report(
        .notMeasured, "nothing measures `\(signal.name)` of what `\(node.name?.text ?? "")` is on",
        at: node.signalRange ?? node.headRange,
        "it is told of \(Suggestion.list(known.targets.map { $0 == "workload" ? "a component that runs" : $0 }))",
        in: scope)
    }
  }
}

extension Syntax {
  /// Where this declaration says which signals it is told by.
  fileprivate var signalRange: SourceRange? { valueRange(of: "when") ?? valueRange(of: "signal") }

  private func valueRange(of property: String) -> SourceRange? {
    block?.children().first { $0.kind == .property && $0.child(.path)?.text == property }?.valueNode?.range
  }
}
