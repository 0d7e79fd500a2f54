import DroidSemantics

/// The workflow: check and test everything; on the main branch build images, deploy to staging, test there, and deploy to
/// production once somebody has agreed.
struct Workflow {
  let delivery: Delivery

  init(_ delivery: Delivery) { self.delivery = delivery }

  var document: YAML {
    .map([
      "name": .string(delivery.name), "on": ["push": ["branches": ["main"]], "pull_request": [:]],
      "permissions": ["contents": "read"],
      // A release is never stopped half way; a newer push to a pull request makes the older one idle.
      "concurrency": [
        "group": "${{ github.workflow }}-${{ github.ref }}",
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
      ], "jobs": .map(jobs),
    ])
  }

  private var jobs: [YAML.Entry] {
    var jobs: [YAML.Entry] = [("check", check)]
    for language in ["python", "typescript", "go"] {
      let services = delivery.plans.filter { $0.component.properties.choice("language") == language }
      if !services.isEmpty { jobs.append(("test-\(language)", test(language, services))) }
    }
    let tests = jobs.map(\.0)
    if !delivery.plans.isEmpty { jobs.append(("images", images(needs: tests))) }
    var before = delivery.plans.isEmpty ? tests : ["images"]
    if let staging = delivery.staging {
      jobs.append(("staging", deploy(staging, to: "staging", needs: before)))
      before = ["staging"]
      let contracts = self.contracts(staging)
      if !contracts.isEmpty {
        jobs.append(("integration-tests", integrationTests(staging, contracts)))
        before = ["integration-tests"]
      }
    }
    jobs.append(("production", deploy(delivery.production, to: "production", needs: before)))
    return jobs
  }

  // MARK: Parts of jobs.

  private static let onMain: YAML = "github.event_name == 'push'"

  private func job(
    _ name: String, needs: [String] = [], onMain: Bool = false, minutes: Int64, permissions: YAML? = nil,
    environment: YAML? = nil, matrix: YAML? = nil, folder: String? = nil, _ steps: [YAML]
  ) -> YAML {
    .map([
      "name": .string(name), "needs": YAML.list(needs.map { .string($0) }).unlessEmpty,
      "if": onMain ? Self.onMain : nil, "runs-on": "ubuntu-24.04", "timeout-minutes": .int(minutes),
      "permissions": permissions, "environment": environment,
      "strategy": matrix.map { ["fail-fast": false, "matrix": $0] },
      "defaults": folder.map { ["run": ["working-directory": .string($0)]] }, "steps": .list([Self.checkout] + steps),
    ])
  }

  private static let checkout: YAML = ["uses": "actions/checkout@v5", "with": ["persist-credentials": false]]

  private func run(_ name: String, _ script: String, environment: YAML? = nil) -> YAML {
    .map(["name": .string(name), "env": environment, "run": .string(script)])
  }

  private func services(_ plans: [ServicePlan]) -> YAML { ["service": .list(plans.map { .string($0.name) })] }

  // MARK: Check and test.

  private var check: YAML {
    job(
      "The droidfile, and what is generated from it", minutes: 10,
      [
        run(
          "Get droid",
          """
          curl --fail --silent --show-error --location --output droid "$DROID_URL"
          echo "$DROID_SHA256  droid" | sha256sum --check
          install -D droid "$HOME/.local/bin/droid"
          echo "$HOME/.local/bin" >> "$GITHUB_PATH"
          """, environment: ["DROID_URL": "${{ vars.DROID_URL }}", "DROID_SHA256": "${{ vars.DROID_SHA256 }}"]),
        run("Check", "droid check --format github"),
        run("Is everything generated anew?", "droid build --check --output \(Delivery.folder)"),
      ])
  }

  private func test(_ language: String, _ plans: [ServicePlan]) -> YAML {
    let folder = "\(Delivery.folder)/services/${{ matrix.service }}"
    let steps: [YAML] =
      switch language {
      case "python":
        [
          ["uses": "actions/setup-python@v6", "with": ["python-version": "3.13"]],
          run("Install", "pip install --group dev --editable ."), run("Test", "pytest"), run("Types", "mypy"),
          run("Style", "ruff check"),
        ]
      case "typescript":
        [
          ["uses": "actions/setup-node@v5", "with": ["node-version": "24"]], run("Install", "npm install"),
          run("Test", "npm test"),
        ]
      default:
        [
          ["uses": "actions/setup-go@v6", "with": ["go-version-file": .string(folder + "/go.mod"), "cache": false]],
          run("Vet", "go vet ./..."), run("Test", "go test ./..."),
        ]
      }
    return job("${{ matrix.service }}", minutes: 15, matrix: services(plans), folder: folder, steps)
  }

  // MARK: Images.

