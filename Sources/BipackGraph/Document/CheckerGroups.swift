/// Groups: reading their definitions and copying them out.
extension Checker {
  func readGroups(
    _ value: JSONValue, _ file: SourceFile, _ table: GroupTable, _ variables: VariableTable
  ) {
    guard let object = value.object else {
      return report(file, value.start, "groups", Messages.wrongType(value), expected: "an object")
    }
    for member in object {
      let path = "groups." + member.name
      if member.name == "note" {
        note(member.value, file, path)
        continue
      }
      if !isName(member.name) { report(file, member.start, path, Messages.badName(member.name)) }
      if registry[member.name] != nil {
        report(file, member.start, path, Messages.groupHidesType(member.name))
      }
      if let group = readGroup(
        member.value, named: member.name, file, location: path, table, variables)
      {
        table.definitions[member.name] = group
      }
    }
  }

  /// A group's own object, in the document or alone in a file.
  func readGroup(
    _ value: JSONValue, named name: String, _ file: SourceFile, location: String,
    _ table: GroupTable, _ variables: VariableTable
  ) -> GroupDefinition? {
    var known = ["help", "inputs", "params", "nodes", "output", "outputs", "values"]
    if location.isEmpty { known = ["$schema", "bipack"] + known + ["groups", "variables"] }
    guard
      let members = members(value, file, location, known: known, what: Messages.groupObject)
    else { return nil }
    if location.isEmpty {
      if let member = members["$schema"] { _ = text(member, file, "") }
      version(members["bipack"], value, file)
      if let member = members["variables"] { readVariables(member.value, file, variables) }
      if let member = members["groups"] { readGroups(member.value, file, table, variables) }
    }
    if let help = members["help"] { _ = text(help, file, location) }
    let nodesPath = Self.join(location, "nodes")
    var nodes: [JSONMember] = []
    if let member = members["nodes"] {
      if let object = member.value.object {
        nodes = object
      } else {
        report(
          file, member.value.start, nodesPath, Messages.wrongType(member.value),
          expected: Messages.nodesObject)
      }
    } else {
      report(file, value.start, location, Messages.missingKey("nodes"))
    }
    return GroupDefinition(
      name: name, file: file, location: location, groups: table, variables: variables,
      nodes: nodes, inputs: groupInputs(members["inputs"], file, location),
      outputs: groupOutputs(members, value, file, location),
      values: groupValues(
        members["values"], members["params"]?.value.object?.map(\.name) ?? [], file, location),
      exposed: groupParams(members["params"], file, location))
  }

  private func groupInputs(_ member: JSONMember?, _ file: SourceFile, _ location: String)
    -> [GroupDefinition.Input]
  {
    guard let member else { return [] }
    let path = Self.join(location, "inputs")
    guard let object = member.value.object else {
      report(
        file, member.value.start, path, Messages.wrongType(member.value),
        expected: Messages.groupInputsShape)
      return []
    }
    var inputs: [GroupDefinition.Input] = []
    for input in object where input.name != "note" {
      let inputPath = Self.join(path, input.name)
      checkExposedName(input, file, inputPath)
      var isOptional = false
      if input.value.string == nil,
        let members = members(
          input.value, file, inputPath, known: ["help", "optional"], what: Messages.groupInput)
      {
        if let help = members["help"] { _ = text(help, file, inputPath) }
        if let optional = members["optional"] {
          if case .bool(let value) = optional.value.content {
            isOptional = value
          } else {
            report(
              file, optional.value.start, Self.join(inputPath, "optional"),
              Messages.wrongType(optional.value), expected: "true or false")
          }
        }
      }
      inputs.append(GroupDefinition.Input(name: input.name, isOptional: isOptional))
    }
    return inputs
  }

  private func checkExposedName(_ member: JSONMember, _ file: SourceFile, _ path: String) {
    if !isName(member.name) {
      report(file, member.start, path, Messages.badName(member.name))
    } else if DeclarationChecks.reservedNames.contains(member.name) {
      report(file, member.start, path, Messages.reservedName(member.name))
    }
  }

