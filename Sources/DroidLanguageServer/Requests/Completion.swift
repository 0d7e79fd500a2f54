import DroidJSON
import DroidSemantics
import DroidSyntax

/// What can be written at a place.
enum Completion {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = CompletionPlace(try request.place())
    var writer = Items(place, hasSnippets: request.server.client.hasSnippets)
    writer.add(place.due)
    return ["isIncomplete": false, "items": .array(writer.items)]
  }

  /// The numbers of LSP's CompletionItemKind.
  enum Kind: Int {
    case function = 3, field = 5, variable = 6, type = 7, module = 9, property = 10, value = 12, enumeration = 13,
      keyword = 14, snippet = 15
  }

  struct Items {
    let place: CompletionPlace
    let hasSnippets: Bool
    private(set) var items: [JSONValue] = []

    init(_ place: CompletionPlace, hasSnippets: Bool) {
      self.place = place
      self.hasSnippets = hasSnippets
    }

    private var snapshot: Snapshot { place.snapshot }

    mutating func add(_ due: CompletionPlace.Due) {
      switch due {
      case .declaration: for (word, snippet, doc) in Words.declarations { add(word, .keyword, doc, snippet) }
      case .member(let owner, let schema):
        for (word, snippet, doc) in Words.members[owner] ?? [] { add(word, .keyword, doc, snippet) }
        if let schema { properties(schema, behind: " = ") }
      case .property(let schema, let isArgument): properties(schema, behind: isArgument ? ": " : " = ")
      case .value(let type): value(type)
      case .kind:
        for kind in PrimitiveKind.allCases { add(kind.rawValue, .type, "a kind of the language") }
        declared(.kindDeclaration, .type)
      case .type(let isInKind):
        for name in Checker.dataTypes { add(name, .type, "a type of the language") }
        if isInKind {
          for name in ["Bytes", "Percent", "Rate", "Secret", "Type"] { add(name, .type, "for properties") }
        }
        declared(.typeDeclaration, .type)
        declared(.enumDeclaration, .enumeration)
      case .portType:
        for name in Checker.portTypes { add(name, .type, "what a port speaks", name == "Events" ? "Events($1)" : nil) }
      case .error: declared(.errorDeclaration, .type)
      case .element(let asks, let answers): elements(asks: asks, answers: answers)
      case .inside(let path): inside(path)
      case .attribute:
        for (word, snippet, doc) in Words.attributes { add(word, .keyword, doc, snippet) }
      case .nothing: break
      }
    }

    private mutating func add(
      _ label: String, _ kind: Kind, _ detail: String?, _ snippet: String? = nil, doc: String? = nil
    ) {
      let text = snippet ?? label
      let isSnippet = text.contains("$")
      items.append(
        .object(present: [
          ("label", .string(label)), ("kind", .integer(kind.rawValue)), ("detail", detail.map { .string($0) }),
          ("documentation", doc.map { ["kind": "markdown", "value": .string($0)] }),
          ("insertTextFormat", isSnippet && hasSnippets ? 2 : nil),
          (
            "textEdit",
            [
              "range": snapshot.json(place.typed),
              "newText": .string(isSnippet && !hasSnippets ? Words.plain(text) : text),
            ]
          ),
        ]))
    }

    /// Those that are not said yet.
    private mutating func properties(_ schema: Schema, behind sign: String) {
      let said = said()
      for field in schema.fields where field.form == .property && !said.contains(field.name) {
        let value = field.defaultValue.map { " = " + Reference.written($0) } ?? ""
        add(field.name, .property, Reference.written(field.type) + value, field.name + sign, doc: field.doc)
      }
    }

    private func said() -> Set<String> {
      let tree = place.tree
      guard
        let block = place.ancestors.last(where: {
          tree.kind($0) == .block || tree.kind($0) == .record || tree.kind($0) == .arguments
        })
      else { return [] }
      let names = tree.children(block).compactMap { member -> String? in
        let kind = tree.kind(member)
        guard kind == .property || kind == .recordField || kind == .argument, tree.range(member) != place.typed,
          let first = tree.children(member).first(where: { tree.kind($0) == .path || tree.kind($0) == .name }),
          tree.range(first) != place.typed
        else { return nil }
        return tree.string(first)
      }
      return Set(names)
    }

    private mutating func value(_ type: ValueType) {
      switch type {
      case .optional(let inner):
        value(inner)
        add("none", .value, "nothing")
      case .bool: for word in ["true", "false"] { add(word, .value, nil) }
      case .choice(let choices): for word in choices.words { add(word, .value, choices.name) }
      case .enumeration(let name): cases(of: name)
      case .union(let schema):
        for field in schema.fields {
          switch field.form {
          case .constructor:
            var hasArguments = true
            if case .options(let inner) = field.type, inner.fields.isEmpty { hasArguments = false }
            add(field.name, .function, schema.name, hasArguments ? field.name + "($1)" : nil, doc: field.doc)
          case .literal: value(field.type)
          case .property: break
          }
        }
      case .options(let schema):
        if let leading = schema.leading { value(leading.type) }
        add("{ }", .snippet, schema.name, "{ $1 }", doc: schema.doc)
      case .list(let element, _): value(element)
      case .reference(let kind): references(kind)
      case .secret: add("secret", .function, "where a secret is kept", "secret(\"${1:object}/${2:key}\")")
      case .signal, .condition:
        for signal in Checker.signalNames { add(signal.name, .variable, signal.doc) }
        for name in snapshot.meanings.signals { add(name, .variable, "of this system") }
      case .duration: for text in ["100ms", "1s", "30s", "5m", "1h"] { add(text, .value, "a duration") }
      case .bytes: for text in ["128Mi", "512Mi", "1Gi", "10Gi"] { add(text, .value, "a size") }
      case .type: declared(.typeDeclaration, .type)
      default: break
      }
    }

    private mutating func cases(of name: String) {
      for node in declarations(.enumDeclaration) where node.name?.text == name {
        for each in node.children() where each.kind == .enumCase {
          add(each.name?.text ?? "", .value, name, doc: each.doc)
        }
      }
    }

    private mutating func references(_ kind: ReferenceKind) {
      switch kind {
      case .team: declared(.team, .variable)
      case .healing: declared(.healing, .variable)
      case .scaling: declared(.scaling, .variable)
      case .resilience: declared(.resilience, .variable)
      case .broker: components { $0.kind.isBroker }
      case .store: components { $0.kind.isStore }
      case .answer: elements(asks: false, answers: true)
      case .version:
        for component in snapshot.meanings.components {
          for each in component.versions { add(each.name, .variable, nil) }
        }
      }
    }

    private mutating func components(_ fits: (Component) -> Bool) {
      for component in snapshot.meanings.components where !component.name.contains(".") && fits(component) {
        add(component.name, .module, component.kindName, doc: component.doc)
      }
    }

    /// Components, and their ports where there are several.
    private mutating func elements(asks: Bool, answers: Bool) {
      if let kind = place.ancestors.first(where: { place.tree.kind($0) == .kindDeclaration }) {
        let block = Syntax(tree: place.tree, id: kind).block
        for member in block.map({ Array($0.children()) }) ?? [] where member.kind == .component {
          add(member.name?.text ?? "", .module, member.child(.path)?.text)
        }
        return
      }
      for component in snapshot.meanings.components where !component.name.contains(".") {
        guard answers || component.kind.runs else { continue }
        add(component.name, .module, component.kindName, doc: component.doc)
        for port in component.ports where !port.isImplied && (port.direction == .into ? answers : asks) {
          add(component.name + "." + port.name, .field, port.type.spoken, doc: port.doc)
        }
      }
      for (name, ports) in snapshot.meanings.shown.sorted(by: { $0.key < $1.key }) where !name.contains(".") {
        for port in ports { add(name + "." + port, .field, "of a template") }
      }
    }

    /// Ports and what is inside, kinds and types of what was imported.
    private mutating func inside(_ path: String) {
      let meanings = snapshot.meanings
      for component in meanings.components {
        if component.name == path {
          for port in component.ports where !port.isImplied { add(port.name, .field, port.type.spoken, doc: port.doc) }
          for version in component.versions { add(version.name, .variable, "a version", doc: version.doc) }
        } else if component.name.hasPrefix(path + ".") {
          let rest = component.name.dropFirst(path.count + 1)
          if !rest.contains(".") { add(String(rest), .module, component.kindName, doc: component.doc) }
        }
      }
      for port in meanings.shown[path] ?? [] { add(port, .field, "shown by the template") }
      let ports = meanings.components.flatMap { component in
        component.ports.map { (component.name + "." + $0.name, $0) }
      }
      if let port = ports.first(where: { $0.0 == path })?.1 {
        for operation in port.operations { add(operation.name, .function, operation.verb.rawValue, doc: operation.doc) }
      }
      let units = snapshot.sources.input.units
      guard let unit = units.first(where: { $0.trees.contains { $0 === place.tree } }) else { return }
      for node in Syntax(tree: place.tree, id: place.tree.root).children()
      where node.kind == .importDeclaration && node.name?.text == path {
        guard let text = node.child(.string)?.text, let target = unit.imports[String(text.dropFirst().dropLast())]
        else { continue }
        for tree in units[target].trees {
          for member in Syntax(tree: tree, id: tree.root).children() where member.kind.isImportable {
            add(member.name?.text ?? "", .type, member.keyword, doc: member.doc)
          }
        }
      }
    }

    private func declarations(_ kind: NodeKind) -> [Syntax] {
      snapshot.sources.mainTrees.flatMap { tree in
        Syntax(tree: tree, id: tree.root).children().filter { $0.kind == kind }
      }
    }

    private mutating func declared(_ kind: NodeKind, _ item: Kind) {
      for node in declarations(kind) { add(node.name?.text ?? "", item, node.keyword, doc: node.doc) }
      for tree in snapshot.sources.mainTrees {
        for node in Syntax(tree: tree, id: tree.root).children() where node.kind == .importDeclaration {
          add(node.name?.text ?? "", .module, "imported")
        }
      }
    }
  }
}

extension NodeKind {
  /// Of a library, what others can speak of.
  fileprivate var isImportable: Bool {
    switch self {
    case .kindDeclaration, .typeDeclaration, .enumDeclaration, .errorDeclaration, .resilience, .healing, .scaling: true
    default: false
    }
  }
}
