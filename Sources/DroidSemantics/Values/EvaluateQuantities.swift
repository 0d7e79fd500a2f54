import DroidSyntax

/// Numbers with and without units.
extension Checker {
  /// A number as `type` counts it.
  func quantity(_ node: Syntax, as type: ValueType, _ subject: Subject) -> Value? {
    guard node.kind == .quantity else {
      if node.kind == .range {
        report(.typeMismatch, "\(subject) is \(type.spoken), and this is a range", at: node.range)
      } else {
        mismatch(node, type, subject)
      }
      return nil
    }
    let token = node.tree.tokenIndices(node.id).lowerBound
    switch QuantityLiteral.read(node.tree.bytes(ofToken: token)) {
    case .malformed: return nil
    case .overflow:
      report(.numberTooLarge, "this number is larger than anything that is counted here", at: node.range)
      return nil
    case .value(let literal):
      guard let value = value(of: literal, as: type) else {
        reportUnit(node, literal, type, subject)
        return nil
      }
      guard isWithin(value, type) else {
        reportBounds(node, type, subject)
        return nil
      }
      return value
    }
  }

  /// Nil where the unit does not fit or the result is too large.
  private func value(of literal: QuantityLiteral, as type: ValueType) -> Value? {
    guard literal.scale <= 18 else { return nil }
    let number = ExactDecimal(literal.mantissa, scale: UInt8(literal.scale))
    switch type {
    case .int: return literal.unit.decimalFactor.flatMap { number.times($0)?.integer }.map { .integer($0) }
    case .float, .decimal: return literal.unit.decimalFactor.flatMap { number.times($0) }.map { .number($0) }
    case .duration:
      return literal.unit.nanoseconds.flatMap { number.times($0)?.integer }.map { .duration(TimeSpan(nanoseconds: $0)) }
    case .bytes: return literal.unit.bytes.flatMap { number.times($0)?.integer }.map { .bytes(ByteCount($0)) }
    case .percent: return literal.unit == .percent ? .percent(number) : nil
    case .rate:
      guard let rate = literal.unit.rate, literal.mantissa >= 0 else { return nil }
      return number.times(rate.factor).map { .rate(Rate($0, per: rate.per)) }
    default: return nil
    }
  }

  /// `2..10`, or one number, which is a range of one.
  func range(_ node: Syntax, of element: ValueType, _ subject: Subject) -> Value? {
    if node.kind == .quantity { return quantity(node, as: element, subject).map { .range($0, $0) } }
    guard node.kind == .range else {
      mismatch(node, .range(element), subject)
      return nil
    }
    var ends = node.children().lazy.filter { $0.kind == .quantity }.makeIterator()
    guard let first = ends.next(), let lower = quantity(first, as: element, subject) else { return nil }
    guard let last = ends.next() else { return .range(lower, nil) }
    guard let upper = quantity(last, as: element, subject) else { return nil }
    if let a = lower.order, let b = upper.order, b < a {
      report(
        .outOfRange, "this range runs backwards", at: node.range, "the smaller end comes first",
        fixes: [Fix("turn it round", replacing: node.range, with: "\(last.text)..\(first.text)")])
      return nil
    }
    return .range(lower, upper)
  }

  private func isWithin(_ value: Value, _ type: ValueType) -> Bool {
    guard let bounds = type.bounds, let order = value.order else { return true }
    return bounds.contains(order)
  }

  private func reportBounds(_ node: Syntax, _ type: ValueType, _ subject: Subject) {
    guard let bounds = type.bounds else { return }
    func spoken(_ number: ExactDecimal) -> String {
      switch type {
      case .duration: number.integer.map { "`\(TimeSpan(nanoseconds: $0))`" } ?? ""
      case .bytes: number.integer.map { "`\(ByteCount($0))`" } ?? ""
      case .percent: "`\(number)%`"
      default: "`\(number)`"
      }
    }
    let label: String
    switch (bounds.lower, bounds.upper) {
    case (let lower?, let upper?): label = "it is between \(spoken(lower)) and \(spoken(upper))"
    case (let lower?, nil): label = "it is at least \(spoken(lower))"
    case (nil, let upper?): label = "it is at most \(spoken(upper))"
    case (nil, nil): label = ""
    }
    report(.outOfRange, "\(subject) cannot be `\(node.text)`", at: node.range, label)
  }

