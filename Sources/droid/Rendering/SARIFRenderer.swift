import DroidJSON
import DroidSemantics
import DroidSyntax

/// Findings as SARIF 2.1.0, which code scanners and editors read.
enum SARIFRenderer {
  static func render(_ findings: Findings) -> [UInt8] {
    let codes = Set(findings.diagnostics.map(\.code))
    let rules = DiagnosticCode.allCases.filter(codes.contains)
    var indices: [DiagnosticCode: Int] = [:]
    for (index, code) in rules.enumerated() { indices[code] = index }
    let document: JSONValue = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "droid", "semanticVersion": .string(Version.number), "rules": .array(rules.map(rule)),
            ]
          ],
          "columnKind": "unicodeCodePoints",
          "results": .array(findings.diagnostics.map { result($0, indices[$0.code] ?? 0, findings) }),
        ]
      ],
    ]
    return JSONWriter.bytes(document, .pretty) + [UInt8(ascii: "\n")]
  }

  private static func rule(_ code: DiagnosticCode) -> JSONValue {
    let page = ExplainPage.page(code.rawValue)
    return .object(present: [
      ("id", .string(code.rawValue)),
      ("shortDescription", page.map { ["text": .string($0.title)] }),
      ("help", page.map { ["text": .string($0.plainText), "markdown": .string($0.markdown)] }),
      ("defaultConfiguration", ["level": .string(level(code.severity))]),
    ])
  }

  private static func level(_ severity: Severity) -> String { HumanRenderer.word(severity) }

  private static func result(_ diagnostic: Diagnostic, _ index: Int, _ findings: Findings) -> JSONValue {
    let words = [diagnostic.message, diagnostic.primary.text, diagnostic.help ?? ""].filter { !$0.isEmpty }
    return .object(present: [
      ("ruleId", .string(diagnostic.code.rawValue)),
      ("ruleIndex", .integer(index)),
      ("level", .string(level(diagnostic.severity))),
      ("message", ["text": .string(words.joined(separator: "; "))]),
      ("locations", [["physicalLocation": physical(diagnostic.primary.range, findings)]]),
      (
        "relatedLocations",
        diagnostic.notes.isEmpty
          ? nil
          : .array(
            diagnostic.notes.enumerated().map { number, note in
              [
                "id": .integer(number + 1), "physicalLocation": physical(note.range, findings),
                "message": ["text": .string(note.text)],
              ]
            })
      ),
      ("fixes", diagnostic.fixes.isEmpty ? nil : .array(diagnostic.fixes.map { fix($0, findings) })),
    ])
  }

  private static func physical(_ range: SourceRange, _ findings: Findings) -> JSONValue {
    ["artifactLocation": ["uri": .string(uri(findings.path(range.file)))], "region": region(range, findings)]
  }

  private static func region(_ range: SourceRange, _ findings: Findings) -> JSONValue {
    let table = findings.table(range.file)
    let start = table.position(range.start)
    let end = table.position(range.end)
    return [
      "startLine": .integer(start.line), "startColumn": .integer(start.column), "endLine": .integer(end.line),
      "endColumn": .integer(end.column), "byteOffset": .integer(Int(range.start)),
      "byteLength": .integer(Int(range.end - range.start)),
    ]
  }

  private static func fix(_ fix: Fix, _ findings: Findings) -> JSONValue {
    var files: [FileID] = []
    for edit in fix.edits where !files.contains(edit.range.file) { files.append(edit.range.file) }
    let changes = files.map { file -> JSONValue in
      let replacements = fix.edits.filter { $0.range.file == file }.map { edit -> JSONValue in
        ["deletedRegion": region(edit.range, findings), "insertedContent": ["text": .string(edit.replacement)]]
      }
      return ["artifactLocation": ["uri": .string(uri(findings.path(file)))], "replacements": .array(replacements)]
    }
    return ["description": ["text": .string(fix.title)], "artifactChanges": .array(changes)]
  }

  /// A path as a URI reference: relative paths stay relative.
  static func uri(_ path: String) -> String {
    var result = path.hasPrefix("/") ? "file://" : ""
    let hexadecimal = Array("0123456789ABCDEF".utf8)
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%"
        result.unicodeScalars.append(Unicode.Scalar(hexadecimal[Int(byte >> 4)]))
        result.unicodeScalars.append(Unicode.Scalar(hexadecimal[Int(byte & 0xF)]))
      }
    }
    return result
  }
}
