/// Parameters of nodes and of groups: which value each has, and from where.
extension Checker {
  /// What a parameter may hold.
  struct Shape {
    var kind: ValueKind
    var range: ParamRange = .any
    /// Whether plain data fits the parameter's type.
    var accepts: (ValueData) -> Bool = { _ in true }
    /// Whether it is where a file goes: `${proxy}` stays for the render to put in.
    var isTarget = false

    init(kind: ValueKind, range: ParamRange = .any) {
      self.kind = kind
      self.range = range
    }

    /// A parameter, or a part of a record.
    init(_ param: ParamDeclaration, isTarget: Bool = false) {
      kind = param.kind
      range = param.range
      accepts = param.accepts
      self.isTarget = isTarget
    }

    /// What it takes, without its range.
    var wording: String { Wording.shape(kind, .any) }
  }

  private static func shape(_ param: ParamDeclaration, of declaration: NodeDeclaration) -> Shape {
    Shape(param, isTarget: declaration.isSink && param.kind == .file)
  }

  // MARK: Nodes

  func compile(_ draft: Draft) {
    let object = draft.object
    (draft.mix, draft.disabled) = (.data(.number(1)), [])
    let outer = draft.gateOutput == nil ? draft.scope : draft.scope.instance?.scope ?? draft.scope
    for (i, param) in draft.declaration.params.enumerated() {
      draft.params[i] = source(
        param.name, Self.shape(param, of: draft.declaration), draft, outer)
    }
    let number = Shape(kind: .number, range: .closed(0...1))
    if let mix = source("mix", number, draft, outer) { draft.mix = mix }
    if let disabled = source("disabled", Shape(kind: .bool), draft, outer) {
      draft.disabled.append(disabled)
      if draft.declaration.inputs.isEmpty, let field = object["disabled"] {
        report(
          field.file, field.start, object.location,
          Messages.cannotDisable(draft.declaration.typeName))
      }
    }
    // What a disabled group would write is not written.
    if draft.declaration.isSink {
      cellsRead = []
      draft.disabled += disabledAround(draft)
      if !cellsRead.isEmpty { draft.takesCells = true }
    }
  }

  /// The `disabled` of every group that a node stands in.
  private func disabledAround(_ draft: Draft) -> [ParamSource] {
    var sources: [ParamSource] = []
    var scope = draft.scope
    while let instance = scope.instance {
      let object = instance.object
      if let index = instance.scope.bound[object.name + ".disabled"] {
        sources.append(.shared(index))
      } else if let field = object["disabled"] {
        let place = Place(
          file: field.file, scope: instance.scope, path: Self.join(object.location, "disabled"))
        if let source = source(field.value, Shape(kind: .bool), place) { sources.append(source) }
      }
      scope = instance.scope
    }
    return sources
  }

  private func source(_ name: String, _ shape: Shape, _ draft: Draft, _ scope: Scope)
    -> ParamSource?
  {
    cellsRead = []
    defer { if !cellsRead.isEmpty { draft.takesCells = true } }
    if draft.gateOutput == nil, let index = draft.scope.bound[draft.object.name + "." + name] {
      return boundSource(index, shape, name)
    }
    guard let field = draft.object[name] else { return nil }
    let place = Place(
      file: field.file, scope: scope, path: Self.join(draft.object.location, name))
    return source(field.value, shape, place)
  }

  /// An inner parameter that an exposed one replaces.
  private func boundSource(_ index: Int, _ shape: Shape, _ name: String) -> ParamSource? {
    let draft = shared[index]
    draft.cells?.forEach(note)
    guard case .data(let data)? = draft.source else {
      return draft.source == nil ? nil : .shared(index)
    }
    if check(data, self.shape(of: draft)), !check(data, shape), let instance = draft.scope.instance
    {
      let field = instance.object[draft.exposed.name]
      report(
        field?.file ?? draft.scope.file, field?.value.start ?? draft.exposed.start,
        Self.join(instance.object.location, draft.exposed.name),
        Messages.boundValue(name), expected: Wording.shape(shape.kind, shape.range))
    }
    return .data(shape.kind.type.fitted(data) ?? data)
  }

