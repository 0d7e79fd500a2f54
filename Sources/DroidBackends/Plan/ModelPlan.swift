import DroidSemantics

/// How a model answers: its versions, the steps before a prediction, and who is sent to which version.
package struct ModelPlan: Sendable {
  /// The loader that is generated; nil: the user's code loads.
  package let framework: Framework?
  /// One, without a name, where the droidfile has no `version`.
  package let versions: [ModelVersionPlan]
  /// Methods of the user's, in the order in which a body passes them.
  package let pipeline: [String]
  /// How many predictions are asked for together; nil: each alone.
  package let batch: (size: Int, wait: TimeSpan)?
  package let sticky: StickyPlan?
  /// From the healing rule that takes a version back.
  package let rollback: RollbackPlan?

  package enum Framework: String, Sendable { case onnx, sklearn, torch }

  init?(_ component: Component, in system: System) {
    guard component.kind == .model else { return nil }
    let properties = component.properties
    framework = properties.choice("framework").flatMap(Framework.init)
    pipeline = properties.list("pipeline").compactMap { $0.choice ?? $0.text }
    batch = properties.record("batch").flatMap { batch in
      batch.integer("size").map { (Int($0), batch.duration("wait") ?? TimeSpan(nanoseconds: 5_000_000)) }
    }
    sticky = StickyPlan(properties["sticky"])
    versions =
      component.versions.isEmpty
      ? [ModelVersionPlan(nil, properties)] : component.versions.map { ModelVersionPlan($0.name, $0.properties) }
    let healing = properties.reference("healing").flatMap { name in system.healings.first { $0.name == name } }
    rollback = component.versions.count < 2 ? nil : healing?.rules.lazy.compactMap(RollbackPlan.init).first
  }
}

/// One of the trained models behind a name.
package struct ModelVersionPlan: Sendable {
  /// Nil where there is only one.
  package let name: String?
  /// The artefact, unless the setting `variable` says otherwise.
  package let model: String?
  /// Of the traffic, in percent.
  package let share: ExactDecimal
  /// Gets a copy of this part of the traffic, in percent; its answers are dropped.
  package let mirror: ExactDecimal
  /// Requests with this header are always its own.
  package let match: (header: String, value: String)?

  /// `MODEL_URI`, or `MODEL_URI_V2` of a version.
  package var variable: String { "MODEL_URI" + (name.map { "_" + Names.constant($0) } ?? "") }

  init(_ name: String?, _ properties: Properties) {
    self.name = name
    model = properties.text("model")
    share = name == nil ? ExactDecimal(100) : properties["share"].percent ?? ExactDecimal(0)
    mirror = properties["mirror"].percent ?? ExactDecimal(0)
    match = properties["match"].call.flatMap { form, arguments in
      guard form == "header", let header = arguments.text("name"), let value = arguments.text("value") else {
        return nil
      }
      return (header, value)
    }
  }
}

/// Whose requests stay with one version.
package enum StickyPlan: Hashable, Sendable {
  case header(String)
  case cookie(String)
  case subject

  init?(_ value: Value) {
    guard let (form, arguments) = value.call else { return nil }
    switch (form, arguments.text("name")) {
    case ("header", let name?): self = .header(name)
    case ("cookie", let name?): self = .cookie(name)
    case ("subject", _): self = .subject
    default: return nil
    }
  }
}

/// When a version gives its traffic back to the others: more than this share of its predictions failed.
package struct RollbackPlan: Sendable {
  /// In percent.
  package let errorRate: ExactDecimal
  package let window: TimeSpan

  init?(_ rule: Policy) {
    let steps = rule.properties.list("do")
    guard steps.contains(where: { $0.call?.0 == "rollback" || $0.choice == "rollback" }) else { return nil }
    let conditions = rule.properties.conditions("when")
    guard conditions.count == 1, let condition = conditions.first, condition.signal.name == "error_rate",
      let comparison = condition.comparison, comparison.sign == .greater || comparison.sign == .greaterOrEqual,
      let threshold = comparison.threshold.percent
    else { return nil }
    errorRate = threshold
    window = condition.hold ?? TimeSpan(seconds: 300)
  }
}
