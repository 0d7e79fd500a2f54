/// What a command was pointed at.
package enum Location: Equatable, Sendable {
  case standardInput
  case path(String)

  /// `-` is standard input.
  package init(argument: String) { self = argument == "-" ? .standardInput : .path(argument) }
}

/// Paths as a person would write them.
package enum PathText {
  /// Without `./`, doubled and closing slashes; `.` stays, and so does `..`, which links can make mean something else.
  static func tidy(_ path: String) -> String {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    let parts = path.split(separator: "/").filter { $0 != "." }
    let joined = parts.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
  }

  package static func join(_ folder: String, _ name: String) -> String {
    tidy(folder.isEmpty || folder == "." ? name : folder + "/" + name)
  }
}
