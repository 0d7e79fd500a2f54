/// The expressions that dashboards are made of, over the interval that Grafana finds fit for the width of a panel.
enum Expression {
  private static let interval = "[$__rate_interval]"

  /// How often, each second.
  static func rate(_ counter: String, _ selector: String, by labels: String) -> String {
    "\(sum(by: labels))(rate(\(counter){\(selector)}\(interval)))"
  }

  /// `sum by (port) `, or `sum` where all are one.
  private static func sum(by labels: String) -> String { labels.isEmpty ? "sum" : "sum by (\(labels)) " }

  /// The share of those that match besides; 0 where there is none of them, and nothing where there is no traffic.
  static func share(_ counter: String, _ selector: String, that match: String, by labels: String) -> String {
    let all = rate(counter, selector, by: labels)
    return "(\(rate(counter, "\(selector),\(match)", by: labels)) or 0 * \(all)) / \(all)"
  }

  static func quantile(_ quantile: String, _ histogram: String, _ selector: String, by labels: String) -> String {
    let buckets = rate(histogram + "_bucket", selector, by: labels.isEmpty ? "le" : "le, \(labels)")
    return "histogram_quantile(\(quantile), \(buckets))"
  }

  /// The matcher of the series of any of these components.
  static func any(_ components: [String]) -> String {
    "component=~\"\(components.map { $0.replacingAll(".", with: "\\\\.") }.joined(separator: "|"))\""
  }

  /// What failed on the server's side.
  static let serverFailed = "http_response_status_code=~\"5..\""
  /// A caller also sees that there was no answer, as 0.
  static let callFailed = "http_response_status_code=~\"0|5..\""
}
