import DroidSemantics

/// `graphql/NAME.graphql` for every port of ours that answers GraphQL, in whatever language: its schema.
package enum GraphQLBackend {
  package static func generate(_ systems: SystemSet) -> Output {
    var drafts: [FileDraft] = []
    for plan in systems.plans {
      for graph in plan.graphs {
        drafts.append(FileDraft("graphql/\(plan.contract(of: graph)).graphql", graph.document))
      }
    }
    return Output(drafts: drafts, counts: drafts.isEmpty ? [] : [("schemas", drafts.count)])
  }
}
