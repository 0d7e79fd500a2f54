/// The words that begin a member, or stand inside one. None is reserved: a word is a keyword by its place.
enum Keyword: UInt8, CaseIterable {
  case none
  case key, `in`, out, optional, component, kind, type, error, `enum`, connect
  case get, post, put, patch, delete, head
  case query, mutation, subscription
  case resource
  case resilience, healing, scaling, team, rule, version
  case slo, anomaly, alert, metric
  case environment, raw, layout, `import`
  case droid, system, library
  case on, `throws`, `for`, `as`

  /// As it is written.
  var text: String { String(describing: self) }

  /// Whether a member begins with it.
  var beginsMember: Bool { rawValue >= Keyword.key.rawValue && rawValue <= Keyword.layout.rawValue }

  /// Those that stand at the top of a file as a rule: a place to begin again when a brace is missing.
  var beginsDeclaration: Bool {
    switch self {
    case .component, .kind, .type, .error, .enum, .connect, .resilience, .healing, .scaling, .team, .slo, .anomaly,
      .alert, .metric, .environment, .raw, .layout, .import:
      true
    default: false
    }
  }
}

/// Finds keywords by their bytes: a small hash table that is filled once.
struct KeywordTable {
  private struct Entry {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var keyword = Keyword.none
  }

  private static let size = 256

  nonisolated(unsafe) private static let shared: UnsafePointer<Entry> = {
    let table = UnsafeMutablePointer<Entry>.allocate(capacity: size)
    table.initialize(repeating: Entry(), count: size)
    for keyword in Keyword.allCases where keyword != .none {
      let bytes = Array(keyword.text.utf8)
      let (first, last) = bytes.withUnsafeBufferPointer { words($0.baseAddress.unsafelyUnwrapped, $0.count) }
      var slot = hash(first, last)
      while table[slot].keyword != .none { slot = (slot + 1) % size }
      table[slot] = Entry(first: first, last: last, keyword: keyword)
    }
    return UnsafePointer(table)
  }()

  private let table: UnsafePointer<Entry>

  init() { table = Self.shared }

  @inline(__always)
  private static func hash(_ first: UInt64, _ last: UInt64) -> Int {
    Int(truncatingIfNeeded: ((first ^ (last << 5)) &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }

  /// The first eight bytes and the rest, with zeros behind.
  @inline(__always)
  private static func words(_ p: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64) {
    var (first, last): (UInt64, UInt64) = (0, 0)
    for index in 0..<Swift.min(count, 8) { first |= UInt64(p[index]) << UInt64(index * 8) }
    if count > 8 { for index in 8..<count { last |= UInt64(p[index]) << UInt64((index - 8) * 8) } }
    return (first, last)
  }

  /// The keyword that these bytes spell, or `none`.
  @inline(__always)
  func find(_ p: UnsafePointer<UInt8>, _ count: Int) -> Keyword {
    guard count >= 2, count <= 12 else { return .none }
    let (first, last) = Self.words(p, count)
    var slot = Self.hash(first, last)
    while table[slot].keyword != .none {
      if table[slot].first == first, table[slot].last == last { return table[slot].keyword }
      slot = (slot + 1) % Self.size
    }
    return .none
  }
}
