/// Which `droid` this is.
enum Version {
  static let number = "0.1.0"
  /// The edition of the language that it reads.
  static let edition = 1
}
