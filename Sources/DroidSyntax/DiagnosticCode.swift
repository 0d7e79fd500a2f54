/// The catalogue of everything that `droid` can find. The raw value is the code a person sees, and the name of its page in
/// `grammar/errors`, which `droid explain` shows and the tests hold to its word.
package enum DiagnosticCode: String, CaseIterable, Sendable {
  // Bytes and tokens.
  case invalidUTF8 = "invalid-utf8"
  case nulByte = "nul-byte"
  case unknownCharacter = "unknown-character"
  case unclosedString = "unclosed-string"
  case unknownEscape = "unknown-escape"
  case unknownUnit = "unknown-unit"
  case badNumber = "bad-number"
  case badName = "bad-name"
  case misplacedDoc = "misplaced-doc"
  case fileTooLarge = "file-too-large"

  // Grammar.
  case notADroidfile = "not-a-droidfile"
  case newerEdition = "newer-edition"
  case missingBrace = "missing-brace"
  case missingBracket = "missing-bracket"
  case missingName = "missing-name"
  case missingValue = "missing-value"
  case missingType = "missing-type"
  case missingPart = "missing-part"
  case unexpectedText = "unexpected-text"
  case misplacedImport = "misplaced-import"
  case nestedTooDeep = "nested-too-deep"

  // Files and folders.
  case gitImportUnsupported = "git-import-unsupported"
  case missingImport = "missing-import"
  case mixedFolder = "mixed-folder"
}

extension DiagnosticCode {
  /// Errors stop a build; warnings do not.
  package var severity: Severity { .error }
}
