/// What is wrong with a number, and what was probably meant.
struct QuantityComplaint {
  let code: DiagnosticCode
  let message: String
  let label: String
  var help: String?
  /// What to write in place of the whole.
  var replacement: String?

  init(number: String, unit: String) {
    let whole = number + unit
    if number.hasPrefix(".") {
      self.init(.badNumber, "a number begins with a digit", "", write: "0" + whole)
    } else if let expanded = Self.expandedExponent(number, unit) {
      self.init(.badNumber, "`\(whole)` has an exponent", "numbers are written out", write: expanded)
    } else if let compound = Self.compound(number + unit) {
      self.init(.unknownUnit, "`\(whole)` has two units", "a duration has one", write: compound)
    } else if number == "0", unit.first == "x" || unit.first == "X", let value = Int(unit.dropFirst(), radix: 16) {
      self.init(.badNumber, "`\(whole)` is a hexadecimal number", "numbers are written in tens", write: String(value))
    } else if let range = Self.range(whole) {
      self.init(
        .badNumber, "`\(whole)` is neither a number nor a range", "a range is written with two points", write: range)
    } else if whole.contains("-") || whole.split(separator: ".", omittingEmptySubsequences: false).count > 2 {
      let why = "a version, an address or a date is a text: it stands in quotes"
      self.init(.badNumber, "`\(whole)` is no number", why, write: "\"\(whole)\"")
    } else if unit.allSatisfy({ $0 == "_" || $0.isNumber }) {
      let plain = whole.filter { $0 != "_" }
      self.init(.badNumber, "`\(whole)` is no number", "a single `_` stands between two digits", write: plain)
    } else if let meant = Self.meant(unit) {
      self.init(.unknownUnit, "`\(unit)` is no unit", "did you mean `\(meant)`?", write: number + meant)
    } else {
      self.init(.unknownUnit, "`\(unit)` is no unit", "")
      help = "units are `ns us ms s m h d w`, `%`, `B Ki Mi Gi Ti`, `k M G T`, and a rate such as `100/s`"
    }
  }

  private init(_ code: DiagnosticCode, _ message: String, _ label: String, write replacement: String? = nil) {
    self.code = code
    self.message = message
    self.label = label
    self.replacement = replacement
  }

  /// What people write for a unit of ours.
  private static func meant(_ unit: String) -> String? {
    switch unit.lowercased() {
    case "mb", "mib", "mi", "mbyte": "Mi"
    case "gb", "gib", "gi", "gbyte": "Gi"
    case "kb", "kib", "ki", "kbyte": "Ki"
    case "tb", "tib", "ti", "tbyte": "Ti"
    case "b", "byte", "bytes": "B"
    case "g": "G"
    case "t": "T"
    case "k": "k"
    case "sec", "secs", "second", "seconds", "s": "s"
    case "min", "mins", "minute", "minutes": "m"
    case "hr", "hrs", "hour", "hours", "h": "h"
    case "day", "days", "d": "d"
    case "week", "weeks", "wk", "w": "w"
    case "msec", "msecs", "millis", "milliseconds", "ms": "ms"
    case "usec", "micros", "µs", "μs", "us": "us"
    case "nsec", "nanos", "ns": "ns"
    case "percent", "pct": "%"
    case "rps", "qps", "ps", "/sec", "/second", "/s", "s/": "/s"
    case "rpm", "/min", "/minute": "/m"
    case "/hr", "/hour", "/h": "/h"
    case "/day", "/d": "/d"
    case "k/sec", "k/second", "k/s": "k/s"
    case "k/min", "k/minute": "k/m"
    default: nil
    }
  }

  /// `1e5` as `100000`, `25e-3` as `0.025`.
  private static func expandedExponent(_ number: String, _ unit: String) -> String? {
    guard unit.first == "e" || unit.first == "E", let exponent = Int(unit.dropFirst()), abs(exponent) <= 30 else {
      return nil
    }
    let isNegative = number.hasPrefix("-")
    let plain = number.filter { $0.isNumber || $0 == "." }
    let parts = plain.split(separator: ".")
    guard let whole = parts.first else { return nil }
    let decimals = parts.count > 1 ? String(parts[1]) : ""
    var digits = String(whole) + decimals
    var point = whole.count + exponent
    if point <= 0 {
      digits = String(repeating: "0", count: 1 - point) + digits
      point = 1
    }
    if point > digits.count { digits += String(repeating: "0", count: point - digits.count) }
    var integer = String(digits.prefix(point).drop { $0 == "0" })
    if integer.isEmpty { integer = "0" }
    var fraction = String(digits.dropFirst(point))
    while fraction.last == "0" { fraction.removeLast() }
    return (isNegative ? "-" : "") + integer + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// `1h30m` as `90m`: in the smallest of its units.
  private static func compound(_ text: String) -> String? {
    let sizes: [String: Int] = [
      "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "min": 60_000, "s": 1_000, "ms": 1,
    ]
    var (total, smallest, parts) = (0, Int.max, 0)
    var rest = text[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard digits.count < 8, let count = Int(digits), let size = sizes[String(unit)] else { return nil }
      total += count * size
      smallest = min(smallest, size)
      parts += 1
    }
    guard parts > 1, let name = sizes.first(where: { $0.value == smallest && $0.key != "min" })?.key else { return nil }
    return "\(total / smallest)\(name)"
  }

  /// `2-10` as `2..10`.
  private static func range(_ text: String) -> String? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), first < last else { return nil }
    return "\(parts[0])..\(parts[1])"
  }
}
