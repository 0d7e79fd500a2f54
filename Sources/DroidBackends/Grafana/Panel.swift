import DroidJSON

/// A panel of a dashboard: what it asks of Prometheus, and how the answers are drawn.
struct Panel {
  let title: String
  var description: String?
  var kind = Kind.timeseries
  /// How Grafana calls the unit of the values: `s`, `reqps`, `percentunit`.
  let unit: String
  let queries: [Query]
  /// Values from which on it is red.
  var limits: [Limit] = []
  /// Red below its limit: the budget that is left.
  var isGoodAbove = false
  /// The columns of a table after the first, in the order of the queries.
  var columns: [Column] = []
  var width = 8

  enum Kind: String { case timeseries, stat, table }

  struct Query {
    let expression: String
    /// `{{operation}}`; empty where there is one line.
    let legend: String

    init(_ expression: String, _ legend: String = "") {
      self.expression = expression
      self.legend = legend
    }
  }

  /// Number and colour, as they are written.
  struct Limit {
    let value: String
    var color = "red"
  }

  struct Column {
    let title: String
    let unit: String
  }

  static let height = 8
  private static let source: JSONValue = ["type": "prometheus", "uid": "${datasource}"]

  func json(id: Int, x: Int, y: Int, dataLink: (column: String, title: String, url: String)? = nil) -> JSONValue {
    .object(present: [
      ("id", .integer(id)), ("type", .string(kind.rawValue)), ("title", .string(title)),
      ("description", description.map { .string($0) }), ("datasource", Self.source),
      ("gridPos", ["h": .integer(Self.height), "w": .integer(width), "x": .integer(x), "y": .integer(y)]),
      ("fieldConfig", ["defaults": defaults, "overrides": .array(overrides(dataLink))]),
      ("options", options), ("targets", .array(queries.enumerated().map { target($1, $0) })),
      ("transformations", kind == .table ? transformations : nil),
    ])
  }

  private func target(_ query: Query, _ index: Int) -> JSONValue {
    let isInstant = kind == .table
    return .object(present: [
      ("refId", .string(Self.letter(index))), ("datasource", Self.source), ("editorMode", "code"),
      ("expr", .string(query.expression)), ("legendFormat", .string(query.legend.isEmpty ? "__auto" : query.legend)),
      ("range", .bool(!isInstant)), ("instant", .bool(isInstant)), ("format", isInstant ? "table" : nil),
    ])
  }

  private static func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26))) }

  private var defaults: JSONValue {
    let steps = limits.sorted { (Double($0.value) ?? 0) < (Double($1.value) ?? 0) }.map { limit -> JSONValue in
      ["color": .string(limit.color), "value": .decimal(limit.value)]
    }
    let first: JSONValue = ["color": .string(isGoodAbove ? "red" : "green"), "value": .null]
    return .object(present: [
      ("unit", .string(unit)), ("min", kind == .timeseries ? 0 : nil),
      ("thresholds", ["mode": "absolute", "steps": .array([first] + steps)]),
      ("color", kind == .stat ? ["mode": "thresholds"] : ["mode": "palette-classic"]),
      (
        "custom",
        kind == .timeseries
          ? [
            "drawStyle": "line", "fillOpacity": 10, "lineWidth": 1, "showPoints": "never",
            "thresholdsStyle": ["mode": .string(limits.isEmpty ? "off" : "dashed")],
          ] : nil
      ),
    ])
  }

  private var options: JSONValue {
    switch kind {
    case .timeseries:
      [
        "legend": ["displayMode": "list", "placement": "bottom", "showLegend": true],
        "tooltip": ["mode": "multi", "sort": "desc"],
      ]
    case .stat:
      [
        "colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto", "textMode": "auto",
        "reduceOptions": ["calcs": ["lastNotNull"], "fields": "", "values": false],
      ]
    case .table: ["cellHeight": "sm", "showHeader": true]
    }
  }

  /// One row for each element, with a column for each query.
  private var transformations: JSONValue {
    let hidden = JSONValue.object([JSONValue.Member("Time", true)])
    return [["id": "merge", "options": [:]], ["id": "organize", "options": ["excludeByName": hidden]]]
  }

  private func overrides(_ dataLink: (column: String, title: String, url: String)?) -> [JSONValue] {
    var result = columns.enumerated().map { index, column -> JSONValue in
      [
        "matcher": ["id": "byName", "options": .string("Value #\(Self.letter(index))")],
        "properties": [
          ["id": "displayName", "value": .string(column.title)], ["id": "unit", "value": .string(column.unit)],
        ],
      ]
    }
    if let dataLink {
      result.append([
        "matcher": ["id": "byName", "options": .string(dataLink.column)],
        "properties": [
          ["id": "links", "value": [["title": .string(dataLink.title), "url": .string(dataLink.url)]]]
        ],
      ])
    }
    return result
  }
}
