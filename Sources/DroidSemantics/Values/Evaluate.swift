import DroidSyntax

/// Reading values: what is written, as a type understands it.
extension Checker {
  /// The value that is written, as `type` understands it; nil where it is wrong (and reported), broken (and reported by the
  /// parser), or a parameter of a kind whose value is not known.
  func evaluate(_ node: Syntax, as type: ValueType, _ subject: Subject, in scope: Scope) -> Value? {
    if node.kind == .missing || node.kind == .unexpected { return nil }
    note(node.range, expects: type)
    if node.kind == .path, let value = parameterOrNone(node, as: type, subject, in: scope) { return value.known }
    switch type {
    case .optional(let inner): return evaluate(node, as: inner, subject, in: scope)
    case .bool: return boolean(node, subject)
    case .int, .float, .decimal, .duration, .bytes, .percent, .rate: return quantity(node, as: type, subject)
    case .range(let element): return range(node, of: element, subject)
    case .string, .uuid, .date, .time, .url, .email, .binary: return text(node, as: type, subject)
    case .list(let element, let bounds): return list(node, of: element, bounds, subject, in: scope)
    case .map(let element, let bounds): return map(node, of: element, bounds, subject, in: scope)
    case .record(let name): return recordValue(node, of: name, subject, in: scope)
    case .enumeration(let name): return enumerationCase(node, of: name, subject)
    case .options(let schema): return options(node, schema, subject, in: scope)
    case .choice(let choices): return choice(node, choices, subject)
    case .union(let schema): return union(node, schema, subject, in: scope)
    case .reference(let kind): return reference(node, kind, subject, in: scope)
    case .secret: return secret(node, subject)
    case .type: return recordType(node, subject, in: scope)
    case .condition: return conditions(node, subject, in: scope)
    case .signal: return signal(node, subject, in: scope).map { .signal($0) }
    case .name: return plainName(node, subject)
    case .json, .raw: return rawValue(node, in: scope)
    }
  }

  /// A parameter of the kind, or `none` where it may stand.
  private func parameterOrNone(_ node: Syntax, as type: ValueType, _ subject: Subject, in scope: Scope) -> Known? {
    let tokens = node.tree.tokenIndices(node.id)
    guard tokens.count == 1 else { return nil }
    if !scope.parameters.isEmpty, let parameter = scope.parameters[node.text] {
      note(node.range, parameter.range)
      guard parameter.type.fits(type) else {
        report(
          .typeMismatch, "\(subject) is \(type.spoken), but the parameter `\(node.text)` is \(parameter.type.spoken)",
          at: node.range, in: scope)
        return Known(known: nil)
      }
      return Known(known: parameter.value)
    }
    guard node.tree.bytes(ofToken: tokens.lowerBound).elementsEqual("none".utf8) else { return nil }
    switch type {
    case .optional, .list, .map, .raw, .json: return Known(known: Value.none)
    default:
      report(
        .typeMismatch, "\(subject) cannot be taken away", at: node.range, "it is always \(type.spoken)", in: scope)
      return Known(known: nil)
    }
  }

  private struct Known { let known: Value? }

