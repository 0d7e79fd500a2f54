import DroidSemantics

/// The outputs that can be asked for by name.
package enum Target: String, CaseIterable, Sendable {
  case fastAPI = "fastapi"
  case go
  case openAPI = "openapi"
  case kubernetes
  case prometheus
}

/// A system and what it is in each of its environments: what a build is made from.
package struct SystemSet: Sendable {
  package let base: System
  /// By their names.
  package let environments: [System]
  package init(base: System, environments: [System]) {
    self.base = base
    self.environments = environments
  }
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
