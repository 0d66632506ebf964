/// Expressions and links: values that come from elsewhere in the graph.
extension Checker {
  // MARK: Expressions

  func program(_ value: JSONValue, _ shape: Shape, _ place: Place) -> ParamSource? {
    let path = Self.join(place.path, "expr")
    guard let text = value.string else {
      report(
        place.file, value.start, path, Messages.wrongType(value), expected: Messages.exprShape)
      return nil
    }
    guard shape.kind.type.takesExpressions else {
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
      let raw = ValueData.number(constant)
      guard let data = shape.kind.type.fitted(raw), shape.accepts(data) else { return nil }
      checkRange(value, data, shape, place)
      return .data(data)
    } catch {
      if let cell = error.column.flatMap({ place.scope.variables.cells[$0] }) {
        report(
          cell.file, cell.value.start, path, error.message, expected: "a number, true or false")
        return nil
      }
      // Positions inside a text with escapes cannot be counted; then the text's own start serves.
      let raw = place.file.text.bytes[value.start..<max(value.start, value.end)]
      let isPlain = !raw.contains(UInt8(ascii: "\\")) && value.end > value.start
      report(
        place.file, value.start + (isPlain ? 1 + error.offset : 0), path, error.message,
        suggestion: error.suggestion)
      return nil
    }
  }

  // MARK: Links

