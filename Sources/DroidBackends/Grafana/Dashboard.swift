import DroidJSON
import DroidSemantics

/// A dashboard: rows of panels, and links to the dashboards around it.
struct Dashboard {
  let uid: String
  let title: String
  let description: String?
  let tags: [String]
  var links: [Link] = []
  var rows: [Row] = []
  /// More than one: the dashboard lets choose.
  let namespaces: [String]

  struct Row {
    let title: String
    let panels: [Panel]
    /// From a column of its table to another dashboard.
    var dataLink: (column: String, title: String, url: String)?
  }

  struct Link {
    let title: String
    let target: Target

    enum Target {
      case dashboard(uid: String)
      /// All that bear these tags, in a list that opens.
      case tagged([String])
    }
  }

  /// What Grafana 11 and newer read without a migration.
  private static let schemaVersion = 41

  var bytes: [UInt8] {
    let document: JSONValue = .object(present: [
      ("uid", .string(uid)), ("title", .string(title)), ("description", description.map { .string($0) }),
      ("tags", .array(tags.map { .string($0) })), ("schemaVersion", .integer(Self.schemaVersion)),
      ("editable", false), ("graphTooltip", 1), ("timezone", "browser"), ("refresh", "1m"),
      ("time", ["from": "now-6h", "to": "now"]), ("annotations", ["list": []]),
      ("templating", ["list": .array(variables)]), ("links", .array(links.map(\.json))), ("panels", .array(panels)),
    ])
    return JSONWriter.bytes(document, .pretty) + [0x0a]
  }

  private var variables: [JSONValue] {
    var result: [JSONValue] = [
      ["name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "current": [:]]
    ]
    if namespaces.count > 1 {
      let options = namespaces.enumerated().map { index, name -> JSONValue in
        ["text": .string(name), "value": .string(name), "selected": .bool(index == 0)]
      }
      result.append([
        "name": "namespace", "label": "Namespace", "type": "custom",
        "query": .string(namespaces.joined(separator: ",")), "options": .array(options),
        "current": ["text": .string(namespaces[0]), "value": .string(namespaces[0])],
      ])
    }
    return result
  }

  /// Side by side as long as they fit, each row under its title.
  private var panels: [JSONValue] {
    var result: [JSONValue] = []
    var y = 0
    for row in rows {
      result.append([
        "id": .integer(result.count + 1), "type": "row", "title": .string(row.title), "collapsed": false,
        "gridPos": ["h": 1, "w": 24, "x": 0, "y": .integer(y)], "panels": [],
      ])
      y += 1
      var x = 0
      for panel in row.panels {
        if x + panel.width > 24 {
          x = 0
          y += Panel.height
        }
        let link = panel.kind == .table ? row.dataLink : nil
        result.append(panel.json(id: result.count + 1, x: x, y: y, dataLink: link))
        x += panel.width
      }
      y += Panel.height
    }
    return result
  }
}

extension Dashboard.Link {
  fileprivate var json: JSONValue {
    let (type, url, tags): (JSONValue, JSONValue?, [String]) =
      switch target {
      case .dashboard(let uid): ("link", .string("/d/\(uid)"), [])
      case .tagged(let tags): ("dashboards", nil, tags)
      }
    return .object(present: [
      ("title", .string(title)), ("type", type), ("url", url), ("tags", .array(tags.map { .string($0) })),
      ("asDropdown", .bool(!tags.isEmpty)), ("icon", tags.isEmpty ? "dashboard" : "external link"),
      ("includeVars", true), ("keepTime", true), ("targetBlank", false), ("tooltip", ""),
    ])
  }
}
