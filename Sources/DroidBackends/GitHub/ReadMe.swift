import DroidJSON

/// How the generated files come to work in a repository.
enum ReadMe {
  static func bytes(_ delivery: Delivery, hasOwners: Bool, _ header: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.write("<!-- \(header) -->\n# Delivery of \(delivery.systems.base.name)\n\n")
    writer.write("GitHub reads these files in `.github/` at the root of the repository:\n\n```sh\n")
    writer.write("droid build && mkdir -p .github && cp -r \(Delivery.folder)/github/. .github/\n```\n\n")
    writer.write(
      "The workflow expects the droidfile at the root, and what is generated in `\(Delivery.folder)/`, committed.\n\n")
    writer.write("## Set up once\n\n| where | what | why |\n| --- | --- | --- |\n")
    writer.write("| variables | `DROID_URL`, `DROID_SHA256` | the `droid` program for Linux, and its digest |\n")
    if delivery.registryHost != "ghcr.io", !delivery.plans.isEmpty {
      writer.write("| secrets | `REGISTRY_USERNAME`, `REGISTRY_PASSWORD` | images go to \(delivery.registryHost) |\n")
    }
    if delivery.staging != nil {
      writer.write(
        "| environment `staging` | secret `KUBECONFIG` | may deploy to the namespace of staging, and no other |\n")
      writer.write(
        "| | secret `TEST_CREDENTIALS` | what the tests send where a port asks who calls: `Bearer …`, `Basic …` or a key |\n"
      )
    }
    writer.write(
      "| environment `production` | secret `KUBECONFIG` | may deploy to the namespace of production, and no other |\n")
    writer.write(
      "| | required reviewers; branch `main` only | nothing reaches production without a second pair of eyes |\n")
    writer.write("| branch `main` | pull requests, the jobs `check` and `test-…` required")
    writer.write(hasOwners ? ", review of code owners |" : " |")
    writer.write(
      " nothing reaches it untested |\n\nThe protection of environments and branches is a setting of the repository: ")
    writer.write("a file cannot switch it on.\n\n## Pin the actions\n\n")
    writer.write(
      "The workflow names actions by the tag of their major version. A tag can be moved; a commit cannot. To pin one, ask which "
    )
    writer.write("commit a tag is today, and write it in the place of the tag, which stays as a comment:\n\n```sh\n")
    writer.write("gh api repos/actions/checkout/commits/v5 --jq .sha\n```\n\nDependabot keeps both up to date.\n")
    return writer.bytes
  }
}
