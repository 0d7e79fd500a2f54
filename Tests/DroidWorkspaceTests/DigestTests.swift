import DroidWorkspace
import Foundation
import Testing

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func publishedVectors(text: String, digest: String) {
    #expect(Digest(of: Array(text.utf8)).hexadecimal == digest)
    #expect(Digest(hexadecimal: Substring(digest).utf8)?.hexadecimal == digest)
  }

  @Test func aMillionLetters() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(Digest(of: bytes).hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Every length around the ends of blocks, against the tool that people use.
  @Test func equalsSha256sum() throws {
    let folder = try TemporaryFolder()
    var expected = ""
    for length in 0..<200 {
      let text = String(repeating: "x", count: length)
      try folder.write("\(length)", text)
      expected += "\(Digest(of: Array(text.utf8)).hexadecimal)  \(length)\n"
    }
    try folder.write("sums", expected)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = ["--check", "--quiet", "--strict", "sums"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func whatIsNoDigestIsNone() {
    #expect(Digest(hexadecimal: Substring("abc").utf8) == nil)
    #expect(Digest(hexadecimal: Substring(String(repeating: "g", count: 64)).utf8) == nil)
  }
}
