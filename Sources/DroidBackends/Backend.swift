import DroidSemantics

/// The outputs that can be asked for by name.
package enum Target: String, CaseIterable, Sendable {
  case fastAPI = "fastapi"
  case express
  case go
  case openAPI = "openapi"
  case graphQL = "graphql"
  case asyncAPI = "asyncapi"
  case kubernetes
  case prometheus
  case alertmanager
  case grafana
  case openSLO = "openslo"
  case github
  case compose
  case data
}

/// A system, what it is in each of its environments, and the plans of its services: what a build is made from.
package struct SystemSet: Sendable {
  package let base: System
  /// By their names: those that are asked for.
  package let environments: [System]
  /// All that the droidfile has: what leads from one to the next looks at these.
  package let allEnvironments: [System]
  /// Of services, gateways and workers, in whatever language: made once, for all backends.
  package let plans: [ServicePlan]

  package init(base: System, environments: [System], of all: [System]? = nil) {
    self.base = base
    self.environments = environments
    allEnvironments = all ?? environments
    plans = Planner.plans([base] + environments)
  }

  /// The plans of the services that are written in a language.
  package func plans(in language: String) -> [ServicePlan] { plans.filter { $0.language == language } }
}

/// What a backend makes.
package struct Output: Sendable {
  package var drafts: [FileDraft]
  /// What was made, for the one line that a build says: ("services", 3), ("objects", 41), ("rules", 68).
  package var counts: [(noun: String, count: Int)]
  /// What the droidfile says and nothing generates yet, in a few words each: "events on orders.placed".
  package var notGenerated: [String]
  package init(drafts: [FileDraft] = [], counts: [(noun: String, count: Int)] = [], notGenerated: [String] = []) {
    self.drafts = drafts
    self.counts = counts
    self.notGenerated = notGenerated
  }
}
