import DroidSemantics

/// `openapi/NAME.json` for every component of ours that answers REST, in whatever language: its contract.
package enum OpenAPIBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var drafts: [FileDraft] = []
    for plan in Planner(systems).plans() {
      for application in plan.applications {
        let bytes = ContractDocument.bytes(of: application, in: plan)
        drafts.append(FileDraft("openapi/\(application.contract).json", bytes))
      }
    }
    return Output(drafts: drafts, counts: [("contracts", drafts.count)])
  }
}
