import DroidSemantics

/// The tests of what stands beside the ports: who may ask as the settings have it, and what is measured.
extension ExpressService {
  /// What only those are answered who have proved who they are: `"GET", "/orders"`.
  private var guarded: (application: ApplicationPlan, ask: TypeScriptCode)? {
    func ask(_ method: String, _ path: String) -> TypeScriptCode {
      .call("client.ask", [.text("\"\(method)\""), .text(TypeScriptLiteral.string(path))])
    }
    for application in plan.applications {
      for port in application.ports {
        if let operation = port.operations.first(where: { $0.guards.auth != nil }) {
          let path = operation.operation.path.replacing("{", with: "").replacing("}", with: "")
          return (application, ask(operation.operation.verb.rawValue.uppercased(), path))
        }
        if hasPassages, port.guards.auth != nil, let prefix = plan.routes.first?.route?.prefix {
          return (application, ask("GET", prefix + "/any"))
        }
      }
      if let graph = application.graphs.first(where: { $0.guards.auth != nil }) {
        return (application, ask("POST", graph.path))
      }
    }
    return nil
  }

  var hasAccessTests: Bool { guarded != nil }

  func accessTests() -> [UInt8] {
    var module = self.module("Who may ask, as the settings have it.")
    guard let (application, ask) = guarded else { return module.bytes() }
    module.use("node:test", "after", "test")
    module.use("node:assert/strict", "default assert")
    module.use("../gen/access.js", "createAccess")
    module.use("../gen/app.js", factory(application))
    module.use("../gen/settings.js", "readSettings")
    module.use("./client.js", "clientOf")
    module.use("./subject.js", "parts")
    module.line()
    module.code(.call("const settings = readSettings", [.object(settingsOfTests)]))
    module.line("const access = createAccess(settings);")
    module.line("const client = await clientOf(\(factory(application))({ ...parts, access }));")
    module.line("after(() => client.close());")
    module.test("strangers are refused") {
      $0.code(ask.wrapped("const reply = await "), depth: 1)
      $0.line("assert.equal(reply.status, 401);", depth: 1)
      $0.line("assert.ok(reply.headers.get(\"www-authenticate\"));", depth: 1)
    }
    return module.bytes()
  }

  func metricTests() -> [UInt8] {
    var module = self.module("What is measured beside requests.")
    module.use("node:test", "test")
    module.use("node:assert/strict", "default assert")
    module.use("prom-client", "register")
    module.use("../gen/metrics.js", "metrics")
    for metric in plan.metrics {
      let labels = metric.labels.map {
        TypeScriptCode.member(TypeScriptLiteral.name(Names.snake($0)), .string("\"any\""))
      }
      let method = "metrics.\(TypeScriptSpelling.method(metric.watch.name))"
      let name = TypeScriptLiteral.string(metric.kind == "counter" ? metric.name + "_total" : metric.name)
      module.test("\(metric.watch.name) is told") {
        $0.code(.call(method, (labels.isEmpty ? [] : [.object(labels)]) + [.text("1")]), depth: 1)
        $0.code(.call("const told = await register.getSingleMetricAsString", [.text(name)]), depth: 1)
        $0.line("assert.match(told, / 1$/m);", depth: 1)
      }
    }
    return module.bytes()
  }
}
