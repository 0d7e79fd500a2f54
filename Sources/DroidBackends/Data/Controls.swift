import DroidSemantics

/// What protects the system, each claim with the generated object that shows it, and what does not.
struct Controls {
  struct Section {
    let title: String
    /// What holds, and where that is seen: a file and a name in it.
    var claims: [(text: String, seen: [Citation])] = []
    var gaps: [String] = []
  }

  struct Citation: CustomStringConvertible {
    let file: String
    let name: String
    var description: String { "[\(file)](../\(file)) `\(name)`" }
  }

  private let system: System
  private let map: DataMap
  private let plans: [ServicePlan]
  private let deployed: [Component]
  /// Operations that carry marked data.
  private let carrying: Set<String>

  init(_ system: System, _ map: DataMap, _ plans: [ServicePlan]) {
    self.system = system
    self.map = map
    self.plans = plans
    carrying = Set(map.carriers.map(\.name))
    deployed = system.components.filter { !$0.isRunElsewhere && $0.kind != .kafka && $0.kind != .bucket }
  }

  func page(_ header: String) -> [UInt8] {
    var page = Page(title: "Controls of \(system.name)", header)
    page.text(
      "What is generated to protect the system: each claim names the object that shows it, below the output folder. "
        + "What is not covered is said, too; the cluster, its nodes and the people who may reach them are outside of this page."
    )
    for section in [inTransit, atRest, secrets, access, audit, availability] {
      page.heading(section.title)
      page.table(
        nil, ["what holds", "seen in"],
        section.claims.map { [$0.text, $0.seen.map(\.description).joined(separator: ", ")] })
      if !section.gaps.isEmpty {
        page.text("Not covered:")
        page.items(section.gaps)
      }
    }
    return page.bytes
  }

  private func manifest(_ component: Component, _ kind: String) -> Citation {
    Citation(file: "kubernetes/base/\(component.manifestFile)", name: "\(kind)/\(component.spelled)")
  }

  /// The object that its pods are made from.
  private func workload(_ component: Component) -> Citation {
    if component.kind == .job {
      return manifest(component, component.properties.text("schedule") == nil ? "Job" : "CronJob")
    }
    if component.isManaged(in: system) {
      return manifest(component, component.kind == .kafka ? "Kafka" : "Cluster")
    }
    if let version = component.versions.first {
      return Citation(
        file: "kubernetes/base/\(component.manifestFile)", name: "Deployment/\(component.spelled(version))")
    }
    let claims = component.properties.map("volumes").contains { $0.value.bytes != nil }
    let isKept = component.kind == .redis && component.properties.bytes("storage") != nil
    let isStateful = claims || isKept || component.kind == .postgres || component.kind == .nats
    return manifest(component, isStateful ? "StatefulSet" : "Deployment")
  }

  // MARK: Encryption.

  private var inTransit: Section {
    var section = Section(title: "Encryption in transit")
    for connection in system.connections where connection.properties.bool("calls") {
      guard let caller = system.component(connection.from.component), caller.kind.isGenerated,
        let target = system.component(connection.to.component), target.kind == .external,
        let url = target.properties.text("url")
      else { continue }
      if url.hasPrefix("https:") {
        section.claims.append(("`\(caller.name)` asks `\(target.name)` by TLS.", [workload(caller)]))
      } else {
        section.gaps.append("`\(caller.name)` asks `\(target.name)` at `\(url)`, in the clear.")
      }
    }
    for component in system.components {
      for port in component.ports where port.isPublic {
        let doors = Door.all(of: component, port).filter(\.isRouted)
        for door in doors where door.isEncrypted {
          section.claims.append(
            (
              "`\(component.name).\(port.name)` is asked by TLS at `\(door.host)`.",
              [Citation(file: "kubernetes/base/ingress.yaml", name: "Certificate/\(door.listener)")]
            ))
        }
        if doors.count < port.properties.list("public").count || doors.contains(where: { !$0.isEncrypted }) {
          section.gaps.append("`\(component.name).\(port.name)` is open to the outside without TLS.")
        }
      }
    }
    if let mesh = Mesh(system) {
      let citation =
        mesh == .istio
        ? Citation(file: "kubernetes/base/network-policies.yaml", name: "PeerAuthentication/default")
        : Citation(file: "kubernetes/base/namespace.yaml", name: "Namespace/\(system.namespace)")
      section.claims.append(
        (
          "Inside the cluster calls are encrypted both ways, each end knowing the other.",
          [citation]
        ))
      section.gaps.append("Who comes from outside of the mesh, and what an operator runs, is not of it.")
    } else if system.connections.contains(where: { $0.properties.bool("calls") }) {
      section.gaps.append(
        "Inside the cluster calls, events and connections to stores travel in the clear, unless the network of the cluster encrypts them."
      )
    }
    return section
  }

