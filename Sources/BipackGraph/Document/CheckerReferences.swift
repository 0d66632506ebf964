import BipackPixels

/// What names in expressions mean, and where chains of references lead.
extension Checker {
  func symbol(_ names: [String], _ offset: Int, _ scope: Scope) throws(ExpressionError) -> Symbol {
    if names.count == 1, let symbol = builtIn(names[0]) {
      if scope.variables.cells[names[0]] != nil {
        throw ExpressionError(offset, Messages.columnAndBuiltIn(names[0]))
      }
      return symbol
    }
    if let column = column(names.joined(separator: "."), scope.variables) {
      throw ExpressionError(offset, Messages.columnInExpression(column))
    }
    if let index = scope.exposed[names[0]] {
      return .param(
        try reference(.shared(index), shape(of: shared[index]).kind, names, 1, offset))
    }
    if names.count == 1 { return try variable(names[0], offset, scope) }
    guard let (names, scope) = behindExports(names, scope) else {
      throw ExpressionError(offset, Messages.aliasCycle(names.joined(separator: ".")))
    }
    // What a group says wrongly is reported there.
    guard names.count > 1 else { return .constant(0) }
    switch scope.entries[names[0]] {
    case nil:
      throw ExpressionError(
        offset, Messages.unknownNode(names[0]),
        suggestion: nearest(names[0], scope.entries.keys))
    case .broken?: return .constant(0)
    case .input(let input)?:
      throw ExpressionError(offset, Messages.inputInExpression(input.name))
    case .group(let child)?:
      guard let index = child.exposed[names[1]] else {
        throw ExpressionError(
          offset, Messages.unknownParam(child.instance?.group.name ?? names[0], names[1]),
          suggestion: nearest(names[1], child.exposed.keys))
      }
      return .param(
        try reference(.shared(index), shape(of: shared[index]).kind, names, 2, offset))
    case .node(let id)?: return try symbol(of: id, names, offset)
    }
  }

  private func builtIn(_ name: String) -> Symbol? {
    switch name {
    case "frame": .frame
    case "t": .seconds
    case "first": .constant(Double(frames.lowerBound))
    case "last": .constant(Double(frames.upperBound))
    case "fps": .constant(fps)
    case "width": .constant(Double(format.width))
    case "height": .constant(Double(format.height))
    default: nil
    }
  }

  private func variable(_ name: String, _ offset: Int, _ scope: Scope) throws(ExpressionError)
    -> Symbol
  {
    if let variable = scope.variables.variables[name] {
      scope.variables.variables[name]?.isUsed = true
      switch variable.value.content {
      case .number(let value, _): return .constant(value)
      case .bool(let value): return .constant(value ? 1 : 0)
      default: throw ExpressionError(offset, Messages.textVariable(name))
      }
    }
    if let cell = cell(name, scope.variables) {
      switch cell.typed.content {
      case .number(let value, _): return .constant(value)
      case .bool(let value): return .constant(value ? 1 : 0)
      default:
        throw ExpressionError(offset, Messages.wrongType(cell.value), column: name)
      }
    }
    if scope.variables.hasBrokenTable { return .constant(1) }
    if case .node(let id)? = scope.entries[name] {
      let example = drafts[id].declaration.params.first?.name ?? "parameter"
      throw ExpressionError(offset, Messages.nodeWithoutParam(name, example))
    }
    let known =
      Array(ExpressionParser.reservedNames) + scope.variables.names + scope.exposed.keys
    throw ExpressionError(
      offset, Messages.unknownSymbol(name), suggestion: nearest(name, known))
  }

  private func symbol(of id: Int, _ names: [String], _ offset: Int) throws(ExpressionError)
    -> Symbol
  {
    let declaration = drafts[id].declaration
    if let index = declaration.paramIndex[names[1]] {
      return .param(
        try reference(
          .param(node: id, index: index), declaration.params[index].kind, names, 2, offset))
    }
    guard let port = declaration.values.first(where: { $0.name == names[1] }) else {
      let known = declaration.params.map(\.name) + declaration.values.map(\.name)
      throw ExpressionError(
        offset, Messages.unknownParam(declaration.typeName, names[1]),
        suggestion: nearest(names[1], known))
    }
    let component = try component(of: port.kind, names, 2, offset)
    return .link(DataLink(node: id, value: port.name), component: component)
  }

  /// A reference to a parameter, its component after the first `used` names.
  private func reference(
    _ target: ParamRef.Target, _ kind: ValueKind, _ names: [String], _ used: Int, _ offset: Int
  ) throws(ExpressionError) -> ParamRef {
    ParamRef(target, component: try component(of: kind, names, used, offset))
  }

