import DroidSemantics

/// Who is told: a route for each team and severity, and its receiver.
struct AlertRoutes {
  private let system: System
  private var routes: [YAML] = []
  private var receivers: [YAML] = [["name": "nobody"]]
  private(set) var notGenerated: [String] = []

  /// Where files with secrets are: as the Prometheus operator mounts the Secrets that `spec.secrets` names.
  private static let secrets = "/etc/alertmanager/secrets/"

  init(_ system: System, _ alerts: [PlannedAlert]) {
    self.system = system
    for team in system.teams {
      let page = receiver(team, "page", team.properties["page"].call)
      let chat = receiver(team, "ticket", team.properties["chat"].call)
      for severity in ["page", "ticket"] {
        // A page that has nowhere else to go is said in the chat; a ticket wakes nobody.
        let target = severity == "page" ? page ?? chat : chat
        if let target {
          add(team, severity, target)
        } else if alerts.contains(where: { $0.team == team.name && $0.severity == severity }) {
          notGenerated.append(
            "who hears of a \(severity) of the team `\(team.name)`: it has no `\(severity == "page" ? "page" : "chat")`"
          )
        }
      }
    }
    let unowned = Set(alerts.filter { $0.team == nil && $0.severity != "info" }.map(\.component)).sorted()
    if !unowned.isEmpty {
      notGenerated.append(
        "who hears of alerts on \(unowned.map { "`\($0)`" }.joined(separator: ", ")): no team owns it")
    }
  }

  private mutating func add(_ team: Policy, _ severity: String, _ receiver: String) {
    let isPage = severity == "page"
    routes.append([
      "receiver": .string(receiver),
      "matchers": [.string("team=\"\(team.name)\""), .string("severity=\"\(severity)\"")],
      "group_wait": isPage ? "10s" : "5m", "repeat_interval": isPage ? "1h" : "1d",
    ])
  }

  private mutating func receiver(
    _ team: Policy, _ severity: String, _ call: (name: String, arguments: Properties)?
  ) -> String? {
    guard let (kind, arguments) = call else { return nil }
    func secret(_ key: String = "secret") -> YAML {
      let said = arguments.secret(key)
      return .string(Self.secrets + (said.map { "\($0.object)/\($0.key)" } ?? "\(team.name)/\(kind)"))
    }
    let name = "\(team.name)-\(severity)"
    let configuration: (key: String, value: YAML)
    switch kind {
    case "pagerduty": configuration = ("pagerduty_configs", ["routing_key_file": secret()])
    case "opsgenie": configuration = ("opsgenie_configs", ["api_key_file": secret()])
    case "webhook": configuration = ("webhook_configs", ["url_file": secret()])
    case "email":
      guard system.settings.record("mail") != nil else {
        notGenerated.append("the mail to the team `\(team.name)`: the system has no `mail`")
        return nil
      }
      configuration = ("email_configs", ["to": .string(arguments.text("to") ?? "")])
    case "slack":
      configuration = (
        "slack_configs",
        [
          "api_url_file": secret(), "channel": .string(arguments.text("name") ?? ""),
          "title": "{{ .CommonAnnotations.summary }}", "title_link": "{{ .CommonAnnotations.runbook_url }}",
        ]
      )
    default: configuration = ("msteams_configs", ["webhook_url_file": secret()])
    }
    guard case .map(let entries) = configuration.value else { return nil }
    let value: YAML = [.map(entries + [("send_resolved", true)])]
    receivers.append(.map([("name", .string(name)), (configuration.key, value)]))
    return name
  }

  /// The whole file.
  func file(_ graph: AlertGraph) -> YAML {
    let mail = system.settings.record("mail").map { mail -> YAML in
      [
        "smtp_smarthost": .string(mail.text("server") ?? ""), "smtp_from": .string(mail.text("from") ?? ""),
      ]
    }
    // What burns fast also burns slowly: one of both is enough.
    let slow: YAML = [
      "source_matchers": ["severity=\"page\"", "sloth_id!=\"\""],
      "target_matchers": ["severity=\"ticket\"", "sloth_id!=\"\""], "equal": ["sloth_id"],
    ]
    let upstream = graph.explained.map { component, callers -> YAML in
      [
        "source_matchers": [.string("component=\"\(component)\""), "severity=\"page\""],
        "target_matchers": [.string("component=~\"\(Self.any(callers))\""), "severity=\"page\""],
      ]
    }
    return .map([
      "global": mail,
      "route": [
        "receiver": "nobody", "group_by": ["team", "component"], "group_wait": "30s", "group_interval": "5m",
        "repeat_interval": "4h", "routes": .list(routes),
      ],
      "inhibit_rules": .list([slow] + upstream), "receivers": .list(receivers),
    ])
  }

  /// A name of a template's inside has a dot.
  private static func any(_ names: [String]) -> String {
    names.map { $0.replacingAll(".", with: "\\\\.") }.joined(separator: "|")
  }
}
