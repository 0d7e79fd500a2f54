/// A decimal number without rounding: `mantissa` / 10^`scale`, in lowest terms, so that equal numbers are equal values.
package struct ExactDecimal: Sendable {
  package let mantissa: Int64
  /// Digits behind the point, 0 to 18.
  package let scale: UInt8

  /// The zeros behind these that were written: `12.50` has one. They are no part of the value.
  private let zeros: UInt8

  package init(_ mantissa: Int64, scale: UInt8 = 0) {
    let digits = scale
    var mantissa = mantissa
    var scale = scale
    while scale > 0, mantissa % 10 == 0 {
      mantissa /= 10
      scale -= 1
    }
    self.mantissa = mantissa
    self.scale = scale
    zeros = digits - scale
  }

  package static let zero = ExactDecimal(0)

  /// The whole number, if it is one.
  package var integer: Int64? { scale == 0 ? mantissa : nil }

  /// For arithmetic that need not be exact (the length of a bar, a ratio).
  package var double: Double {
    var divisor = 1.0
    for _ in 0..<scale { divisor *= 10 }
    return Double(mantissa) / divisor
  }

  /// The product with a whole number, or nil if it does not fit.
  package func times(_ factor: Int64) -> ExactDecimal? {
    if factor == 1 { return self }
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    return overflow ? nil : ExactDecimal(product, scale: scale)
  }

  /// A hundredth: 99.9 % as 0.999; nil where that has more digits than are kept.
  package var hundredth: ExactDecimal? { scale <= 16 ? ExactDecimal(mantissa, scale: scale + 2) : nil }

  /// The sum, or nil if it does not fit.
  package func plus(_ other: ExactDecimal) -> ExactDecimal? {
    let scale = max(self.scale, other.scale)
    guard let a = mantissa(at: scale), let b = other.mantissa(at: scale) else { return nil }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : ExactDecimal(sum, scale: scale)
  }

  /// The difference, or nil if it does not fit.
  package func minus(_ other: ExactDecimal) -> ExactDecimal? {
    plus(ExactDecimal(-other.mantissa, scale: other.scale))
  }

  private func mantissa(at scale: UInt8) -> Int64? {
    var result = mantissa
    for _ in self.scale..<scale {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      result = product
    }
    return result
  }
}

extension ExactDecimal: Comparable, Hashable {
  package static func == (a: ExactDecimal, b: ExactDecimal) -> Bool { a.mantissa == b.mantissa && a.scale == b.scale }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(mantissa)
    hasher.combine(scale)
  }

  package static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
    let scale = max(a.scale, b.scale)
    guard let left = a.mantissa(at: scale), let right = b.mantissa(at: scale) else { return a.double < b.double }
    return left < right
  }
}

extension ExactDecimal: CustomStringConvertible {
  /// As people write it: `0.25`, `-3`, `99.9`.
  package var description: String {
    guard scale > 0 else { return String(mantissa) }
    var digits = String(mantissa.magnitude)
    while digits.utf8.count <= Int(scale) { digits = "0" + digits }
    let point = digits.index(digits.endIndex, offsetBy: -Int(scale))
    return (mantissa < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
  }

  /// With the digits it came with, which are part of a decimal number's text: `12.50`.
  package var written: String {
    description + (scale == 0 && zeros > 0 ? "." : "") + String(repeating: "0", count: Int(zeros))
  }
}
