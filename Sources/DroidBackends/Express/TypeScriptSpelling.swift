import DroidSemantics

/// How names of the droidfile are written in TypeScript: out of the way of its own words and of what the modules import.
enum TypeScriptSpelling {
  static func type(_ name: String) -> String { escape(Names.pascal(name), reservedTypes) }
  /// Of a field or parameter: any word may be a member.
  static func member(_ name: String) -> String { Names.camel(name) }
  static func method(_ name: String) -> String { escape(Names.camel(name), reservedMethods) }
  static func store(_ name: String) -> String { escape(Names.camel(name), ["answers", "close", "handled"]) }
  static func constant(_ name: String) -> String { Names.constant(name) }

  private static func escape(_ name: String, _ reserved: Set<String>) -> String {
    reserved.contains(name) ? name + "_" : name
  }

  private static let reservedMethods: Set<String> = ["start", "stop", "constructor", "parts"]

  /// What the language has, and what our modules import beside the types of the user.
  private static let reservedTypes: Set<String> = [
    "Array", "ArrayBuffer", "BigInt", "Boolean", "Buffer", "Caches", "Codec", "Counter", "Database", "Date", "Decimal",
    "Environment", "Error", "Exclude", "Express", "Function", "Gauge", "Health", "Histogram", "Infinity",
    "Intl",
    "JSON", "JSONValue", "KV", "Map", "Math", "Metrics", "NaN", "NodeJS", "NotImplemented", "Number", "Object",
    "Operation",
    "Partial", "PlainDate", "Problem", "Promise", "Proxy", "Publishers", "Readonly", "Received", "Record",
    "RecordCodec", "Reflect",
    "RegExp",
    "Set", "Settings", "Store", "Stores", "String", "Stub", "Symbol", "Time", "URL", "URLSearchParams", "UUID",
    "Uint8Array", "WeakMap",
  ]
}

extension Names {
  /// `redisCart`
  package static func camel(_ name: String) -> String {
    let words = words(name)
    return words.enumerated().map { index, word in
      index == 0 ? word : word.prefix(1).uppercased() + word.dropFirst()
    }.joined()
  }
}
