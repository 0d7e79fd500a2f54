import DroidSemantics

/// The files around the code: module, image, and the page that explains the folder.
extension GoService {
  func goModule() -> [UInt8] {
    let required =
      (takesTokens ? ["github.com/golang-jwt/jwt/v5 v5.3.1"] : [])
      + (hasStores ? ["github.com/jackc/pgx/v5 v5.9.2"] : [])
      + (speaks(.nats) ? ["github.com/nats-io/nats.go v1.54.0"] : [])
      + ["github.com/prometheus/client_golang v1.23.2"]
      + (speaks(.redis) || hasCaches ? ["github.com/redis/go-redis/v9 v9.17.2"] : [])
      + (speaks(.kafka) ? ["github.com/segmentio/kafka-go v0.4.51"] : [])
      + (graphs.isEmpty ? [] : ["github.com/vektah/gqlparser/v2 v2.5.31"])
      + ["", "/exporters/otlp/otlptrace/otlptracehttp", "/sdk", "/trace"].map {
        "go.opentelemetry.io/otel\($0) v1.46.0"
      }
    let requirements = "require (\n" + required.map { "\t\($0)\n" }.joined() + ")"
    return Array("// \(Header.text(plan.system))\nmodule \(module)\n\ngo 1.25.0\n\n\(requirements)\n".utf8)
  }

  func dockerfile() -> [UInt8] {
    let user = plan.component.properties.integer("user") ?? 10001
    let ports = plan.applications.map { "\($0.target) " }.joined()
    return Array(
      """
      # \(Header.text(plan.system))
      FROM golang:1.26-bookworm AS build
      WORKDIR /build
      COPY . .
      # Works without go.sum too, which it then makes from what the checksum database says.
      RUN CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags=-s -o /service .

      FROM gcr.io/distroless/static-debian12
      COPY --from=build /service /service
      USER \(user):\(user)
      EXPOSE \(ports)9464
      ENTRYPOINT ["/service"]

      """.utf8)
  }

  func dockerIgnore() -> [UInt8] {
    Array("# \(Header.text(plan.system))\n*\n!gen\n!src\n!main.go\n!go.mod\n!go.sum\n**/*_test.go\n".utf8)
  }

  func readMe() -> [UInt8] {
    var lines = ["<!-- \(Header.text(plan.system)) -->", "# \(plan.name)", ""]
    if let doc = plan.component.doc { lines += [doc, ""] }
    lines += [
      "`gen/` and `main.go` are droid's and written anew by each build; `src/` is yours and never touched.", "",
      "* Install: `go mod tidy`, which makes `go.sum` and names what is needed indirectly; commit both",
      "* Run: `go run .`; its settings are in `gen/settings.go`",
    ]
    for store in plan.stores {
      let what = hasResources ? "resources are" : "what was done is"
      lines.append("* Keep: \(what) in memory, or in the PostgreSQL that `\(store.variable)` names")
    }
    for cache in plan.caches {
      lines.append("* Share: `\(cache.port.name)` is in memory, or in the Redis that `\(cache.variable)` names")
    }
    for broker in plan.brokers {
      lines.append("* Carry: events stay in memory, or go through what `\(broker.variable)` names")
    }
    let contract = plan.applications.first.map { "<http://localhost:\($0.target)/openapi.json>, " } ?? ""
    lines += [
      "* Look: \(contract)<http://localhost:9464/readyz> and <http://localhost:9464/metrics>",
      "* Test: `go vet ./... && go test ./...`", "* Ship: `docker build --tag \(Names.kebab(plan.name)) .`", "",
    ]
    return Array(lines.joined(separator: "\n").utf8)
  }
}
