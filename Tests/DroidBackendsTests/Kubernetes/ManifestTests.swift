import DroidSemantics
import DroidSyntax
import Foundation
import Testing

@testable import DroidBackends

/// The manifests of a small system, as a person reads them: `Golden/kubernetes.md` holds the droidfile and every file that is
/// made of it. `DROID_REWRITE=1 swift test --filter ManifestTests` writes it anew; the reviewer reads the difference.
@Suite struct ManifestTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/kubernetes.md")

  private func systems(_ text: String) throws -> SystemSet {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "golden.droid", text: text))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    let base = try #require(result.base, "\(result.diagnostics.map(\.message))")
    return SystemSet(base: base, environments: result.environments)
  }

  @Test func asInTheGoldenFile() throws {
    let golden = try String(contentsOf: Self.file, encoding: .utf8)
    let start = try #require(golden.firstRange(of: "```droid\n"))
    let end = try #require(golden[start.upperBound...].firstRange(of: "```\n"))
    let output = KubernetesBackend.generate(try systems(String(golden[start.upperBound..<end.lowerBound])))
    var made = String(golden[..<end.upperBound])
    if !output.notGenerated.isEmpty { made += "\nNot generated: \(output.notGenerated.joined(separator: "; ")).\n" }
    // The single files hold the same again.
    for draft in output.drafts where !draft.path.hasPrefix("kubernetes/rendered/") {
      made +=
        "\n## \(draft.path)\n\n```\(draft.path.hasSuffix(".md") ? "markdown" : "yaml")\n\(String(decoding: draft.bytes, as: UTF8.self))```\n"
    }
    if ProcessInfo.processInfo.environment["DROID_REWRITE"] == "1" {
      try made.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    let (old, new) = (golden.split(separator: "\n"), made.split(separator: "\n"))
    let changes = new.difference(from: old).map { change in
      switch change {
      case .remove(let line, let text, _): "- \(line + 1): \(text)"
      case .insert(let line, let text, _): "+ \(line + 1): \(text)"
      }
    }
    #expect(changes.isEmpty, "\(changes.prefix(40).joined(separator: "\n"))")
  }

  /// The words of one object, found by its kind and name.
  private func object(_ identity: String, of text: String) throws -> String {
    let output = KubernetesBackend.generate(try systems("droid 1\nsystem shop { }\n" + text))
    let parts = identity.split(separator: "/")
    let documents = output.drafts.flatMap {
      String(decoding: $0.bytes, as: UTF8.self).split(separator: "---\n").map(String.init)
    }
    return documents.first { $0.contains("kind: \(parts[0])\n") && $0.contains("metadata:\n  name: \(parts[1])\n") }
      ?? ""
  }

  @Test(arguments: [("30s", "seconds: 5"), ("10s", "seconds: 2"), ("4s", nil), ("60s", "seconds: 5")])
  func thePauseLeavesTimeToFinish(_ grace: String, _ expected: String?) throws {
    let text = try object(
      "Deployment/a",
      of: "component a: Service { language = python  grace = \(grace)  in api: REST { get \"/\" x() } }\n")
    if let expected { #expect(text.contains(expected)) } else { #expect(!text.contains("preStop")) }
  }

  @Test(arguments: [
    (#"image = "redis"  tag = "alpine""#, "docker.io/redis:alpine"),
    (#"image = "redis:alpine""#, "docker.io/redis:alpine"),
    (#"image = "ghcr.io/acme/a"  tag = "1""#, "ghcr.io/acme/a:1"), (#"tag = "sha256:ab""#, "docker.io/a@sha256:ab"),
    (#"image = "localhost:5000/a:2"  tag = "3""#, "localhost:5000/a:2"),
    (#"registry = "r.io/x"  tag = "1""#, "r.io/x/a:1"),
  ])
  func anImageIsWrittenInFull(_ properties: String, _ image: String) throws {
    #expect(try object("Deployment/a", of: "component a: Container { \(properties) }\n").contains("image: \(image)\n"))
  }

  @Test func aVariableStandsAfterWhatItUses() throws {
    let text = try object(
      "Deployment/a",
      of: #"component a: Container { tag = "1"  env = { A = "$(C)"  B = "b"  C = "$(D)x"  D = "d" } }"# + "\n")
    let names = text.matches(of: /- name: ([A-D])\n/).map { String($0.1) }
    #expect(names == ["D", "C", "A", "B"])
  }

  @Test func anAutoscalerOwnsTheReplicas() throws {
    let service = "component a: Service { language = python  replicas = 2..5  in api: REST { get \"/\" x() } }\n"
    let deployment = try object("Deployment/a", of: service)
    #expect(deployment.contains("kind: Deployment") && !deployment.contains("replicas:"))
    let scaler = try object("HorizontalPodAutoscaler/a", of: service)
    #expect(scaler.contains("minReplicas: 2\n  maxReplicas: 5") && scaler.contains("averageUtilization: 70"))
  }

  @Test func tracesAndWaitingHaveAWay() throws {
    let text = """
      component o: Container { tag = "1"  in otlp: REST { port = 4318 } }
      component a: Container { tag = "1"  telemetry = o.otlp }
      component b: Container { tag = "1"  in p: TCP { port = 9 } }
      connect a -> b { calls = false  wait = true }

      """
    let policy = try object("NetworkPolicy/a", of: text)
    #expect(policy.contains("port: 4318") && policy.contains("port: 9"))
    #expect(try object("NetworkPolicy/o", of: text).contains("app.kubernetes.io/name: a"))
  }

  @Test func anAddressAloneOpensNothing() throws {
    let text = """
      component a: Container { tag = "1" }
      component b: Container { tag = "1"  in p: REST { port = 9  bind = "B" } }
      connect a -> b { calls = false }

      """
    #expect(try object("Deployment/a", of: text).contains("value: b:9"))
    #expect(try object("NetworkPolicy/b", of: text) == "")
  }

  // MARK: What the cluster's additions run.

  @Test func whatIsPublicHasACertificateARouteAndAWay() throws {
    let text = """
      component a: Service {
        language = python
        in api: REST { timeout = 90s  public = ["a.example.com", ingress(host: "b.example.com", path: "/a", tls: false)]  get "/" x() }
        version v1 { share = 99.5% }
        version v2 { share = 0.5%  match = header("x-new", "yes")  mirror = 10% }
      }

      """
    let gateway = try object("Gateway/shop", of: text)
    #expect(gateway.contains("hostname: a.example.com") && !gateway.contains("hostname: b.example.com"))
    #expect(try object("Certificate/a-example-com", of: text).contains("secretName: a-example-com-tls"))
    let route = try object("HTTPRoute/a-api-1", of: text)
    #expect(route.contains("weight: 99500") && route.contains("weight: 500") && route.contains("request: 90s"))
    #expect(route.contains("percent: 10") && route.contains("name: x-new"))
    #expect(try object("HTTPRoute/a-api-2", of: text).contains("sectionName: http\n"))
    #expect(try object("NetworkPolicy/a", of: text).contains("envoy-gateway-system"))
    #expect(try object("Deployment/a-v2", of: text).contains("app.kubernetes.io/version: v2"))
  }

  /// Events that wait wake it; requests cannot, for nobody answers them.
  @Test(arguments: [("Worker", "in p: Events(Order)", "minReplicaCount: 0"), ("Service", "", "minReplicas: 1")])
  func nothingRunsOnlyWhereSomethingWakesIt(_ kind: String, _ port: String, _ expected: String) throws {
    let events = port.isEmpty ? "" : "out p: Events(Order)"
    let text = """
      type Order { key id: UUID }
      component a: \(kind) { language = python  replicas = 0..3  \(port) }
      component b: Service { language = python  \(events) }
      component bus: Redis
      \(port.isEmpty ? "" : "connect b.p -> a.p { via = bus }")

      """
    let scaler = try object("\(port.isEmpty ? "HorizontalPodAutoscaler" : "ScaledObject")/a", of: text)
    #expect(scaler.contains(expected))
    #expect(try object("NetworkPolicy/bus", of: text).contains("name: keda") != port.isEmpty)
  }

  @Test func aJobRunsByItsScheduleOrWaitsForAHand() throws {
    let jobs = """
      component a: Job { language = python  schedule = "5 4 * * *"  zone = "Europe/Paris"  overlap = replace  parallel = 3  attempts = 4 }
      component b: Job { language = python  deadline = 90s }

      """
    let cron = try object("CronJob/a", of: jobs)
    #expect(cron.contains("concurrencyPolicy: Replace") && cron.contains("timeZone: Europe/Paris"))
    #expect(cron.contains("completions: 3") && cron.contains("completionMode: Indexed"))
    #expect(cron.contains("backoffLimit: 3"))
    let job = try object("Job/b", of: jobs)
    #expect(job.contains("suspend: true") && job.contains("activeDeadlineSeconds: 90"))
  }

  @Test(arguments: [
    ("90m", "@every 90m"), ("1h", "0 0 */1 * * *"), ("24h", "0 0 0 * * *"), ("20m", "0 */20 * * * *"),
    ("36h", "@every 2160m"),
  ])
  func aBackupHasASchedule(_ every: String, _ schedule: String) throws {
    let backup = try object("ScheduledBackup/db", of: "component db: Postgres { backup = \(every) }\n")
    #expect(backup.contains(schedule))
  }

  /// The names of settings are those of the plan, whoever runs the stores.
  @Test(arguments: ["production", "development"]) func settingsHaveThePlannedNames(_ profile: String) throws {
    let text = """
      droid 1
      system shop { profile = \(profile) }
      type Order { key id: UUID }
      component a: Service {
        language = python
        in api: REST { resource Order "/orders" { store = db }  auth = key("x-key", secret("keys/a")) }
        out p: Events(Order)
      }
      component w: Worker { language = go  in p: Events(Order) }
      component db: Postgres
      component other: Postgres
      component bus: Kafka
      component second: Kafka
      connect a -> db
      connect a -> other
      connect a.p -> w.p { via = bus }

      """
    let systems = try systems(text)
    let output = KubernetesBackend.generate(systems)
    let draft = try #require(output.drafts.first { $0.path == "kubernetes/base/a.yaml" })
    let names = String(decoding: draft.bytes, as: UTF8.self).matches(of: /- name: ([A-Z_]+)\n/).map { String($0.1) }
    let plan = try #require(systems.plans.first { $0.name == "a" })
    for name in plan.stores.map(\.variable) + plan.brokers.map(\.variable) + plan.secrets.map(\.variable) {
      #expect(names.contains(name))
    }
    #expect(names.contains("DATABASE_URL_OTHER"))
  }

  @Test func aStoreThatTheUserOfALaptopRunsIsSmall() throws {
    let output = KubernetesBackend.generate(
      try systems(
        """
        droid 1
        system shop { profile = development }
        component db: Postgres { replicas = 3 }
        component bus: Kafka
        component fast: Nats

        """))
    let objects = output.drafts.filter { $0.path.hasPrefix("kubernetes/base/") }
      .map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n---\n")
    #expect(!objects.contains("kind: Cluster") && !objects.contains("kind: Kafka\n"))
    #expect(objects.components(separatedBy: "kind: StatefulSet").count == 4)
    #expect(objects.components(separatedBy: "replicas: 1").count == 4)
  }

  /// One layer tries again: where the mesh does, the client is told; what comes from outside has no certificate of the mesh.
  @Test(arguments: [("mesh = istio", true), ("", false)]) func theMeshHoldsOutWhereItIsOn(
    _ setting: String, _ isOn: Bool
  ) throws {
    let text = """
      droid 1
      system shop { \(setting) }
      component a: Service { language = python  in api: REST { get "/" x() } }
      component b: Service { language = python  in api: REST { get "/" x() } }
      component c: Container { tag = "1" }
      connect a -> b { timeout = 2s  retry = { attempts = 3  on = [timeout, 502] }  breaker = 7 }
      connect c -> b { limit = 5/s }

      """
    let output = KubernetesBackend.generate(try systems(text))
    let objects = output.drafts.filter { $0.path.hasPrefix("kubernetes/base/") }
      .map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    for expected in [
      "name: RESILIENCE_LAYER", "mode: STRICT", "cluster.local/ns/shop/sa/a", "consecutive5xxErrors: 7", "attempts: 2",
      "retryOn: gateway-error,502", "name: b-from-a", "istio-injection: enabled",
    ] { #expect(objects.contains(expected) == isOn) }
    #expect(output.notGenerated.contains { $0.hasPrefix("limit of `c -> b`") } == isOn)
  }

  /// Linkerd holds one policy for all callers of a port: the most patient one, and the build says so. Only what may be
  /// repeated is tried again.
  @Test(arguments: [("retry = 2  breaker = 9", true), ("timeout = 7s", false)]) func linkerdHoldsOneForAllCallers(
    _ other: String, _ isTriedAgain: Bool
  ) throws {
    let text = """
      droid 1
      system shop { mesh = linkerd }
      component a: Service { language = python  in api: REST { get "/" x() } }
      component b: Service { language = python  in api: REST { get "/" x() } }
      component c: Service { language = python  in api: REST { get "/" x() } }
      connect a -> b { timeout = 2s  retry = { attempts = 3  on = [timeout, 500] }  breaker = 5 }
      connect c -> b { \(other) }

      """
    let output = KubernetesBackend.generate(try systems(text))
    let objects = output.drafts.filter { $0.path.hasPrefix("kubernetes/base/") }
      .map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    for expected in [
      "name: b-8080-from-a\n", "name: b-8080-from-c\n", "name: RESILIENCE_LAYER", "linkerd.io/inject: enabled",
      "config.linkerd.io/default-inbound-policy: deny", "name: b-api-mesh\n", "port: 4143",
      "timeout.linkerd.io/request: \(isTriedAgain ? "5s" : "7s")\n",
    ] { #expect(objects.contains(expected), "\(expected)") }
    for expected in [
      "retry.linkerd.io/limit: \"1\"", "name: b-api-mesh-repeatable\n", "consecutive-max-failures: \"9\"",
    ] { #expect(objects.contains(expected) == isTriedAgain, "\(expected)") }
    #expect(output.notGenerated.contains { $0.hasPrefix("what each caller of `b` says by itself") })
  }
}
