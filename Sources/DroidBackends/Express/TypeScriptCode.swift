import DroidJSON
import DroidSemantics

/// TypeScript source that knows where it may be broken into lines. Laid out as Prettier does with 100 columns: on one line if it
/// fits; else the last argument of a call opens, or each part of the outermost brackets stands on a line of its own.
indirect enum TypeScriptCode: Sendable {
  case text(String)
  /// A literal, which moves to a line of its own where it does not fit beside its name.
  case string(String)
  /// What stands before the brackets, what they are, what is in them, what stands behind.
  case group(String, Brackets, [TypeScriptCode], String = "")
  /// An object that has a line for each member, even if all of them fit on one.
  case block(String, [TypeScriptCode], String = "")
  /// `name: value`
  case member(String, TypeScriptCode)

  enum Brackets: Sendable {
    case round, square, curly

    var open: String {
      switch self {
      case .round: "("
      case .square: "["
      case .curly: "{"
      }
    }

    var close: String {
      switch self {
      case .round: ")"
      case .square: "]"
      case .curly: "}"
      }
    }
  }

  static func call(_ name: String, _ arguments: [TypeScriptCode]) -> TypeScriptCode { .group(name, .round, arguments) }
  static func object(_ members: [TypeScriptCode]) -> TypeScriptCode { .group("", .curly, members) }
  static func array(_ elements: [TypeScriptCode]) -> TypeScriptCode { .group("", .square, elements) }

  /// `name: value`, or `name` where the value is called so.
  static func field(_ name: String, _ value: TypeScriptCode) -> TypeScriptCode {
    if case .text(name) = value { return value }
    return .member(TypeScriptLiteral.name(name), value)
  }

  static let lineLength = 100

  /// On one line; nil if it never stands on one.
  var flat: String? {
    var result = ""
    return appendFlat(to: &result) ? result : nil
  }

  private func appendFlat(to result: inout String) -> Bool {
    switch self {
    case .text(let text), .string(let text): result += text
    case .block(let before, let parts, let after):
      guard parts.isEmpty else { return false }
      result += before + "{}" + after
    case .member(let name, let value):
      result += name + ": "
      return value.appendFlat(to: &result)
    case .group(_, .round, let parts, _) where Self.hidesFunction(parts): return false
    case .group(let before, let brackets, let parts, let after):
      let air = brackets == .curly && !parts.isEmpty ? " " : ""
      result += before + brackets.open + air
      for (index, part) in parts.enumerated() {
        if index > 0 { result += ", " }
        guard part.appendFlat(to: &result) else { return false }
      }
      result += air + brackets.close + after
    }
    return true
  }

  /// The same code with something before and after it.
  func wrapped(_ prefix: String, _ suffix: String = "") -> TypeScriptCode {
    switch self {
    case .text(let text): .text(prefix + text + suffix)
    case .string(let text): .text(prefix + text + suffix)
    case .member(let name, let value): .member(prefix + name, value.wrapped("", suffix))
    case .block(let before, let parts, let after): .block(prefix + before, parts, after + suffix)
    case .group(let before, let brackets, let parts, let after):
      .group(prefix + before, brackets, parts, after + suffix)
    }
  }

  /// At the place where the writer stands, which is `column` columns from the left.
  func write(to writer: inout ByteWriter, depth: Int, column: Int, suffix: String = "") {
    if let line = flat, column + line.columns + suffix.columns <= Self.lineLength || !canBreak {
      writer.write(line)
      writer.write(suffix)
      return
    }
    switch self {
    case .text(let text), .string(let text): writer.write(text + suffix)
    case .member(let name, .string(let text)):
      writer.write("\(name):\n")
      writer.indent(depth + 1)
      writer.write(text + suffix)
    case .member(let name, let value):
      writer.write(name + ": ")
      value.write(to: &writer, depth: depth, column: column + name.columns + 2, suffix: suffix)
    case .block(let before, let parts, let after):
      writer.write(before + "{")
      Self.write(parts, to: &writer, depth: depth)
      writer.write("}" + after + suffix)
    case .group(let before, .round, let parts, let after)
    where !Self.hidesFunction(parts) && Self.opensLast(parts, column + before.columns):
      writer.write(before + "(")
      var place = column + before.columns + 1
      for part in parts.dropLast() {
        let text = (part.flat ?? "") + ", "
        writer.write(text)
        place += text.columns
      }
      parts.last?.write(to: &writer, depth: depth, column: place, suffix: ")" + after + suffix)
    case .group(let before, let brackets, let parts, let after):
      writer.write(before + brackets.open)
      if brackets == .square && parts.allSatisfy(\.isNumber) {
        Self.fill(parts, to: &writer, depth: depth)
      } else {
        Self.write(parts, to: &writer, depth: depth)
      }
      writer.write(brackets.close + after + suffix)
    }
  }

  /// A function before an object in the same call: Prettier gives each a line, so that neither is overlooked.
  private static func hidesFunction(_ parts: [TypeScriptCode]) -> Bool {
    guard case .group("", .curly, _, "")? = parts.last else { return false }
    return parts.dropLast().contains { $0.flat?.contains("=> ") == true }
  }

  private var canBreak: Bool {
    switch self {
    case .text, .string: false
    case .group(_, _, let parts, _), .block(_, let parts, _): !parts.isEmpty
    case .member(_, .string): true
    case .member(_, let value): value.canBreak
    }
  }

  /// The last argument of a call, if it is an object or a list and what stands before it fits on the line.
  private static func opensLast(_ parts: [TypeScriptCode], _ column: Int) -> Bool {
    switch parts.last {
    case .block("", _, "")?, .group("", .curly, _, "")?: break
    case .group("", .square, _, "")? where parts.count == 1: break
    case .group("", .curly, _, _)? where parts.count == 1: break
    case .group(let before, .curly, _, "")? where before.hasSuffix("=> "): break
    case .block(let before, _, "")? where before.hasSuffix("=> "): break
    default: return false
    }
    var width = column + 2
    for part in parts.dropLast() {
      guard let text = part.flat else { return false }
      width += text.columns + 2
    }
    return width <= lineLength
  }

  private static func write(_ parts: [TypeScriptCode], to writer: inout ByteWriter, depth: Int) {
    for part in parts {
      writer.newline()
      writer.indent(depth + 1)
      part.write(to: &writer, depth: depth + 1, column: depth * 2 + 2, suffix: ",")
    }
    writer.newline()
    writer.indent(depth)
  }

  /// Numbers stand beside each other, as many as fit on a line.
  private static func fill(_ parts: [TypeScriptCode], to writer: inout ByteWriter, depth: Int) {
    var column = lineLength
    for part in parts {
      let text = (part.flat ?? "") + ","
      if column + 1 + text.columns > lineLength {
        writer.newline()
        writer.indent(depth + 1)
        column = depth * 2 + 2
      } else {
        writer.write(" ")
        column += 1
      }
      writer.write(text)
      column += text.columns
    }
    writer.newline()
    writer.indent(depth)
  }

  private var isNumber: Bool {
    guard case .text(let text) = self else { return false }
    return text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2e || $0 == 0x2d }
  }
}

