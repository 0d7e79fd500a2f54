/// Every backend, by its target: the one place that knows which makes what.
package enum Backends {
  package static let all: [(target: Target, generate: @Sendable (SystemSet) -> Output)] = [
    (.kubernetes, { KubernetesBackend.generate($0) })
  ]
}
