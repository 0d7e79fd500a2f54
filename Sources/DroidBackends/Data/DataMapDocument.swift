import DroidJSON
import DroidSemantics

/// The data map as a page and as JSON.
struct DataMapDocument {
  let map: DataMap
  let system: System

  private static func names(_ marks: Set<DataMap.Mark>) -> JSONValue { .array(marks.sorted().map { .string($0.name) }) }

  var json: [UInt8] {
    let document: JSONValue = [
      "system": .string(system.name),
      "fields": .array(map.marks.sorted().map { ["name": .string($0.name), "mark": .string($0.word)] }),
      "carriers": .array(
        map.carriers.map {
          ["name": .string($0.name), "receives": Self.names($0.receives), "answers": Self.names($0.answers)]
        }),
      "flows": .array(
        map.flows.map { flow in
          .object(present: [
            ("from", .string(flow.from)), ("to", .string(flow.to)), ("through", flow.through.map { .string($0) }),
            ("sent", Self.names(flow.sent)), ("answered", Self.names(flow.answered)),
            ("encryption", .string(flow.protection.rawValue)),
          ])
        }),
      "places": .array(
        map.rests.map { rest in
          .object(present: [
            ("store", rest.store.map { .string($0) }), ("component", .string(rest.component)),
            ("what", .string(rest.what)), ("fields", Self.names(rest.marks)), ("kept", .string(rest.kept)),
            ("encryption", .string(rest.protection.rawValue)),
          ])
        }), "unknown": .array(map.unknown.map { .string($0) }),
    ]
    return JSONWriter.bytes(document, .pretty) + [0x0a]
  }

  func page(_ header: String) -> [UInt8] {
    var page = Page(title: "Where personal and secret data of \(system.name) are", header)
    if map.marks.isEmpty {
      page.text("No field of the droidfile is marked `@personal` or `@secret`, so there is nothing to show.")
      return page.bytes
    }
    page.text(
      "Drawn from the fields that the droidfile marks `@personal` or `@secret`. What users' own code does besides is not in it; "
        + "[controls.md](controls.md) says what protects the data, and what does not.")
    page.table("Fields", ["field", "is"], map.marks.sorted().map { ["`\($0.name)`", $0.word] })
    page.table(
      "Operations and events that carry them", ["where", "receives", "answers, publishes"],
      map.carriers.map { ["`\($0.name)`", Self.list($0.receives), Self.list($0.answers)] })
    page.table(
      "Ways", ["from", "to", "through", "goes there", "comes back", "encryption"],
      map.flows.map { flow in
        [
          flow.from == "outside" ? flow.from : "`\(flow.from)`", "`\(flow.to)`", flow.through.map { "`\($0)`" } ?? "",
          Self.list(flow.sent), Self.list(flow.answered), flow.protection.rawValue,
        ]
      })
    page.table(
      "Places", ["store", "what", "of", "fields", "kept", "encryption"],
      map.rests.map { rest in
        [
          rest.store.map { "`\($0)`" } ?? "memory", rest.what, "`\(rest.component)`", Self.list(rest.marks), rest.kept,
          rest.protection.rawValue,
        ]
      })
    if !map.unknown.isEmpty { page.list("What this page cannot know", map.unknown) }
    return page.bytes
  }

  private static func list(_ marks: Set<DataMap.Mark>) -> String {
    marks.sorted().map { "`\($0.name)`" }.joined(separator: ", ")
  }
}

/// A page of Markdown.
struct Page: ~Copyable {
  private var writer = ByteWriter()

  init(title: String, _ header: String) { writer.write("<!-- \(header) -->\n# \(title)\n") }

  var bytes: [UInt8] { writer.bytes }

  mutating func heading(_ title: String) { writer.write("\n## \(title)\n") }

  mutating func text(_ text: String) { writer.write("\n\(text)\n") }

  mutating func table(_ title: String?, _ columns: [String], _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    if let title { heading(title) }
    writer.write("\n")
    for row in [columns, columns.map { _ in "---" }] + rows {
      writer.write("| \(row.joined(separator: " | ")) |\n")
    }
  }

  mutating func list(_ title: String, _ items: [String]) {
    writer.write("\n## \(title)\n")
    self.items(items)
  }

  mutating func items(_ items: [String]) {
    writer.write("\n")
    for item in items { writer.write("* \(item)\n") }
  }
}
