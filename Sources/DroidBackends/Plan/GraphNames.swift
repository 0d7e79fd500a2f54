import DroidSemantics

/// How the types of a system are called in GraphQL. All languages ask here, so that their schemas are one.
package struct GraphNames: Sendable {
  /// The types' own names, by the name of the record, enum or error.
  private let outputs: [String: String]
  /// What a record is called where it is an argument.
  private let inputs: [String: String]

  /// Scalars beside GraphQL's own: they travel as in JSON.
  package static let scalars = [
    "Binary", "Date", "Decimal", "Duration", "Email", "Int64", "JSON", "Time", "URL", "UUID",
  ]

  package init(_ types: TypePlan) {
    var taken = Set(Self.scalars + ["Int", "Float", "String", "Boolean", "ID", "Query", "Mutation", "Subscription"])
    func free(_ wanted: String) -> String {
      var name = wanted
      while !taken.insert(name).inserted { name += "_" }
      return name
    }
    outputs = Dictionary(
      uniqueKeysWithValues: (types.enumerations.map(\.name) + types.records.map(\.name)).map {
        ($0, free(Names.pascal($0)))
      })
    inputs = Dictionary(
      uniqueKeysWithValues: types.records.map { ($0.name, free(Names.pascal($0.name) + "Input")) })
  }

  /// Of a record or enum in an answer.
  package func output(_ name: String) -> String { outputs[name] ?? Names.pascal(name) }
  /// Of a record in an argument.
  package func input(_ name: String) -> String { inputs[name] ?? Names.pascal(name) + "Input" }

  /// `placedAt`: the name on the wire where GraphQL allows it.
  package static func field(_ field: DataField) -> String { member(field.wireName) }

  package static func member(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { $0 == 0x5f || isLetter($0) || isDigit($0) }
    if isPlain, let first = name.utf8.first, !isDigit(first), !name.hasPrefix("__") { return name }
    let words = Names.words(name)
    let joined = (words.first ?? "") + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return joined.utf8.first.map(isDigit) ?? true ? "_" + joined : joined
  }

  /// `IN_STOCK`
  package static func constant(_ each: EnumerationType.Case) -> String {
    let name = Names.constant(each.name)
    // The three words that no value of an enum may be are in lower case.
    return name.utf8.first.map(isDigit) ?? true ? "_" + name : name
  }

  /// What is called otherwise where it travels as JSON: the name there, by `Type.name`.
  package func wireNames(_ types: TypePlan) -> [(place: String, wire: String)] {
    var entries: [(String, String)] = []
    func add(_ type: String, _ name: String, _ wire: String) {
      if name != wire { entries.append(("\(type).\(name)", wire)) }
    }
    for enumeration in types.enumerations {
      for each in enumeration.cases { add(output(enumeration.name), Self.constant(each), each.wireName) }
    }
    for record in types.records {
      for field in record.fields {
        add(output(record.name), Self.field(field), field.wireName)
        add(input(record.name), Self.field(field), field.wireName)
      }
    }
    return entries
  }

  /// `[Order!]!`; without its `!` where it may be absent.
  package func type(_ type: ValueType, isInput: Bool) -> String {
    if case .optional(let inner) = type {
      let text = self.type(inner, isInput: isInput)
      return text.hasSuffix("!") ? String(text.dropLast()) : text
    }
    let name =
      switch type {
      case .bool: "Boolean"
      case .int(let bounds): Self.fits(bounds) ? "Int" : "Int64"
      case .float: "Float"
      case .decimal: "Decimal"
      case .string: "String"
      case .uuid: "UUID"
      case .date: "Date"
      case .time: "Time"
      case .duration: "Duration"
      case .url: "URL"
      case .email: "Email"
      case .binary: "Binary"
      case .list(let element, _): "[\(self.type(element, isInput: isInput))]"
      case .record(let name): isInput ? input(name) : output(name)
      case .enumeration(let name): output(name)
      default: "JSON"
      }
    return name + "!"
  }

  /// GraphQL's Int has 32 bits.
  private static func fits(_ bounds: Bounds) -> Bool {
    guard let lower = bounds.lower, let upper = bounds.upper else { return false }
    return lower >= ExactDecimal(Int64(Int32.min)) && upper <= ExactDecimal(Int64(Int32.max))
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