  private var atRest: Section {
    var section = Section(title: "Encryption at rest")
    let holding = Set(map.rests.compactMap(\.store))
    for store in system.components where store.kind.isStore {
      let holds = holding.contains(store.name) ? " It holds personal or secret data." : ""
      if store.isRunElsewhere {
        section.gaps.append("`\(store.name)` is run by someone else: what they encrypt is for them to say.\(holds)")
      } else if store.kind == .redis, store.properties.bytes("storage") == nil {
        section.claims.append(("`\(store.name)` writes nothing to a disk that outlives its pod.", [workload(store)]))
      } else if store.properties.bool("encrypted") {
        let name =
          system.settings.text("storage-class").map { "the storage class `\($0)`" } ?? "the cluster's own storage class"
        section.gaps.append(
          "`\(store.name)` is to be encrypted: \(name) must do it, and nothing here can see whether it does.\(holds)")
      } else {
        section.gaps.append("`\(store.name)` does not ask for encryption (`encrypted = true`).\(holds)")
      }
    }
    if map.rests.contains(where: { $0.store == nil }) {
      section.gaps.append("Resources without a store are in the memory of their service, in the clear.")
    }
    return section
  }

  // MARK: Secrets.

  private var secrets: Section {
    var section = Section(title: "Secrets")
    for component in deployed {
      for entry in component.properties.map("env") {
        guard let secret = entry.value.secret else { continue }
        section.claims.append(
          (
            "`\(entry.key)` of `\(component.name)` is read from the Secret `\(secret.object)`, key `\(secret.key)`.",
            [workload(component)]
          ))
      }
      if component.kind == .postgres, component.isManaged(in: system) {
        let name = component.spelled + "-app"
        section.claims.append(
          (
            "The operator makes the user of `\(component.name)`: Secret `\(name)`, key `uri`, and Secret `\(name)`, key `password`.",
            [workload(component)]
          ))
      } else if component.kind == .postgres {
        section.claims.append(
          (
            "The password of `\(component.name)` is read from the Secret `\(component.spelled)`, key `password`.",
            [workload(component)]
          ))
      }
    }
    let accounts = deployed.filter { component in
      component.kind.runs ? component.properties.bool("account") : !component.isManaged(in: system)
    }
    if !accounts.isEmpty {
      section.claims.append(
        (
          "No pod has a token of the cluster; each component has an account of its own.",
          accounts.map { manifest($0, "ServiceAccount") }
        ))
    }
    section.gaps.append(
      "No generated file holds a secret: the Secrets themselves, who may read them in the cluster and how they are rotated are up to you."
    )
    for plan in plans {
      guard let component = system.component(plan.name) else { continue }
      for secret in plan.secrets {
        let (object, key) = (secret.reference.object, secret.reference.key)
        section.claims.append(
          (
            "`\(secret.variable)` of `\(plan.name)` is read from the Secret `\(object)`, key `\(key)`.",
            [workload(component)]
          ))
      }
    }
    return section
  }

  // MARK: Access and audit.

