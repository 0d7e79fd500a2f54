import DroidSyntax

/// One property that a schema knows.
package struct SchemaField: Sendable {
  package let name: String
  package let type: ValueType
  /// What holds when nothing is said; nil where nothing is (`none`) or where it must be said.
  package let defaultValue: Value?
  package let isRequired: Bool
  /// The leading field may stand alone for its record.
  package let isLeading: Bool
  /// Falls back to the system's setting of the same name.
  package let fallsBackToSetting: Bool
  /// In a union: how this form is written.
  package let form: Form
  package let doc: String?
  /// Where it is declared.
  package let range: SourceRange

  package enum Form: Sendable {
    case property
    /// `jwt(issuer: "…")`
    case constructor
    /// A bare literal of the field's type.
    case literal
  }
}

/// What may be set somewhere: the properties of a kind, the options of a record, the arguments of a constructor. Immutable;
/// made from the standard library's text and from the parameters of kinds.
package final class Schema: Sendable, Hashable {
  package let name: String
  package let doc: String?
  package let fields: [SchemaField]
  private let indices: [String: Int]
  /// The positions of the fields that fall back to a setting of the system.
  package let settingFields: [Int]
  /// The positions of the fields that must be said.
  let requiredFields: [Int]

  package init(name: String, doc: String? = nil, fields: [SchemaField]) {
    self.name = name
    self.doc = doc
    self.fields = fields
    settingFields = fields.indices.filter { fields[$0].fallsBackToSetting }
    requiredFields = fields.indices.filter { fields[$0].isRequired }
    indices = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// O(1).
  package func index(of name: String) -> Int? { indices[name] }

  package subscript(name: String) -> SchemaField? { indices[name].map { fields[$0] } }

  package var leading: SchemaField? { fields.first { $0.isLeading } }

  package static func == (a: Schema, b: Schema) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
