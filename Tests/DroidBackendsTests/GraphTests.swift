import DroidSemantics
import Testing

@testable import DroidBackends

/// Ports of GraphQL: their schemas, and what is planned for them.
@Suite struct GraphTests {
  private static let text = """
    enum Stage { open  sent-away @deprecated("use `open`") }
    type Line { sku: String(1..40)  count: Int(1..1000) = 1  total: Decimal }
    /// An order.
    type Order { key id: UUID  number: Int  placed-at: Time  lines: [Line]  stage: Stage = open  before: Order? }
    error Gone 410 { id: UUID }
    component orders: Service {
      language = python
      in graph: GraphQL {
        depth = 4
        /// One order.
        query order(id: UUID, stages: [Stage] = [open]) -> Order?
        mutation place(line: Line) -> Order throws Gone
        mutation forget(id: UUID)
        subscription placed -> Order
      }
    }
    """

  @Test func theSchemaIsPrinted() throws {
    let plan = try #require(PlanTests.systems(Self.text.replacing("placed ->", with: "placed() ->")).plans.first)
    let graph = try #require(plan.graphs.first)
    #expect(
      String(decoding: graph.document, as: UTF8.self) == """
        scalar Decimal
        scalar Int64
        scalar Time
        scalar UUID

        type Query {
          "One order."
          order(id: UUID!, stages: [Stage!]! = [OPEN]): Order
        }

        type Mutation {
          place(line: LineInput!): Order
          forget(id: UUID!): Boolean
        }

        type Subscription {
          placed: Order!
        }

        enum Stage {
          OPEN
          SENT_AWAY @deprecated(reason: "use `open`")
        }

        type Line {
          sku: String!
          count: Int!
          total: Decimal!
        }

        "An order."
        type Order {
          id: UUID!
          number: Int64!
          placedAt: Time!
          lines: [Line!]!
          stage: Stage!
          before: Order
        }

        input LineInput {
          sku: String!
          count: Int! = 1
          total: Decimal!
        }

        """)
    #expect(graph.depth == 4 && graph.path == "/graphql" && !graph.hasIntrospection)
    #expect(plan.contract(of: graph) == "orders")
  }

  @Test func aTypeCalledLikeARootHasAnotherName() throws {
    let systems = try PlanTests.systems(
      """
      type Query { text: String }
      component search: Service { language = python  in graph: GraphQL { query find(query: Query) -> [Query] } }
      """)
    let graph = try #require(systems.plans.first?.graphs.first)
    #expect(String(decoding: graph.document, as: UTF8.self).contains("find(query: QueryInput!): [Query_!]"))
  }

  @Test(arguments: [("placed-at", "placedAt"), ("order_id", "order_id"), ("__type", "type"), ("2nd", "_2nd")])
  func membersAreSpelledAsGraphQLAllows(_ name: String, _ member: String) {
    #expect(GraphNames.member(name) == member)
  }
}

/// Models: their versions, who is sent where, and when one is taken back.
@Suite struct ModelPlanTests {
  @Test func versionsAndTheirRulesArePlanned() throws {
    let systems = try PlanTests.systems(
      """
      type Query { text: String }
      healing careful {
        rule bad { when = error_rate > 2% for 10m  do = [rollback(within: 5m), page] }
        guard = { mode = suggest }
      }
      component ranker: Model {
        language = python
        framework = onnx
        pipeline = [clean, embed]
        batch = { size = 8  wait = 2ms }
        sticky = header("x-visitor")
        healing = careful
        in api: REST { post "/rank" rank(query: Query) -> [String] }
        version v1 { share = 90%  model = "one.onnx" }
        version v2 { share = 10%  model = "two.onnx"  match = header("x-try", "v2")  mirror = 5% }
      }
      """)
    let component = try #require(systems.base.component("ranker"))
    let model = try #require(ModelPlan(component, in: systems.base))
    #expect(model.framework == .onnx)
    #expect(model.pipeline == ["clean", "embed"])
    #expect(model.batch?.size == 8 && model.batch?.wait == TimeSpan(nanoseconds: 2_000_000))
    #expect(model.sticky == .header("x-visitor"))
    #expect(model.versions.map(\.variable) == ["MODEL_URI_V1", "MODEL_URI_V2"])
    #expect(model.versions.map(\.share) == [ExactDecimal(90), ExactDecimal(10)])
    #expect(model.versions[1].mirror == ExactDecimal(5))
    #expect(model.versions[1].match?.header == "x-try" && model.versions[1].match?.value == "v2")
    #expect(model.rollback?.errorRate == ExactDecimal(2))
    #expect(model.rollback?.window == TimeSpan(seconds: 600))
  }

  @Test func aModelWithoutVersionsHasOne() throws {
    let systems = try PlanTests.systems(
      """
      component ranker: Model {
        language = go
        model = "s3://models/1"
        in api: REST { get "/rank" rank() -> String }
      }
      """)
    let component = try #require(systems.base.component("ranker"))
    let model = try #require(ModelPlan(component, in: systems.base))
    #expect(model.framework == nil && model.rollback == nil && model.batch == nil)
    #expect(model.versions.map(\.model) == ["s3://models/1"])
    #expect(model.versions.map(\.variable) == ["MODEL_URI"])
  }
}
