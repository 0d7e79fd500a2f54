/// What a value is about, for messages: "`cpu`", "the window of `burn_rate`". It is put into words where something is wrong.
enum Subject: CustomStringConvertible, ExpressibleByStringLiteral {
  /// Something that has a name.
  case named(String)
  case words(String)

  init(stringLiteral words: String) { self = .words(words) }

  var description: String {
    switch self {
    case .named(let name): "`\(name)`"
    case .words(let words): words
    }
  }
}
