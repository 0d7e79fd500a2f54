import DroidSemantics

/// What the user's code may have beside what it must: each an interface of one method, which is looked for at the start.
extension GoService {
  /// `OrderCreated`
  private func method(_ hook: HookPlan) -> String { GoSpelling.exported(hook.name) }
  private func interface(_ hook: HookPlan) -> String { GoSpelling.exported(hook.name) + "Hook" }

  func writeHooks(to file: inout GoFile) {
    for hook in plan.hooks {
      file.use("context")
      let (name, type) =
        hook.givesKey
        ? (GoSpelling.parameter(hook.resource.key.name), types.type(hook.resource.key.type, in: &file))
        : (GoSpelling.parameter(hook.resource.type), names.type(hook.resource.type))
      file.line()
      file.comment(
        """
        \(interface(hook)) is a Service that is called after the \(hook.resource.type) was \(hook.action.rawValue), before the answer.
        With var _ gen.\(interface(hook)) = (*Service)(nil) the compiler says what is wrong with its method.
        """)
      file.line("type \(interface(hook)) interface {")
      file.line("\(method(hook))(ctx context.Context, \(name) \(type)) error", depth: 1)
      file.line("}")
    }
  }

  /// Those that follow the operations of a port.
  func hooks(of port: PortPlan) -> [HookPlan] { port.operations.compactMap(plan.hook) }

  /// Gives the handlers of a resource what the service has.
  func writeHooks(_ hooks: [HookPlan], handlers: String, to file: inout GoFile) {
    for hook in hooks {
      file.line("if hook, ok := service.(\(interface(hook))); ok {", depth: 1)
      file.line("\(handlers).\(GoSpelling.exported(hook.action.rawValue)) = hook.\(method(hook))", depth: 2)
      file.line("}", depth: 1)
    }
  }
}
