import BipackPixels

/// Inputs and masks: names become numbers.
extension Checker {
  enum Target {
    case node(Int)
    /// An optional input of a group that its instance leaves open.
    case open
    /// Already reported.
    case failed
  }

  /// Where something is written, for reports and for looking up names.
  struct Place {
    var file: SourceFile
    var scope: Scope
    var path: String
    /// Only literals may stand here: no key frames inside key frames, no links.
    var isPlain = false
  }

  /// The node a reference means. Follows groups outward and inward without recursion.
  func target(_ value: JSONValue, _ place: Place) -> Target {
    guard let text = value.string else {
      report(
        place.file, value.start, place.path, Messages.wrongType(value),
        expected: Messages.referenceShape)
      return .failed
    }
    var (name, port) = Self.split(text)
    var scope = place.scope
    for hop in 0...(2 * instances.count + 2) {
      /// Errors further along are reported where they are written.
      func fail(_ message: String, suggestion: String? = nil) -> Target {
        if hop == 0 {
          report(place.file, value.start, place.path, message, suggestion: suggestion)
        }
        return .failed
      }
      switch scope.entries[name] {
      case nil:
        return fail(
          Messages.unknownNode(name), suggestion: nearest(name, scope.entries.keys))
      case .broken?: return .failed
      case .node(let id)?:
        guard let port else { return .node(id) }
        if drafts[id].declaration.values.contains(where: { $0.name == port }) {
          return fail(Messages.valueAsPicture(name, port))
        }
        return fail(Messages.portOfNode(name, drafts[id].declaration.typeName))
      case .input(let input)?:
        if let port { return fail(Messages.portOfInput(name, port)) }
        guard let instance = scope.instance, !isDry || instance.scope.instance != nil else {
          return .failed
        }
        guard let field = instance.object[input.name] else {
          return input.isOptional ? .open : .failed
        }
        guard let text = field.value.string else { return .failed }
        (name, port) = Self.split(text)
        scope = instance.scope
      case .group(let child)?:
        guard let group = child.instance?.group else { return .failed }
        let outputs = group.outputs
        guard let output = port.map({ p in outputs.first { $0.name == p } }) ?? outputs.first
        else {
          if outputs.isEmpty, !group.values.isEmpty { return fail(Messages.groupOfValues(name)) }
          guard let port, !outputs.isEmpty else { return .failed }
          return fail(
            Messages.unknownPort(name, port, outputs.map(\.name)),
            suggestion: nearest(port, outputs.map(\.name)))
        }
        if let gate = child.gates[output.name] { return .node(gate) }
        guard let text = output.reference.string else { return .failed }
        (name, port) = Self.split(text)
        scope = child
      }
    }
    if case .group? = place.scope.entries[Self.split(text).0] {
      report(place.file, value.start, place.path, Messages.aliasCycle(text))
    }
    return .failed
  }

