import DroidSyntax

/// Environments: what is set again.
extension Checker {
  typealias Override = Draft.Override

  /// An environment while it is checked.
  final class Environment {
    let name: String
    let syntax: Syntax
    var base: Environment?
    /// Those by a kind first: what is set by name wins.
    var byKind: [Override] = []
    var byName: [Override] = []

    /// What it sets, over what its bases set.
    var overrides: [Override] { (base?.overrides ?? []) + byKind + byName }

    init(name: String, syntax: Syntax) {
      self.name = name
      self.syntax = syntax
    }
  }

  func buildEnvironments(of system: System) -> [Draft.Environment] {
    var environments: [Environment] = []
    var blocks: [(Environment, Syntax)] = []
    for node in main.members where node.kind == .environment {
      guard let name = node.name else { continue }
      if name.text == "base" {
        report(.nameTaken, "`base` is the text without any environment", at: name.range, "choose another name")
        continue
      }
      if let known = environments.first(where: { $0.name == name.text }) {
        blocks.append((known, node))
      } else {
        let environment = Environment(name: name.text, syntax: node)
        environments.append(environment)
        blocks.append((environment, node))
      }
    }
    for (environment, node) in blocks {
      let names = node.children().filter { $0.kind == .name }
      guard names.count > 1 else { continue }
      guard let base = environments.first(where: { $0.name == names[1].text }), base !== environment else {
        let guess = suggestion(names[1].text, among: environments.map(\.name), at: names[1].range)
        report(
          .unknownEnvironment, "no environment is called `\(names[1].text)`", at: names[1].range, guess.label,
          fixes: guess.fixes)
        continue
      }
      environment.base = base
      note(names[1].range, base.syntax.name?.range)
    }
    for environment in environments {
      var seen: [Environment] = [environment]
      while let base = seen[seen.count - 1].base {
        if seen.contains(where: { $0 === base }) {
          report(
            .environmentCycle, "`\(environment.name)` builds on itself",
            at: environment.syntax.name?.range ?? environment.syntax.range)
          environment.base = nil
          break
        }
        seen.append(base)
      }
    }
    checkEnvironmentNames(system, environments.map(\.name))
    var said: [ObjectIdentifier: [String: SourceRange]] = [:]
    for (environment, node) in blocks {
      guard let block = node.block else { continue }
      for member in block.children() {
        switch member.kind {
        case .property: addOverride(member, to: environment, system, &said[ObjectIdentifier(environment), default: [:]])
        case .connect: addConnectionOverride(member, to: environment)
        case .missing, .unexpected: break
        default: misplaced(member, in: "an environment", belongs: "at the top level; an environment sets values again")
        }
      }
    }
    return environments.sorted { $0.name < $1.name }.map { .init(name: $0.name, overrides: $0.overrides) }
  }

  private func checkEnvironmentNames(_ system: System, _ names: [String]) {
    for index in system.components.indices {
      let only = system.components[index].properties.list("only")
      if only.isEmpty { continue }
      let component = system.components[index]
      for value in only {
        guard let name = value.choice, name != "base", !names.contains(name) else { continue }
        let guess = Suggestion.nearest(to: name, among: names)
        report(
          .unknownEnvironment, "`\(component.name)` is only in `\(name)`, and no environment is called so",
          at: component.range,
          guess.map { "did you mean `\($0)`?" } ?? "there are \(Suggestion.list(names + ["base"]))")
      }
    }
  }

