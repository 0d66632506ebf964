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
    condition.ground.holds({ value($0, draft) }, { isConnected($0, draft) }) ?? true
  }

  private func value(_ name: String, _ draft: Draft) -> ValueData? {
    guard let index = draft.declaration.paramIndex[name] else { return nil }
    if draft.object[name] == nil, draft.params[index] == nil {
      return draft.declaration.params[index].defaultValue
    }
    guard case .data(let data)? = draft.params[index] else { return nil }
    return data
  }

  /// Nil where an optional input of the group around decides: the group's author cannot know.
  private func isConnected(_ input: String, _ draft: Draft) -> Bool? {
    guard let field = draft.object[input] else { return false }
    let answers = (field.value.array ?? [field.value]).map { entry -> Bool? in
      guard let text = entry.string,
        case .input(let outer)? = draft.scope.entries[Self.split(text).0]
      else { return true }
      return outer.isOptional ? nil : true
    }
    return answers.contains(true) ? true : answers.contains(nil) ? nil : false
  }
}
