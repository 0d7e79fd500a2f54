/// The records, enums and errors of all units, by their full names.
struct TypeTable {
  private(set) var records: [RecordType] = []
  private(set) var enumerations: [EnumerationType] = []
  private(set) var errors: [ErrorType] = []
  private(set) var index = System.Index()

  func record(_ name: String) -> RecordType? { index.records[name].map { records[$0] } }
  func enumeration(_ name: String) -> EnumerationType? { index.enumerations[name].map { enumerations[$0] } }
  func error(_ name: String) -> ErrorType? { index.errors[name].map { errors[$0] } }

  mutating func add(_ record: RecordType) {
    index.records[record.name] = records.count
    records.append(record)
  }

  mutating func add(_ enumeration: EnumerationType) {
    index.enumerations[enumeration.name] = enumerations.count
    enumerations.append(enumeration)
  }

  mutating func add(_ error: ErrorType) {
    index.errors[error.name] = errors.count
    errors.append(error)
  }

  mutating func setDefault(_ value: Value?, examples: [Value], ofRecord name: String, field: Int) {
    guard let at = index.records[name] else { return }
    records[at].fields[field].defaultValue = value
    records[at].fields[field].examples = examples
  }

  mutating func setDefault(_ value: Value?, examples: [Value], ofError name: String, field: Int) {
    guard let at = index.errors[name] else { return }
    errors[at].fields[field].defaultValue = value
    errors[at].fields[field].examples = examples
  }
}