  /// A unit that does not fit, or none where one is due: with the mend where it is certain.
  private func reportUnit(_ node: Syntax, _ literal: QuantityLiteral, _ type: ValueType, _ subject: Subject) {
    let digits = String(node.text.prefix { !$0.isLetter && $0 != "%" && $0 != "/" })
    let number = literal.scale <= 18 ? ExactDecimal(literal.mantissa, scale: UInt8(literal.scale)) : .zero
    func fix(_ text: String) -> [Fix] { [Fix("write `\(text)`", replacing: node.range, with: text)] }
    let unit = literal.unit
    if unit == .none {
      switch type {
      case .duration:
        report(
          .missingUnit, "\(subject) is a duration, and a number alone does not say of what", at: node.range,
          "seconds are `\(digits)s`, milliseconds `\(digits)ms`", fixes: fix(digits + "s"))
      case .bytes:
        report(
          .missingUnit, "\(subject) is a size, and a number alone does not say of what", at: node.range,
          "mebibytes are `\(digits)Mi`, bytes `\(digits)B`", fixes: fix(digits + "Mi"))
      case .percent:
        let share = number.double <= 1 && number.scale > 0 ? number.times(100) : nil
        let text = share.map { "\($0)%" } ?? digits + "%"
        report(
          .missingUnit, "\(subject) is a percentage, and this has no `%`", at: node.range, "it is written `\(text)`",
          fixes: fix(text))
      case .rate:
        report(
          .missingUnit, "\(subject) is a rate, and this does not say in which time", at: node.range,
          "`\(digits)/s` is so many a second", fixes: fix(digits + "/s"))
      case .int:
        report(.typeMismatch, "\(subject) is a whole number", at: node.range, "and this has decimals")
      default: mismatch(node, type, subject)
      }
      return
    }
    if case .float = type, unit == .minutes, case .named("cpu") = subject, let cores = number.times(1) {
      let cores = ExactDecimal(cores.mantissa, scale: cores.scale + 3)
      report(
        .unitMismatch, "`cpu` is counted in cores, and `m` means minutes", at: node.range,
        "\(digits) thousandths of a core are `\(cores)`", fixes: fix("\(cores)"))
      return
    }
    if let nearby = Self.nearbyUnit(unit, type) {
      report(
        .unitMismatch, "\(subject) is \(type.spoken), and `\(unit.rawValue)` is \(unit.spoken)", at: node.range,
        "did you mean `\(digits)\(nearby)`?", fixes: fix(digits + nearby))
      return
    }
    if type.unitOf.contains(unit.family) {
      report(.numberTooLarge, "\(subject) cannot hold `\(node.text)` exactly", at: node.range, "it has too many digits")
      return
    }
    report(
      .unitMismatch, "\(subject) is \(type.spoken), and `\(unit.rawValue)` is \(unit.spoken)", at: node.range,
      String(type.example.dropFirst(2)))
  }

  /// What is probably meant by a unit of the wrong family: `512M` for bytes is one of theirs already, `5m` for a size is not.
  private static func nearbyUnit(_ unit: QuantityLiteral.Unit, _ type: ValueType) -> String? {
    switch (unit, type) {
    case (.minutes, .bytes): "Mi"
    case (.mega, .duration): "m"
    case (.perSecond, .duration): "s"
    case (.perMinute, .duration): "m"
    case (.perHour, .duration): "h"
    case (.seconds, .rate): "/s"
    case (.minutes, .rate): "/m"
    case (.hours, .rate): "/h"
    case (.days, .rate): "/d"
    default: nil
    }
  }
}