  private var access: Section {
    var section = Section(title: "Access")
    section.claims.append(
      (
        "Every pod must keep to the restricted profile of Kubernetes.",
        [Citation(file: "kubernetes/base/namespace.yaml", name: "Namespace/\(system.namespace)")]
      ))
    section.claims.append(
      (
        "What no connection of the droidfile opens is closed in the network.",
        [Citation(file: "kubernetes/base/network-policies.yaml", name: "NetworkPolicy/default-deny")]
      ))
    let open = deployed.filter { $0.kind.isGenerated && $0.kind != .job }
    if !open.isEmpty {
      section.claims.append(
        (
          "What the droidfile connects is open, on the ports of the connection alone.",
          open.map { manifest($0, "NetworkPolicy") }
        ))
    }
    for component in system.components where component.kind.isGenerated {
      for port in component.ports where port.direction == .into && port.type == .rest {
        let unguarded = port.operations.filter { operation in
          carrying.contains("\(component.name).\(port.name).\(operation.name)")
            && GuardPlan(operation, of: port, in: component).auth == nil
        }
        if !unguarded.isEmpty {
          section.gaps.append(
            "`\(component.name).\(port.name)` asks nobody who they are at "
              + unguarded.map { "`\($0.name)`" }.joined(separator: ", ") + ": personal or secret data pass there.")
        }
      }
    }
    section.gaps.append(
      "That services check who asks (`auth`, `scopes`) is in their code and its tests: no manifest shows it.")
    section.gaps.append("Who may change the cluster itself (RBAC) is not generated.")
    return section
  }

  private var audit: Section {
    var section = Section(title: "Audit")
    let workflow = "github/workflows/\(Names.kebab(system.name)).yaml"
    section.claims.append(
      (
        "What runs in production was checked and tested before, and somebody agreed, once the environment asks for a reviewer.",
        [Citation(file: workflow, name: "jobs.production")]
      ))
    if deployed.contains(where: { [.service, .gateway, .worker].contains($0.kind) }) {
      section.claims.append(
        (
          "Each image has a list of what is in it, and of how it was built.",
          [Citation(file: workflow, name: "jobs.images")]
        ))
    }
    section.gaps.append(
      "Services write one line for each request, without values of it; who read or changed which record is not kept.")
    section.gaps.append(
      "Where logs go, for how long they are kept and who may read them, and the audit log of the cluster, are up to you."
    )
    return section
  }

  // MARK: Availability.

  private var availability: Section {
    var section = Section(title: "Availability")
    for objective in system.objectives {
      section.claims.append(
        (
          "`\(objective.name)` promises \(objective.properties.percent("objective")?.description ?? "") %; someone hears of it when the budget goes too fast.",
          [Citation(file: "prometheus/\(system.name).rules.yaml", name: "\(system.name)-slo-\(objective.name)")]
        ))
    }
    for component in deployed where component.kind.runs && component.kind != .job {
      let properties = component.versions.isEmpty ? [component.properties] : component.versions.map(\.properties)
      let lower = properties.map { $0.range("replicas")?.lower.integer ?? 1 }.min() ?? 1
      if lower >= 2 {
        let names = component.versions.isEmpty ? [component.spelled] : component.versions.map { component.spelled($0) }
        section.claims.append(
          (
            "`\(component.name)` runs at least \(lower) times, and is drained a few at a time.",
            names.map { Citation(file: manifest(component, "").file, name: "PodDisruptionBudget/\($0)") }
          ))
      } else {
        section.gaps.append("`\(component.name)` may run once: while its pod moves, it is away.")
      }
    }
    for store in deployed where store.kind.isStore {
      let replicas = store.properties.integer("replicas") ?? 1
      let isMany = replicas > 1 && (store.isManaged(in: system) || store.kind == .nats)
      if isMany {
        section.claims.append(("`\(store.name)` runs \(replicas) times.", [workload(store)]))
      } else {
        section.gaps.append("`\(store.name)` runs once.")
      }
      if store.isManaged(in: system), let backup = store.properties.record("backup") {
        section.claims.append(
          (
            "`\(store.name)` is saved every \(backup.duration("every")?.description ?? "24h").",
            [manifest(store, "ScheduledBackup")]
          ))
      } else {
        section.gaps.append("No backup of `\(store.name)` is generated.")
      }
    }
    return section
  }
}
