/// A group file that is checked by itself, not as some node's type.
extension Checker {
  /// Whether a file has what only groups have, and nothing that only documents have.
  func looksAlone(_ root: JSONValue) -> Bool {
    func has(_ keys: [String]) -> Bool { keys.contains { root[$0] != nil } }
    return has(["output", "outputs", "inputs", "params"])
      && !has(["format", "frames", "views", "ocio", "workingSpace"])
  }

  /// Checks a group as a document would that uses it, with something connected to each of its inputs.
  func checkGroup(_ root: JSONValue, _ file: SourceFile) -> CheckResult {
    let (table, variables) = (newTable(), VariableTable())
    guard let group = readGroup(root, named: file.name, file, location: "", table, variables) else {
      return result()
    }
    readOverrides()
    refuseRows()
    let scope = Scope(
      file: file, prefix: "", location: "", groups: newTable(), variables: VariableTable(),
      instance: nil)
    roots.append(scope)
    var whole = NodeObject(name: file.name, file: file, start: root.start, location: "", path: "")
    for input in group.inputs {
      let object = NodeObject(
        name: input.name, file: file, start: root.start, location: "inputs", path: input.name)
      add(Draft(object, scope, NodeDeclaration.of(GroupInput.self)))
      whole.fields.append((input.name, field(.string(input.name), root.start, file)))
    }
    instantiate(group, whole, scope, field(.string(file.name), root.start, file))
    if tooMany { return result() }
    reportUnusedOverrides()
    instantiateUnusedGroups(table, scope)
    finish()
    if !hasErrors { reportUnusedVariables(variables, file) }
    return result(group: assemble())
  }

  private func field(_ content: JSONValue.Content, _ start: Int, _ file: SourceFile)
    -> NodeObject.Field
  { NodeObject.Field(value: JSONValue(content, start: start), start: start, file: file) }
}
