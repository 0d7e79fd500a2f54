/// Writes systems of any size, of all constructs, the same for the same size: what is measured, and what anyone may try.
struct SystemGenerator {
  let components: Int
  private var text = ""

  init(components: Int) {
    self.components = components
    text.reserveCapacity(components * 700)
  }

  /// The droidfile: so many components, four connections for each.
  static func generate(_ components: Int) -> String {
    var generator = SystemGenerator(components: max(components, 10))
    generator.write()
    return generator.text
  }

  private mutating func write() {
    text += """
      droid 1
      system generated { registry = "registry.example.com"  healing = steady  via = bus }

      /// What a customer bought.
      type Order {
        key id: UUID
        customer: String(1..200) @personal
        lines: [Line](1..100)
        total: Decimal
        status: Status = pending
        note: String?
      }

      type Line { sku: String(1..40)  quantity: Int(1..999) }

      enum Status { pending paid shipped }

      error OutOfStock 409 { sku: String }

      resilience gentle {
        timeout = 2s
        retry = { attempts = 3  timeout = 500ms  backoff = 50ms..200ms  on = [timeout, unavailable] }
        breaker = { failures = 5  open = 30s }
      }

      healing steady {
        rule crash { when = unhealthy for 30s  do = [restart(within: 1m), page(oncall)] }
        guard = { min-healthy = 51%  budget = 3/h  cooldown = 5m }
      }

      scaling elastic { cpu = 70%  down = 5m }

      team oncall { page = pagerduty(secret("pagerduty/oncall")) }

      /// What every service of ours has.
      kind Standard: Service { spread = zone  scaling = elastic  team = oncall }

      kind Stored {
        entity: Type
        size: Bytes = 10Gi

        in api: REST = service.api
        component service: Service {
          language = python

          in api: REST { resource entity "/records" }
        }
        component db: Postgres { storage = size }
        connect service -> db
      }

      component bus: Redis


      """
    for index in 0..<components { component(index) }
    for index in 0..<components { connections(of: index) }
    text += "\nenvironment staging {\n"
    for index in stride(from: 0, to: components, by: 10) where index % 10 == 0 {
      text += "  service-\(index).replicas = 1..3\n"
    }
    text += "}\n"
  }

  private mutating func component(_ index: Int) {
    switch index % 10 {
    case 7:
      text +=
        "component service-\(index): Worker {\n  language = python\n\n  in handled: Events(Order) { attempts = 8 }\n}\n\n"
    case 8:
      text += """
        component service-\(index): Container {
          image = "example/image-\(index)"
          tag = "1.4.2"
          env = { MODE = "fast"  TOKEN = secret("tokens/\(index)") }
          probe = http("/healthz", delay: 5s)

          in api: REST { port = 8080  bind = "ADDRESS_\(index)" }
        }


        """
    case 9: text += "component service-\(index): Stored { entity = Order  size = 20Gi }\n\n"
    default:
      text += """
        /// Does its part of the work, number \(index).
        component service-\(index): Standard {
          language = python
          replicas = 2..10
          cpu = 0.25..1
          memory = 256Mi..512Mi

          in api: REST {
            get "/things/{id}" thing(id: UUID, verbose: Bool = false) -> Order throws OutOfStock { cache = 1m }
            post "/things" add(order: Order) -> Order
          }
        \(index % 10 == 3 ? "  out placed: Events(Order)\n" : "")}


        """
      if index % 10 == 0 {
        text += "slo good-\(index) on service-\(index).api { objective = 99.9%  latency = 300ms }\n\n"
      }
    }
  }

  /// Four each, to neighbours that answer.
  private mutating func connections(of index: Int) {
    guard index % 10 < 7 else { return }
    var target = index
    for step in 0..<5 {
      target = (target + 1 + step) % components
      while target % 10 == 7 || target == index { target = (target + 1) % components }
      let end = target % 10 == 9 ? "service-\(target).api" : "service-\(target)"
      text += "connect service-\(index) -> \(end)"
      text += step == 0 ? " { resilience = gentle  timeout = 3s }\n" : "\n"
    }
    if index % 10 == 3, index + 4 < components {
      text += "connect service-\(index).placed -> service-\(index + 4).handled\n"
    }
  }
}
