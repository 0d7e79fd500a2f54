import DroidBackends
import DroidWorkspace

/// The operations that a build has given another name: the user's code still has the old one, and is offered the new.
struct RenamedOperations {
  private var renames: [(contract: String, ContractChanges.Rename)] = []

  /// Compares a contract with the one that it takes the place of.
  mutating func look(at draft: FileDraft, in folder: OutputFolder) {
    let root = Target.openAPI.rawValue + "/"
    guard draft.path.hasPrefix(root), draft.path.hasSuffix(".json"),
      let old = try? Disk.contents(of: "\(folder.path)/\(draft.path)")
    else { return }
    let contract = String(draft.path.dropFirst(root.count).dropLast(".json".count))
    for rename in ContractChanges.renames(from: old, to: draft.bytes) { renames.append((contract, rename)) }
  }

  func show(_ console: Console, _ folder: OutputFolder) {
    for (contract, rename) in renames {
      let place = "\(folder.path)/services/"
      // `orders.admin` is a contract of `orders`, and `catalog.service` a component.
      var component = contract
      while (try? Disk.status(place + component)) == FileStatus?.none, let dot = component.lastIndex(of: ".") {
        component = String(component[..<dot])
      }
      console.print(
        "`\(rename.old)` of \(contract) is called `\(rename.new)` now: rename it in \(place)\(component)/src, too"
      )
    }
  }
}