  private func groupOutputs(
    _ members: [String: JSONMember], _ value: JSONValue, _ file: SourceFile, _ location: String
  ) -> [GroupDefinition.Output] {
    if let both = members["outputs"], members["output"] != nil {
      report(file, both.start, location, Messages.outputAndOutputs)
    }
    if let output = members["output"] {
      return [GroupDefinition.Output(name: "output", reference: output.value)]
    }
    guard let outputs = members["outputs"] else {
      if members["values"] != nil { return [] }
      report(file, value.start, location, Messages.groupWithoutOutput)
      return []
    }
    return references(outputs, file, location, expected: Messages.groupOutputsShape)
  }

  private func groupValues(
    _ member: JSONMember?, _ params: [String], _ file: SourceFile, _ location: String
  ) -> [GroupDefinition.Output] {
    guard let member else { return [] }
    let values = references(
      member, file, location, expected: Messages.groupValuesShape, reserved: ["metadata"])
    for entry in member.value.object ?? [] where entry.name != "note" {
      let path = Self.join(location, "values." + entry.name)
      if params.contains(entry.name) {
        report(file, entry.start, path, Messages.valueNamedAsParam(entry.name))
      }
      if entry.value.string == nil {
        report(
          file, entry.value.start, path, Messages.wrongType(entry.value),
          expected: Messages.fromShape)
      }
    }
    return values
  }

  /// What a group gives, by name.
  private func references(
    _ member: JSONMember, _ file: SourceFile, _ location: String, expected: String,
    reserved: [String] = []
  ) -> [GroupDefinition.Output] {
    let path = Self.join(location, member.name)
    guard let object = member.value.object, !object.isEmpty else {
      report(
        file, member.value.start, path, Messages.wrongType(member.value), expected: expected)
      return []
    }
    return object.filter { $0.name != "note" }.map { entry in
      if !isName(entry.name) || reserved.contains(entry.name) {
        report(file, entry.start, Self.join(path, entry.name), Messages.badName(entry.name))
      }
      return GroupDefinition.Output(name: entry.name, reference: entry.value)
    }
  }

  private func groupParams(_ member: JSONMember?, _ file: SourceFile, _ location: String)
    -> [GroupDefinition.Exposed]
  {
    guard let member else { return [] }
    let path = Self.join(location, "params")
    guard let object = member.value.object else {
      report(
        file, member.value.start, path, Messages.wrongType(member.value), expected: "an object")
      return []
    }
    var result: [GroupDefinition.Exposed] = []
    for param in object where param.name != "note" {
      let paramPath = Self.join(path, param.name)
      checkExposedName(param, file, paramPath)
      if ExpressionParser.reservedNames.contains(param.name) {
        report(file, param.start, paramPath, Messages.reservedVariable(param.name))
      }
      guard
        let members = members(
          param.value, file, paramPath, known: ["bind", "default", "range", "help"],
          what: Messages.exposedObject)
      else { continue }
      if members["bind"] == nil && members["default"] == nil {
        report(file, param.value.start, paramPath, Messages.exposedWithoutBind)
        continue
      }
      var exposed = GroupDefinition.Exposed(
        name: param.name, start: param.start, help: "", range: nil,
        defaultValue: members["default"]?.value, bindings: [])
      if let help = members["help"] { exposed.help = text(help, file, paramPath) ?? "" }
      if let bind = members["bind"] {
        let list = bind.value.array ?? [bind.value]
        for entry in list {
          if let text = entry.string, text.utf8.contains(UInt8(ascii: ".")) {
            exposed.bindings.append((text, entry.start))
          } else {
            report(
              file, entry.start, Self.join(paramPath, "bind"), Messages.wrongType(entry),
              expected: Messages.bindShape)
          }
        }
      }
      if let range = members["range"] {
        let numbers = range.value.array?.compactMap(\.number) ?? []
        if numbers.count == 2, range.value.array?.count == 2, numbers[0] <= numbers[1] {
          exposed.range = .closed(numbers[0]...numbers[1])
        } else {
          report(
            file, range.value.start, Self.join(paramPath, "range"),
            Messages.wrongType(range.value), expected: Messages.rangeShape)
        }
      }
      result.append(exposed)
    }
    return result
  }

