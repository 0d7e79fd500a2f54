import DroidJSON
import DroidSemantics

/// The page of an alert: what it means, what it depends on, what heals it, where to look.
struct Runbook {
  private let alert: PlannedAlert
  private let system: System
  private let graph: AlertGraph

  init(_ alert: PlannedAlert, _ system: System, _ graph: AlertGraph) {
    self.alert = alert
    self.system = system
    self.graph = graph
  }

  func bytes(_ header: String) -> [UInt8] {
    var text = "<!-- \(header) -->\n# \(alert.name)\n\n\(alert.summary)\n\n"
    text += "On `\(alert.component)`, \(audience).\n\n## What it means\n\n\(meaning)\n\n"
    text += "```promql\n\(alert.expression)\n```\n\n"
    text += section("Look there first", graph.dependencies(of: alert.component), "It does not work without these:")
    text += section("Who else notices", graph.dependents(of: alert.component), "These do not work without it:")
    text += healing
    text += "## Look\n\n```sh\n\(commands.joined(separator: "\n"))\n```\n"
    return Array(text.utf8)
  }

  private var audience: String {
    guard let whom = alert.team.map({ "the team `\($0)`" }) else { return "which has no team, so nobody is told" }
    return switch alert.severity {
    case "page": "it wakes \(whom)"
    case "ticket": "it is for the working hours of \(whom)"
    default: "it is for the record of \(whom)"
    }
  }

  private var meaning: String {
    switch alert.origin {
    case .objective(let rules):
      let promised = rules.objective.properties.percent("objective").map { "\($0) %" } ?? ""
      let pairs = ObjectiveRules.pairs.filter { $0.severity == alert.severity }
      let shares = pairs.map { "\($0.budgetPercent) % of it in \($0.long)" }.joined(separator: ", or ")
      let good = rules.objective.properties.duration("latency").map { "answered within \($0)" } ?? "good"
      return
        "\(promised) of what is counted over \(rules.window) is to be \(good). The rest is the error budget, and it is being spent too fast: \(shares). It ends when the shorter window is well again."
    case .down:
      return
        "Prometheus has asked it for \(alert.hold?.description ?? "") and got no answer, or knows of nothing to ask. While that lasts no other alert on it can fire."
    case .alert, .full:
      let hold = alert.hold.map { " for \($0)" } ?? ""
      return "It fires while this holds\(hold):"
    }
  }

  private func section(_ title: String, _ names: [String], _ lead: String) -> String {
    guard !names.isEmpty else { return "" }
    let lines = names.map { name -> String in
      let kind = system.component(name).map { " (\($0.kindName))" } ?? ""
      let pages = graph.alerts(on: name).map { "[\($0.name)](\($0.name).md)" }
      return "* `\(name)`\(kind)\(pages.isEmpty ? "" : ": " + pages.joined(separator: ", "))\n"
    }
    return "## \(title)\n\n\(lead)\n\n\(lines.joined())\n"
  }

  private var healing: String {
    guard let component = system.component(alert.component), let name = component.properties.reference("healing"),
      let policy = system.healings.first(where: { $0.name == name })
    else { return "" }
    let mode =
      switch policy.properties.record("guard")?.choice("mode") ?? "shadow" {
      case "act": "is to act"
      case "suggest": "is to propose"
      default: "is only to log"
      }
    let rules = policy.rules.map { rule -> String in
      let when = rule.properties.conditions("when").map(Self.spoken).joined(separator: " and ")
      let steps = rule.properties.list("do").compactMap { $0.call?.name ?? $0.choice }.joined(separator: ", then ")
      return "* `\(rule.name)`, when \(when): \(steps)\n"
    }
    return "## Healing\n\n`\(name)` \(mode):\n\n\(rules.joined())\n"
  }

  private static func spoken(_ condition: Condition) -> String {
    let signal = condition.signal
    let text = signal.name + (signal.argument.map { "(\(Reference.written($0)))" } ?? "")
    let comparison = condition.comparison.map { " \($0.sign.rawValue) \(Reference.written($0.threshold))" } ?? ""
    return "`\(text)\(comparison)`" + (condition.hold.map { " for \($0)" } ?? "")
  }

  private var commands: [String] {
    guard let component = system.component(alert.component) else { return [] }
    let kubectl = "kubectl --namespace \(system.namespace)"
    let name = component.spelled
    if component.kind == .external, let url = component.properties.text("url") {
      return ["curl --silent --show-error --head \(url)"]
    }
    switch component.kind {
    case .postgres where component.isManaged(in: system):
      return [
        "\(kubectl) get clusters.postgresql.cnpg.io \(name)", "\(kubectl) get pods --selector cnpg.io/cluster=\(name)",
      ]
    case .kafka where component.isManaged(in: system):
      return ["\(kubectl) get kafkas.strimzi.io \(name)", "\(kubectl) get pods --selector strimzi.io/cluster=\(name)"]
    default: break
    }
    let selector = "--selector app.kubernetes.io/name=\(name)"
    return [
      "\(kubectl) get pods \(selector) --output wide", "\(kubectl) describe pods \(selector)",
      "\(kubectl) logs \(selector) --since 15m --tail 200 --prefix", "\(kubectl) top pods \(selector) --containers",
      "\(kubectl) get events --sort-by .lastTimestamp",
    ]
  }
}
