import DroidSemantics

/// How names of the droidfile are written in Go: initialisms in capitals, out of the way of its own words and of ours.
enum GoSpelling {
  /// `OrderID`
  static func exported(_ name: String) -> String { Names.words(name).map(capitalized).joined() }

  /// `orderID`
  static func local(_ name: String) -> String {
    let words = Names.words(name)
    return (words.first ?? "") + words.dropFirst().map(capitalized).joined()
  }

  static func type(_ name: String) -> String { escape(exported(name), reservedTypes, "Type") }
  static func field(_ name: String) -> String { escape(exported(name), reservedFields, "Value") }
  static func method(_ name: String) -> String { escape(exported(name), ["Close"], "Operation") }
  static func parameter(_ name: String) -> String { escape(local(name), reservedLocals, "Value") }

  /// The module of a service: its name, unless the standard library has it.
  static func module(_ name: String) -> String { escape(Names.kebab(name), standardFolders, "-service") }

  private static func escape(_ name: String, _ reserved: Set<String>, _ suffix: String) -> String {
    reserved.contains(name) ? name + suffix : name
  }

  private static func capitalized(_ word: String) -> String {
    if initialisms.contains(word) { return word.uppercased() }
    if word.hasSuffix("s"), initialisms.contains(String(word.dropLast())) {
      return word.dropLast().uppercased() + "s"
    }
    return word.prefix(1).uppercased() + word.dropFirst()
  }

  private static let initialisms: Set<String> = [
    "acl", "api", "ascii", "cpu", "css", "dns", "eof", "guid", "html", "http", "https", "id", "ip", "json", "qps",
    "ram", "rpc", "sla", "smtp", "sql", "ssh", "tcp", "tls", "ttl", "udp", "ui", "uid", "uuid", "uri", "url", "utf8",
    "vm", "xml", "xmpp", "xsrf", "xss",
  ]

  private static let reservedTypes: Set<String> = [
    "Caches", "Clients", "Events", "LoadSettings", "Main", "Metrics", "OpenStores", "Parts", "Service", "Settings",
    "Stores",
  ]

  /// Methods of records and errors.
  private static let reservedFields: Set<String> = ["Error", "Format", "LogValue", "Problem"]

  private static let reservedLocals: Set<String> = [
    "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go",
    "goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type",
    "var", "any", "append", "bool", "byte", "cap", "clear", "close", "comparable", "complex", "copy", "delete", "error",
    "false", "float64", "imag", "int", "int64", "iota", "len", "make", "max", "min", "new", "nil", "panic", "print",
    "println", "real", "recover", "rune", "string", "true", "access", "c", "call", "client", "context", "ctx", "each",
    "err", "events", "gen", "graph", "p", "r", "result", "s",
    "json", "problem", "resource", "rest", "store", "tell", "time", "wire",
  ]

  private static let standardFolders: Set<String> = [
    "archive", "bufio", "builtin", "bytes", "cmd", "cmp", "compress", "container", "context", "crypto", "database",
    "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "gen", "go", "hash", "html", "image", "index",
    "internal", "io", "iter", "log", "main", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp",
    "runtime", "slices", "sort", "src", "std", "strconv", "strings", "structs", "sync", "syscall", "testing", "text",
    "time", "unicode", "unique", "unsafe", "vendor", "weak",
  ]
}