/// Literals of TypeScript.
enum TypeScriptLiteral {
  /// In double quotes, unless that costs more escapes.
  static func string(_ text: String) -> String {
    let double = text.utf8.lazy.filter { $0 == 0x22 }.count
    let single = text.utf8.lazy.filter { $0 == 0x27 }.count
    let quote: Unicode.Scalar = double > single ? "'" : "\""
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote: result += "\\\(quote)"
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f || isHidden(scalar):
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  /// What an editor would not show.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .format || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  /// A regular expression: `/^[A-Z]+$/u`. In Unicode mode only what means something may be escaped.
  static func pattern(_ text: String) -> String {
    var result = "/"
    var isEscaped = false
    var isClass = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        let isPlain = scalar.isASCII && !"^$\\.*+?()[]{}|/-".unicodeScalars.contains(scalar) && !isWord(scalar)
        let keeps = !isPlain && (scalar != "-" || isClass)
        result += keeps ? "\\" : ""
        result.unicodeScalars.append(scalar)
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "/": result += isClass ? "/" : "\\/"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default:
        if scalar == "[" { isClass = true } else if scalar == "]" { isClass = false }
        result.unicodeScalars.append(scalar)
      }
    }
    return (result == "/" ? "/(?:)" : result) + "/u"
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.value >= 0x30 && scalar.value <= 0x39
  }

  /// The name of a member, in quotes where it needs them.
  static func name(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { byte in
        byte >= 0x61 && byte <= 0x7a || byte >= 0x41 && byte <= 0x5a || byte >= 0x30 && byte <= 0x39 || byte == 0x5f
          || byte == 0x24
      } && name.utf8.first.map { $0 > 0x39 || $0 == 0x24 } == true
    return isPlain ? name : string(name)
  }

  /// A JSON value; integers that a number does not hold are `bigint`.
  static func json(_ tree: JSONTree) -> TypeScriptCode {
    switch tree {
    case .null: .text("null")
    case .bool(let flag): .text(flag ? "true" : "false")
    case .number(let digits): .text(number(digits))
    case .string(let text): .string(string(text))
    case .array(let elements): .array(elements.map(json))
    case .object(let members): .object(members.map { .member(name($0.0), json($0.1)) })
    }
  }

  static func number(_ digits: String) -> String {
    guard let integer = Int64(digits), integer.magnitude > TypeScriptTypes.largestNumber else { return digits }
    return digits + "n"
  }
}
