import DroidJSON

/// A message of JSON-RPC that came in.
enum Message {
  case request(id: JSONValue, method: String, parameters: JSONValue)
  case notification(method: String, parameters: JSONValue)
  /// The answer to what the server asked.
  case answer(id: JSONValue)
  /// No message at all.
  case wrong(id: JSONValue?, String)

  init(_ value: JSONValue) {
    guard case .object = value else {
      self = .wrong(id: nil, "a message is an object")
      return
    }
    let id = value["id"]
    guard let method = value["method"]?.string else {
      if let id, value["result"] != nil || value["error"] != nil {
        self = .answer(id: id)
      } else {
        self = .wrong(id: id, "a message has a `method`")
      }
      return
    }
    let parameters = value["params"] ?? .null
    switch id {
    case nil: self = .notification(method: method, parameters: parameters)
    case .string, .integer: self = .request(id: id ?? .null, method: method, parameters: parameters)
    default: self = .wrong(id: nil, "the id of a request is a number or a text")
    }
  }

  static func answer(_ id: JSONValue, _ result: JSONValue) -> JSONValue {
    .object([.init("jsonrpc", "2.0"), .init("id", id), .init("result", result)])
  }

  static func failure(_ id: JSONValue, _ failure: RequestFailure) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": id,
      "error": ["code": .integer(failure.code.rawValue), "message": .string(failure.message)],
    ]
  }

  static func notification(_ method: String, _ parameters: JSONValue) -> JSONValue {
    ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
  }

  static func request(_ id: Int, _ method: String, _ parameters: JSONValue?) -> JSONValue {
    .object(present: [
      ("jsonrpc", "2.0"), ("id", .string("droid-\(id)")), ("method", .string(method)), ("params", parameters),
    ])
  }
}

/// Why a request has no answer.
struct RequestFailure: Error {
  /// The numbers of JSON-RPC and LSP.
  enum Code: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case serverNotInitialized = -32002
    case requestFailed = -32803
    case requestCancelled = -32800
    case contentModified = -32801
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
