import DroidSyntax

/// One unit while it is checked: its declarations by name. Written by one thread while declarations are collected and
/// resolved, only read from then on: so several may.
final class Unit: @unchecked Sendable {
  let input: UnitInput
  let isStandard: Bool
  /// Before the names of its elements where another unit speaks of them: `acme.`; empty for the unit that is checked.
  let qualifier: String
  /// What its imports bring, by the name they are given.
  var imports: [String: Unit] = [:]
  var importRanges: [String: SourceRange] = [:]
  /// Imports that could not be brought in: reported, and silent from then on.
  var poisonedImports: Set<String> = []

  var kinds: [String: Kind] = [:]
  var records: [String: Declaration] = [:]
  var enumerations: [String: Declaration] = [:]
  var errors: [String: Declaration] = [:]
  /// By keyword (`team`, `healing`, …), then by name.
  var policies: [String: [String: Declaration]] = [:]

  var isLibrary = false
  var headerNames: [(name: String, range: SourceRange)] = []
  /// The first header, and every one with a block of settings.
  var headers: [Syntax] = []
  /// The names in source order.
  var kindOrder: [String] = []
  var recordOrder: [String] = []
  var enumerationOrder: [String] = []
  var errorOrder: [String] = []
  var policyOrder: [(keyword: String, name: String)] = []

  /// Top-level members in source order, for what comes after the names.
  var members: [Syntax] = []

  init(input: UnitInput, isStandard: Bool, qualifier: String) {
    self.input = input
    self.isStandard = isStandard
    self.qualifier = qualifier
  }

  /// A declaration and where its name is.
  struct Declaration {
    let syntax: Syntax
    let nameRange: SourceRange
  }

  /// The kinds, types, enums and errors share one namespace.
  func capitalDeclaration(_ name: String) -> SourceRange? {
    kinds[name]?.nameRange ?? records[name]?.nameRange ?? enumerations[name]?.nameRange ?? errors[name]?.nameRange
  }
}

/// A kind while it is checked. As with its unit, what is resolved is never written again.
final class Kind: @unchecked Sendable {
  /// As the unit that is checked would say it: `Crud`, `acme.Crud`.
  let name: String
  let unit: Unit
  let syntax: Syntax
  let nameRange: SourceRange
  private let ownPrimitive: PrimitiveKind?
  /// The ports that every component of it has.
  let ports: [Syntax]
  /// Resolved once all names are known.
  var base: Kind?
  /// Its base could not be found: what follows from that stays silent.
  var isPoisoned = false
  /// What a component of it may set.
  var schema = Schema(name: "", fields: [])
  /// It has components inside, or its base has.
  var isTemplate = false
  /// The values that its chain of kinds sets, where they depend on no parameter.
  var presets: Properties?
  /// Its own parameters.
  var ownParameters: [String] = []

  init(name: String, unit: Unit, syntax: Syntax, nameRange: SourceRange) {
    self.name = name
    self.unit = unit
    self.syntax = syntax
    self.nameRange = nameRange
    ports = syntax.block.map { $0.children().filter { $0.kind == .port } } ?? []
    ownPrimitive = unit.isStandard ? PrimitiveKind(rawValue: name) : nil
  }

  /// This kind, its base, and so on. Kinds in a cycle have no base.
  var chain: some Sequence<Kind> { sequence(first: self) { $0.base } }

  /// The kind that backends give meaning to.
  var primitive: PrimitiveKind? { ownPrimitive ?? base?.primitive }

  /// It or one that it is based on is wrong.
  var isWrong: Bool { isPoisoned || base?.isWrong == true }
}
