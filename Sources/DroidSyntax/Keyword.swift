/// The words that begin a member, or stand inside one. None is reserved: a word is a keyword by its place.
enum Keyword: UInt8, CaseIterable {
  case none
  case key, `in`, out, optional, component, kind, type, error, `enum`, connect
  case get, post, put, patch, delete, head
  case query, mutation, subscription
  case resource
  case resilience, healing, scaling, team, rule, version
  case slo, anomaly, alert, metric
  case environment, raw, layout, `import`
  case droid, system, library
  case on, `throws`, `for`, `as`

  /// As it is written.
  var text: String { String(describing: self) }

  /// Whether a member begins with it.
  var beginsMember: Bool { rawValue >= Keyword.key.rawValue && rawValue <= Keyword.import.rawValue }

  /// Whether it stands only inside a member, behind a name.
  var joins: Bool { rawValue >= Keyword.on.rawValue }

  /// Those that stand at the top of a file as a rule: a place to begin again when a brace is missing.
  var beginsDeclaration: Bool {
    switch self {
    case .component, .kind, .type, .error, .enum, .connect, .resilience, .healing, .scaling, .team, .slo, .anomaly,
      .alert, .metric, .environment, .raw, .layout, .import:
      true
    default: false
    }
  }
}

extension WordTable {
  /// The keywords, each at its raw value.
  static let keywords = WordTable(Keyword.allCases.dropFirst().map(\.text))
}