  /// The frame of a link: `"at": 1001`, `"offset": -1`, or the one that is made.
  func linkTime(_ members: [String: JSONMember], _ place: Place) -> LinkTime? {
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

  func link(_ value: JSONValue, _ shape: Shape, _ time: LinkTime, _ place: Place) -> ParamSource? {
    let path = Self.join(place.path, "from")
    guard let text = value.string else {
      report(
        place.file, value.start, path, Messages.wrongType(value), expected: Messages.fromShape)
      return nil
    }
    do throws(LinkProblem) {
      return try link(text, shape, time, place)
    } catch {
      report(error, place.file, value, path)
      return nil
    }
  }

  /// Why a link leads nowhere; without a message where that is reported elsewhere.
  struct LinkProblem: Error {
    var message: String?
    var expected: String?
    var suggestion: String?
  }

  func report(_ problem: LinkProblem, _ file: SourceFile, _ value: JSONValue, _ path: String) {
    guard let message = problem.message else { return }
    report(
      file, value.start, path, message, expected: problem.expected, suggestion: problem.suggestion)
  }

  /// What a link names.
  private enum LinkTarget {
    /// A value of a node, and the part of it that is meant.
    case value(Int, ValuePort, component: String?)
    /// What a picture's file says about it.
    case metadata(Int, key: String)
  }

  /// `node.value`, `node.value.component`, `picture.metadata.key` or `table.column`.
  func link(_ text: String, _ shape: Shape, _ time: LinkTime, _ place: Place)
    throws(LinkProblem) -> ParamSource
  {
    if let column = column(text, place.scope.variables) {
      return try cell(column, shape, time, place)
    }
    switch try linkTarget(text, place) {
    case .metadata(let id, let key):
      guard shape.kind.takesMetadata else {
        throw LinkProblem(
          message: Messages.linkShape(text, "a text, a number or a few", shape.wording))
      }
      return .link(DataLink(node: id, metadata: key), component: nil, time)
    case .value(let id, let port, let component):
      if shape.kind == .curve {
        guard port.isOverFrames, port.kind.isNumeric, component == nil else {
          throw LinkProblem(message: Messages.notOverFrames(text))
        }
        return .link(DataLink(node: id, value: port.name, isWhole: true), component: nil, time)
      }
      var place: Int?
      if let component { place = try part(component, of: port, text) }
      let kind = place == nil ? port.kind : Self.partKind(of: port.kind)
      guard takes(shape, kind) else {
        throw LinkProblem(
          message: Messages.linkShape(text, Wording.shape(kind, .any), shape.wording)
            + (place == nil ? Messages.takeOne(of: text, port.kind, for: shape.kind) : ""))
      }
      return .link(DataLink(node: id, value: port.name), component: place, time)
    }
  }

  /// What a value has many of: points, else numbers.
  private static func partKind(of kind: ValueKind) -> ValueKind {
    if case .many(let part) = kind.type.components { part } else { .number }
  }

  /// Which part of a value a link means: a number of a vector or a list, one of several points.
  private func part(_ name: String, of port: ValuePort, _ text: String) throws(LinkProblem) -> Int {
    switch port.kind.type.components {
    case .count(let count, let names):
      if let place = Self.component(name, names, count) { return place }
      throw LinkProblem(message: Messages.unknownComponent(name, Self.trimmed(text), count))
    case .many:
      if let place = Int(name), place >= 0 { return place }
      throw LinkProblem(message: Messages.exportedPart(text))
    case .one, .none:
      throw LinkProblem(message: Messages.componentOfNumber(Self.trimmed(text)))
    }
  }

  /// A link without its last part.
  private static func trimmed(_ text: String) -> String {
    text.split(separator: ".").dropLast().joined(separator: ".")
  }

  private func linkTarget(_ text: String, _ place: Place) throws(LinkProblem) -> LinkTarget {
    let written = Self.names(text)
    guard written.count >= 2, !written.contains("") else {
      throw LinkProblem(message: Messages.linkWithoutValue(text), expected: Messages.fromShape)
    }
    guard let (names, scope) = behindExports(written, place.scope) else {
      throw LinkProblem(message: Messages.aliasCycle(text))
    }
    if names.count > 2, names[1] == "metadata" {
      var place = place
      place.scope = scope
      return .metadata(
        try picture(names[0], place), key: names.dropFirst(2).joined(separator: "."))
    }
    // What a group says wrongly is reported there.
    guard names.count >= 2 else { throw LinkProblem() }
    switch scope.entries[names[0]] {
    case nil:
      throw LinkProblem(
        message: Messages.unknownNode(names[0]),
        suggestion: nearest(names[0], scope.entries.keys))
    case .broken?: throw LinkProblem()
    case .input?: throw LinkProblem(message: Messages.notDataNode(names[0], nil))
    case .node(let id)?: return try value(of: id, names)
    case .group(let child)?:
      let exported = child.instance?.group.values.map(\.name) ?? []
      if exported.contains(names[1]) { throw LinkProblem() }
      throw LinkProblem(
        message: Messages.noExport(names[0], names[1], exported),
        suggestion: nearest(names[1], exported))
    }
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// Follows names through the values that groups export, to the names of what stands behind them and the
  /// scope they are of. Names that lead through no export are as they were. Nil for a circle.
  func behindExports(_ names: [String], _ scope: Scope) -> (names: [String], scope: Scope)? {
    var (names, scope) = (names, scope)
    for _ in 0...instances.count {
      guard names.count > 1, case .group(let child)? = scope.entries[names[0]],
        let exported = child.instance?.group.values.first(where: { $0.name == names[1] }),
        let inner = exported.reference.string
      else { return (names, scope) }
      names = Self.names(inner) + names.dropFirst(2)
      scope = child
    }
    return nil
  }

  private func value(of id: Int, _ parts: [String]) throws(LinkProblem) -> LinkTarget {
    let declaration = drafts[id].declaration
    guard declaration.isData else {
      let hint = declaration.param(parts[1]) == nil ? nil : "\(parts[0]).\(parts[1])"
      throw LinkProblem(
        message: Messages.notDataNode(parts[0], declaration.typeName, parameter: hint))
    }
    let names = declaration.values.map(\.name)
    guard let port = declaration.values.first(where: { $0.name == parts[1] }) else {
      throw LinkProblem(
        message: Messages.unknownValue(declaration.typeName, parts[1], names),
        suggestion: nearest(parts[1], names))
    }
    guard parts.count <= 3 else {
      throw LinkProblem(
        message: Messages.linkWithoutValue(parts.joined(separator: ".")),
        expected: Messages.fromShape)
    }
    return .value(id, port, component: parts.count == 3 ? parts[2] : nil)
  }

  /// The node that makes a picture, by the name a reference would have.
  private func picture(_ name: String, _ place: Place) throws(LinkProblem) -> Int {
    guard place.scope.entries[name] != nil else {
      throw LinkProblem(
        message: Messages.unknownNode(name), suggestion: nearest(name, place.scope.entries.keys))
    }
    switch target(JSONValue(name), place) {
    case .node(let id): return id
    case .open: throw LinkProblem(message: Messages.openMetadata(name))
    case .failed: throw LinkProblem()
    }
  }

  /// Whether a parameter can hold values of a kind.
  private func takes(_ shape: Shape, _ kind: ValueKind) -> Bool {
    if kind == shape.kind { return true }
    // Of a list, nobody knows how many numbers it will have.
    if case .many = kind.type.components {
      guard case .many = shape.kind.type.components else { return false }
    }
    guard shape.kind != .file, let sample = kind.type.filled(with: 0),
      let fitted = shape.kind.type.fitted(sample)
    else { return false }
    return shape.accepts(fitted)
  }

  /// What an instance of a group gives to links outside.
  func exported(by scope: Scope) -> [(name: String, value: ExportedValue)] {
    guard let group = scope.instance?.group else { return [] }
    let place = Place(file: group.file, scope: scope, path: "")
    return group.values.compactMap { value in
      guard let text = value.reference.string,
        case .value(let id, let port, let part)? = try? linkTarget(text, place)
      else { return nil }
      let component = part.flatMap { try? self.part($0, of: port, text) }
      let link = DataLink(node: id, value: port.name)
      return (value.name, ExportedValue(link: link, component: component))
    }
  }

  /// The values that groups export must be there, whether or not somebody takes them.
  func checkExports(of scope: Scope) {
    guard let group = scope.instance?.group else { return }
    for value in group.values {
      let path = Self.join(group.location, "values." + value.name)
      guard let text = value.reference.string else { continue }
      do throws(LinkProblem) {
        let place = Place(file: group.file, scope: scope, path: path)
        if case .value(_, let port, let component?) = try linkTarget(text, place) {
          _ = try part(component, of: port, text)
        }
      } catch {
        report(error, group.file, value.reference, path)
      }
    }
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
