import Testing

@testable import DroidSemantics

/// What a manifest can be is known before one is written.
@Suite struct ManifestChecksTests {
  private func messages(_ text: String) -> [String] {
    ErrorPagesTests.findings("droid 1\nsystem shop\n" + text + "\n").map(\.message)
  }

  @Test(arguments: [
    (#"component a: Container { tag = "1" }"#, "StatefulSet"),
    (#"component a: Container { tag = "1"  volumes = { "/data" = 1Gi } }"#, "Deployment"),
    (#"component a: Container { tag = "1" }"#, "HorizontalPodAutoscaler"),
    (#"component a: Container { tag = "1" }"#, "Service"),
    ("component a: Job { language = python }", "CronJob"), ("component a: Postgres", "StatefulSet"),
    (#"component a: Postgres { url = secret("a/b") }"#, "Cluster"),
  ])
  func aPatchOnNothingIsAnError(_ component: String, _ kind: String) {
    #expect(messages(component + "\nraw \"\(kind)\" on a { metadata = { } }") == ["`a` has no \(kind)"])
  }

  @Test(arguments: [
    (#"component a: Container { tag = "1"  replicas = 2..4 }"#, "HorizontalPodAutoscaler"),
    (#"component a: Container { tag = "1"  replicas = 3 }"#, "PodDisruptionBudget"),
    (#"component a: Job { language = python  schedule = "1 2 * * *" }"#, "CronJob"),
    ("component a: Kafka", "KafkaTopic"),
    ("component a: Kafka\nenvironment laptop { profile = development }", "StatefulSet"),
  ])
  func aPatchOnWhatAnEnvironmentHasIsNone(_ component: String, _ kind: String) {
    #expect(messages(component + "\nraw \"\(kind)\" on a { metadata = { } }") == [])
  }

  @Test(arguments: [
    ("{ replicas = 3 }", "a Deployment has no field `replicas`"),
    ("{ spec = { replica = 3 } }", "the `spec` of a Deployment has no field `replica`"),
    ("{ status = { } }", "a Deployment has no field `status`"),
  ])
  func aPatchHasTheFieldsOfItsManifest(_ fields: String, _ message: String) {
    #expect(messages("component a: Container { tag = \"1\" }\nraw \"Deployment\" on a \(fields)") == [message])
  }

  @Test func aVersionMayNotMeetAComponent() {
    let text = """
      component a: Service {
        language = python
        in api: REST { get "/" x() }
        version v1 { share = 100% }
      }
      component a-v1: Redis
      """
    #expect(messages(text) == ["the version `v1` of `a` and `a-v1` are both `a-v1` in Kubernetes"])
  }

  @Test func anEnvironmentMayNameRegions() {
    let text = """
      component a: Redis { regions = [north] }
      environment prod { regions = [north, south] }
      """
    #expect(messages(text) == [])
    #expect(
      messages("component a: Redis { regions = [north] }") == ["`a` is in the region `north`, and the system is not"])
  }
}
