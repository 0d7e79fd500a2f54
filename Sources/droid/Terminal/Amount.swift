/// Times and sizes as people say them.
enum Amount {
  /// `38 ms`, `1.24 s`, `0.31 ms`.
  static func duration(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<10_000_000: decimal(nanoseconds / 10_000, 100) + " ms"
    case ..<1_000_000_000: "\((nanoseconds + 500_000) / 1_000_000) ms"
    default: decimal(nanoseconds / 10_000_000, 100) + " s"
    }
  }

  /// `38 ms`: whole, at least one.
  static func milliseconds(_ nanoseconds: UInt64) -> String {
    nanoseconds < 1_000_000_000 ? "\(max(1, (nanoseconds + 500_000) / 1_000_000)) ms" : duration(nanoseconds)
  }

  /// `812 B`, `12.4 KB`, `3.1 MB`.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1_000: "\(count) B"
    case ..<1_000_000: decimal(UInt64(count / 100), 10) + " KB"
    default: decimal(UInt64(count / 100_000), 10) + " MB"
    }
  }

  private static func decimal(_ number: UInt64, _ scale: UInt64) -> String {
    let fraction = String(number % scale)
    let zeros = String(repeating: "0", count: String(scale).count - 1 - fraction.count)
    return "\(number / scale).\(zeros)\(fraction)"
  }
}
