import DroidWorkspace

/// What `droid up` shows: what programs say, each line with the name of its program; on a terminal, below it, a table of how they
/// are; in a pipe, a line whenever that changes.
final class UpDisplay {
  private let names: [String]
  private let addresses: [String]
  private let console: Console
  private let isLive: Bool
  private let width: Int
  private var states: [Supervisor.State]
  private var tableHeight = 0

  init(_ names: [String], addresses: [String], _ console: Console) {
    self.names = names
    self.addresses = addresses
    self.console = console
    isLive = console.outputIsTerminal
    width = names.map(\.count).max() ?? 0
    states = Array(repeating: .waiting, count: names.count)
  }

  func show(_ event: Supervisor.Event) {
    clearTable()
    switch event {
    case .line(let index, let text): print(names[index], VisibleText.line(text))
    case .state(let index, let state):
      states[index] = state
      if !isLive || Self.isNews(state) { print(names[index], console.outputPaint.bold(sentence(index, state))) }
    }
    drawTable()
    console.flush()
  }

  func finish() {
    clearTable()
    console.print("all stopped")
  }

  private func print(_ name: String, _ text: String) {
    let padding = String(repeating: " ", count: width - name.count)
    console.print(console.outputPaint.quiet(name + padding + " │") + " " + text)
  }

  private static func isNews(_ state: Supervisor.State) -> Bool {
    switch state {
    case .failed, .unready: true
    default: false
    }
  }

  private func sentence(_ index: Int, _ state: Supervisor.State) -> String {
    switch state {
    case .waiting: "waits"
    case .starting: "starts"
    case .ready: "is ready" + (addresses[index].isEmpty ? "" : " at " + addresses[index])
    case .unready(let reason): "is not ready: \(VisibleText.line(reason))"
    case .failed(let reason): "\(VisibleText.line(reason)); it starts again soon"
    case .stopping: "stops"
    case .stopped: "has stopped"
    }
  }

  private func drawTable() {
    guard isLive else { return }
    let paint = console.outputPaint
    for (index, state) in states.enumerated() {
      let name = names[index] + String(repeating: " ", count: width - names[index].count)
      let word =
        switch state {
        case .ready: paint.bold("ready   ")
        case .failed, .unready: paint.severity(.error, "not well")
        case .waiting: paint.dim("waits   ")
        case .starting: paint.dim("starts  ")
        case .stopping: paint.dim("stops   ")
        case .stopped: paint.dim("stopped ")
        }
      console.print("  \(name)  \(word)  \(paint.dim(addresses[index]))")
    }
    tableHeight = states.count
  }

  private func clearTable() {
    guard tableHeight > 0 else { return }
    console.write(Array("\u{1B}[\(tableHeight)A\u{1B}[J".utf8))
    tableHeight = 0
  }
}
