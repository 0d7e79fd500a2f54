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
  private let positions: Positions
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
    positions = Positions(fields.map(\.name))
  }

  /// O(1).
  package func index(of name: String) -> Int? { positions[name] }

  package subscript(name: String) -> SchemaField? { positions[name].map { fields[$0] } }

  package var leading: SchemaField? { fields.first { $0.isLeading } }

  package static func == (a: Schema, b: Schema) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Where names stand in a list; of equal ones the first. Properties are looked up all the time, and to hash a whole name takes
/// longer than to compare the one or two that have its length and its first and last letter.
private struct Positions: Sendable {
  private let names: [String]
  /// A position in each slot, or -1; a name is in the first slot that was free, from its own on.
  private var slots: [Int]

  init(_ names: [String]) {
    self.names = names
    slots = Array(repeating: -1, count: 64)
    while slots.count < 4 * names.count { slots += slots }
    for (position, name) in names.enumerated() where self[name] == nil {
      var slot = self.slot(of: name)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = position
    }
  }

  subscript(name: String) -> Int? {
    var slot = self.slot(of: name)
    while slots[slot] >= 0 {
      if names[slots[slot]] == name { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func slot(of name: String) -> Int {
    var name = name
    let mixed = name.withUTF8 { bytes in
      bytes.isEmpty ? 0 : Int(bytes[0]) &* 31 &+ Int(bytes[bytes.count - 1]) &* 7 &+ bytes.count &* 11
    }
    return mixed & (slots.count - 1)
  }
}
