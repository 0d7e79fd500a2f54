import DroidJSON
import DroidSemantics

/// Who is asked when something changes: the folder of a component belongs to its team.
struct CodeOwners {
  private(set) var lines: [(pattern: String, owner: String)] = []
  private(set) var notGenerated: [String] = []

  init(_ delivery: Delivery) {
    let system = delivery.systems.base
    var unknown: [String] = []
    func owner(_ team: String) -> String? {
      if let organisation = delivery.organisation { return "@\(organisation)/\(Names.kebab(team))" }
      let page = system.teams.first { $0.name == team }?.properties["page"].call
      if let page, page.name == "email", let address = page.arguments.text("to") { return address }
      if !unknown.contains(team) { unknown.append(team) }
      return nil
    }
    if let team = system.settings.reference("team"), let owner = owner(team) { lines.append(("*", owner)) }
    let planned = Set(delivery.plans.map(\.name))
    for component in system.components {
      guard let team = component.properties.reference("team"), let owner = owner(team) else { continue }
      if planned.contains(component.name) {
        lines.append(("/\(Delivery.folder)/services/\(component.name)/", owner))
      }
      if !component.isRunElsewhere, component.kind != .kafka, component.kind != .bucket {
        lines.append(("/\(Delivery.folder)/kubernetes/base/\(component.manifestFile)", owner))
      }
    }
    notGenerated = unknown.map {
      "code owners of team `\($0)`: neither `registry = \"ghcr.io/ORGANISATION\"` nor an email of its says who it is on GitHub"
    }
  }

  /// Nil where nobody owns anything.
  func bytes(_ header: String) -> [UInt8]? {
    guard !lines.isEmpty else { return nil }
    let width = lines.map(\.pattern.utf8.count).max() ?? 0
    var writer = ByteWriter()
    writer.write("# \(header)\n# Of several lines that match a file, the last one counts.\n")
    for line in lines {
      let gap = String(repeating: " ", count: width - line.pattern.utf8.count + 1)
      writer.write("\(line.pattern)\(gap)\(line.owner)\n")
    }
    return writer.bytes
  }
}
