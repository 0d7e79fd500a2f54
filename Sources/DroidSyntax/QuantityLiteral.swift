/// What a quantity token says, exactly: `-99.95%` is minus, 9995, two decimals, percent.
package struct QuantityLiteral: Hashable, Sendable {
  package enum Sign: Sendable { case none, plus, minus }

  /// The units that the language knows; `none` for a bare number.
  package enum Unit: String, CaseIterable, Sendable {
    case none = ""
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "m"
    case hours = "h"
    case days = "d"
    case weeks = "w"
    case percent = "%"
    case bytes = "B"
    case kibi = "Ki"
    case mebi = "Mi"
    case gibi = "Gi"
    case tebi = "Ti"
    case kilo = "k"
    case mega = "M"
    case giga = "G"
    case tera = "T"
    case perSecond = "/s"
    case perMinute = "/m"
    case perHour = "/h"
    case perDay = "/d"
    case kiloPerSecond = "k/s"
    case kiloPerMinute = "k/m"
    case kiloPerHour = "k/h"
    case kiloPerDay = "k/d"
    case megaPerSecond = "M/s"
    case megaPerMinute = "M/m"
    case megaPerHour = "M/h"
    case megaPerDay = "M/d"
  }

  package let sign: Sign
  /// The digits without their point: 9995 for `99.95`; carries the sign.
  package let mantissa: Int64
  /// How many of the digits stand behind the point.
  package let scale: Int
  package let unit: Unit

  package init(sign: Sign, mantissa: Int64, scale: Int, unit: Unit) {
    self.sign = sign
    self.mantissa = mantissa
    self.scale = scale
    self.unit = unit
  }

  /// A whole number without sign, decimals or unit, such as an edition or a status.
  package var isPlainInteger: Bool { sign == .none && scale == 0 && unit == .none }

  package enum Reading: Equatable, Sendable {
    case value(QuantityLiteral)
    /// Well formed, and beyond what 64 bits hold.
    case overflow
    /// No quantity of the language; the lexer has reported it.
    case malformed
  }

  /// Reads a quantity token. Never traps.
  package static func read(_ token: ArraySlice<UInt8>) -> Reading { token.withUnsafeBufferPointer(read) }

  static func read(_ token: UnsafeBufferPointer<UInt8>) -> Reading {
    var rest = token[...]
    var sign = Sign.none
    if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      sign = first == UInt8(ascii: "-") ? .minus : .plus
      rest = rest.dropFirst()
    }
    var (mantissa, overflow, scale, digits) = (Int64(0), false, 0, 0)
    var (isBehindPoint, lastWasDigit) = (false, false)
    while let byte = rest.first {
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        let (tens, over) = mantissa.multipliedReportingOverflow(by: 10)
        let digit = Int64(byte - UInt8(ascii: "0"))
        let (sum, overToo) =
          sign == .minus ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
        if over || overToo { overflow = true } else { mantissa = sum }
        digits += 1
        if isBehindPoint { scale += 1 }
        lastWasDigit = true
      } else if byte == UInt8(ascii: "_"), lastWasDigit {
        lastWasDigit = false
      } else if byte == UInt8(ascii: "."), lastWasDigit, !isBehindPoint {
        isBehindPoint = true
        lastWasDigit = false
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    guard digits > 0, lastWasDigit, let unit = Unit.bySpelling[Unit.packed(rest)] else { return .malformed }
    if overflow { return .overflow }
    return .value(QuantityLiteral(sign: sign, mantissa: mantissa, scale: scale, unit: unit))
  }
}

extension QuantityLiteral.Unit {
  /// A spelling as one number: no unit has more than three letters.
  fileprivate static func packed(_ spelling: some Sequence<UInt8>) -> UInt32 {
    spelling.reduce(0) { $0 > 0xffffff ? $0 : $0 << 8 | UInt32($1) }
  }

  fileprivate static let bySpelling = Dictionary(uniqueKeysWithValues: allCases.map { (packed($0.rawValue.utf8), $0) })
}
