import DroidJSON
import DroidSyntax

/// Findings as one JSON document: an array, empty if all is well.
enum JSONRenderer {
  static func render(_ findings: Findings) -> [UInt8] {
    JSONWriter.bytes(.array(findings.diagnostics.map { value($0, findings) }), .pretty) + [UInt8(ascii: "\n")]
  }

  private static func value(_ diagnostic: Diagnostic, _ findings: Findings) -> JSONValue {
    .object(present: [
      ("code", .string(diagnostic.code.rawValue)),
      ("severity", .string(HumanRenderer.word(diagnostic.severity))),
      ("message", .string(diagnostic.message)),
      ("primary", label(diagnostic.primary, findings)),
      ("notes", .array(diagnostic.notes.map { label($0, findings) })),
      ("help", diagnostic.help.map { .string($0) } ?? .null),
      ("fixes", .array(diagnostic.fixes.map { fix($0, findings) })),
    ])
  }

  private static func label(_ label: Label, _ findings: Findings) -> JSONValue {
    [
      "text": .string(label.text), "file": .string(findings.path(label.range.file)),
      "range": range(label.range, findings),
    ]
  }

  private static func fix(_ fix: Fix, _ findings: Findings) -> JSONValue {
    let edits = fix.edits.map { edit -> JSONValue in
      [
        "file": .string(findings.path(edit.range.file)), "range": range(edit.range, findings),
        "replacement": .string(edit.replacement),
      ]
    }
    return ["title": .string(fix.title), "edits": .array(edits)]
  }

  /// Half open; offsets in bytes, columns in characters, both from one.
  private static func range(_ range: SourceRange, _ findings: Findings) -> JSONValue {
    let table = findings.table(range.file)
    return ["start": point(range.start, table), "end": point(range.end, table)]
  }

  private static func point(_ offset: UInt32, _ table: LineTable) -> JSONValue {
    let position = table.position(offset)
    return ["offset": .integer(Int(offset)), "line": .integer(position.line), "column": .integer(position.column)]
  }
}
