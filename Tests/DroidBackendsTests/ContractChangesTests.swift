import Testing

@testable import DroidBackends

/// Which operations were renamed, as two contracts tell.
@Suite struct ContractChangesTests {
  private func contract(_ operations: String) throws -> [UInt8] {
    let systems = try PlanTests.systems(
      """
      type Order { key id: UUID }
      component orders: Service { language = python  in api: REST { resource Order "/orders"  \(operations) } }
      """)
    return try #require(systems.plans.first?.applications.first?.document)
  }

  @Test func anotherNameAtTheSamePlaceIsARename() throws {
    let old = try contract(#"post "/orders/{id}/cancel" cancel(id: UUID)  get "/count" count() -> Int"#)
    let new = try contract(#"post "/orders/{id}/cancel" abort(id: UUID)  get "/count" count() -> Int"#)
    #expect(ContractChanges.renames(from: old, to: new) == [.init(old: "cancel", new: "abort")])
    #expect(ContractChanges.renames(from: new, to: new).isEmpty)
  }

  @Test func whatMovedOrIsNewIsNone() throws {
    let old = try contract(#"post "/a" first()  post "/b" second()"#)
    let swapped = try contract(#"post "/b" first()  post "/a" second()"#)
    #expect(ContractChanges.renames(from: old, to: swapped).isEmpty)
    let added = try contract(#"post "/a" first()  post "/b" second()  post "/c" third()"#)
    #expect(ContractChanges.renames(from: old, to: added).isEmpty)
    #expect(ContractChanges.renames(from: Array("no JSON".utf8), to: old).isEmpty)
  }
}