  private func images(needs: [String]) -> YAML {
    let isGitHub = delivery.registryHost == "ghcr.io"
    let login: YAML = [
      "registry": .string(delivery.registryHost),
      "username": .string(isGitHub ? "${{ github.actor }}" : "${{ secrets.REGISTRY_USERNAME }}"),
      "password": .string(isGitHub ? "${{ github.token }}" : "${{ secrets.REGISTRY_PASSWORD }}"),
    ]
    // A matrix is read before the registry of the repository is known.
    let matrix: [YAML] = delivery.plans.map { plan in
      let image = delivery.hasRegistry ? delivery.pushedName(plan) : plan.component.spelled
      return ["service": .string(plan.name), "image": .string(image)]
    }
    let prefix = delivery.hasRegistry ? "" : "${{ env.REGISTRY }}/"
    let steps: [YAML] = [
      ["uses": "docker/setup-buildx-action@v3"], ["uses": "docker/login-action@v3", "with": login],
      [
        "uses": "docker/build-push-action@v6",
        "with": [
          "context": .string("\(Delivery.folder)/services/${{ matrix.service }}"), "push": true,
          "tags": .string("\(prefix)${{ matrix.image }}:${{ github.sha }}"),
          // A list of what is inside, and of how it was built, stand beside the image.
          "sbom": true, "provenance": "mode=max", "cache-from": "type=gha,scope=${{ matrix.service }}",
          "cache-to": "type=gha,scope=${{ matrix.service }},mode=max",
        ],
      ],
    ]
    return job(
      "Image of ${{ matrix.service }}", needs: needs, onMain: true, minutes: 30,
      permissions: isGitHub ? ["contents": "read", "packages": "write"] : nil,
      matrix: ["include": .list(matrix)], (delivery.hasRegistry ? [] : [registry]) + steps)
  }

  /// The repository's own registry, whose name has no capitals.
  private var registry: YAML {
    run("Where images are", "echo \"REGISTRY=ghcr.io/${GITHUB_REPOSITORY,,}\" >> \"$GITHUB_ENV\"")
  }

  // MARK: Deploy.

  private func deploy(_ system: System, to environment: String, needs: [String]) -> YAML {
    let host = system.components.flatMap { component in component.ports.compactMap { component.publicURL($0) } }.first
    return job(
      "Deploy to \(environment)", needs: needs, onMain: true, minutes: 30,
      environment: .map(["name": .string(environment), "url": host.map { .string($0) }]),
      (delivery.hasRegistry || delivery.plans.isEmpty ? [] : [registry]) + [
        cluster, run("Deploy", deployScript(system)),
      ])
  }

  private var cluster: YAML {
    run(
      "Find the cluster",
      """
      umask 077
      printf '%s' "$CREDENTIALS" > "$RUNNER_TEMP/kubeconfig"
      echo "KUBECONFIG=$RUNNER_TEMP/kubeconfig" >> "$GITHUB_ENV"
      """, environment: ["CREDENTIALS": "${{ secrets.KUBECONFIG }}"])
  }

  private func deployScript(_ system: System) -> String {
    var lines = ["mkdir release", "cat > release/kustomization.yaml << END", "resources:"]
    lines.append("- ../\(Delivery.manifests(of: system))")
    let plans = delivery.plans.filter { system.component($0.name) != nil }
    if !plans.isEmpty { lines.append("images:") }
    for plan in plans {
      let (name, pushed) = (Delivery.imageName(plan, in: system), delivery.pushedName(plan))
      lines.append("- name: \(name)")
      if name != pushed { lines.append("  newName: \(pushed)") }
      lines.append("  newTag: $GITHUB_SHA")
    }
    lines += ["END", "kubectl apply --kustomize release"]
    lines.append(
      "kubectl rollout status deployment --selector app.kubernetes.io/part-of=\(system.name.lowercased())"
        + " --namespace \(system.namespace) --timeout 10m")
    return lines.joined(separator: "\n")
  }

  // MARK: Integration tests.

  private struct Contract {
    let name: String
    let service: String
    let port: Int64
    let header: String
  }

  /// What is called from outside; where nothing is, everything that answers.
  private func contracts(_ system: System) -> [Contract] {
    let plans = delivery.plans.filter { system.component($0.name) != nil }
    let all = plans.flatMap { plan in plan.applications.map { (plan: plan, application: $0) } }
      .filter { entry in entry.application.ports.contains { !$0.operations.isEmpty } }
    let outside = all.filter { entry in
      entry.plan.component.kind == .gateway || entry.application.ports.contains { $0.port.isPublic }
    }
    return (outside.isEmpty ? all : outside).map { plan, application in
      let auths = application.ports.flatMap { port in port.operations.compactMap(\.guards.auth) }
      let header =
        auths.first.map { auth in
          if case .key(let header, _) = auth { return header }
          return "Authorization"
        } ?? ""
      return Contract(
        name: application.contract, service: plan.component.spelled,
        port: application.ports[0].port.properties.integer("port") ?? 80, header: header)
    }
  }

  private func integrationTests(_ system: System, _ contracts: [Contract]) -> YAML {
    let matrix = contracts.map { contract in
      YAML.map([
        "contract": .string(contract.name), "service": .string(contract.service), "port": .int(contract.port),
        "header": contract.header.isEmpty ? nil : .string(contract.header),
      ])
    }
    let hasHeaders = contracts.contains { !$0.header.isEmpty }
    let header = hasHeaders ? " ${HEADER:+--header \"$HEADER: $CREDENTIALS\"}" : ""
    let environment: YAML? =
      hasHeaders ? ["HEADER": "${{ matrix.header }}", "CREDENTIALS": "${{ secrets.TEST_CREDENTIALS }}"] : nil
    return job(
      "Contract of ${{ matrix.contract }} on staging", needs: ["staging"], onMain: true, minutes: 30,
      environment: ["name": "staging"], matrix: ["include": .list(matrix)],
      [
        cluster,
        run(
          "Hold the service to its contract",
          """
          kubectl port-forward --namespace \(system.namespace) service/${{ matrix.service }} 8080:${{ matrix.port }} &
          curl --fail --silent --retry 30 --retry-delay 1 --retry-connrefused --output /dev/null http://127.0.0.1:8080/openapi.json
          pipx run 'schemathesis>=4,<5' run \(Delivery.folder)/openapi/${{ matrix.contract }}.json --url http://127.0.0.1:8080\(header)
          """, environment: environment),
      ])
  }
}
