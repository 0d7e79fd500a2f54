import DroidJSON
import DroidSyntax

/// What the server can do, as it says it to a client.
enum Capabilities {
  static func answer(_ client: LanguageServer.Client, version: String) -> JSONValue {
    let encoding =
      switch client.encoding {
      case .bytes: "utf-8"
      case .scalars: "utf-32"
      case .utf16: "utf-16"
      }
    return [
      "capabilities": [
        "positionEncoding": .string(encoding),
        "textDocumentSync": ["openClose": true, "change": 2],
        "completionProvider": ["triggerCharacters": [".", "=", ":", "(", ">", "@"]],
        "signatureHelpProvider": ["triggerCharacters": ["(", ","]],
        "hoverProvider": true,
        "declarationProvider": true,
        "definitionProvider": true,
        "typeDefinitionProvider": true,
        "implementationProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "codeActionProvider": ["codeActionKinds": ["quickfix"]],
        "codeLensProvider": [:],
        "documentLinkProvider": [:],
        "documentFormattingProvider": true,
        "documentRangeFormattingProvider": true,
        "documentOnTypeFormattingProvider": ["firstTriggerCharacter": "}", "moreTriggerCharacter": ["]", ")", "\n"]],
        "renameProvider": ["prepareProvider": true],
        "linkedEditingRangeProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "inlayHintProvider": true,
        "callHierarchyProvider": true,
        "typeHierarchyProvider": true,
        "semanticTokensProvider": [
          "legend": [
            "tokenTypes": .array(SemanticTokens.types.map { .string($0) }),
            "tokenModifiers": .array(SemanticTokens.modifiers.map { .string($0) }),
          ],
          "full": ["delta": true], "range": true,
        ],
        "diagnosticProvider": [
          "identifier": "droid", "interFileDependencies": true, "workspaceDiagnostics": true,
        ],
        "workspace": ["workspaceFolders": ["supported": true, "changeNotifications": true]],
      ],
      "serverInfo": ["name": "droid", "version": .string(version)],
    ]
  }
}
