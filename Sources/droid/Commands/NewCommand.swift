import DroidWorkspace

/// `droid new`: a folder with a small system that builds.
enum NewCommand {
  static let command = Command(
    name: "new",
    summary: "make a folder with a small system that builds",
    operands: .init(usage: "NAME", sort: .name, count: 1...1),
    options: [],
    details: "NAME is a letter, then letters and digits, joined by single `-` or `_`.",
    run: run)

  /// What is generated belongs in the repository, with the user's code beside it; what running leaves behind does not.
  private static let ignored = """
    # What running and testing leave behind.
    .up/
    .venv/
    __pycache__/
    *.egg-info/
    node_modules/
    dist/

    """

  private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitStatus {
    let name = invocation.operands[0]
    try validate(name)
    let files = [
      ("\(name)/\(name).droid", droidfile(name)), ("\(name)/.gitignore", ignored),
    ]
    do throws(FileFailure) {
      if let status = try Disk.status(name, followingLinks: false) {
        throw FileFailure(
          "make", name,
          reason: status.kind == .folder ? "there is a folder of that name" : "there is a file of that name")
      }
      try Disk.makeFolder(name)
      for (path, text) in files { try Disk.store(Array(text.utf8), at: path) }
    } catch {
      throw UsageError(error.message)
    }
    console.print("made \(name)/\(name).droid; `droid build \(name)` makes a service, manifests and alerts of it")
    return .success
  }

  /// A name becomes the name of a namespace and of a folder.
  private static func validate(_ name: String) throws(UsageError) {
    var isJoint = true
    for (index, byte) in name.utf8.enumerated() {
      let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      let joins = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      guard isLetter || (isDigit && index > 0) || (joins && !isJoint) else { throw problem(name) }
      isJoint = joins
    }
    if isJoint { throw problem(name) }
    if name.utf8.count > 63 {
      throw UsageError("`\(name)` is longer than 63 characters, which is what Kubernetes takes")
    }
  }

  private static func problem(_ name: String) -> UsageError {
    var words = ""
    for byte in name.lowercased().utf8 {
      let isFit = (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39 && !words.isEmpty)
      if isFit {
        words.unicodeScalars.append(Unicode.Scalar(byte))
      } else if !words.isEmpty, !words.hasSuffix("-") {
        words += "-"
      }
    }
    while words.hasSuffix("-") { words.removeLast() }
    return UsageError(
      "`\(name)` cannot be the name of a system",
      help: "a name is a letter, then letters and digits, joined by single `-` or `_`"
        + (words.isEmpty ? "" : ": `droid new \(words)`"))
  }

  private static func droidfile(_ name: String) -> String {
    """
    droid 1
    system \(name)

    type Greeting { text: String(1..200) }

    /// Says hello.
    component hello: Service {
      language = python

      in api: REST { get "/hello/{name}" greet(name: String(1..50)) -> Greeting }
    }

    """
  }
}
