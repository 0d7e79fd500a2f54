import DroidSyntax

/// What names mean at a place.
struct Scope {
  let unit: Unit
  /// Before the names of the components that are declared here: `catalog.` inside the template that `catalog` opened.
  var prefix = ""
  /// The parameters of the kind whose body this is.
  var parameters: [String: Parameter] = [:]
  /// The component that opened this template, for a note.
  var instance: Instance?
  /// The check of a kind itself: no parameter has a value.
  var isAbstract = false
  /// In the body of a kind rather than at the top level.
  var isInsideKind = false

  struct Instance {
    let name: String
    let range: SourceRange
  }

  /// A parameter of a kind: its type, and its value where one is known (in the check of the kind itself none is).
  struct Parameter {
    let type: ValueType
    let value: Value?
    /// Where it is declared.
    let range: SourceRange
  }

  /// The name of an element as one says it here.
  func local(_ path: String) -> String {
    path.hasPrefix(prefix) ? String(path.utf8.dropFirst(prefix.utf8.count)) ?? path : path
  }
}
