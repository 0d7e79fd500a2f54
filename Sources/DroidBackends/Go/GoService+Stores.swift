import DroidSemantics

/// Where resources are kept.
extension GoService {
  func storeField(_ resource: ResourcePlan) -> String { GoSpelling.exported(resource.type) }

  func stores() -> [UInt8] {
    var file = self.file()
    for path in [
      "context", "log/slog", "github.com/prometheus/client_golang/prometheus", "gen/runtime/process",
      "gen/runtime/store",
    ] {
      file.use(path)
    }
    let resources = plan.stores.flatMap(\.resources)
    for resource in resources { write(resource, to: &file) }
    file.line()
    file.comment(hasResources ? "Stores keep the resources, each by its name." : "Stores keep what was done.")
    file.line("type Stores struct {")
    file.rows(resources.map { [storeField($0), type(of: $0, in: &file)] }, depth: 1)
    if keepsAnswers { file.use("gen/runtime/rest") }
    if keepsHandled { file.use("gen/runtime/events") }
    if hasResources { file.line() }
    file.rows(
      (keepsAnswers ? [["answers", "rest.Answers"]] : []) + (keepsHandled ? [["handled", "events.Handled"]] : [])
        + [["close", "[]func()"]], depth: 1)
    file.line("}")
    writeOpen(to: &file)
    file.lines(
      """

      // Close closes what OpenStores has opened.
      func (s *Stores) Close() {
      \tfor _, each := range s.close {
      \t\teach()
      \t}
      }
      """)
    return file.bytes()
  }

  private func type(of resource: ResourcePlan, in file: inout GoFile) -> String {
    "store.Store[\(types.type(resource.key.type, in: &file)), \(names.type(resource.type))]"
  }

  private func write(_ resource: ResourcePlan, to file: inout GoFile) {
    let type = names.type(resource.type)
    let key = types.type(resource.key.type, in: &file)
    file.line()
    file.line("var \(names.resource(resource.type)) = &store.Resource[\(key), \(type)]{")
    file.rows(
      [
        ["Name:", GoLiteral.string(resource.type) + ","],
        ["Record:", names.variable(resource.type) + ","],
        ["Key:", GoLiteral.string(resource.key.wireName) + ","],
        ["KeyType:", types.travels(resource.key.type, isKey: true, in: &file) + ","],
        [
          "KeyOf:",
          GoFile.function("func(r *\(type)) \(key)", "return r.\(GoSpelling.field(resource.key.name))", depth: 1) + ",",
        ],
      ], depth: 1)
    file.line(
      "Table: store.Table{Name: \(GoLiteral.string(Names.snake(resource.type))), Columns: []store.Column{", depth: 1)
    for column in resource.columns { file.line(self.column(column), depth: 2) }
    file.line("}},", depth: 1)
    file.line("}")
  }

  private func column(_ column: ColumnPlan) -> String {
    var code = "{Name: \(GoLiteral.string(column.name)), Type: \(GoLiteral.string(column.type.rawValue))"
    if column.isNullable { code += ", IsOptional: true" }
    if let value = column.field.defaultValue, let tree = plan.examples.json(value, column.field.type) {
      code += ", Default: \(GoLiteral.string(Self.sql(tree, column.type)))"
    }
    return code + "},"
  }

  /// A literal of SQL; PostgreSQL reads a text as the type of its column.
  private static func sql(_ tree: JSONTree, _ type: SQLType) -> String {
    if type != .jsonb, case .string(let text) = tree {
      let quoted = "'" + text.replacingAll("'", with: "''") + "'"
      return type == .bytea ? "decode(\(quoted), 'base64')" : quoted
    }
    return type == .jsonb ? "'" + tree.line.replacingAll("'", with: "''") + "'" : tree.line
  }

  private func writeOpen(to file: inout GoFile) {
    file.line()
    file.comment("OpenStores opens PostgreSQL, or memory where there is no database.")
    file.lines(
      """
      func OpenStores(
      \tctx context.Context, settings Settings, health *process.Health, registry prometheus.Registerer,
      ) (*Stores, error) {
      """)
    file.line("stores := &Stores{}", depth: 1)
    for (index, store) in plan.stores.enumerated() {
      let setting = GoSpelling.exported(store.variable)
      let suffix =
        !hasResources ? "what was done is" : plan.stores.count > 1 ? "its resources are" : "resources are"
      let keptHere =
        index > 0
        ? []
        : (keepsAnswers ? [("answers", "&rest.MemoryAnswers{}", "store.NewAnswers")] : [])
          + (keepsHandled ? [("handled", "&events.MemoryHandled{}", "store.NewHandled")] : [])
      file.line("if settings.\(setting) == \"\" {", depth: 1)
      file.line(
        "slog.WarnContext(ctx, \"\(store.variable) is not set: \(suffix) kept in memory, and lost at the end\")",
        depth: 2)
      for resource in store.resources {
        file.line("stores.\(storeField(resource)) = store.NewMemory(\(names.resource(resource.type)))", depth: 2)
      }
      for (field, memory, _) in keptHere { file.line("stores.\(field) = \(memory)", depth: 2) }
      file.line("} else {", depth: 1)
      let name = GoLiteral.string(store.component ?? "database")
      file.line(
        "db, err := store.Connect(ctx, settings.\(setting), settings.\(GoSpelling.exported(store.poolVariable)), \(name), registry)",
        depth: 2)
      fail("stores.Close()", to: &file)
      file.line("stores.close = append(stores.close, db.Close)", depth: 2)
      file.line("health.Check(\(name), db.Ping)", depth: 2)
      if hasResources {
        let resources = store.resources.map { names.resource($0.type) }.joined(separator: ", ")
        file.line("if err := store.Migrate(ctx, db, \(resources)); err != nil {", depth: 2)
        file.lines("\t\t\tstores.Close()\n\t\t\treturn nil, err\n\t\t}")
      }
      for resource in store.resources {
        file.line("stores.\(storeField(resource)) = store.NewPostgres(db, \(names.resource(resource.type)))", depth: 2)
      }
      for (field, _, function) in keptHere {
        file.line("if stores.\(field), err = \(function)(ctx, db); err != nil {", depth: 2)
        file.lines("\t\t\tstores.Close()\n\t\t\treturn nil, err\n\t\t}")
      }
      file.line("}", depth: 1)
    }
    file.line("return stores, nil", depth: 1)
    file.line("}")
  }

  private func fail(_ before: String, to file: inout GoFile) {
    file.lines("\t\tif err != nil {\n\t\t\t\(before)\n\t\t\treturn nil, err\n\t\t}")
  }
}
