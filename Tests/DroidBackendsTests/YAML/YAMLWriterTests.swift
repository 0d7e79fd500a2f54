import Testing

@testable import DroidBackends

/// Documents look as those of Kubernetes' documentation do, and are read back as what they were.
@Suite struct YAMLWriterTests {
  private func written(_ node: YAML) -> String {
    var writer = YAMLWriter()
    writer.document(node, isFirst: true)
    return String(decoding: writer.out.bytes, as: UTF8.self)
  }

  @Test func listsStandInTheColumnOfTheirKey() {
    let node: YAML = [
      "spec": ["ports": [["name": "api", "port": 80], ["name": "admin"]], "args": ["-v", "x"], "none": [:]]
    ]
    let expected = """
      spec:
        ports:
        - name: api
          port: 80
        - name: admin
        args:
        - -v
        - x
        none: {}

      """
    #expect(written(node) == expected)
  }

  @Test(arguments: [
    "a", "orders-db", "ghcr.io/acme/orders:1.2", "http://orders:80", "$(PASSWORD)@db",
    "a: b".replacing(": ", with: ":b"), "30d",
    "25%", "/healthz", "--save", "-v", "v1", "apps/v1", "a'b", "a\"b", "é", "2x", "app.kubernetes.io/name", "0.0.0.0/0",
    "e5f",
  ])
  func plain(_ text: String) { #expect(written(["k": .string(text)]) == "k: \(text)\n") }

  @Test(arguments: [
    "", " ", "true", "No", "on", "y", "null", "~", "1", "1.5", "-1", "+1", "1e3", "0x1f", "0o17", "0b1", "1_000", ".5",
    ".inf",
    "-.inf", "2026-11-24", "12:30", "2026-11-24T10:00:00Z", "a: b", "a #b", "#a", "a:", "- a", "-", "*a", "&a", "!a",
    "|", ">",
    "%a", "@a", "`a", "[a]", "{a}", "a ", " a", "'a'", "\"a\"", "? a", "=", "<<", ",", "a\u{85}b", "\u{feff}a",
    "a\u{2028}b", "a\tb",
    "a\u{0}b", "\u{7f}",
  ])
  func quoted(_ text: String) {
    let line = written(["k": .string(text)])
    #expect(line.hasPrefix("k: \"") && line.hasSuffix("\"\n"), "\(line)")
    #expect(YAMLReader.documents(line) == [.map(["k": .scalar(text)])])
  }

  @Test(arguments: [
    "a\nb", "a\nb\n", "a\n\n\nb\n\n\n", " a\nb", "\na", "a\n  b\nc", "a\n\tb", "a\u{85}\nb", "---\na", "\n", "a\n ",
  ])
  func linesOfText(_ text: String) {
    for node: YAML in [["k": .string(text), "z": "end"], ["k": [.string(text)], "z": "end"]] {
      let read = YAMLReader.documents(written(node)).first
      guard case .map(let entries)? = read else { Issue.record("\(written(node))"); continue }
      #expect(entries["k"] == .scalar(text) || entries["k"] == .list([.scalar(text)]), "\(written(node))")
      #expect(entries["z"] == .scalar("end"))
    }
  }
}
