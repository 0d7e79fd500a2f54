import DroidSemantics

/// What is odd, in PromQL: a z-score or a percentile over the past. The methods that learn need the runtime.
struct AnomalyBand {
  /// Holds while the value is odd.
  let condition: String

  init?(_ anomaly: Watch, _ queries: SignalQuery) {
    guard case .signal(let signal) = anomaly.properties["signal"],
      let value = queries.value(signal, of: anomaly.target).map({ "(\($0))" }),
      let train = anomaly.properties.duration("train"), anomaly.properties["alarms"].isNone
    else { return nil }
    let past = "\(value)[\(train):5m]"
    let (method, arguments) = anomaly.properties["method"].call ?? ("zscore", anomaly.properties)
    switch method {
    case "zscore":
      let k = arguments.number("k")?.description ?? "3"
      if let season = arguments.duration("season") {
        condition = Self.seasonal(value, k: k, season: season, train: train)
      } else {
        condition = "abs(\(value) - avg_over_time(\(past))) > \(k) * stddev_over_time(\(past))"
      }
    case "percentile":
      condition = "\(value) > quantile_over_time(\(arguments.percent("p")?.hundredth?.description ?? "0.99"), \(past))"
    default: return nil
    }
  }

  /// Further from what it is at this time of the season than it strays from that else. The centre is the median of up to four seasons,
  /// so that one odd season does not move it; a value that strays as it did a season ago is no surprise.
  private static func seasonal(_ value: String, k: String, season: TimeSpan, train: TimeSpan) -> String {
    let count = min(max(train.nanoseconds / max(season.nanoseconds, 1), 1), 4)
    let seasons = (1...count).map { index in
      let offset = TimeSpan(nanoseconds: season.nanoseconds * index)
      return "label_replace(avg_over_time(\(value)[1h:5m] offset \(offset)), \"season\", \"\(index)\", \"\", \"\")"
    }
    let centre = "scalar(quantile(0.5, \(seasons.joined(separator: " or "))))"
    return "abs(\(value) - \(centre)) > \(k) * stddev_over_time(\(value)[\(season):5m])"
  }
}