  /// Which number of a value is meant, by what follows the first `used` names; nil for a value that is one.
  private func component(of kind: ValueKind, _ names: [String], _ used: Int, _ offset: Int)
    throws(ExpressionError) -> Int?
  {
    let text = names[..<used].joined(separator: ".")
    switch kind.type.components {
    case .one:
      guard names.count == used else {
        throw ExpressionError(offset, Messages.componentOfNumber(text))
      }
      return nil
    case .count(let count, let words):
      guard names.count == used + 1 else {
        throw ExpressionError(
          offset, Messages.vectorInExpression(text, count, words.first ?? "0"))
      }
      guard let component = Self.component(names[used], words, count) else {
        throw ExpressionError(offset, Messages.unknownComponent(names[used], text, count))
      }
      return component
    case .many(let part) where part == .number:
      guard names.count == used + 1, let component = Int(names[used]), component >= 0 else {
        throw ExpressionError(offset, Messages.vectorInExpression(text, nil, "0"))
      }
      return component
    case .many, .none:
      throw ExpressionError(offset, Messages.notANumber(text, Wording.shape(kind, .any)))
    }
  }

  // MARK: Chains

  /// What lies behind a parameter: how long the longest chain of references is, and the data nodes
  /// at the ends.
  private struct Facts {
    var depth = 0
    var links: [DataLink] = []

    mutating func include(_ other: Facts) {
      depth = max(depth, other.depth + 1)
      for link in other.links where !links.contains(link) { links.append(link) }
    }
  }

  private struct Edges {
    var refs: [ParamRef.Target] = []
    var links: [DataLink] = []

    init(_ source: ParamSource?) {
      var rest = [source].compactMap { $0 }
      while let source = rest.popLast() {
        switch source {
        case .program(let program):
          refs += program.references.map(\.target)
          links += program.links
        case .link(let link, _, _): links.append(link)
        case .shared(let index): refs.append(.shared(index))
        default: rest += source.parts.reversed()
        }
      }
    }
  }

  /// References in a circle, chains that are too long, and each node's data nodes. Linear, without
  /// recursion.
  func followReferences() {
    var facts: [ParamRef.Target: Facts] = [:]
    for (id, draft) in drafts.enumerated() {
      for (index, source) in draft.params.enumerated() where source?.isStatic == false {
        follow(.param(node: id, index: index), &facts)
      }
    }
    for draft in drafts {
      var all = Facts()
      for source in draft.params {
        collect(source, &all, &facts)
      }
      collect(draft.mix, &all, &facts)
      for source in draft.disabled { collect(source, &all, &facts) }
      draft.links = all.links
    }
  }

  private func collect(
    _ source: ParamSource?, _ all: inout Facts, _ facts: inout [ParamRef.Target: Facts]
  ) {
    guard let source, !source.isStatic else { return }
    let edges = Edges(source)
    for link in edges.links where !all.links.contains(link) { all.links.append(link) }
    for ref in edges.refs {
      // A `mix` is nobody's target, so what it refers to may not have been followed yet.
      if facts[ref] == nil { follow(ref, &facts) }
      if let behind = facts[ref] { all.include(behind) }
    }
  }

  private func source(of target: ParamRef.Target) -> ParamSource? {
    switch target {
    case .param(let node, let index): drafts[node].params[index]
    case .shared(let index): shared[index].source
    }
  }

  private func describe(_ target: ParamRef.Target) -> String {
    switch target {
    case .param(let node, let index):
      path(of: drafts[node]) + "." + drafts[node].declaration.params[index].name
    case .shared(let index): shared[index].scope.prefix + shared[index].exposed.name
    }
  }

  private func report(_ target: ParamRef.Target, _ message: String) {
    switch target {
    case .param(let node, let index):
      let object = drafts[node].object
      let name = drafts[node].declaration.params[index].name
      let field = object[name]
      report(
        field?.file ?? object.file, field?.value.start ?? object.start,
        Self.join(object.location, name), message)
    case .shared(let index):
      let draft = shared[index]
      let object = draft.scope.instance?.object
      let field = object?[draft.exposed.name]
      report(
        field?.file ?? draft.scope.file, field?.value.start ?? draft.exposed.start,
        Self.join(object?.location ?? "", draft.exposed.name), message)
    }
  }

  private func follow(_ start: ParamRef.Target, _ facts: inout [ParamRef.Target: Facts]) {
    guard facts[start] == nil else { return }
    var stack: [(target: ParamRef.Target, edges: Edges, next: Int, facts: Facts)] = []
    var active: Set<ParamRef.Target> = [start]
    func push(_ target: ParamRef.Target) {
      let edges = Edges(source(of: target))
      var facts = Facts()
      for link in edges.links where !facts.links.contains(link) { facts.links.append(link) }
      stack.append((target, edges, 0, facts))
    }
    push(start)
    while let top = stack.last {
      let last = stack.count - 1
      guard top.next < top.edges.refs.count else {
        if top.facts.depth == limits.referenceDepth + 1 {
          report(top.target, Messages.referencesTooDeep(limits.referenceDepth))
        }
        facts[top.target] = top.facts
        active.remove(top.target)
        stack.removeLast()
        continue
      }
      let target = top.edges.refs[top.next]
      if let known = facts[target] {
        stack[last].next += 1
        stack[last].facts.include(known)
      } else if active.contains(target) {
        stack[last].next += 1
        let from = stack.firstIndex { $0.target == target } ?? 0
        report(target, Messages.cycle(stack[from...].map { describe($0.target) }))
      } else {
        active.insert(target)
        push(target)
      }
    }
  }
}