extension ValueType {
  var bounds: Bounds? {
    switch self {
    case .int(let it), .float(let it), .decimal(let it), .duration(let it), .bytes(let it), .percent(let it): it
    case .string(let rules): rules.length
    case .binary(let it), .list(_, let it), .map(_, let it): it
    default: nil
    }
  }

  /// The families of units that a literal of this type may have.
  fileprivate var unitOf: [QuantityLiteral.Unit.Family] {
    switch self {
    case .int, .float, .decimal: [.none, .decimal]
    case .duration: [.time]
    case .bytes: [.size, .decimal]
    case .percent: [.percent]
    case .rate: [.rate]
    default: []
    }
  }
}

extension Value {
  /// A number to compare values of one type by.
  var order: ExactDecimal? {
    switch self {
    case .integer(let it): ExactDecimal(it)
    case .number(let it), .percent(let it): it
    case .duration(let it): ExactDecimal(it.nanoseconds)
    case .bytes(let it): ExactDecimal(it.bytes)
    case .rate(let it): it.count.times(86_400 / it.per.seconds)
    default: nil
    }
  }
}

extension QuantityLiteral.Unit {
  fileprivate enum Family { case none, time, size, decimal, percent, rate }

  fileprivate var family: Family {
    switch self {
    case .none: .none
    case .nanoseconds, .microseconds, .milliseconds, .seconds, .minutes, .hours, .days, .weeks: .time
    case .percent: .percent
    case .bytes, .kibi, .mebi, .gibi, .tebi: .size
    case .kilo, .mega, .giga, .tera: .decimal
    default: .rate
    }
  }

  fileprivate var spoken: String {
    switch self {
    case .none: "no unit"
    case .nanoseconds: "nanoseconds"
    case .microseconds: "microseconds"
    case .milliseconds: "milliseconds"
    case .seconds: "seconds"
    case .minutes: "minutes"
    case .hours: "hours"
    case .days: "days"
    case .weeks: "weeks"
    case .percent: "a percentage"
    case .bytes, .kibi, .mebi, .gibi, .tebi: "a size in bytes"
    case .kilo: "thousands"
    case .mega: "millions"
    case .giga: "thousands of millions"
    case .tera: "millions of millions"
    default: "a rate"
    }
  }

  fileprivate var nanoseconds: Int64? {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1_000
    case .milliseconds: 1_000_000
    case .seconds: 1_000_000_000
    case .minutes: 60_000_000_000
    case .hours: 3_600_000_000_000
    case .days: 86_400_000_000_000
    case .weeks: 604_800_000_000_000
    default: nil
    }
  }

  fileprivate var decimalFactor: Int64? {
    switch self {
    case .none: 1
    case .kilo: 1_000
    case .mega: 1_000_000
    case .giga: 1_000_000_000
    case .tera: 1_000_000_000_000
    default: nil
    }
  }

  fileprivate var bytes: Int64? {
    switch self {
    case .bytes: 1
    case .kibi: 1 << 10
    case .mebi: 1 << 20
    case .gibi: 1 << 30
    case .tebi: 1 << 40
    case .none: nil
    default: decimalFactor
    }
  }

  fileprivate var rate: (factor: Int64, per: Rate.Unit)? {
    switch self {
    case .perSecond: (1, .second)
    case .perMinute: (1, .minute)
    case .perHour: (1, .hour)
    case .perDay: (1, .day)
    case .kiloPerSecond: (1_000, .second)
    case .kiloPerMinute: (1_000, .minute)
    case .kiloPerHour: (1_000, .hour)
    case .kiloPerDay: (1_000, .day)
    case .megaPerSecond: (1_000_000, .second)
    case .megaPerMinute: (1_000_000, .minute)
    case .megaPerHour: (1_000_000, .hour)
    case .megaPerDay: (1_000_000, .day)
    default: nil
    }
  }
}
