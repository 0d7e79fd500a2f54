import DroidSemantics

/// How a resource is listed: by which of its fields it is filtered and ordered.
extension ResourcePlan {
  /// The names in the query of a list that are no filters.
  package static let queryNames: Set<String> = ["limit", "cursor", "order"]

  /// In the order of the fields.
  package var filters: [FilterPlan] {
    record.fields.compactMap { field in
      guard Self.isListed(field), !Self.queryNames.contains(field.wireName) else { return nil }
      return FilterPlan(field: field)
    }
  }

  /// The fields that `order` may name; the key is always one.
  package var orders: [DataField] {
    record.fields.filter { field in
      if field.isKey { return true }
      guard Self.isListed(field), !field.type.isOptional else { return false }
      return field.type != .bool
    }
  }

  /// What stands in a URL stands in logs, so nothing personal does; and it is one plain value.
  private static func isListed(_ field: DataField) -> Bool {
    if field.isPersonal || field.isSecret { return false }
    switch field.type.unwrapped {
    case .bool, .int, .float, .decimal, .string, .uuid, .date, .time, .duration, .url, .email, .enumeration: return true
    default: return false
    }
  }
}

/// A filter of a list: `status=paid`; and for what has an order `total.min=1` and `total.max=9`.
package struct FilterPlan: Sendable {
  package let field: DataField

  package var name: String { field.wireName }
  /// Of the values that are compared: without `?`.
  package var type: ValueType { field.type.unwrapped }
  package var hasBounds: Bool {
    switch type {
    case .int, .float, .decimal, .date, .time, .duration: true
    default: false
    }
  }
}
