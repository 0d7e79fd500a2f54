import DroidSyntax

/// A record that travels: `type Order { … }`.
package struct RecordType: Sendable {
  /// As it is written where it is used: `Order`, `acme.Order`.
  package let name: String
  package let doc: String?
  package var fields: [DataField]
  package let range: SourceRange

  /// The one field that identifies a record, if it has one.
  package var key: DataField? { fields.first { $0.isKey } }
}

/// A field of a record or error, or a parameter of an operation.
package struct DataField: Sendable {
  package let name: String
  /// The name on the wire: `@name("order-id")`, else the name.
  package let wireName: String
  package let doc: String?
  package let type: ValueType
  package var defaultValue: Value?
  package let isKey: Bool
  package let isPersonal: Bool
  package let isSecret: Bool
  /// Why, where it is deprecated; may be empty.
  package let deprecated: String?
  package var examples: [Value]
  /// The header it travels in: `@header`, `@header("X-Tenant")`; parameters only.
  package let header: String?
  package let range: SourceRange
}

/// Plain names, one of which holds.
package struct EnumerationType: Sendable {
  package let name: String
  package let doc: String?
  package let cases: [Case]
  package let range: SourceRange

  package struct Case: Sendable {
    package let name: String
    package let wireName: String
    package let doc: String?
    package let deprecated: String?
  }
}

/// A failure that both ends know: `error OutOfStock 409 { sku: String }`.
package struct ErrorType: Sendable {
  package let name: String
  package let status: Int
  package let doc: String?
  package var fields: [DataField]
  package let range: SourceRange
}
