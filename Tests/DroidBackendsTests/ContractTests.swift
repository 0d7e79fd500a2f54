import DroidSemantics
import Testing

@testable import DroidBackends

/// Pieces of OpenAPI documents.
@Suite struct ContractTests {
  private func schema(_ field: String, _ more: String = "") throws -> String {
    let text =
      "type T { \(field) }\n\(more)\ncomponent a: Service { language = go  in api: REST { get \"/t\" t() -> T } }"
    let systems = try PlanTests.systems(text)
    let record = try #require(systems.base.record("T"))
    let schemas = ContractSchemas(Examples(systems.base))
    return String(decoding: schemas.field(try #require(record.fields.first)).document(), as: UTF8.self)
      .split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
  }

  @Test(arguments: [
    ("f: Bool", #"{ "type": "boolean" }"#),
    ("f: Int(1..9)", #"{ "type": "integer", "format": "int64", "minimum": 1, "maximum": 9 }"#),
    ("f: Float(0.5..)", #"{ "type": "number", "minimum": 0.5 }"#),
    ("f: String(1..40)", #"{ "type": "string", "minLength": 1, "maxLength": 40 }"#),
    (#"f: String(pattern: "[A-Z]\\.")"#, #"{ "type": "string", "pattern": "[A-Z]\\." }"#),
    ("f: String?", #"{ "type": ["string", "null"] }"#),
    ("f: UUID", #"{ "type": "string", "format": "uuid" }"#),
    ("f: Time", #"{ "type": "string", "format": "date-time" }"#),
    (
      "f: Duration(1s..1m) = 2s",
      #"{ "type": "number", "description": "Seconds.", "minimum": 1, "maximum": 60, "default": 2 }"#
    ),
    (
      "f: [Int(0..1)](1..3)",
      #"{ "type": "array", "items": { "type": "integer", "format": "int64", "minimum": 0, "maximum": 1 }, "minItems": 1, "maxItems": 3 }"#
    ),
    ("f: [String: Bool]", #"{ "type": "object", "additionalProperties": { "type": "boolean" } }"#),
    (
      #"f: Int @deprecated("no") @example(3)"#,
      #"{ "type": "integer", "format": "int64", "description": "Deprecated: no", "deprecated": true, "examples": [3] }"#
    ),
  ])
  func aFieldHasTheSchemaOfItsType(_ field: String, _ expected: String) throws {
    #expect(try schema(field) == expected)
  }

  @Test func anEnumIsAReferenceWithItsDefault() throws {
    #expect(
      try schema("f: Color = red", "enum Color { red green }")
        == ##"{ "$ref": "#/components/schemas/Color", "default": "red" }"##)
  }

  @Test func anOptionalRecordMayBeNull() throws {
    #expect(
      try schema("f: Other?", "type Other { n: Int }")
        == ##"{ "anyOf": [ { "$ref": "#/components/schemas/Other" }, { "type": "null" } ] }"##)
  }

  @Test func oursGetOutOfTheWayOfTheUsers() throws {
    let systems = try PlanTests.systems(
      """
      type Problem { key id: Int }
      type ProblemPage { n: Int }
      component a: Service { language = go  in api: REST { resource Problem "/p"  get "/q" q() -> ProblemPage } }
      """)
    let draft = try #require(OpenAPIBackend.generate(systems).drafts.first)
    let text = String(decoding: draft.bytes, as: UTF8.self)
    #expect(text.contains(#""Problem_": {"#))
    #expect(text.contains(#""ProblemPage_": {"#))
  }

  /// The statuses of an operation, as its contract has them.
  private func statuses(_ text: String) throws -> [String] {
    let plan = try #require(try PlanTests.systems(text).plans.first)
    let application = try #require(plan.applications.first)
    let document = String(decoding: application.document, as: UTF8.self)
    let answers = try #require(document.firstRange(of: "\"responses\": {"))
    var statuses: [String] = []
    for line in document[answers.upperBound...].split(separator: "\n") {
      if line.hasPrefix("        }") { break }
      if line.hasPrefix("          \"") { statuses.append(String(line.split(separator: "\"")[1])) }
    }
    return statuses
  }

  @Test(arguments: [
    ("get \"/a\" one()", ["204", "504", "default"]),
    ("get \"/a\" one(n: Int)", ["204", "422", "504", "default"]),
    ("post \"/a\" one(t: T)", ["204", "413", "415", "422", "504", "default"]),
    ("post \"/a\" one() { idempotent = key }", ["204", "409", "422", "504", "default"]),
    ("get \"/a\" one() { limit = 1/s }", ["204", "429", "504", "default"]),
    (
      "get \"/a\" one() { auth = basic(secret(\"door/guest\"))  scopes = [\"billing\"] }",
      ["204", "401", "403", "504", "default"]
    ),
    ("resource T \"/t\" { only = [get] }", ["200", "304", "404", "422", "504", "default"]),
    (
      "resource T \"/t\" { only = [replace] }",
      ["200", "404", "409", "412", "413", "415", "422", "504", "default"]
    ),
  ])
  func anOperationHasTheAnswersOfWhatIsSaid(_ operation: String, _ expected: [String]) throws {
    let found = try statuses(
      "type T { key id: Int }\ncomponent a: Service { language = go  in api: REST { \(operation) } }")
    #expect(found == expected)
  }

  @Test func textIsEscaped() {
    let tree = JSONTree.object([("a\"b", .string("\\\n\u{1}é"))])
    #expect(String(decoding: tree.document(), as: UTF8.self) == "{\n  \"a\\\"b\": \"\\\\\\n\\u0001é\"\n}\n")
  }
}
