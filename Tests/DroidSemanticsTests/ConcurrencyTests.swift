import DroidSyntax
import DroidTestSupport
import Testing

@testable import DroidSemantics

/// However many threads check a system, they find the same in it, in the same order.
@Suite struct ConcurrencyTests {
  private static let seed: UInt64 = 20_261_125

  private static let declarations = """

    type Order { key id: UUID  total: Decimal }
    error Gone 410
    scaling elastic { cpu = 70% }
    resilience gentle { timeout = 2s }
    metric sales on first { kind = counter }
    kind Standard: Service { language = python  scaling = elastic }
    kind Sized: Service { size: Bytes = 10Gi  language = go  memory = size }
    kind Kept {
      entity: Type
      size: Bytes = 10Gi
      in api: REST = service.api
      component service: Standard { in api: REST { resource entity "/records" } }
      component db: Postgres { storage = size }
      metric reads on service { kind = counter }
      connect service -> db
    }
    component first: Standard
    """

  private static let mistakes = """

    kind Misspelt: Service { language = python  replicsa = 3 }
    kind Endless { component inside: Endless }
    """

  /// One component: right mostly, and wrong in as many ways as there are.
  private static func component(_ name: String, _ random: inout SplitMix64) -> String {
    let other = "c\(random.below(170))"
    switch random.below(16) {
    case 0: return "component \(name): Kept { entity = Order }"
    case 1: return "component \(name): Kept { entity = Ordre }\nconnect \(other) -> \(name).api"
    case 2: return "component \(name): Misspelt { replicsa = 2 }"
    case 3: return "component \(name): Sized { size = \(random.below(9))Gi }\nconnect \(name) -> \(other)"
    case 4: return "component \(name): Nothing\nconnect \(name) -> \(other)"
    case 5: return "component \(name): Endless"
    case 6: return "component \(name): Standard { component log: Container { image = \"log\" }  cpu = 5Mi }"
    case 7:
      return "component \(name): Standard { version v1 { share = \(random.below(101))% } version v2 { share = 50% } }"
    case 8: return "component \(name): Postgres { storage = 5Gi  out asks: REST }"
    case 9: return "component \(name): Standard { out placed: Events(Order)  in handled: Events(Ordre) }"
    case 10: return "component \(name): Standard { replicas = 1..3  replicas = 2  tag: \"x\" \nservice.cpu = 2 }"
    case 11: return "component \(name): Kept { entity = Order  db.storage = \(random.below(99))Gi  db.sorage = 1Gi }"
    default:
      return """
        component \(name): Standard {
          replicas = 2..\(random.below(12))
          in api: REST { get "/things/{id}" thing(id: UUID) -> Order throws Gone }
        }
        connect \(name) -> \(other) { resilience = gentle }
        slo good-\(name) on \(name).api { objective = 99.9%  latency = 300ms }
        """
    }
  }

  /// The trees of a system in two files.
  private static func system(_ random: inout SplitMix64, isRight: Bool) -> UnitInput {
    var files = ["droid 1\nsystem shop { registry = \"r.example.com\" }\n" + declarations, "droid 1\nsystem shop\n"]
    if !isRight { files[1] += mistakes }
    for index in 0..<160 {
      let name = isRight || random.below(20) > 0 ? "c\(index)" : "c\(random.below(160))"
      files[random.below(2)] +=
        "\n"
        + (isRight
          ? "component \(name): Kept { entity = Order  size = \(index)Gi }" : component(name, &random))
    }
    let trees = files.enumerated().map { number, text in
      Parser.parse(SourceText(file: FileID(number), path: "\(number).droid", text: text))
    }
    return UnitInput(folder: "", trees: trees)
  }

  private func check(_ unit: UnitInput, threads: Int) -> CheckResult {
    Checker.check(CheckInput(units: [unit]), threads: threads)
  }

  @Test func threadsFindWhatOneFinds() {
    var random = SplitMix64(seed: Self.seed)
    for round in 0..<8 {
      let unit = Self.system(&random, isRight: false)
      let one = check(unit, threads: 1).diagnostics
      #expect(Set(one.map(\.code)).count > 12, "seed \(Self.seed), round \(round)")
      for threads in [2, 3, 7] {
        #expect(
          check(unit, threads: threads).diagnostics == one, "seed \(Self.seed), round \(round), \(threads) threads")
      }
    }
  }

  /// What an editor is told does not depend on threads either, in a text that is wrong in many places.
  @Test func threadsWriteDownTheSameMeanings() throws {
    var random = SplitMix64(seed: Self.seed)
    let input = CheckInput(units: [Self.system(&random, isRight: false)])
    let one = try #require(Checker.study(input).meanings)
    #expect(one.uses.count > 200)
    for threads in [2, 3, 7] {
      let found = try #require(Checker.study(input, threads: threads).meanings)
      #expect(found.uses == one.uses, "\(threads) threads")
      #expect(found.values.map(\.range) == one.values.map(\.range), "\(threads) threads")
      #expect(found.places.map(\.range) == one.places.map(\.range), "\(threads) threads")
    }
  }

  @Test func threadsUnderstandWhatOneUnderstands() throws {
    var random = SplitMix64(seed: Self.seed)
    let unit = Self.system(&random, isRight: true)
    let one = check(unit, threads: 1)
    #expect(one.diagnostics == [])
    let expected = try #require(one.base)
    #expect(expected.components.count == 321)
    for threads in [2, 3, 7] {
      let found = try #require(check(unit, threads: threads).base, "\(threads) threads")
      #expect("\(found.components)" == "\(expected.components)", "\(threads) threads")
      #expect("\(found.connections)" == "\(expected.connections)", "\(threads) threads")
      #expect("\(found.metrics)" == "\(expected.metrics)", "\(threads) threads")
      #expect(found.index.components == expected.index.components, "\(threads) threads")
    }
  }
}
