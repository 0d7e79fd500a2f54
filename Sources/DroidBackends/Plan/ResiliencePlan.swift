import DroidSemantics

/// How a caller holds out: what a connection says, over its policy, over the defaults. What is nil is not there at all.
package struct ResiliencePlan: Sendable {
  /// Of the whole call.
  package let timeout: TimeSpan
  package let retry: Retry?
  package let breaker: Breaker?
  package let bulkhead: Bulkhead?
  /// Calls of each replica, in a bucket of one second.
  package let limit: Rate?
  package let hedge: Hedge?
  package let fallback: Fallback?
  /// For how long answers to what may be repeated are kept.
  package let cache: TimeSpan?

  package struct Retry: Sendable {
    /// The first one too.
    package let attempts: Int
    /// Of one attempt.
    package let timeout: TimeSpan
    package let backoff: (lower: TimeSpan, upper: TimeSpan)
    package let failures: [Failure]
    /// Answers that are tried again, besides those that `failures` name.
    package let statuses: [Int]
    /// The share of calls that may be tried again.
    package let budget: ExactDecimal
  }

  package enum Failure: String, Sendable { case timeout, unavailable, reset, refused }

  package struct Breaker: Sendable {
    package let failures: Int
    package let window: TimeSpan
    package let open: TimeSpan
    package let probes: Int
  }

  package struct Bulkhead: Sendable {
    package let calls: Int
    package let queue: Int
  }

  package struct Hedge: Sendable {
    package let after: TimeSpan
    /// Tries besides the first.
    package let most: Int
  }

  package enum Fallback: Sendable {
    case empty
    case cached
    case value(Value)
  }

  init(_ connection: Properties) {
    timeout = connection.duration("timeout") ?? TimeSpan(seconds: 5)
    retry = connection.record("retry").map { [timeout] in Retry($0, within: timeout) }
    breaker = connection.record("breaker").map {
      Breaker(
        failures: Int($0.integer("failures") ?? 5), window: $0.duration("window") ?? TimeSpan(seconds: 10),
        open: $0.duration("open") ?? TimeSpan(seconds: 30), probes: Int($0.integer("probes") ?? 1))
    }
    bulkhead = connection.record("bulkhead").flatMap { bulkhead in
      bulkhead.integer("calls").map { Bulkhead(calls: Int($0), queue: Int(bulkhead.integer("queue") ?? 0)) }
    }
    limit = connection.rate("limit")
    hedge = connection.record("hedge").flatMap { hedge in
      hedge.duration("after").map { Hedge(after: $0, most: Int(hedge.integer("max") ?? 1)) }
    }
    fallback = connection["fallback"].call.flatMap { form, arguments in
      switch form {
      case "empty": .empty
      case "cached": .cached
      default: .value(arguments["value"])
      }
    }
    cache = connection.duration("cache")
  }
}

extension ResiliencePlan.Retry {
  fileprivate init(_ retry: Properties, within total: TimeSpan) {
    attempts = Int(retry.integer("attempts") ?? 3)
    timeout = retry.duration("timeout") ?? TimeSpan(nanoseconds: total.nanoseconds / Int64(attempts))
    let range = retry.range("backoff")
    let lower = range?.lower.duration ?? TimeSpan(nanoseconds: 50_000_000)
    backoff = (lower, range?.upper?.duration ?? lower)
    failures = retry.list("on").compactMap { $0.call.flatMap { ResiliencePlan.Failure(rawValue: $0.name) } }
    statuses = retry.list("on").compactMap { $0.integer.map { Int($0) } }
    budget = retry.percent("budget") ?? ExactDecimal(20)
  }
}
