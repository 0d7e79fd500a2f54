import DroidSemantics

/// The names of the types of a service: no two declarations of the droidfile meet in the one package that holds them.
struct GoNames {
  private var types: [String: String] = [:]
  private var errors: [String: String] = [:]
  private var cases: [String: [String: String]] = [:]

  init(_ plan: TypePlan) {
    var taken: Set<String> = []
    func claim(_ name: String, _ suffix: String) -> String {
      var name = name
      while !taken.insert(name).inserted { name += suffix }
      return name
    }
    for record in plan.records { types[record.name] = claim(GoSpelling.type(record.name), "Type") }
    for enumeration in plan.enumerations {
      types[enumeration.name] = claim(GoSpelling.type(enumeration.name), "Type")
    }
    for error in plan.errors {
      let name = GoSpelling.type(error.name)
      errors[error.name] = claim(name.hasSuffix("Error") ? name : name + "Error", "Error")
    }
    for enumeration in plan.enumerations {
      for each in enumeration.cases {
        let name = (types[enumeration.name] ?? "") + GoSpelling.exported(each.name)
        cases[enumeration.name, default: [:]][each.name] = claim(name, "Case")
      }
    }
  }

  func type(_ name: String) -> String { types[name] ?? GoSpelling.type(name) }
  func error(_ name: String) -> String { errors[name] ?? GoSpelling.type(name) + "Error" }
  func constant(_ enumeration: String, _ name: String) -> String { cases[enumeration]?[name] ?? name }

  /// `orderType`, what says how an `Order` travels.
  func variable(_ name: String) -> String { Self.lowered(type(name)) + "Type" }
  func errorVariable(_ name: String) -> String { Self.lowered(error(name)) + "Type" }
  /// `orderResource`
  func resource(_ name: String) -> String { Self.lowered(type(name)) + "Resource" }

  /// The first word in lower case: `orderID`, `httpServer`.
  private static func lowered(_ name: String) -> String { GoSpelling.local(name) }
}
