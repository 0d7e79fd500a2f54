/// What the user's code may do after a record of a resource was written: `order_created`, `order_replaced`, `order_deleted`.
package struct HookPlan: Sendable {
  package let resource: ResourcePlan
  package let action: Action
  /// The record, or where it was deleted its key.
  package var givesKey: Bool { action == .deleted }
  /// In snake_case: `order_created`.
  package var name: String { "\(Names.snake(resource.type))_\(action.rawValue)" }

  package enum Action: String, Sendable { case created, replaced, deleted }
}

extension ServicePlan {
  /// One for each way in which its resources change; none that is called like an operation.
  package var hooks: [HookPlan] {
    let taken = Set(behaviours.map { Names.snake($0.method) })
    var seen: Set<String> = []
    return resources.flatMap { resource in
      resource.resource.actions.compactMap { action in
        switch action {
        case .create: HookPlan(resource: resource, action: .created)
        case .replace: HookPlan(resource: resource, action: .replaced)
        case .delete: HookPlan(resource: resource, action: .deleted)
        case .list, .get: nil
        }
      }
    }.filter { !taken.contains($0.name) && seen.insert($0.name).inserted }
  }

  /// What follows an operation of a resource, on whichever port it is.
  package func hook(after operation: OperationPlan) -> HookPlan? {
    let action: HookPlan.Action
    switch operation.operation.origin?.action {
    case .create: action = .created
    case .replace: action = .replaced
    case .delete: action = .deleted
    case .list, .get, nil: return nil
    }
    return hooks.first { $0.resource.type == operation.resource?.type && $0.action == action }
  }
}
