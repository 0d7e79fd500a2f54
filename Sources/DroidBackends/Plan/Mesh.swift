import DroidSemantics

/// Which mesh stands between the pods of a system: it encrypts, says who may ask whom, and holds out for the callers.
enum Mesh: String {
  case istio, linkerd

  init?(_ system: System) {
    guard let name = system.settings.choice("mesh") else { return nil }
    self.init(rawValue: name)
  }
}
