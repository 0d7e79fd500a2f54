/// Every backend, by its target: the one place that knows which makes what.
package enum Backends {
  package static let all: [(target: Target, generate: @Sendable (SystemSet) -> Output)] = [
    (.fastAPI, { FastAPIBackend.generate($0) }),
    (.express, { ExpressBackend.generate($0) }),
    (.go, { GoBackend.generate($0) }),
    (.openAPI, { OpenAPIBackend.generate($0) }),
    (.graphQL, { GraphQLBackend.generate($0) }),
    (.asyncAPI, { AsyncAPIBackend.generate($0) }),
    (.kubernetes, { KubernetesBackend.generate($0) }),
    (.prometheus, { PrometheusBackend.generate($0) }),
    (.alertmanager, { AlertmanagerBackend.generate($0) }),
    (.grafana, { GrafanaBackend.generate($0) }),
    (.openSLO, { OpenSLOBackend.generate($0) }),
    (.github, { GitHubBackend.generate($0) }),
    (.compose, { ComposeBackend.generate($0) }),
    (.data, { DataBackend.generate($0) }),
  ]
}
