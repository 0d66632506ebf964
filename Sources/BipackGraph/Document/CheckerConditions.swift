/// Parameters that are written and count for nothing.
extension Checker {
  func checkConditions(_ draft: Draft) {
    guard draft.gateOutput == nil else { return }
    for condition in draft.declaration.conditions where !holds(condition, draft) {
      for name in condition.params {
        guard let field = draft.object[name] else { continue }
        report(
          field.file, field.start, Self.join(draft.object.location, name),
          Messages.withoutEffect(name, condition.words),
          severity: condition.isError ? .error : .warning)
      }
    }
  }

  /// What is animated, bound or broken counts as fulfilled.
  private func holds(_ condition: ParamCondition, _ draft: Draft) -> Bool {
    switch condition.ground {
    case .unconnected(let input):
      // What a group's own input brings is known only where the group is used.
      return draft.object[input] == nil || !draft.scope.prefix.isEmpty || isDry
    case .param(let name, let holds):
      guard let index = draft.declaration.paramIndex[name] else { return true }
      if draft.object[name] == nil, draft.params[index] == nil {
        return holds(draft.declaration.params[index].defaultValue)
      }
      guard case .data(let data)? = draft.params[index] else { return true }
      return holds(data)
    }
  }
}
