import DroidSyntax
import Foundation
import Testing

@testable import DroidBackends
@testable import DroidSemantics

/// Every signal that is told of an element has its PromQL there, and the others are errors.
@Suite struct SignalTests {
  private static let sample = """
    droid 1
    system shop

    type Order { key id: UUID }
    component web: Gateway { language = go  in site: REST { public = "shop.example.com" } }
    component orders: Service {
      language = go
      volumes = { "/data" = 1Gi }
      in api: REST { resource Order "/orders"  get "/total" total() -> Int }
      out placed: Events(Order)
    }
    component mail: Worker { language = go  in placed: Events(Order) }
    component sweep: Job { language = go  schedule = "0 3 * * *" }
    component old: Container { image = "docker.io/acme/old"  tag = "1"  in api: REST { port = 80 } }
    component bank: External { url = "https://bank.example.com"  in api: REST }
    component db: Postgres { replicas = 2 }
    component bus: Kafka
    component pictures: Bucket
    connect web -> orders { path = "/orders"  retry = 3  breaker = 5 }
    connect orders -> db
    connect orders -> bank
    connect orders.placed -> mail.placed { via = bus }
    slo well on orders.api { objective = 99.9% }

    """

  /// Where a signal is shown in the reference, first: what fits comes before what fits too.
  private static let elements = [
    "orders.api", "web -> orders", "orders -> db", "mail.placed", "orders", "db", "sweep", "orders.api.total", "web",
    "mail", "old", "old.api", "bank", "orders -> bank", "bus", "pictures", "orders.placed -> mail.placed",
  ]

  /// The condition that is shortest.
  private static func condition(_ name: String) throws -> String {
    let signal = try #require(StandardLibrary.shared.signals[name])
    let call = name + (signal.argument.map { $0 == .quantile ? "(p99)" : "(1h)" } ?? "")
    return switch Reference.written(signal.type) {
    case "Bool": call
    case "Percent": call + " > 50%"
    case "Rate": call + " > 1/s"
    case "Duration": call + " > 1s"
    default: call + " > 1"
    }
  }

  private static func check(_ name: String, on element: String) throws -> CheckResult {
    let text = sample + "alert it on \(element) { when = \(try condition(name)) }\n"
    let source = SourceText(file: FileID(0), path: "shop.droid", text: text)
    return Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [Parser.parse(source)])]))
  }

  private static func promQL(_ name: String, on element: String) throws -> String? {
    guard let system = try check(name, on: element).base, let alert = system.alerts.first,
      let signal = alert.properties.conditions("when").first?.signal
    else { return nil }
    return SignalQuery(system).value(signal, of: alert.target)
  }

  @Test(arguments: Checker.signalNames.map(\.name)) func isMeasuredOrAnError(_ name: String) throws {
    var measured = 0
    for element in Self.elements {
      let result = try Self.check(name, on: element)
      let query = try Self.promQL(name, on: element)
      if query != nil { measured += 1 }
      #expect(
        (query == nil) == result.diagnostics.contains { $0.code == .notMeasured },
        "\(name) of \(element): \(result.diagnostics.map(\.message))")
    }
    #expect(measured > 0, "\(name) is measured nowhere")
  }

  /// `DROID_REWRITE=1 swift test --filter SignalTests` writes them again.
  @Test func theTablesOfTheReferenceAreThoseOfTheStandardLibrary() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("grammar/reference.md")
    let text = try String(contentsOf: path, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- tables: begin -->\n"))
    let stop = try #require(text.range(of: "<!-- tables: end -->"))
    var promQL: [String: String] = [:]
    for (name, _) in Checker.signalNames {
      promQL[name] = try Self.elements.lazy.compactMap { try? Self.promQL(name, on: $0) }.first
    }
    let tables = Reference.tables(promQL: promQL)
    if ProcessInfo.processInfo.environment["DROID_REWRITE"] == "1" {
      try text.replacingCharacters(in: start.upperBound..<stop.lowerBound, with: tables)
        .write(to: path, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[start.upperBound..<stop.lowerBound]) == tables)
  }
}
