import DroidSyntax

/// Colour, or none.
struct Paint {
  let isColored: Bool

  static let none = Paint(isColored: false)

  private func code(_ code: String, _ text: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  func bold(_ text: String) -> String { code("1", text) }
  func quiet(_ text: String) -> String { code("36", text) }
  func dim(_ text: String) -> String { code("2", text) }

  func severity(_ severity: Severity, _ text: String) -> String {
    switch severity {
    case .error: code("1;31", text)
    case .warning: code("1;33", text)
    case .note: code("1;36", text)
    }
  }
}
