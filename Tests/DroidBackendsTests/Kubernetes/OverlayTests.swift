import DroidSemantics
import DroidSyntax
import Foundation
import Testing

@testable import DroidBackends

/// The law of overlays: what `kubectl kustomize` makes of an environment's overlay is, object by object, what the environment
/// would be as a base of its own.
@Suite struct OverlayTests {
  /// A system whose environments change something of every kind.
  static let text = """
    droid 1
    system law { telemetry = collector.otlp  registry = "ghcr.io/acme" }

    type Order { key id: UUID  note: String? }

    component collector: Container {
      image = "otel/opentelemetry-collector"
      tag = "0.140.0"

      in otlp: REST { port = 4318 }
    }

    component web: Container {
      image = "ghcr.io/acme/web"
      tag = "1.2"
      replicas = 2..5
      env = { A = "1"  B = "$(A)-x"  "0K" = "0x1f"  MODE = "on"  PASS = secret("s/p") }
      volumes = { "/data/a" = temporary  "/cache" = memory  "/keys" = secret("keys") }
      probe = http("/healthz", headers: { Cookie = "shop=1" }, delay: 5s)
      metrics = http
      annotations = { "example.com/x" = "yes" }
      labels = { tier = "front" }
      args = ["--flag", "no", ""]

      in http: REST { port = 80  target = 8081  public = [balancer, node(30001), "web.example.com"]  bind = { url = "WEB_URL"  public = "WEB_PUBLIC" } }
      in dns: UDP { port = 53  target = 5353 }
      in dnst: TCP { port = 53  target = 5353 }

      component exporter: Container { image = "prom/exporter"  tag = "1"  env = { X = "1" }  read-only = true }
    }

    component api: Service {
      language = python
      replicas = 3

      in api: REST { resource Order "/orders" }
      out placed: Events(Order)
    }

    component mailer: Container { tag = "1"  in placed: Events(Order) }
    component db: Postgres { version = 18 }
    component pg: Postgres { url = secret("managed/dsn") }
    component bus: Nats
    component cache: Redis { eviction = lru }
    component stripe: External { url = "https://api.stripe.com:8443/v1"  in api: REST }
    component old: Container { tag = "1"  volumes = { "/var/lib/x" = 1Gi }  in p: TCP { port = 9 } }
    component nightly: Job { language = python  schedule = "0 3 * * *" }

    connect web -> api { wait = true  bind = "API_ADDR" }
    connect web -> stripe { bind = { url = "STRIPE"  address = "STRIPE_ADDR" } }
    connect web -> cache { bind = { dsn = "CACHE_DSN" } }
    connect web -> pg { bind = { dsn = "PG_DSN" } }
    connect api -> db
    connect api -> cache
    connect api.placed -> mailer.placed { via = bus  bind = { url = "BROKER" } }
    connect old -> web.http { calls = false  wait = true }
    connect nightly -> pg

    raw "Deployment" on web {
      spec = { template = { spec = { hostname = "w"  containers = [{ name = "web"  stdin = true  env = [{ name = "RAW"  value = "1" }] }] } } }
    }
    raw "Service/web-external" on web { spec = { externalTrafficPolicy = "Local" } }

    environment staging {
      namespace = "law-staging"
      registry = "registry.staging"
      web.env.NEW = "$(MODE)"
      web.env.MODE = secret("modes/m")
      web.env.PASS = "open"
      web.volumes = { "/data/a" = memory  "/new" = temporary }
      web.replicas = 1
      web.probe = { ready = tcp  live = none }
      web.args = none
      web.spread = node
      web.http.target = 9090
      api.spread = none
      api.replicas = 1..9
      db.storage = 5Gi
      old.volumes = { "/var/lib/x" = temporary }
      cache.storage = 1Gi
      connect web -> api { wait = false }
    }

    environment small {
      old.only = [base]
      web.dns.target = 5300
      Service.replicas = 1
    }

    environment apart { regions = [north, south]  db.regions = [south]  api.replicas = 2..4 }

    environment far: small {
      namespace = "far"
      web.tag = "sha256:abc"
    }
    """

  static func systems() throws -> SystemSet {
    let tree = Parser.parse(SourceText(file: FileID(0), path: "law.droid", text: text + "\n"))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    let base = try #require(result.base, "\(result.diagnostics.map(\.message))")
    return SystemSet(base: base, environments: result.environments)
  }

