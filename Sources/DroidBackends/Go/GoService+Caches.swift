import DroidSemantics

/// The key-value stores that the user's code is given, and that kept answers are shared through.
extension GoService {
  var hasCaches: Bool { !plan.caches.isEmpty }

  private func field(_ cache: CachePlan) -> String { GoSpelling.exported(cache.port.name) }

  func caches() -> [UInt8] {
    var file = self.file()
    for path in ["context", "fmt", "log/slog", "gen/runtime/kv", "gen/runtime/process"] { file.use(path) }
    file.line()
    file.comment("Caches are the key-value stores, each by the name of its port.")
    file.line("type Caches struct {")
    file.fields(plan.caches.map { ([field($0), "kv.Store"], $0.port.doc) })
    file.line()
    if plan.sharesAnswers {
      file.use("gen/runtime/client")
      file.line("shared  client.Shared // what kept answers are shared through", depth: 1)
    }
    file.lines(
      """
      \tclosers []func() error
      }

      // openCaches reaches the stores; where there is none, values stay in memory.
      func openCaches(ctx context.Context, settings Settings, health *process.Health) (*Caches, error) {
      \tcaches := &Caches{}
      """)
    for (index, cache) in plan.caches.enumerated() {
      let setting = GoSpelling.exported(cache.variable)
      file.lines(
        """
        \tif settings.\(setting) == "" {
        \t\tslog.WarnContext(ctx, "\(cache.variable) is not set: \(cache.port.name) is in memory, and lost at the end")
        \t\tcaches.\(field(cache)) = kv.NewMemory()
        \t} else {
        \t\tstore, err := kv.NewRedis(settings.\(setting))
        \t\tif err != nil {
        \t\t\tcaches.close()
        \t\t\treturn nil, fmt.Errorf("\(cache.variable): %w", err)
        \t\t}
        \t\tcaches.closers = append(caches.closers, store.Close)
        \t\thealth.Check(\(GoLiteral.string(cache.broker.component)), store.Ping)
        \t\tcaches.\(field(cache)) = store
        """)
      if index == 0 && plan.sharesAnswers { file.line("caches.shared = store", depth: 2) }
      file.line("}", depth: 1)
    }
    file.lines(
      """
      \treturn caches, nil
      }

      // close leaves the stores.
      func (c *Caches) close() {
      \tfor _, each := range c.closers {
      \t\t_ = each() // it is left in any case
      \t}
      }
      """)
    return file.bytes()
  }

  func cacheTests() -> [UInt8] {
    var file = self.file()
    for path in ["testing", "gen/runtime/process"] { file.use(path) }
    var settings: [String] = []
    for cache in plan.caches {
      let setting = "\(GoSpelling.exported(cache.variable)): \"redis://127.0.0.1:9\""
      if !settings.contains(setting) { settings.append(setting) }
    }
    file.lines(
      """

      func TestCachesMayComeLater(t *testing.T) {
      \tfor _, settings := range []Settings{{}, {\(settings.joined(separator: ", "))}} {
      \t\tcaches, err := openCaches(t.Context(), settings, &process.Health{})
      \t\tif err != nil {
      \t\t\tt.Fatal(err)
      \t\t}
      \t\tcaches.close()
      \t}
      }
      """)
    return file.bytes()
  }
}
