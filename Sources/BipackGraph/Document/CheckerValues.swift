/// Values as they are written: literals, records, texts with links, and the forms that lead elsewhere.
extension Checker {
  /// What `value` says; nil after reporting what is wrong with it.
  func source(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource? {
    if !place.isPlain, let source = perView(value, shape, place) { return source }
    let type = shape.kind.type
    if let object = value.object, !type.isLiteral(keys: object.map(\.name)) {
      if place.isPlain {
        report(
          place.file, value.start, place.path, Messages.wrongType(value), expected: shape.wording)
        return nil
      }
      return animated(value, shape, place)
    }
    if let type = type as? RecordType { return record(value, type.declaration, shape, place) }
    if let type = type as? RecordsType, let parts = value.array {
      return list(parts, Shape(kind: ValueKind(type.element)), place)
    }
    if case .count(_, let names) = type.components, let parts = value.array,
      parts.contains(where: { $0.object != nil })
    {
      return components(value, parts, names, shape, place)
    }
    if !place.isPlain, let source = textWithLinks(value, shape, place) { return source }
    return literal(value, shape, place).map(ParamSource.data)
  }

  /// The forms besides a literal: key frames, an expression, a link, a file.
  private func animated(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource? {
    let forms = Messages.paramFormNames.filter { value[$0] != nil }
    guard forms.count == 1 else {
      report(
        place.file, value.start, place.path,
        forms.isEmpty ? Messages.wrongType(value) : Messages.severalForms(forms),
        expected: forms.isEmpty ? Messages.paramForms(shape.wording) : nil)
      return nil
    }
    let options: [String: [String]] = [
      "keys": ["before", "after", "interpolation"], "from": ["at", "offset"], "file": ["value"],
    ]
    let known = forms + (options[forms[0]] ?? [])
    guard
      let members = members(value, place.file, place.path, known: known, what: "an object")
    else { return nil }
    if let keys = members["keys"] { return self.keys(keys.value, members, shape, place) }
    if let expression = members["expr"] { return program(expression.value, shape, place) }
    if let file = members["file"] { return self.file(file.value, members["value"], shape, place) }
    if let from = members["from"] {
      guard let time = linkTime(members, place) else { return nil }
      return link(from.value, shape, time, place)
    }
    return nil
  }

  // MARK: Values with parts

  private func components(
    _ value: JSONValue, _ parts: [JSONValue], _ names: [String], _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    let zeros = ValueData.array(parts.map { _ in .number(0) })
    guard shape.accepts(zeros), shape.kind.type.fitted(zeros) != nil else {
      report(
        place.file, value.start, place.path, Messages.wrongLength(parts.count),
        expected: shape.wording)
      return nil
    }
    return list(parts, Shape(kind: .number, range: shape.range), place, isPlainToo: false)
  }

  /// A source for each element; plain data where none varies.
  private func list(
    _ parts: [JSONValue], _ shape: Shape, _ place: Place, isPlainToo: Bool = true
  ) -> ParamSource? {
    var sources: [ParamSource] = []
    for (i, part) in parts.enumerated() {
      var inner = place
      inner.path += "[\(i)]"
      if let source = source(part, shape, inner) { sources.append(source) }
    }
    guard sources.count == parts.count else { return nil }
    let plain = sources.compactMap(\.data)
    return isPlainToo && plain.count == parts.count ? .data(.array(plain)) : .components(sources)
  }

  private func record(
    _ value: JSONValue, _ declaration: RecordDeclaration, _ shape: Shape, _ place: Place
  ) -> ParamSource? {
    guard value.object != nil else {
      guard let short = declaration.shorthand.flatMap(declaration.field) else {
        report(
          place.file, value.start, place.path, Messages.wrongType(value), expected: shape.wording)
        return nil
      }
      return source(value, Shape(short), place).map {
        let part = ParamSource.Part(
          name: short.name, kind: short.kind, range: short.range, source: $0)
        return Self.record([part], declaration)
      }
    }
    guard
      let members = members(
        value, place.file, place.path, known: declaration.fields.map(\.name), what: shape.wording)
    else { return nil }
    var parts: [ParamSource.Part] = []
    var isWhole = true
    for field in declaration.fields {
      guard let member = members[field.name] else {
        if declaration.required.contains(field.name) {
          report(
            place.file, value.start, place.path,
            Messages.missingPart(field.name, of: declaration.name))
          isWhole = false
        }
        continue
      }
      var inner = place
      inner.path = Self.join(place.path, field.name)
      guard let source = source(member.value, Shape(field), inner) else {
        isWhole = false
        continue
      }
      parts.append(
        ParamSource.Part(name: field.name, kind: field.kind, range: field.range, source: source))
    }
    return isWhole ? Self.record(parts, declaration) : nil
  }

  /// A record in its full form where nothing in it varies.
  private static func record(_ parts: [ParamSource.Part], _ declaration: RecordDeclaration)
    -> ParamSource
  {
    let plain = parts.compactMap { part in
      part.source.data.map { ValueMember(part.name, $0) }
    }
    if plain.count != parts.count { return .record(parts) }
    return .data(RecordType(declaration: declaration).fitted(.object(plain)) ?? .object(plain))
  }

  // MARK: Texts with links

  /// A text in which `${node.value}` or `${picture.metadata.key}` stands; nil for any other value.
  private func textWithLinks(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource?? {
    if shape.kind == .texts, let parts = value.array,
      parts.contains(where: { $0.string.map(Self.hasLink) ?? false })
    {
      return .some(list(parts, Shape(kind: .string), place))
    }
    guard shape.kind == .string || shape.kind == .texts, let text = value.string,
      Self.hasLink(text)
    else { return nil }
    guard let pieces = pieces(text, value, place) else { return .some(nil) }
    var parts: [ParamSource] = []
    for piece in pieces {
      switch piece {
      case .text(let text): parts.append(.data(.string(text)))
      case .link(let name):
        do throws(LinkProblem) {
          parts.append(try link(name, Shape(kind: .string), .now, place))
        } catch {
          report(error, place.file, value, place.path)
          return .some(nil)
        }
      }
    }
    // Names with points in them may have been columns.
    let plain = parts.compactMap { $0.data.flatMap(String.init) }
    return .some(plain.count == parts.count ? .data(.string(plain.joined())) : .text(parts))
  }

  // MARK: Literals

  /// A value that is just there, with all its parts.
  func plain(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ValueData? {
    var place = place
    place.isPlain = true
    return source(value, shape, place)?.data.flatMap(shape.kind.type.fitted)
  }

  /// A value that is no record.
  private func literal(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ValueData? {
    guard let data = data(value, shape, place) else { return nil }
    if let problem = shape.kind.type.problem(data) {
      report(problem, in: value, shape, place)
      return nil
    }
    guard let fitted = shape.kind.type.fitted(data), shape.accepts(fitted) else {
      report(ValueProblem(), in: value, shape, place)
      return nil
    }
    if shape.kind.type.isRanged { checkRange(value, fitted, shape, place) }
    return fitted
  }

  /// Says what is wrong with a part of a literal, where that part stands.
  func report(
    _ problem: ValueProblem, in value: JSONValue, _ shape: Shape, _ place: Place
  ) {
    var (value, path) = (value, place.path)
    for step in problem.steps {
      switch step {
      case .index(let index):
        path += "[\(index)]"
        if let parts = value.array, parts.indices.contains(index) { value = parts[index] }
      case .name(let name):
        path = Self.join(path, name)
        if let member = value[name] { value = member }
      }
    }
    report(
      place.file, value.start, path, problem.message ?? Messages.wrongType(value),
      expected: problem.expected ?? (problem.message == nil ? shape.wording : nil),
      suggestion: problem.word.flatMap { nearest($0.found, $0.known) })
  }

  func checkRange(_ value: JSONValue, _ data: ValueData, _ shape: Shape, _ place: Place) {
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
    case .bool, .string, .object: break
    }
  }

  /// JSON as plain data, variables put into texts.
  private func data(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ValueData? {
    switch value.content {
    case .number(let number, _): return .number(number)
    case .bool(let bool): return .bool(bool)
    case .string(let text):
      guard
        let text = interpolated(
          text, value, place, keepsProxy: shape.isTarget, isFile: shape.kind == .file)
      else { return nil }
      if shape.kind == .file, let word = PlainPath.shellWord(in: text) {
        report(place.file, value.start, place.path, Messages.shellWord(word))
        return nil
      }
      return .string(text)
    case .array(let values):
      var parts: [ValueData] = []
      for (i, part) in values.enumerated() {
        var inner = place
        inner.path += "[\(i)]"
        guard let part = data(part, shape, inner) else { return nil }
        parts.append(part)
      }
      return .array(parts)
    case .object(let members) where shape.kind.type.holdsObjects:
      var parts: [ValueMember] = []
      for member in members where member.name != "note" {
        var inner = place
        inner.path = Self.join(place.path, member.name)
        guard let part = data(member.value, shape, inner) else { return nil }
        parts.append(ValueMember(member.name, part))
      }
      return .object(parts)
    case .null, .object:
      report(
        place.file, value.start, place.path, Messages.wrongType(value),
        expected: Wording.shape(shape.kind, shape.range))
      return nil
    }
  }
}
