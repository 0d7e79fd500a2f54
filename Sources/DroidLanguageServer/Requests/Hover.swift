import DroidJSON
import DroidSemantics
import DroidSyntax

/// What a name means, in a few lines of Markdown.
enum Hover {
  @Sendable static func answer(_ request: Request) throws(RequestFailure) -> JSONValue {
    let place = try request.place()
    guard let use = place.snapshot.symbol(at: place.offset, in: place.file),
      let text = markdown(use.declaration, place.snapshot)
    else { return .null }
    return ["contents": ["kind": "markdown", "value": .string(text)], "range": place.snapshot.json(use.range)]
  }

  static func markdown(_ name: SourceRange, _ snapshot: Snapshot) -> String? {
    guard let node = snapshot.declaration(of: name) else { return nil }
    var text = "```droid\n\(head(node))\n```"
    if let doc = node.doc { text += "\n\n" + doc }
    if let budget = Objectives.budget(at: name, snapshot) {
      text += "\n\nThe error budget is \(budget)."
    }
    let callers = Components.callers(of: name, snapshot)
    if !callers.isEmpty { text += "\n\nAsked by \(callers.map { "`\($0)`" }.joined(separator: ", "))." }
    if name.file.index >= 0x7fff_0000 { text += "\n\n*of the language*" }
    return text
  }

  /// A declaration without its docs and its block, on one line.
  static func head(_ node: Syntax) -> String {
    let start = node.keywordRange.start
    let end = node.block?.range.start ?? node.range.end
    let bytes = node.tree.source.bytes[Int(start)..<Int(max(start, end))]
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return words.joined(separator: " ")
  }
}

/// Objectives in minutes.
enum Objectives {
  /// `43 m 12 s in 30d`: what may go wrong; nil for what is no objective.
  static func budget(at name: SourceRange, _ snapshot: Snapshot) -> String? {
    guard let objective = snapshot.system?.objectives.first(where: { $0.range == name }) else { return nil }
    return budget(objective)
  }

  static func budget(_ objective: Watch) -> String? {
    guard let percent = objective.properties.percent("objective"), let window = objective.properties.duration("window"),
      let left = ExactDecimal(100).minus(percent)
    else { return nil }
    let seconds = (left.double / 100 * Double(window.nanoseconds) / 1e9).rounded()
    let (minutes, rest) = (Int(seconds) / 60, Int(seconds) % 60)
    let spoken =
      minutes >= 120 ? "\(minutes / 60) h \(minutes % 60) m" : minutes > 0 ? "\(minutes) m \(rest) s" : "\(rest) s"
    return "\(spoken) in \(window)"
  }
}

/// What is known of a component by the name it is declared by.
enum Components {
  static func indices(declaredAt name: SourceRange, _ snapshot: Snapshot) -> [Int] {
    let components = snapshot.meanings.components
    return components.indices.filter { components[$0].range == name }
  }

  /// The names of the components that ask one, sorted.
  static func callers(of name: SourceRange, _ snapshot: Snapshot) -> [String] {
    let meanings = snapshot.meanings
    let places = Set(indices(declaredAt: name, snapshot))
    guard !places.isEmpty else { return [] }
    let callers = meanings.ends.filter { places.contains($0.to.component) }.map {
      meanings.components[$0.from.component].name
    }
    return Set(callers).sorted()
  }
}
