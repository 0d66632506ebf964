/// Parameters: values, key frames, expressions and links become `ParamSource`s.
extension Checker {
  /// What a parameter may hold.
  struct Shape {
    var kind: ParamKind
    var range: ParamRange = .any
    /// Whether plain data fits the parameter's type.
    var accepts: (ParamData) -> Bool = { _ in true }
    /// Whether it is where a file goes: `${proxy}` stays for the render to put in.
    var isTarget = false
  }

  private static func shape(_ param: ParamDeclaration, of declaration: NodeDeclaration) -> Shape {
    Shape(
      kind: param.kind, range: param.range, accepts: param.accepts,
      isTarget: declaration.isSink && param.kind == .path)
  }

  // MARK: Nodes

  func compile(_ draft: Draft) {
    let object = draft.object
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
    if draft.declaration.isSink { draft.disabled += disabledAround(draft) }
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
    return .data(Evaluator.fitted(data, shape.kind) ?? data)
  }

  private func check(_ data: ParamData, _ shape: Shape) -> Bool {
    guard let fitted = Evaluator.fitted(data, shape.kind), shape.accepts(fitted) else {
      return false
    }
    return fitted.allNumbers.allSatisfy(shape.range.contains)
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
      case .array(let values)?:
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

  // MARK: Values

  /// What `value` says; nil after reporting what is wrong with it.
  func source(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource? {
    if let source = perView(value, shape, place) { return source }
    if let object = value.object { return animated(value, object, shape, place) }
    if case .numbers(_, _, let names) = shape.kind, let parts = value.array,
      parts.contains(where: { $0.object != nil })
    {
      return components(value, parts, names, shape, place)
    }
    return plain(value, shape, place).map(ParamSource.data)
  }

  private func components(
    _ value: JSONValue, _ parts: [JSONValue], _ names: [String], _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    let zeros = ParamData.array(parts.map { _ in .number(0) })
    guard shape.accepts(zeros), Evaluator.fitted(zeros, shape.kind) != nil else {
      report(
        place.file, value.start, place.path, Messages.wrongLength(parts.count),
        expected: Wording.shape(shape.kind, .any))
      return nil
    }
    var sources: [ParamSource] = []
    for (i, part) in parts.enumerated() {
      var inner = place
      inner.path += "[\(i)]"
      if let source = source(part, Shape(kind: .number, range: shape.range), inner) {
        sources.append(source)
      }
    }
    return sources.count == parts.count ? .components(sources) : nil
  }

  /// A list of numbers written as rows of one length: one row after the other.
  private func flat(_ rows: [JSONValue], _ shape: Shape, _ place: Place) -> ParamData? {
    var numbers: [ParamData] = []
    for (i, row) in rows.enumerated() {
      var inner = place
      inner.path += "[\(i)]"
      guard let entries = row.array, !entries.contains(where: { $0.array != nil }) else {
        report(
          place.file, row.start, inner.path, Messages.wrongType(row), expected: Messages.rowShape)
        return nil
      }
      guard case .array(let parts)? = plain(row, shape, inner) else { return nil }
      if i > 0, parts.count * i != numbers.count {
        report(
          place.file, row.start, inner.path,
          Messages.unevenRows(parts.count, numbers.count / i), expected: Messages.rowShape)
        return nil
      }
      numbers += parts
    }
    return .array(numbers)
  }

  /// A value that is just there.
  func plain(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamData? {
    if shape.kind == .list, let rows = value.array, rows.contains(where: { $0.array != nil }) {
      return flat(rows, shape, place)
    }
    guard let data = data(value, shape, place) else { return nil }
    func wrong(_ message: String, _ suggestion: String? = nil) -> ParamData? {
      report(
        place.file, value.start, place.path, message,
        expected: Wording.shape(shape.kind, .any), suggestion: suggestion)
      return nil
    }
    switch (shape.kind, data) {
    case (.choice(let words), .string(let word)):
      guard words.contains(word) else {
        return wrong(Messages.unknownChoice(word), nearest(word, words))
      }
    case (.integer, .number(let number)):
      guard number == number.rounded(), abs(number) < 9e15 else {
        return wrong(Messages.wrongType(value))
      }
    case (.bool, .number), (.curve, .number): return wrong(Messages.wrongType(value))
    case (.numbers, .array(let parts)), (.list, .array(let parts)):
      for (i, part) in parts.enumerated() {
        guard case .number = part else {
          report(
            place.file, value.array?[i].start ?? value.start, "\(place.path)[\(i)]",
            Messages.wrongType(value.array?[i] ?? value), expected: "a number")
          return nil
        }
      }
    case (.texts, .array(let parts)):
      for (i, part) in parts.enumerated() {
        guard case .string = part else {
          report(
            place.file, value.array?[i].start ?? value.start, "\(place.path)[\(i)]",
            Messages.wrongType(value.array?[i] ?? value), expected: "a text")
          return nil
        }
      }
    default: break
    }
    guard let fitted = Evaluator.fitted(data, shape.kind), shape.accepts(fitted) else {
      if case .array(let parts) = data, case .numbers = shape.kind {
        return wrong(Messages.wrongLength(parts.count))
      }
      return wrong(shape.kind == .curve ? Messages.wrongCurve : Messages.wrongType(value))
    }
    if shape.kind != .curve { checkRange(value, fitted, shape, place) }
    return fitted
  }

  private func checkRange(_ value: JSONValue, _ data: ParamData, _ shape: Shape, _ place: Place) {
    switch data {
    case .number(let number):
      if !shape.range.contains(number) {
        report(place.file, value.start, place.path, Messages.outside(number, shape.range))
      }
    case .array(let parts):
      for (i, part) in parts.enumerated() {
        guard case .number(let number) = part, !shape.range.contains(number) else { continue }
        report(
          place.file, value.array?[i].start ?? value.start, "\(place.path)[\(i)]",
          Messages.outside(number, shape.range))
      }
    case .bool, .string: break
    }
  }

  /// JSON as plain data, variables put into texts.
  private func data(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamData? {
    switch value.content {
    case .number(let number, _): return .number(number)
    case .bool(let bool): return .bool(bool)
    case .string(let text):
      guard let text = interpolated(text, value, place, keepsProxy: shape.isTarget) else {
        return nil
      }
      if shape.kind == .path, let word = PlainPath.shellWord(in: text) {
        report(place.file, value.start, place.path, Messages.shellWord(word))
        return nil
      }
      return .string(text)
    case .array(let values):
      var parts: [ParamData] = []
      for (i, part) in values.enumerated() {
        var inner = place
        inner.path += "[\(i)]"
        guard let part = data(part, shape, inner) else { return nil }
        parts.append(part)
      }
      return .array(parts)
    case .null, .object:
      report(
        place.file, value.start, place.path, Messages.wrongType(value),
        expected: Wording.shape(shape.kind, shape.range))
      return nil
    }
  }

  // MARK: Key frames, expressions, links

  private func animated(
    _ value: JSONValue, _ object: [JSONMember], _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    let forms = ["keys", "expr", "from"].filter { value[$0] != nil }
    guard forms.count == 1 else {
      report(
        place.file, value.start, place.path,
        forms.isEmpty ? Messages.wrongType(value) : Messages.severalForms(forms),
        expected: forms.isEmpty ? Messages.paramForms(Wording.shape(shape.kind, .any)) : nil)
      return nil
    }
    var known = forms
    if forms == ["keys"] { known += ["before", "after", "interpolation"] }
    if forms == ["from"] { known += ["at", "offset"] }
    guard
      let members = members(value, place.file, place.path, known: known, what: "an object")
    else { return nil }
    if let keys = members["keys"] { return self.keys(keys.value, members, shape, place) }
    if let expression = members["expr"] { return program(expression.value, shape, place) }
    if let from = members["from"] {
      guard let time = linkTime(members, place) else { return nil }
      return link(from.value, shape, time, place)
    }
    return nil
  }

  private func word<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, _ fallback: Word, _ place: Place, _ key: String
  ) -> Word where Word.RawValue == String {
    guard let value else { return fallback }
    if let text = value.string, let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    report(
      place.file, value.start, Self.join(place.path, key), Messages.wrongType(value),
      expected: Messages.oneOf(words),
      suggestion: value.string.flatMap { nearest($0, words) })
    return fallback
  }

  /// A key as written.
  private struct Key {
    var frame: Double
    var value: JSONValue
    var data: ParamData
    var interpolation: Interpolation
    var left: Double?
    var right: Double?
  }

  private func keys(
    _ value: JSONValue, _ members: [String: JSONMember], _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    let usual = word(
      members["interpolation"]?.value, Interpolation.linear, place, "interpolation")
    let before = word(members["before"]?.value, Extrapolation.hold, place, "before")
    let after = word(members["after"]?.value, Extrapolation.hold, place, "after")
    let path = Self.join(place.path, "keys")
    guard let list = value.array, !list.isEmpty else {
      report(place.file, value.start, path, Messages.wrongType(value), expected: Messages.keysShape)
      return nil
    }
    if list.count > limits.keys {
      report(place.file, value.start, path, Messages.tooManyKeys(list.count, limits.keys))
      return nil
    }
    var keys: [Key] = []
    var isWhole = true
    for (i, entry) in list.enumerated() {
      var inner = place
      inner.path = "\(path)[\(i)]"
      guard let key = key(entry, usual, shape, inner) else {
        isWhole = false
        continue
      }
      if let last = keys.last, key.frame <= last.frame {
        report(
          place.file, entry.start, inner.path, Messages.keysOutOfOrder(key.frame, last.frame))
        isWhole = false
      }
      keys.append(key)
    }
    guard isWhole else { return nil }
    return curve(keys, before, after, shape)
  }

  private func key(_ entry: JSONValue, _ usual: Interpolation, _ shape: Shape, _ place: Place)
    -> Key?
  {
    let frame: JSONValue?
    let value: JSONValue?
    var interpolation = usual
    var slopes: [Double?] = [nil, nil]
    if let parts = entry.array, parts.count == 2 || parts.count == 3 {
      (frame, value) = (parts[0], parts[1])
      if parts.count == 3 { interpolation = word(parts[2], usual, place, "[2]") }
    } else if entry.object != nil {
      let known = ["frame", "value", "interpolation", "left", "right"]
      guard
        let members = members(entry, place.file, place.path, known: known, what: Messages.keyShape)
      else { return nil }
      (frame, value) = (members["frame"]?.value, members["value"]?.value)
      let sloped = members["left"] != nil || members["right"] != nil
      interpolation = word(
        members["interpolation"]?.value, sloped ? .cubic : usual, place, "interpolation")
      for (i, name) in ["left", "right"].enumerated() {
        guard let slope = members[name]?.value else { continue }
        slopes[i] = slope.number
        if slope.number == nil {
          report(
            place.file, slope.start, Self.join(place.path, name), Messages.wrongType(slope),
            expected: Messages.slopeShape)
        }
      }
    } else {
      (frame, value) = (nil, nil)
    }
    guard let frame, let value else {
      report(
        place.file, entry.start, place.path, Messages.wrongType(entry),
        expected: Messages.keyShape)
      return nil
    }
    guard let number = frame.number else {
      report(
        place.file, frame.start, place.path, Messages.wrongType(frame), expected: "a frame number")
      return nil
    }
    guard let data = plain(value, shape, place) else { return nil }
    return Key(
      frame: number, value: value, data: data, interpolation: interpolation, left: slopes[0],
      right: slopes[1])
  }

  private func curve(
    _ keys: [Key], _ before: Extrapolation, _ after: Extrapolation, _ shape: Shape
  ) -> ParamSource {
    func numbers(_ data: ParamData) -> [Double]? {
      if case .number(let value) = data { return [value] }
      return data.numbers
    }
    let values = keys.compactMap { numbers($0.data) }
    let isNumeric: Bool
    switch shape.kind {
    case .number, .integer, .numbers, .list: isNumeric = values.count == keys.count
    default: isNumeric = false
    }
    let width = values.map(\.count).max() ?? 0
    // Lists of different lengths cannot be blended; they hold like words.
    guard isNumeric, values.allSatisfy({ $0.count == width || $0.count == 1 }), width > 0 else {
      return .held(
        HeldKeys(
          keys.map { HeldKeys.Key($0.frame, $0.data) }, before: before, after: after))
    }
    let curves = (0..<width).map { component in
      ParamSource.curve(
        Curve(
          zip(keys, values).map { key, values in
            Curve.Key(
              key.frame, values[min(component, values.count - 1)], key.interpolation,
              left: key.left, right: key.right)
          }, before: before, after: after))
    }
    if case .list = shape.kind { return .components(curves) }
    return width == 1 ? curves[0] : .components(curves)
  }

  private func isNumeric(_ kind: ParamKind) -> Bool {
    switch kind {
    case .number, .integer, .bool: true
    case .numbers(_, let scalar, _): scalar
    default: false
    }
  }

  private func program(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource? {
    let path = Self.join(place.path, "expr")
    guard let text = value.string else {
      report(
        place.file, value.start, path, Messages.wrongType(value), expected: Messages.exprShape)
      return nil
    }
    guard isNumeric(shape.kind) else {
      report(
        place.file, value.start, path, Messages.notForExpressions(Wording.shape(shape.kind, .any)))
      return nil
    }
    do throws(ExpressionError) {
      let program = try ExpressionParser.compile(text, limits: limits) {
        names, offset throws(ExpressionError) in
        try self.symbol(names, offset, place.scope)
      }
      guard let constant = program.constant else { return .program(program) }
      guard constant.isFinite else {
        report(place.file, value.start, path, Messages.constantNotFinite(text, constant))
        return nil
      }
      let raw = ParamData.number(constant)
      guard let data = Evaluator.fitted(raw, shape.kind), shape.accepts(data) else { return nil }
      checkRange(value, data, shape, place)
      return .data(data)
    } catch {
      // Positions inside a text with escapes cannot be counted; then the text's own start serves.
      let raw = place.file.text.bytes[value.start..<max(value.start, value.end)]
      let isPlain = !raw.contains(UInt8(ascii: "\\")) && value.end > value.start
      report(
        place.file, value.start + (isPlain ? 1 + error.offset : 0), path, error.message,
        suggestion: error.suggestion)
      return nil
    }
  }

  /// The frame of a link: `"at": 1001`, `"offset": -1`, or the one that is made.
  private func linkTime(_ members: [String: JSONMember], _ place: Place) -> LinkTime? {
    func number(_ member: JSONMember, _ key: String) -> Double? {
      if case .number(let number, _) = member.value.content,
        abs(number) <= LinkTime.furthestFrame
      {
        return number
      }
      report(
        place.file, member.value.start, Self.join(place.path, key),
        Messages.wrongType(member.value), expected: Messages.linkFrame(key))
      return nil
    }
    switch (members["at"], members["offset"]) {
    case (nil, nil): return .now
    case (let at?, nil): return number(at, "at").map(LinkTime.at)
    case (nil, let offset?): return number(offset, "offset").map(LinkTime.offset)
    case (_?, let offset?):
      report(
        place.file, offset.start, Self.join(place.path, "offset"), Messages.linkTwoTimes)
      return nil
    }
  }

  private func link(_ value: JSONValue, _ shape: Shape, _ time: LinkTime, _ place: Place)
    -> ParamSource?
  {
    let path = Self.join(place.path, "from")
    func fail(_ message: String, _ suggestion: String? = nil) -> ParamSource? {
      report(place.file, value.start, path, message, suggestion: suggestion)
      return nil
    }
    let parts =
      value.string?.split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init) ?? []
    guard parts.count == 2 || parts.count == 3 else {
      report(
        place.file, value.start, path, Messages.wrongType(value), expected: Messages.fromShape)
      return nil
    }
    switch place.scope.entries[parts[0]] {
    case nil:
      return fail(
        Messages.unknownNode(parts[0]), nearest(parts[0], place.scope.entries.keys))
    case .broken?: return nil
    case .input?, .group?: return fail(Messages.notDataNode(parts[0], nil))
    case .node(let id)?:
      let declaration = drafts[id].declaration
      guard declaration.isData else {
        let hint = declaration.param(parts[1]) == nil ? nil : "\(parts[0]).\(parts[1])"
        return fail(Messages.notDataNode(parts[0], declaration.typeName, parameter: hint))
      }
      let names = declaration.values.map(\.name)
      guard let port = declaration.values.first(where: { $0.name == parts[1] }) else {
        return fail(
          Messages.unknownValue(declaration.typeName, parts[1], names),
          nearest(parts[1], names))
      }
      var component: Int?
      if parts.count == 3 {
        guard case .vector(let count) = port.kind else {
          return fail(Messages.componentOfNumber("\(parts[0]).\(parts[1])"))
        }
        component = Self.component(parts[2], [], count)
        if component == nil {
          return fail(Messages.unknownComponent(parts[2], "\(parts[0]).\(parts[1])", count))
        }
      }
      guard fits(port.kind, component != nil, shape) else {
        return fail(
          Messages.linkShape(
            "\(parts[0]).\(parts[1])", component != nil ? .number : port.kind,
            Wording.shape(shape.kind, .any)))
      }
      return .link(DataLink(node: id, value: port.name), component: component, time)
    }
  }

  private func fits(_ kind: DataValue.Kind, _ isComponent: Bool, _ shape: Shape) -> Bool {
    guard case .vector(let count) = kind, !isComponent else {
      if case .list = shape.kind { return true }
      return isNumeric(shape.kind)
    }
    if case .list = shape.kind { return true }
    let zeros = ParamData.array(Array(repeating: .number(0), count: count))
    return Evaluator.fitted(zeros, shape.kind) != nil && shape.accepts(zeros)
  }

  /// `x`, `g`, `left` or `2` as a place in a vector.
  static func component(_ text: String, _ names: [String], _ count: Int) -> Int? {
    let place =
      names.firstIndex(of: text) ?? Int(text) ?? ["r", "g", "b", "a"].firstIndex(of: text)
      ?? ["x", "y", "z", "w"].firstIndex(of: text)
    guard let place, place >= 0, place < count else { return nil }
    return place
  }
}