  static var kubectl: String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/kubectl" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test(
    .enabled(if: kubectl != nil, "kubectl is missing: Tests/tools/install gets it"),
    arguments: ["staging", "small", "far", "apart"])
  func anOverlayMakesWhatTheEnvironmentIs(_ name: String) throws {
    let systems = try Self.systems()
    let environment = try #require(systems.environments.first { $0.environment == name })
    let made = try rendered(KubernetesBackend.generate(systems), "kubernetes/overlays/\(name)")
    let meant = try rendered(
      KubernetesBackend.generate(SystemSet(base: environment, environments: [])), "kubernetes/base")
    #expect(made.keys.sorted() == meant.keys.sorted())
    for (identity, object) in meant {
      let lines = (made: Self.lines(made[identity] ?? .map([:])), meant: Self.lines(object))
      #expect(lines.made.subtracting(lines.meant).sorted() == [], "too much in \(identity)")
      #expect(lines.meant.subtracting(lines.made).sorted() == [], "missing in \(identity)")
    }
  }

  /// Each scalar with the way to it, so that a difference is a line.
  private static func lines(_ node: YAMLReader.Node, at path: String = "") -> Set<String> {
    switch node {
    case .scalar(let text): [path + ": " + text]
    case .map(let entries):
      entries.isEmpty
        ? [path + ": {}"] : entries.reduce(into: []) { $0.formUnion(lines($1.value, at: path + "." + $1.key)) }
    case .list(let items):
      items.isEmpty
        ? [path + ": []"]
        : items.enumerated().reduce(into: []) { $0.formUnion(lines($1.element, at: "\(path)[\($1.offset)]")) }
    }
  }

  /// The objects that kustomize makes of a folder, by what they are, with the lists in order where the order says nothing.
  private func rendered(_ output: Output, _ folder: String) throws -> [String: YAMLReader.Node] {
    let root = FileManager.default.temporaryDirectory.appending(path: "droid-overlays-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for draft in output.drafts {
      let file = root.appending(path: draft.path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(draft.bytes).write(to: file)
    }
    let process = Process()
    process.executableURL = URL(filePath: Self.kubectl ?? "")
    process.arguments = ["kustomize", root.appending(path: folder).path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    var objects: [String: YAMLReader.Node] = [:]
    for node in YAMLReader.documents(text) {
      guard case .map(let object) = node, case .scalar(let kind)? = object["kind"],
        case .map(let metadata)? = object["metadata"], case .scalar(let name)? = metadata["name"]
      else { continue }
      objects["\(kind)/\(name)"] = Self.sorted(node, field: "")
    }
    #expect(objects.count > 30)
    return objects
  }

  private static func sorted(_ node: YAMLReader.Node, field: String) -> YAMLReader.Node {
    switch node {
    case .scalar: return node
    case .map(let entries): return .map(Dictionary(uniqueKeysWithValues: entries.map { ($0, sorted($1, field: $0)) }))
    case .list(let items):
      let items = items.map { sorted($0, field: "") }
      if field == "env" { expectOrder(items) }
      return ["volumes", "volumeMounts", "env"].contains(field)
        ? .list(items.sorted { key($0) < key($1) }) : .list(items)
    }
  }

  /// Each variable stands after those that it uses.
  private static func expectOrder(_ items: [YAMLReader.Node]) {
    var names: [String] = []
    for case .map(let entries) in items {
      guard case .scalar(let name)? = entries["name"] else { continue }
      if case .scalar(let value)? = entries["value"] {
        for used in value.matches(of: /\$\((\w+)\)/) {
          #expect(names.contains(String(used.1)), "\(name) uses \(used.1)")
        }
      }
      names.append(name)
    }
  }

  private static func key(_ node: YAMLReader.Node) -> String {
    guard case .map(let entries) = node else { return "" }
    return "\(entries["mountPath"] ?? .scalar("")) \(entries["name"] ?? .scalar(""))"
  }

  @Test func anEnvironmentThatChangesOneThingIsOnePatch() throws {
    let text = """
      droid 1
      system shop { }
      component web: Container { tag = "1"  env = { A = "1"  B = "2" }  in http: REST { port = 80 } }
      environment staging { web.env.B = "3" }

      """
    let tree = Parser.parse(SourceText(file: FileID(0), path: "shop.droid", text: text))
    let result = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
    let systems = SystemSet(base: try #require(result.base), environments: result.environments)
    let draft = try #require(
      KubernetesBackend.generate(systems).drafts.first { $0.path == "kubernetes/overlays/staging/kustomization.yaml" })
    let expected = """
      # Generated by droid from shop; edit the droidfile instead.
      resources:
      - ../../base
      patches:
      - patch: |-
          apiVersion: apps/v1
          kind: Deployment
          metadata:
            name: web
            namespace: shop
          spec:
            template:
              spec:
                containers:
                - name: web
                  env:
                  - name: B
                    value: "3"

      """
    #expect(String(decoding: draft.bytes, as: UTF8.self) == expected)
  }
}