  func boolean(_ node: Syntax, _ subject: Subject) -> Value? {
    if node.kind == .path {
      switch node.text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "yes", "on", "enabled":
        mismatch(node, .bool, subject, fix: "true")
        return nil
      case "no", "off", "disabled":
        mismatch(node, .bool, subject, fix: "false")
        return nil
      default: break
      }
    }
    mismatch(node, .bool, subject)
    return nil
  }

  /// One of the words of a choice.
  func choice(_ node: Syntax, _ choices: Choices, _ subject: Subject) -> Value? {
    guard node.kind == .path || node.kind == .string else {
      mismatch(node, .choice(choices), subject)
      return nil
    }
    let word = node.kind == .string ? string(node) : node.text
    if choices.words.contains(word) {
      if node.kind == .path { return .choice(word) }
      report(
        .typeMismatch, "\(subject) is a word, not a text", at: node.range, "written without quotes",
        fixes: [Fix("write `\(word)`", replacing: node.range, with: word)])
      return nil
    }
    let guess = suggestion(word, among: choices.words, at: node.range)
    report(
      .unknownChoice, "\(subject) cannot be `\(word)`", at: node.range, guess.label,
      help: "it is one of \(Suggestion.list(choices.words, limit: 12))", fixes: guess.fixes)
    return nil
  }

  /// A name that is not looked up.
  func plainName(_ node: Syntax, _ subject: Subject) -> Value? {
    if node.kind == .path, node.tree.tokenIndices(node.id).count == 1 { return .choice(node.text) }
    if node.kind == .string, Self.isIdentifier(string(node)) {
      let word = string(node)
      report(
        .typeMismatch, "\(subject) is a name, not a text", at: node.range, "written without quotes",
        fixes: [Fix("write `\(word)`", replacing: node.range, with: word)])
      return nil
    }
    mismatch(node, .name, subject)
    return nil
  }

  /// A letter, then letters and digits, joined by single `-` or `_`.
  static func isIdentifier(_ text: String) -> Bool {
    var last: UInt8 = 0
    for byte in text.utf8 {
      let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      let isJoiner = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      if last == 0, !isLetter { return false }
      if !isLetter, !isDigit, !isJoiner { return false }
      if isJoiner, last == UInt8(ascii: "-") || last == UInt8(ascii: "_") { return false }
      last = byte
    }
    return last != 0 && last != UInt8(ascii: "-") && last != UInt8(ascii: "_")
  }

  /// `secret("orders-db/password")`.
  func secret(_ node: Syntax, _ subject: Subject) -> Value? {
    if node.kind == .string {
      let written = string(node)
      report(
        .secretInTheOpen, "\(subject) is a secret, and here it stands in the open", at: node.range,
        "name the object and the key that hold it: `secret(\"object/key\")`",
        fixes: written.split(separator: "/").count == 2
          ? [
            Fix(
              "write `secret(\"\(written)\")`", replacing: node.range, with: "secret(\(StringLiteral.encode(written)))")
          ]
          : [])
      return nil
    }
    guard node.kind == .call, let path = node.child(.path), path.text == "secret" else {
      mismatch(node, .secret, subject)
      return nil
    }
    let arguments = (node.child(.arguments)?.children()).map(Array.init) ?? []
    guard arguments.count == 1, let value = arguments[0].children().first(where: { $0.kind == .string }) else {
      report(.typeMismatch, "a secret names its object and key in one text", at: node.range, "`secret(\"object/key\")`")
      return nil
    }
    let parts = string(value).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, Self.isKubernetesName(String(parts[0])), Self.isSecretKey(String(parts[1])) else {
      report(
        .badText, "a secret is an object and a key in it", at: value.range,
        "such as `\"orders-db/password\"`: the object in lower case, letters, digits and `-`")
      return nil
    }
    return .secret(SecretReference(object: String(parts[0]), key: String(parts[1])))
  }

  /// Lower case letters, digits, `-` and `.`, at most 253: RFC 1123 as Kubernetes reads it.
  static func isKubernetesName(_ name: String) -> Bool {
    guard let first = name.utf8.first, let last = name.utf8.last, name.utf8.count <= 253 else { return false }
    func isPlain(_ byte: UInt8) -> Bool {
      byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
    return isPlain(first) && isPlain(last)
      && name.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }

  private static func isSecretKey(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= 253
      && key.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".unicodeScalars.contains($0))
      }
  }

  /// The text of a string node.
  func string(_ node: Syntax) -> String {
    let token = node.tree.tokenIndices(node.id).lowerBound
    return StringLiteral.decode(node.tree.bytes(ofToken: token), kind: node.tree.tokens[token].kind)
  }

  /// Something of another form than is due.
  func mismatch(_ node: Syntax, _ type: ValueType, _ subject: Subject, fix: String? = nil) {
    let fixes = fix.map { [Fix("write `\($0)`", replacing: node.range, with: $0)] } ?? []
    report(
      .typeMismatch, "\(subject) is \(type.spoken)", at: node.range, "and this is \(node.spokenForm)\(type.example)",
      fixes: fixes)
  }
}

extension Syntax {
  /// The form of a value, in a person's words.
  var spokenForm: String {
    switch kind {
    case .quantity: "a number"
    case .range: "a range"
    case .string: "a text"
    case .list: "a list"
    case .record: "a record"
    case .call: "`\(child(.path)?.text ?? "")(…)`"
    case .condition: "a condition"
    case .path: text == "true" || text == "false" ? "yes or no" : "the name `\(text)`"
    default: "something else"
    }
  }
}
