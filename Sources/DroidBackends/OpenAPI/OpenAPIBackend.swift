import DroidSemantics

/// `openapi/NAME.json` for every component of ours that answers REST, in whatever language: its contract.
package enum OpenAPIBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var drafts: [FileDraft] = []
    for application in systems.plans.flatMap(\.applications) where !application.ports.isEmpty {
      drafts.append(FileDraft("openapi/\(application.contract).json", application.document))
    }
    return Output(drafts: drafts, counts: [("contracts", drafts.count)])
  }
}