  /// The group in a file of its own, read once.
  func groupFile(_ text: String, _ field: NodeObject.Field, _ object: NodeObject)
    -> GroupDefinition?
  {
    let path = PlainPath.join(object.file.directory, text)
    if let known = groupFiles[path] { return known }
    func refuse(_ reason: String) -> GroupDefinition? {
      report(
        field.file, field.value.start, Self.join(object.location, "type"),
        Messages.cannotReadGroup(path, reason))
      return nil
    }
    if let word = PlainPath.shellWord(in: text) { return refuse(Messages.shellWord(word)) }
    guard options.readsGroupFiles else { return refuse(Messages.groupFilesNotAllowed) }
    let isNear = SourceFile.lies(path, in: settings.directory) ?? true
    if !isNear, !path.hasSuffix(".json") { return refuse(Messages.groupFileElsewhere) }
    let (bytes, reason) = SourceFile.read(path, limit: limits.bytes, regularOnly: true)
    guard let bytes else { return refuse(reason) }
    if brokenGroupFiles.contains(path) { return nil }
    let file = SourceFile(name: path, bytes: bytes, directory: PlainPath.folder(of: path))
    if !isNear, !looksLikeGroup(file) { return refuse(Messages.noGroupFile) }
    guard let value = parse(file),
      let group = readGroup(
        value, named: text, file, location: "", newTable(), VariableTable())
    else {
      brokenGroupFiles.insert(path)
      return nil
    }
    groupFiles[path] = group
    return group
  }

  /// Whether a file is JSON with a group's keys. What is not is never quoted: a document could name
  /// any file of the machine.
  private func looksLikeGroup(_ file: SourceFile) -> Bool {
    let (value, errors) = JSONParser.parse(file.text, limits: limits)
    return errors.isEmpty && value?["bipack"] != nil && value?["nodes"] != nil
  }

  // MARK: Declaring

  /// Gives every node of `nodes` its place.
  func declare(_ nodes: [JSONMember], in scope: Scope) {
    for member in nodes where !tooMany {
      let location = Self.join(scope.location, member.name)
      if member.name == "note" {
        note(member.value, scope.file, location)
        continue
      }
      if !isName(member.name) {
        report(scope.file, member.start, location, Messages.badName(member.name))
      }
      if member.name == "table", scope.variables.table != nil {
        report(scope.file, member.start, location, Messages.nodeNamedTable)
      }
      if scope.entries[member.name] != nil {
        report(scope.file, member.start, location, Messages.nodeNamedAsInput(member.name))
        continue
      }
      scope.entries[member.name] = .broken
      guard let fields = member.value.object else {
        report(
          scope.file, member.value.start, location, Messages.wrongType(member.value),
          expected: Messages.nodeObject)
        continue
      }
      var object = NodeObject(
        name: member.name, file: scope.file, start: member.start, location: location,
        path: scope.prefix + member.name)
      object.fields = fields.map {
        ($0.name, NodeObject.Field(value: $0.value, start: $0.start, file: scope.file))
      }
      for override in overrides.removeValue(forKey: object.path) ?? [] {
        object.fields.removeAll { $0.name == override.param }
        object.fields.append((override.param, override.field))
      }
      declare(object, scope, member)
    }
  }