  private func addOverride(
    _ member: Syntax, to environment: Environment, _ system: System, _ said: inout [String: SourceRange]
  ) {
    guard let key = member.child(.path), let node = member.valueNode else { return }
    let scope = Scope(unit: main)
    if let earlier = said.updateValue(key.range, forKey: key.text) {
      report(
        .duplicateProperty, "`\(key.text)` is set twice in `\(environment.name)`", at: key.range,
        notes: [Label(earlier, "set here first")])
      return
    }
    let segments = Array(key.segments)
    guard let first = segments.first else { return }
    if let declaration = declaration(first.text) {
      note(first.range, declaration)
      guard let place = place(Array(segments.dropFirst()), within: first.text, in: scope) else { return }
      let rest = Array(segments.dropFirst())
      switch place {
      case .component(let name, let used):
        guard let component = builder.component(name) else { return }
        add(.component(name), component.properties, rest, used, node, .named(name), to: environment, scope)
      case .port(let place, let used):
        let port = builder.port(place)
        add(.port(builder.address(place)), port.properties, rest, used, node, .named(port.name), to: environment, scope)
      case .version(let name, let version, let used):
        guard let found = builder.component(name)?.versions.first(where: { $0.name == version }) else { return }
        add(.version(name, version), found.properties, rest, used, node, .named(version), to: environment, scope)
      }
    } else if builder.poisoned.contains(first.text) {
      return
    } else if segments.count == 1 || system.settings.schema.index(of: first.text) != nil {
      add(.settings, system.settings, segments, 0, node, "the system", to: environment, scope)
    } else if let kind = main.kinds[first.text] ?? standardKind(first.text) {
      let members = builder.components.filter { $0.kindName == first.text || $0.kind.rawValue == first.text }
      note(first.range, kind.nameRange)
      guard let sample = members.first else {
        report(.overrideOfNothing, "no component is a `\(kind.name)`", at: first.range, "so this sets nothing")
        return
      }
      guard let index = sample.properties.schema.index(of: segments[1].text) else {
        unknownProperty(
          segments[1].text, segments[1].range, sample.properties.schema, .words("a `\(kind.name)`"), in: scope)
        return
      }
      note(segments[1].range, sample.properties.schema.fields[index].range)
      guard let value = deepValue(sample.properties.schema.fields[index].type, segments[2...], node, in: scope) else {
        return
      }
      for component in members {
        environment.byKind.append(Override(place: .component(component.name), index: index, value: value))
      }
    } else {
      let guess = suggestion(first.text, among: builder.componentIndex.keys.sorted(), at: first.range)
      report(
        .overrideOfNothing, "`\(first.text)` is no component, kind or setting, so this sets nothing", at: first.range,
        guess.label, fixes: guess.fixes)
    }
  }

  private func add(
    _ place: Override.Place, _ properties: Properties, _ segments: [Syntax.Segment], _ used: Int, _ node: Syntax,
    _ owner: Subject, to environment: Environment, _ scope: Scope
  ) {
    guard used < segments.count else {
      report(.typeMismatch, "\(owner) is no property", at: node.range, "name one of its properties")
      return
    }
    let key = segments[used]
    guard let index = properties.schema.index(of: key.text) else {
      unknownProperty(key.text, key.range, properties.schema, owner, in: scope)
      return
    }
    note(key.range, properties.schema.fields[index].range)
    guard let value = deepValue(properties.schema.fields[index].type, segments[(used + 1)...], node, in: scope) else {
      return
    }
    if environment.base == nil,
      let before = properties.explicit(at: index) ?? properties.schema.fields[index].defaultValue,
      before.merged(with: value) == before
    {
      report(
        .overrideOfNothing, "`\(key.text)` has this value already", at: node.range, "so this sets nothing",
        notes: [])
      return
    }
    environment.byName.append(Override(place: place, index: index, value: value))
  }

  private func addConnectionOverride(_ member: Syntax, to environment: Environment) {
    let scope = Scope(unit: main)
    guard let paths = PathPair(member), let index = connectionIndex(paths, in: scope), let block = member.block else {
      return
    }
    var properties = Properties(connectionSchema)
    set(&properties, from: block, owner: "this connection", in: scope)
    for name in properties.explicitNames {
      guard let at = connectionSchema.index(of: name) else { continue }
      environment.byName.append(Override(place: .connection(index), index: at, value: properties[name]))
    }
  }
}
