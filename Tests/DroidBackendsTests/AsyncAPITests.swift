import DroidSemantics
import Foundation
import Testing

@testable import DroidBackends

/// Contracts of events: who sends what through where, and what travels beside it.
@Suite struct AsyncAPITests {
  @Test func bothEndsOfATopicAreDescribed() throws {
    let systems = try PlanTests.systems(
      """
      type Order { key id: UUID  total: Decimal }
      component orders: Service {
        language = python
        out placed: Events(Order) { key = id  partitions = 6  retention = 1d }
      }
      component mail: Worker { language = go  in placed: Events(Order) }
      component bus: Kafka { }
      connect orders.placed -> mail.placed { via = bus }
      """)
    let drafts = AsyncAPIBackend.generate(systems).drafts
    #expect(drafts.map(\.path) == ["asyncapi/mail.json", "asyncapi/orders.json"])
    let documents = try drafts.map { draft in
      try #require(JSONSerialization.jsonObject(with: Data(draft.bytes)) as? [String: Any])
    }
    for (document, action) in zip(documents, ["receive", "send"]) {
      let operations = try #require(document["operations"] as? [String: [String: Any]])
      #expect(operations["placed"]?["action"] as? String == action)
      let channels = try #require(document["channels"] as? [String: [String: Any]])
      let channel = try #require(channels["orders-placed"])
      #expect(channel["address"] as? String == "orders.placed")
      let kafka = (channel["bindings"] as? [String: [String: Any]])?["kafka"]
      #expect(kafka?["partitions"] as? Int == 6)
      #expect((kafka?["topicConfiguration"] as? [String: Int])?["retention.ms"] == 86_400_000)
      let servers = try #require(document["servers"] as? [String: [String: Any]])
      #expect(servers["bus"]?["host"] as? String == "bus:9092")
      let components = try #require(document["components"] as? [String: [String: Any]])
      let message = try #require(components["messages"]?["Order"] as? [String: Any])
      let headers = (message["headers"] as? [String: Any])?["properties"] as? [String: Any]
      #expect(headers?.keys.sorted() == ["id", "key", "time", "traceparent"])
      #expect(components["schemas"]?.keys.sorted() == ["Order"])
    }
  }

  @Test func whoHasNoEventsHasNoContractOfThem() throws {
    let systems = try PlanTests.systems(
      "component orders: Service { language = python  in api: REST { get \"/x\" x() -> Int } }")
    #expect(AsyncAPIBackend.generate(systems).drafts.isEmpty)
  }
}