  private func declare(_ object: NodeObject, _ scope: Scope, _ member: JSONMember) {
    guard let type = object["type"] else {
      return report(object.file, member.start, object.location, Messages.missingKey("type"))
    }
    guard let name = type.value.string else {
      return report(
        type.file, type.value.start, object.location + ".type", Messages.wrongType(type.value),
        expected: Messages.typeShape)
    }
    if let group = scope.groups.definitions[name] {
      instantiate(group, object, scope, type)
    } else if let declaration = registry[name] {
      add(Draft(object, scope, declaration))
    } else if name.hasSuffix(".json") || name.utf8.contains(UInt8(ascii: "/")) {
      if let group = groupFile(name, type, object) { instantiate(group, object, scope, type) }
    } else {
      let names = registry.names + scope.groups.definitions.keys
      let foreign = registry.foreignNames.type(name)
      report(
        type.file, type.value.start, object.location + ".type",
        Messages.unknownType(name) + (foreign.map(Messages.foreign) ?? ""),
        suggestion: foreign == nil ? nearest(name, names) : foreign?.ours)
    }
  }

  /// Whether there is room for one more node or instance; reported when there is not.
  private func hasRoom(_ object: NodeObject) -> Bool {
    if drafts.count + instances.count < limits.nodes { return true }
    if !tooMany {
      report(object.file, object.start, object.location, Messages.tooManyNodes(limits.nodes))
    }
    tooMany = true
    return false
  }

  func add(_ draft: Draft) {
    guard hasRoom(draft.object) else { return }
    drafts.append(draft)
    if let output = draft.gateOutput {
      draft.scope.gates[output] = drafts.count - 1
    } else {
      draft.scope.entries[draft.object.name] = .node(drafts.count - 1)
    }
  }

  func instantiate(
    _ group: GroupDefinition, _ object: NodeObject, _ scope: Scope, _ type: NodeObject.Field
  ) {
    guard hasRoom(object) else { return }
    group.isUsed = true
    var chain: [String] = [group.identity]
    var outer: Scope? = scope
    while let instance = outer?.instance {
      chain.append(instance.group.identity)
      if instance.group === group {
        report(
          type.file, type.value.start, object.location + ".type",
          Messages.groupCycle(chain.reversed()))
        return
      }
      outer = instance.scope
    }
    let depth = chain.count
    if depth > limits.groupDepth {
      report(
        type.file, type.value.start, object.location + ".type",
        Messages.groupsTooDeep(limits.groupDepth))
      return
    }
    let child = Scope(
      file: group.file, prefix: object.path.isEmpty ? "" : object.path + ".",
      location: Self.join(group.location, "nodes"), groups: group.groups,
      variables: group.variables,
      instance: Scope.Instance(group: group, scope: scope, object: object, depth: depth))
    for input in group.inputs { child.entries[input.name] = .input(input) }
    for exposed in group.exposed {
      child.exposed[exposed.name] = shared.count
      for binding in exposed.bindings { child.bound[binding.text] = shared.count }
      shared.append(SharedDraft(exposed, child))
    }
    scope.entries[object.name] = .group(child)
    instances.append(child)
    declare(group.nodes, in: child)
    let gated = ["mask", "mix", "disabled", "maskChannel", "invertMask"]
    if object.fields.contains(where: { gated.contains($0.name) }) {
      for output in group.outputs {
        add(Draft(object, child, NodeDeclaration.of(GroupOutput.self), gate: output.name))
      }
    }
  }

  /// A group nobody uses is checked all the same, in a scope whose nodes are then dropped.
  func instantiateUnusedGroups(_ table: GroupTable, _ scope: Scope) {
    for group in table.definitions.values.sorted(by: { $0.name < $1.name }) where !group.isUsed {
      var plain = LoadOptions(limits: limits)
      plain.readsGroupFiles = options.readsGroupFiles
      let checker = Checker(registry: registry, options: plain)
      let start = group.file.text.bytes.count
      let object = NodeObject(
        name: group.name, file: group.file, start: start, location: group.location,
        path: group.name)
      let alone = Scope(
        file: scope.file, prefix: "", location: scope.location, groups: table,
        variables: scope.variables, instance: nil)
      let field = NodeObject.Field(
        value: JSONValue(.string(group.name), start: start), start: start, file: group.file)
      checker.roots.append(alone)
      checker.isDry = true
      checker.settings = settings
      checker.instantiate(group, object, alone, field)
      if !checker.tooMany { checker.finish() }
      for diagnostic in checker.diagnostics { add(diagnostic) }
    }
  }
}
