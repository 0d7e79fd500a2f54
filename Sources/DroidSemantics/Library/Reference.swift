import DroidSyntax

/// The tables of the reference, from the standard library itself, so that they cannot lie.
package enum Reference {
  /// Markdown: a table for each kind, port, connection, policy and record of options, and the signals.
  ///
  /// - Parameter promQL: What measures a signal of an element of a sample, by the signal's name.
  package static func tables(promQL: [String: String]) -> String {
    let library = StandardLibrary.shared
    var text = ""
    func table(_ title: String, _ fields: [SchemaField], without base: [SchemaField] = []) {
      let known = Set(base.map(\.name))
      let own = fields.filter { !known.contains($0.name) }
      guard !own.isEmpty else { return }
      text += "### \(title)\n\n| property | type | default | meaning |\n| --- | --- | --- | --- |\n"
      for field in own { text += row(field) }
      text += "\n"
    }
    table("Settings of a system", library.schema("SystemSettings").fields)
    let kinds = library.unit.kinds
    let workload = kinds["Workload"]?.schema.fields ?? []
    let store = kinds["Store"]?.schema.fields ?? []
    table("Every component that runs", workload)
    table("Every store", store)
    for kind in PrimitiveKind.allCases {
      table("`\(kind.rawValue)`", kinds[kind.rawValue]?.schema.fields ?? [], without: kind.isStore ? store : workload)
    }
    let titles: [(String, String)] = [
      ("A `version` block", "VersionOptions"), ("Every `in` port", "InPort"),
      ("`in` ports of REST and GraphQL", "Asked"),
      ("`in` ports of GraphQL", "GraphQL"), ("`out` ports of events", "Publisher"),
      ("`in` ports of events", "Subscriber"),
      ("Operations", "Operation"), ("`resource`", "Resource"),
      ("`resilience`, and every connection", "ResilienceOptions"),
      ("Connections", "Connection"), ("`healing`", "HealingPolicy"), ("`rule`", "Rule"), ("`scaling`", "ScalingPolicy"),
      ("`slo`", "Objective"), ("`anomaly`", "Anomaly"), ("`alert`", "Alert"), ("`metric`", "Metric"),
      ("`team`", "TeamOptions"),
    ]
    for (title, name) in titles { table(title, library.schema(name).fields) }
    let shown = Set(titles.map(\.1) + ["SystemSettings", "Signals", "Nothing"])
    for name in library.schemas.keys.sorted() where !shown.contains(name) {
      table("Value `\(name)`", library.schema(name).fields)
    }
    text += "### Signals\n\n| signal | type | told of | meaning | PromQL |\n| --- | --- | --- | --- | --- |\n"
    for signal in library.signals.values.sorted(by: { $0.name < $1.name }) {
      let argument = signal.argument.map { $0 == .quantile ? "(p99)" : "(1h)" } ?? ""
      text += "| `\(signal.name)\(argument)` | \(written(signal.type)) | \(signal.targets.joined(separator: ", ")) "
      text += "| \(meaning(signal.doc)) | `\(promQL[signal.name].map { meaning($0) } ?? "")` |\n"
    }
    return text
  }

  private static func row(_ field: SchemaField) -> String {
    let name = field.form == .literal ? "*a literal*" : "`\(field.name)\(field.form == .constructor ? "(…)" : "")`"
    let leading = field.isLeading ? " (leading)" : ""
    let value = field.defaultValue.map { "`\(written($0))`" } ?? (field.isRequired ? "required" : "none")
    let setting = field.fallsBackToSetting ? "the system's" : value
    return "| \(name)\(leading) | \(written(field.type)) | \(setting) | \(meaning(field.doc)) |\n"
  }

  private static func meaning(_ doc: String?) -> String {
    (doc ?? "").split(separator: "\n").joined(separator: " ").replacing("|", with: "\\|")
  }

  /// A type as one writes it.
  package static func written(_ type: ValueType) -> String {
    switch type {
    case .bool: "Bool"
    case .int: "Int"
    case .float: "Float"
    case .decimal: "Decimal"
    case .string: "String"
    case .uuid: "UUID"
    case .date: "Date"
    case .time: "Time"
    case .url: "URL"
    case .email: "Email"
    case .json, .raw: "JSON"
    case .duration: "Duration"
    case .binary: "Binary"
    case .bytes: "Bytes"
    case .percent: "Percent"
    case .rate: "Rate"
    case .range(let element): "Range(\(written(element)))"
    case .list(let element, _): "[\(written(element))]"
    case .map(let element, _): "[String: \(written(element))]"
    case .optional(let inner): written(inner) + "?"
    case .record(let name), .enumeration(let name): name
    case .secret: "Secret"
    case .type: "Type"
    case .options(let schema), .union(let schema): schema.name
    case .choice(let choices): choices.words.map { "`\($0)`" }.joined(separator: " ")
    case .reference(let kind): kind.spoken
    case .condition: "Condition"
    case .signal: "Signal"
    case .name: "Name"
    }
  }

  /// A value as one writes it.
  package static func written(_ value: Value) -> String {
    switch value {
    case .none: "none"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): number.description
    case .text(let text): StringLiteral.encode(text)
    case .duration(let span): span.description
    case .percent(let percent): "\(percent)%"
    case .bytes(let count): count.description
    case .rate(let rate): rate.description
    case .range(let lower, let upper):
      lower == upper ? written(lower) : "\(written(lower))..\(upper.map(written) ?? "")"
    case .list(let items): "[\(items.map(written).joined(separator: ", "))]"
    case .map(let entries): entries.isEmpty ? "{ }" : "{ … }"
    case .record(let properties): properties.isEmpty ? "{ }" : "{ … }"
    case .call(let name, let arguments): arguments.isEmpty ? name : "\(name)(…)"
    case .choice(let word): word
    case .reference(_, let name), .type(let name): name
    case .secret(let secret): "secret(\"\(secret)\")"
    case .condition, .signal: "…"
    }
  }
}
