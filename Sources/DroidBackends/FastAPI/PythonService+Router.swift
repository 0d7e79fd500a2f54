import DroidSemantics

/// A router for each port.
extension PythonService {
  func router(_ port: PortPlan) -> [UInt8] {
    var module = self.module("The port `\(port.name)`.")
    module.use("fastapi", "APIRouter")
    let route = routeClass(of: port, in: &module)
    module.line()
    module.line("router = APIRouter(tags=[\(PythonLiteral.string(port.name))], route_class=\(route))")
    for operation in port.routed {
      module.separate()
      if let resource = operation.resource, let action = operation.operation.origin?.action {
        write(operation, resource, action, of: port, to: &module)
      } else {
        write(operation, of: port, to: &module)
      }
    }
    if passes(port) { writePassages(of: port, route, to: &module) }
    return module.bytes()
  }

  /// What a gateway passes on belongs to the first port of each application.
  func passes(_ port: PortPlan) -> Bool {
    !plan.routes.isEmpty && plan.applications.contains { $0.ports.first?.name == port.name }
  }

  private func writePassages(of port: PortPlan, _ route: String, to module: inout PythonModule) {
    module.use("..runtime.gateway", "Passage")
    module.line()
    let passages = plan.routes.compactMap { client -> PythonCode? in
      guard let way = client.route else { return nil }
      let arguments = [
        PythonLiteral.string(way.prefix), PythonLiteral.string(PythonSpelling.field(client.name)),
        "port=\(PythonLiteral.string(port.name))", "policy=\(route).policy",
      ]
      let more = (way.strips ? [] : ["strips=False"]) + (port.origins.isEmpty ? [] : ["origins=\(route).origins"])
      return .call("Passage", (arguments + more).map { .text($0) })
    }
    if !port.operations.isEmpty { module.line() }
    module.code(.group("passages = ", .square, passages))
  }

  // MARK: What the user writes

  private func write(_ operation: OperationPlan, of port: PortPlan, to module: inout PythonModule) {
    let types = types("..")
    let result = operation.operation.result
    let status = operation.operation.status
    let isEmpty = result == nil && status != 204
    let mayBeMissing = result?.isOptional == true && status != 204
    let code = result.map { types.bare($0.unwrapped, in: &module).flat }
    var options: [String] = []
    if mayBeMissing, let code { options.append("response_model=\(code)") }
    writeDecorator(operation, of: port, options: options, to: &module)
    var required: [PythonCode] = [.text("service: ServiceDependency")]
    if isModel {
      module.use("fastapi", "Request")
      required += [.text("request: Request"), .text("versions: VersionsDependency")]
    }
    var optional: [PythonCode] = []
    for parameter in operation.parameters {
      let value = types.defaultValue(parameter.field, in: &module)
      let isPath = parameter.location == .path
      let code = self.parameter(parameter, value: isPath ? nil : value, in: &module, types)
      if value == nil || isPath { required.append(code) } else { optional.append(code) }
    }
    let answer =
      if isEmpty {
        "Response"
      } else if mayBeMissing {
        "\(code ?? "None") | Response"
      } else {
        code ?? "None"
      }
    writeFunction(operation.name, required + optional, answer, doc: operation.operation.doc, to: &module)
    module.use("..dependencies", "ServiceDependency")
    let call =
      isModel
      ? writePrediction(of: operation, to: &module)
      : .call(
        "await service.\(method(operation))",
        operation.parameters.map { .text(PythonSpelling.parameter($0.field.name)) })
    if isEmpty {
      module.use("fastapi", "Response")
      module.code(call, depth: 1)
      module.line("return Response(status_code=\(status))", depth: 1)
    } else if mayBeMissing {
      module.use("fastapi", "Response")
      module.code(call.wrapped("result = "), depth: 1)
      module.line("return Response(status_code=204) if result is None else result", depth: 1)
    } else {
      module.code(result == nil ? call : call.wrapped("return "), depth: 1)
    }
  }

  private func parameter(
    _ parameter: Parameter, value: String?, in module: inout PythonModule, _ types: PythonTypes
  ) -> PythonCode {
    let field = parameter.field
    let name = self.parameter(field.name)
    let suffix = value.map { " = \($0)" } ?? ""
    let (call, wire, place): (String, String, PythonTypes.Place) =
      switch parameter.location {
      case .path: ("Path", Names.pathParameter(field.name), .text)
      case .query: ("Query", field.wireName, .text)
      case .header(let header): ("Header", header, .text)
      case .body: ("Body", field.wireName, .body)
      }
    if parameter.location == .body, case .record = field.type.unwrapped {
      return types.bare(field.type, in: &module).wrapped("\(name): ", suffix)
    }
    var options: [PythonCode] = []
    if call == "Header" || name != wire { options.append(.text("alias=" + PythonLiteral.string(wire))) }
    if field.deprecated != nil { options.append(.text("deprecated=True")) }
    let code = types.annotated(field.type, options: options, extra: [], with: call, in: &module, place, always: true)
    return code.wrapped("\(name): ", suffix)
  }

  // MARK: Both

  func writeDecorator(
    _ operation: OperationPlan, of port: PortPlan, options: [String], to module: inout PythonModule
  ) {
    let path = Names.pathTemplate(operation.operation.path)
    var arguments = [PythonLiteral.string(path), "operation_id=\(PythonLiteral.string(operation.identifier))"]
    let status = operation.operation.status
    if status != 200 { arguments.append("status_code=\(status)") }
    module.code(
      .call("@router.\(operation.operation.verb.rawValue)", (arguments + options).map { .text($0) }))
    writePolicy(operation, of: port, to: &module)
  }

  func writeFunction(
    _ name: String, _ parameters: [PythonCode], _ answer: String, doc: String?, to module: inout PythonModule
  ) {
    module.code(.group("async def \(PythonSpelling.function(name))", .round, parameters, " -> \(answer):"))
    if let doc { module.docstring(doc, depth: 1) }
  }
}

extension Names {
  /// The name of a path parameter, where a hyphen may not stand.
  static func pathParameter(_ name: String) -> String { name.mapBytes { $0 == 0x2d ? 0x5f : $0 } }

  /// A path whose parameters have such names: `/orders/{order_id}`.
  static func pathTemplate(_ path: String) -> String {
    guard path.utf8.contains(0x7b) else { return path }
    var result: [UInt8] = []
    var isInside = false
    for byte in path.utf8 {
      if byte == 0x7b { isInside = true } else if byte == 0x7d { isInside = false }
      result.append(isInside && byte == 0x2d ? 0x5f : byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension PortPlan {
  /// The operations in the order in which routes are tried: as declared, but none stands behind one that would take its
  /// requests, as `/orders/{id}` would those of `/orders/own`.
  var routed: [OperationPlan] {
    var routed: [OperationPlan] = []
    for operation in operations {
      let place = routed.firstIndex { other in
        other.operation.verb == operation.operation.verb
          && Self.takes(other.operation.path, operation.operation.path)
      }
      routed.insert(operation, at: place ?? routed.endIndex)
    }
    return routed
  }

  private static func takes(_ wide: String, _ narrow: String) -> Bool {
    let pairs = (wide.split(separator: "/"), narrow.split(separator: "/"))
    guard wide != narrow, pairs.0.count == pairs.1.count else { return false }
    return zip(pairs.0, pairs.1).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && !$1.hasPrefix("{")) }
  }
}