  /// `node.port` at its first dot.
  static func split(_ text: String) -> (String, String?) {
    guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (text, nil) }
    return (String(text[..<dot]), String(text[text.utf8.index(after: dot)...]))
  }

  /// The node that makes an output of an instance.
  func groupOutput(_ output: GroupDefinition.Output, of scope: Scope) -> Target {
    if let gate = scope.gates[output.name] { return .node(gate) }
    return target(output.reference, outputPlace(output, scope))
  }

  private func outputPlace(_ output: GroupDefinition.Output, _ scope: Scope) -> Place {
    let group = scope.instance?.group
    let key = output.name == "output" ? "output" : "outputs." + output.name
    return Place(file: scope.file, scope: scope, path: Self.join(group?.location ?? "", key))
  }

  private func place(_ field: NodeObject.Field, _ key: String, _ draft: Draft) -> Place {
    Place(
      file: field.file, scope: draft.scope, path: Self.join(draft.object.location, key))
  }

  // MARK: Instances of groups

  /// Keys and inputs of an instance, and the outputs of its group.
  func connect(instance scope: Scope) {
    guard let instance = scope.instance else { return }
    let (group, object) = (instance.group, instance.object)
    for output in group.outputs { _ = target(output.reference, outputPlace(output, scope)) }
    for exposed in group.exposed { checkBindings(exposed, scope) }
    if isDry && instance.scope.instance == nil { return }
    let inputs = group.inputs.map(\.name)
    let params = group.exposed.map(\.name)
    for (name, field) in object.fields {
      let path = Self.join(object.location, name)
      if inputs.contains(name) {
        _ = target(field.value, Place(file: field.file, scope: instance.scope, path: path))
      } else if name == "note" {
        note(field.value, field.file, path)
      } else if !params.contains(name),
        !["type", "mask", "mix", "disabled", "maskChannel", "invertMask"].contains(name)
      {
        report(
          field.file, field.start, object.location, Messages.unknownGroupKey(group.name, name),
          suggestion: nearest(
            name, inputs + params + DeclarationChecks.reservedNames.subtracting(["cache"])))
      }
    }
    for input in group.inputs where !input.isOptional && object[input.name] == nil {
      report(
        object.file, object.start, object.location, Messages.inputNotConnected(input.name))
    }
  }

  private func checkBindings(_ exposed: GroupDefinition.Exposed, _ scope: Scope) {
    let path = Self.join(
      scope.instance?.group.location ?? "", "params." + exposed.name + ".bind")
    for (text, start) in exposed.bindings {
      let (name, param) = Self.split(text)
      func fail(_ message: String, _ word: String, _ known: [String]) {
        report(scope.file, start, path, message, suggestion: nearest(word, known))
      }
      guard let param, let entry = scope.entries[name] else {
        fail(Messages.unknownNode(name), name, Array(scope.entries.keys))
        continue
      }
      switch entry {
      case .broken: break
      case .input: fail(Messages.bindToInput(name), "", [])
      case .node(let id):
        let declaration = drafts[id].declaration
        let params = declaration.params.map(\.name)
        if declaration.param(param) == nil, param != "mix", param != "disabled" {
          fail(Messages.unknownParam(declaration.typeName, param), param, params)
        }
      case .group(let child):
        if child.exposed[param] == nil {
          fail(
            Messages.unknownParam(child.instance?.group.name ?? "", param), param,
            Array(child.exposed.keys))
        }
      }
    }
  }

  // MARK: Nodes

  func connect(_ draft: Draft) {
    if draft.gateOutput != nil { return connect(gate: draft) }
    let (object, declaration) = (draft.object, draft.declaration)
    checkKeys(draft)
    for input in declaration.inputs {
      let field = object[input.name]
      guard let list = input.list else {
        draft.inputs.append(connect(single: input, field, draft))
        continue
      }
      let entries = connect(list: input, list, field, draft)
      draft.inputs += entries
      draft.lists.append(entries.count)
    }
    connectionCount += draft.inputs.count
    if connectionCount > limits.connections, !tooMany {
      tooMany = true
      report(
        object.file, object.start, object.location, Messages.tooManyConnections(limits.connections))
    }
    connectMask(draft, draft.scope)
    if let cache = object["cache"] {
      draft.isCachePoint = bool(cache, place(cache, "cache", draft)) ?? false
    }
  }

  private func checkKeys(_ draft: Draft) {
    let declaration = draft.declaration
    let names = declaration.inputs.map(\.name) + declaration.params.map(\.name)
    for (name, field) in draft.object.fields where !names.contains(name) {
      switch name {
      case "type", "cache": break
      case "disabled":
        if !declaration.canBeDisabled {
          report(
            field.file, field.start, draft.object.location,
            Messages.nothingToPassOn(declaration.typeName))
        }
      case "note": note(field.value, field.file, Self.join(draft.object.location, name))
      case "mask", "maskChannel", "invertMask", "mix":
        if !declaration.isMaskable {
          report(
            field.file, field.start, draft.object.location,
            Messages.notMaskable(declaration.typeName, name))
        }
      default:
        let known = names + DeclarationChecks.reservedNames
        let foreign = registry.foreignNames.param(name, of: declaration.typeName, known: known)
        report(
          field.file, field.start, draft.object.location,
          Messages.unknownParam(declaration.typeName, name)
            + (foreign.map(Messages.foreign) ?? ""),
          suggestion: foreign?.ours ?? nearest(name, known))
      }
    }
  }

  private func connect(single input: InputDeclaration, _ field: NodeObject.Field?, _ draft: Draft)
    -> Int?
  {
    let object = draft.object
    guard let field else {
      if !input.isOptional {
        report(object.file, object.start, object.location, Messages.inputNotConnected(input.name))
      }
      return nil
    }
    let place = place(field, input.name, draft)
    switch target(field.value, place) {
    case .node(let id): return fitting(id, input, field.value, place, draft)
    case .failed: return nil
    case .open:
      if !input.isOptional {
        report(
          field.file, field.value.start, place.path,
          Messages.openGroupInput(input.name, field.value.string ?? ""))
      }
      return nil
    }
  }

  private func connect(
    list input: InputDeclaration, _ range: ClosedRange<Int>, _ field: NodeObject.Field?,
    _ draft: Draft
  ) -> [Int?] {
    let object = draft.object
    guard let field else {
      if range.lowerBound > 0 {
        report(object.file, object.start, object.location, Messages.inputNotConnected(input.name))
      }
      return []
    }
    let entries = field.value.array ?? [field.value]
    let upper = min(range.upperBound, limits.inputs)
    if entries.count < range.lowerBound || entries.count > upper {
      report(
        field.file, field.value.start, Self.join(object.location, input.name),
        Messages.wrongCount(entries.count, range.lowerBound...upper))
    }
    return entries.prefix(upper).enumerated().map { i, entry in
      let key = field.value.array == nil ? input.name : "\(input.name)[\(i)]"
      let place = place(field, key, draft)
      guard case .node(let id) = target(entry, place) else { return nil }
      return fitting(id, input, entry, place, draft)
    }
  }

  /// The node, if it gives what the input takes: a picture, or a deep one.
  private func fitting(
    _ id: Int, _ input: InputDeclaration, _ value: JSONValue, _ place: Place, _ draft: Draft
  ) -> Int? {
    let source = drafts[id].declaration
    // What a group's input stands for is known where the group is used.
    if source.payload == input.kind || source.type is GroupInput.Type { return id }
    report(place.file, value.start, place.path, wrongPayload(input.name, draft, value, id))
    return nil
  }

  private func wrongPayload(_ input: String, _ draft: Draft, _ value: JSONValue, _ id: Int)
    -> String
  {
    let (text, path) = (value.string ?? "", path(of: drafts[id]))
    return Messages.wrongPayload(
      input, draft.declaration, text == path ? "'\(text)'" : "'\(text)' (nodes.\(path))",
      drafts[id].declaration)
  }

  /// The picture of an instance goes through its gate: from the group's first input and result.
  private func connect(gate draft: Draft) {
    guard let instance = draft.scope.instance,
      let output = instance.group.outputs.first(where: { $0.name == draft.gateOutput })
    else { return }
    var source: Int?
    if let first = instance.group.inputs.first, let field = instance.object[first.name],
      case .node(let id) = target(
        field.value, Place(file: field.file, scope: instance.scope, path: ""))
    {
      source = id
    }
    var result: Int?
    if case .node(let id) = target(output.reference, outputPlace(output, draft.scope)) {
      result = id
    }
    if let made = result, drafts[made].declaration.payload == .deep {
      result = nil
      for key in ["mask", "mix", "disabled"] {
        guard let field = draft.object[key] else { continue }
        report(
          field.file, field.start, draft.object.location,
          Messages.deepGroup(instance.group.name, key))
      }
    }
    draft.inputs = [source, result]
    if instance.group.inputs.isEmpty {
      for key in ["mask", "mix", "maskChannel", "invertMask"] {
        if let field = draft.object[key] {
          report(
            field.file, field.start, draft.object.location,
            Messages.notMaskable(instance.group.name, key))
        }
      }
      if let field = draft.object["disabled"] {
        report(
          field.file, field.start, draft.object.location,
          Messages.cannotDisable(instance.group.name))
      }
    }
    connectMask(draft, instance.scope)
  }

  private func connectMask(_ draft: Draft, _ scope: Scope) {
    let object = draft.object
    if let field = object["mask"] {
      let place = Place(
        file: field.file, scope: scope, path: Self.join(object.location, "mask"))
      if case .node(let id) = target(field.value, place) {
        if drafts[id].declaration.payload == .picture {
          draft.mask = id
        } else {
          report(
            field.file, field.value.start, place.path, wrongPayload("mask", draft, field.value, id))
        }
      }
    }
    if let field = object["maskChannel"] {
      if let text = field.value.string, !text.isEmpty {
        draft.maskChannel = Self.channelName(text)
      } else {
        report(
          field.file, field.value.start, Self.join(object.location, "maskChannel"),
          Messages.wrongType(field.value), expected: Messages.channelShape)
      }
    }
    if let field = object["invertMask"] {
      draft.invertMask =
        bool(
          field,
          Place(file: field.file, scope: scope, path: Self.join(object.location, "invertMask")))
        ?? false
    }
    if object["mask"] == nil, let field = object["maskChannel"] ?? object["invertMask"],
      draft.declaration.isMaskable
    {
      report(
        field.file, field.start, object.location, Messages.maskNotConnected, severity: .warning)
    }
  }

  /// `red` and `alpha` are the root layer's channels; names are quoted as in channel sets.
  private static func channelName(_ text: String) -> String {
    guard let words = ChannelWord.words(text), words.count == 1 else { return text }
    return words[0].channel.name
  }

  private func bool(_ field: NodeObject.Field, _ place: Place) -> Bool? {
    if case .bool(let value) = field.value.content { return value }
    report(
      place.file, field.value.start, place.path, Messages.wrongType(field.value),
      expected: "true or false")
    return nil
  }

  // MARK: Cycles

  /// Pictures that need themselves, through inputs, masks and data nodes' values. Linear, without
  /// recursion.
  func findCycles() {
    var state = [UInt8](repeating: 0, count: drafts.count)
    var found = 0
    for start in drafts.indices where state[start] == 0 {
      var stack: [(id: Int, next: [Int])] = [(start, upstream(start))]
      state[start] = 1
      while let top = stack.last {
        guard let next = top.next.last else {
          state[top.id] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next.removeLast()
        if state[next] == 0 {
          state[next] = 1
          stack.append((next, upstream(next)))
        } else if state[next] == 1, found < 20 {
          found += 1
          let from = stack.firstIndex { $0.id == next } ?? 0
          reportCycle(stack[from...].map(\.id))
        }
      }
    }
  }

  private func upstream(_ id: Int) -> [Int] {
    let draft = drafts[id]
    return
      (draft.inputs.compactMap { $0 } + (draft.mask.map { [$0] } ?? [])
      + draft.links.map(\.node)).reversed()
  }

  /// `ids` each need the next, and the last the first.
  private func reportCycle(_ ids: [Int]) {
    guard let first = ids.min(), let at = ids.firstIndex(of: first) else { return }
    let turned = ids[at...] + ids[..<at]
    let object = drafts[first].object
    report(
      object.file, object.start, object.location,
      Messages.cycle(turned.map { path(of: drafts[$0]) }))
  }
}
