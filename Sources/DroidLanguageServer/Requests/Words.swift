import DroidSyntax

/// The words that begin a declaration or a member, as one would write the rest; `$1` is where the cursor goes.
enum Words {
  typealias Word = (word: String, snippet: String?, doc: String)

  static let declarations: [Word] = [
    ("system", "system ${1:name}", "what this file is about"),
    ("library", "library ${1:name}", "kinds, types and policies for others"),
    ("import", "import \"./${1:folder}\" as ${2:name}", "a folder whose kinds and types are used here"),
    ("component", "component ${1:name}: ${2:Service} {\n  $0\n}", "a service, a store, whatever runs"),
    ("connect", "connect ${1:caller} -> ${2:callee}", "one asks the other"),
    ("kind", "kind ${1:Name}: ${2:Service} {\n  $0\n}", "a refinement, or a template"),
    ("type", "type ${1:Name} {\n  key id: UUID\n  $0\n}", "a record that travels"),
    ("enum", "enum ${1:Name} { ${2:first} ${3:second} }", "names, one of which holds"),
    ("error", "error ${1:Name} ${2:409} { $0 }", "a failure that both ends know"),
    (
      "resilience", "resilience ${1:name} {\n  timeout = ${2:2s}\n  $0\n}", "timeouts, retries, breakers of connections"
    ),
    (
      "healing", "healing ${1:name} {\n  rule ${2:crash} { when = unhealthy for 30s  do = [restart] }\n}",
      "what is done when something is wrong"
    ),
    ("scaling", "scaling ${1:name} { cpu = ${2:70%} }", "how many run"),
    ("team", "team ${1:name} { $0 }", "who owns it"),
    ("slo", "slo ${1:name} on ${2:orders.api} { objective = ${3:99.9%} }", "what is promised"),
    ("alert", "alert ${1:name} on ${2:orders} { when = $0 }", "when someone is told"),
    ("metric", "metric ${1:name} on ${2:orders} { kind = ${3:counter} }", "what the code counts"),
    ("anomaly", "anomaly ${1:name} on ${2:orders} { signal = $0 }", "what is unusual"),
    ("environment", "environment ${1:production} {\n  $0\n}", "what differs there"),
    ("raw", "raw \"${1:Deployment}\" on ${2:orders} { $0 }", "a patch of a manifest"),
  ]

  static let members: [NodeKind: [Word]] = [
    .component: [
      ("in", "in ${1:api}: ${2:REST} {\n  $0\n}", "a port that answers"),
      ("out", "out ${1:name}: ${2:REST}", "a port that asks"),
      ("optional out", "optional out ${1:name}: ${2:REST}", "a port that may stay unconnected"),
      ("version", "version ${1:v2} { share = ${2:10%} }", "one of several versions"),
      ("component", "component ${1:name}: Container { image = \"$2\" }", "a container in the same pod"),
    ],
    .port: [
      ("resource", "resource ${1:Order} \"/${2:orders}\"", "a collection of records"),
      ("get", "get \"/${1:path}\" ${2:name}($3) -> ${4:Order}", "an operation"),
      ("post", "post \"/${1:path}\" ${2:name}($3) -> ${4:Order}", "an operation"),
      ("put", "put \"/${1:path}\" ${2:name}($3) -> ${4:Order}", "an operation"),
      ("patch", "patch \"/${1:path}\" ${2:name}($3) -> ${4:Order}", "an operation"),
      ("delete", "delete \"/${1:path}\" ${2:name}($3)", "an operation"),
      ("query", "query ${1:name}($2) -> ${3:Order}", "an operation of GraphQL"),
      ("mutation", "mutation ${1:name}($2) -> ${3:Order}", "an operation of GraphQL"),
      ("subscription", "subscription ${1:name}($2) -> ${3:Order}", "an operation of GraphQL"),
    ],
    .kindDeclaration: [
      ("component", "component ${1:name}: ${2:Service} {\n  $0\n}", "a component inside"),
      ("connect", "connect ${1:caller} -> ${2:callee}", "one asks the other"),
      ("in", "in ${1:api}: ${2:REST} = ${3:service.api}", "a port that it shows"),
      ("out", "out ${1:name}: ${2:REST} = ${3:service.name}", "a port that it shows"),
    ],
    .healing: [
      ("rule", "rule ${1:name} { when = ${2:unhealthy for 30s}  do = [${3:restart}] }", "what is done, and when")
    ],
    .typeDeclaration: [("key", "key ${1:id}: ${2:UUID}", "the field that identifies a record")],
  ]

  static let attributes: [Word] = [
    ("personal", nil, "about a person: masked in logs, listed in the data map"), ("secret", nil, "never shown"),
    ("deprecated", "deprecated(\"$1\")", "still there, and not for long"),
    ("name", "name(\"$1\")", "the name on the wire"),
    ("example", "example($1)", "a value for documents and tests"), ("header", "header(\"$1\")", "travels in a header"),
  ]

  /// A snippet for a client that knows none.
  static func plain(_ snippet: String) -> String {
    var result = ""
    var rest = snippet[...]
    while let sign = rest.firstIndex(of: "$") {
      result += rest[..<sign]
      rest = rest[rest.index(after: sign)...]
      if rest.first == "{", let colon = rest.firstIndex(of: ":"), let end = rest.firstIndex(of: "}") {
        result += rest[rest.index(after: colon)..<end]
        rest = rest[rest.index(after: end)...]
      } else {
        rest = rest.drop { $0.isNumber }
      }
    }
    return result + rest
  }
}
