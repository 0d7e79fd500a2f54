#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The loopback interface of this machine.
package enum LocalNetwork {
  /// Whether nothing listens on a port.
  package static func isFree(_ port: Int) -> Bool {
    withSocket { descriptor in
      var yes: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
      return withAddress(port) { bind(descriptor, $0, $1) == 0 }
    }
  }

  /// Whether somebody takes a connection.
  package static func answers(_ port: Int) -> Bool {
    withSocket { descriptor in withAddress(port) { connect(descriptor, $0, $1) == 0 } }
  }

  /// The status and body of `GET path`, or nil if there is no answer within a second.
  package static func get(_ path: String, port: Int) -> (status: Int, body: String)? {
    withSocket { descriptor -> (Int, String)? in
      var second = timeval(tv_sec: 1, tv_usec: 0)
      let size = socklen_t(MemoryLayout<timeval>.size)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &second, size)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &second, size)
      guard withAddress(port, { connect(descriptor, $0, $1) == 0 }) else { return nil }
      let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
      guard Disk.send(Array(request.utf8), to: descriptor) == 0 else { return nil }
      var answer: [UInt8] = []
      while answer.count < 1 << 16, let more = LineReader.read(descriptor), !more.isEmpty { answer += more }
      let text = String(decoding: answer, as: UTF8.self)
      let words = text.prefix(64).split(separator: " ")
      guard words.count > 1, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]) else { return nil }
      let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
      return (status, parts.count > 1 ? String(parts[1]) : "")
    }
  }

  private static func withSocket<Result>(_ body: (Int32) -> Result) -> Result {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return body(descriptor)
  }

  private static func withAddress<Result>(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
