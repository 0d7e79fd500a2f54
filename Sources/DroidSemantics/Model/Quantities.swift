/// A length of time, exact.
package struct TimeSpan: Hashable, Comparable, Sendable {
  package let nanoseconds: Int64
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  package init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

  package static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.nanoseconds < b.nanoseconds }

  package var seconds: ExactDecimal { ExactDecimal(nanoseconds, scale: 9) }
  package var milliseconds: ExactDecimal { ExactDecimal(nanoseconds, scale: 6) }

  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
  ]

  /// With the largest unit that leaves a whole number: `90s`, `5m`, `30d` (weeks only where they were meant: never).
  /// Prometheus and Go read the same spelling for units up to `d` and `h`.
  package var description: String {
    if nanoseconds == 0 { return "0s" }
    for unit in Self.units.dropFirst() where nanoseconds % unit.nanoseconds == 0 {
      return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)"
    }
    return "\(nanoseconds)ns"
  }

  /// As one says it: `21 m 36 s`, `2 d`, `350 ms`.
  package var spoken: String {
    var rest = nanoseconds.magnitude
    var parts: [String] = []
    for unit in Self.units.dropFirst() where rest >= UInt64(unit.nanoseconds) && parts.count < 3 {
      parts.append("\(rest / UInt64(unit.nanoseconds)) \(unit.suffix)")
      rest %= UInt64(unit.nanoseconds)
    }
    return parts.isEmpty ? "0 s" : (nanoseconds < 0 ? "-" : "") + parts.joined(separator: " ")
  }
}

extension TimeSpan: CustomStringConvertible {}

/// A number of bytes.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let bytes: Int64
  package init(_ bytes: Int64) { self.bytes = bytes }
  package static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }

  /// As Kubernetes writes a quantity: `512Mi`, `20Gi`, `1500M`, `12`.
  package var description: String {
    let units: [(String, Int64)] = [
      ("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10),
      ("T", 1_000_000_000_000), ("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000),
    ]
    for (suffix, size) in units where bytes != 0 && bytes % size == 0 { return "\(bytes / size)\(suffix)" }
    return String(bytes)
  }
}

/// So many of something in a stretch of time: `100/s`.
package struct Rate: Hashable, Sendable, CustomStringConvertible {
  package let count: ExactDecimal
  package let per: Unit

  /// The stretch of time.
  package enum Unit: String, Sendable {
    case second = "s"
    case minute = "m"
    case hour = "h"
    case day = "d"

    package var seconds: Int64 {
      switch self {
      case .second: 1
      case .minute: 60
      case .hour: 3_600
      case .day: 86_400
      }
    }
  }

  package init(_ count: ExactDecimal, per: Unit) {
    self.count = count
    self.per = per
  }

  package var perSecond: Double { count.double / Double(per.seconds) }
  package var description: String { "\(count)/\(per.rawValue)" }
}

/// An object of secrets and a key in it: `secret("orders-db/password")`. What it holds is never known here.
package struct SecretReference: Hashable, Sendable, CustomStringConvertible {
  package let object: String
  package let key: String
  package init(object: String, key: String) {
    self.object = object
    self.key = key
  }
  package var description: String { "\(object)/\(key)" }
}
