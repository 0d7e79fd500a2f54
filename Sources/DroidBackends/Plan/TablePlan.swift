import DroidSemantics

/// A resource's table in PostgreSQL.
extension ResourcePlan {
  /// As it is written in a statement, quoted: `"order"`.
  package var table: String { "\"\(Names.snake(type))\"" }

  package var columns: [ColumnPlan] { record.fields.map { ColumnPlan(field: $0) } }
}

/// The column of a field.
package struct ColumnPlan: Sendable {
  package let field: DataField

  /// Without quotes: `order_id`.
  package var name: String { Names.snake(field.name) }
  package var isKey: Bool { field.isKey }
  package var isNullable: Bool { field.type.isOptional }

  package var type: SQLType {
    switch field.type.unwrapped {
    case .bool: .boolean
    case .int: .bigint
    case .float, .duration: .doublePrecision
    case .decimal: .numeric
    case .string, .url, .email, .enumeration: .text
    case .uuid: .uuid
    case .date: .date
    case .time: .timestamptz
    case .binary: .bytea
    default: .jsonb
    }
  }
}

/// The types of PostgreSQL that columns have, as `format_type` of PostgreSQL writes them.
package enum SQLType: String, Sendable {
  case boolean
  case bigint
  case doublePrecision = "double precision"
  case numeric
  case text
  case uuid
  case date
  case timestamptz = "timestamp with time zone"
  case bytea
  case jsonb

  /// As a column is declared: texts compare by their code points, in every locale.
  package var declaration: String { self == .text ? "text collate \"C\"" : rawValue }
}