  private func check(_ data: ValueData, _ shape: Shape) -> Bool {
    shape.kind.fitted(data, shape.range, shape.accepts) != nil
  }

  // MARK: Exposed parameters

  /// The shape of an exposed parameter: that of the first parameter it is bound to, or of its
  /// default. Groups do not nest deeply, so neither does this.
  func shape(of draft: SharedDraft) -> Shape {
    if let known = draft.shape { return known }
    var shape = Shape(kind: .number)
    if let binding = draft.exposed.bindings.first {
      let (name, param) = Self.split(binding.text)
      switch (draft.scope.entries[name], param) {
      case (.node(let id)?, let param?):
        if let declared = drafts[id].declaration.param(param) {
          shape = Self.shape(declared, of: drafts[id].declaration)
        } else if param == "disabled" {
          shape = Shape(kind: .bool)
        } else {
          shape = Shape(kind: .number, range: .closed(0...1))
        }
      case (.group(let child)?, let param?):
        if let index = child.exposed[param] { shape = self.shape(of: shared[index]) }
      default: break
      }
    } else {
      switch draft.exposed.defaultValue?.content {
      case .bool?: shape.kind = .bool
      case .string?: shape.kind = .string
      case .array(let values)? where values.allSatisfy({ $0.number != nil }):
        let names = values.count <= 4 ? Array(["x", "y", "z", "w"].prefix(values.count)) : []
        shape.kind = .numbers(values.count, scalar: false, names: names)
      default: break
      }
    }
    if let range = draft.exposed.range { shape.range = range }
    draft.shape = shape
    return shape
  }

  func compile(_ draft: SharedDraft) {
    guard let instance = draft.scope.instance else { return }
    let shape = shape(of: draft)
    let exposed = draft.exposed
    // An exposed parameter bound from an outer group follows that one.
    if let outer = instance.scope.bound[instance.object.name + "." + exposed.name] {
      shared[outer].cells?.forEach(note)
      if case .data(let data)? = shared[outer].source {
        draft.source = .data(data)
      } else {
        draft.source = .shared(outer)
      }
      return
    }
    draft.source = usual(draft, shape)
    if let field = instance.object[exposed.name] {
      let place = Place(
        file: field.file, scope: instance.scope,
        path: Self.join(instance.object.location, exposed.name))
      draft.source = source(field.value, shape, place) ?? draft.source
    }
  }

  /// The value of an exposed parameter that an instance does not set: its default, or else what the
  /// parameter it is bound to has inside the group.
  private func usual(_ draft: SharedDraft, _ shape: Shape) -> ParamSource? {
    let (exposed, scope) = (draft.exposed, draft.scope)
    if let value = exposed.defaultValue {
      let path = Self.join(
        scope.instance?.group.location ?? "", "params." + exposed.name + ".default")
      guard value.object == nil else {
        report(scope.file, value.start, path, Messages.defaultNotPlain)
        return nil
      }
      return source(value, shape, Place(file: scope.file, scope: scope, path: path))
    }
    guard let binding = exposed.bindings.first else { return nil }
    let (name, param) = Self.split(binding.text)
    guard let param else { return nil }
    switch scope.entries[name] {
    case .node(let id)?:
      if let field = drafts[id].object[param] {
        return written(field, drafts[id].object, param, scope, shape)
      }
      let value = drafts[id].declaration.param(param)?.defaultValue
      return .data(value ?? (param == "disabled" ? .bool(false) : .number(1)))
    case .group(let child)?:
      guard let index = child.exposed[param], let object = child.instance?.object else {
        return nil
      }
      if let field = object[param] { return written(field, object, param, scope, shape) }
      return usual(shared[index], shape)
    default: return nil
    }
  }

  private func written(
    _ field: NodeObject.Field, _ object: NodeObject, _ param: String, _ scope: Scope,
    _ shape: Shape
  ) -> ParamSource? {
    source(
      field.value, shape,
      Place(file: field.file, scope: scope, path: Self.join(object.location, param)))
  }
}
