/// What a token is. Keywords are names: the parser knows them by their place.
package enum TokenKind: UInt8, Sendable, BitwiseCopyable {
  case endOfFile
  /// A number with its sign, its decimals and its unit: `5`, `-5`, `250ms`, `100/s`, `99.9%`.
  case quantity
  /// `"…"` on one line.
  case string
  /// `"""` … `"""` over many lines.
  case multilineString
  /// `///` to the end of its line.
  case doc
  case leftBrace, rightBrace, leftParenthesis, rightParenthesis, leftBracket, rightBracket
  case colon, comma, dot, dotDot, arrow, equals, at, question
  case less, lessOrEqual, greater, greaterOrEqual, equalEqual, notEqual
  /// Bytes that begin no token.
  case unknown
  /// A letter, then letters and digits, joined by single `-` or `_`. The last kind: a token counts on with its keyword.
  case name
}

/// What a node is, with the nodes below it in their order (`?` may be absent, `*` any number). Docs are leading tokens
/// of the member they belong to. A `missing` node may stand wherever a child is due, `unexpected` nodes anywhere.
package enum NodeKind: UInt8, Sendable, BitwiseCopyable {
  /// header, importDeclaration*, members*
  case file
  /// `droid 1 system shop`: quantity (the edition), name, block?
  case header
  /// string, name
  case importDeclaration
  /// members*
  case block

  // Members.
  /// (path | string), value
  case property
  /// `key`? name, type, value?, attribute*
  case field
  /// name, type, path?, block?; its first token after the docs is `in`, `out` or `optional`
  case port
  /// name, path (the kind), block?
  case component
  /// name, path?, block
  case kindDeclaration
  /// name, block
  case typeDeclaration
  /// name, quantity (the status), block?
  case errorDeclaration
  /// name, enumCase*
  case enumDeclaration
  /// name, attribute*
  case enumCase
  /// path, path, block?
  case connect
  /// string? (the path of a REST operation), name, parameters, resultType?, throwsClause?, block?; its first token after
  /// the docs is the verb (`get`, …, `query`, …)
  case operation
  /// field*
  case parameters
  /// type
  case resultType
  /// path*
  case throwsClause
  /// path (the type), string, block?
  case resource
  /// name, block
  case resilience, healing, scaling, team, rule, version
  /// name, path, path? (the end of a connection), block
  case slo, anomaly, alert, metric
  /// name, name? (what it builds on), block
  case environment
  /// string, path, record
  case raw
  /// block
  case layout

  // Types.
  /// path, typeArguments?
  case namedType
  /// type, typeArguments?
  case listType
  /// type (the key), type (the value), typeArguments?
  case mapType
  /// type (before `?`)
  case optionalType
  /// (namedTypeArgument | quantity | range | type)*
  case typeArguments
  /// name, value
  case namedTypeArgument
  /// name, arguments?
  case attribute

  // Values.
  /// operand, comparison?, hold?; there only if one of the two is
  case condition
  /// an operator token, operand
  case comparison
  /// `for` quantity
  case hold
  /// one token
  case quantity
  /// quantity, quantity? (none: open above)
  case range
  /// one token of kind string or multilineString
  case string
  /// values*
  case list
  /// recordField*
  case record
  /// (name | string), value; may begin with docs
  case recordField
  /// path, arguments: `jwt(issuer: "…")`
  case call
  /// argument*
  case arguments
  /// name?, value
  case argument
  /// name tokens and dots: a reference
  case path
  /// one token
  case name

  // Recovery: nothing else ever stands in a tree.
  /// Something that is due and not there: no token, at the place where it is due.
  case missing
  /// Tokens that fit nowhere: kept as they are.
  case unexpected
}
