import BipackPixels

/// Turns a parsed document into a `Comp`, or into a list of everything wrong with it.
///
/// 1. `declare`: walk nodes and groups, give every node its number (groups are copied out, so that
///    the comp is flat). Names may be used before they are declared, so nothing is looked up yet.
/// 2. `connect`: inputs and masks become numbers.
/// 3. `compile`: parameters become data, curves or programs; then chains of references are followed
///    for cycles and for the data nodes they end in.
/// 4. `assemble`: cycles of pictures, unused things, the comp.
///
/// Every step reports and goes on: one mistake must not hide the next. A name that is broken is
/// remembered as such, so that it does not cause further errors. Used once; not shared.
final class Checker {
  let registry: Registry
  let options: LoadOptions
  var limits: Limits { options.limits }
  var diagnostics: [Diagnostic] = []
  private var seen: Set<Diagnostic> = []
  private var fileOrder: [String: Int] = [:]

  var drafts: [Draft] = []
  var instances: [Scope] = []
  /// Scopes that are no instance, and tables of groups.
  var roots: [Scope] = []
  private var tables: [GroupTable] = []
  var shared: [SharedDraft] = []
  var groupFiles: [String: GroupDefinition] = [:]
  var brokenGroupFiles: Set<String> = []
  /// Files that hold values, read once.
  var valueFiles: [String: SourceFile] = [:]
  var overrides: [String: [Override]] = [:]
  var connectionCount = 0
  private var suggestions = 0
  var tooMany = false
  /// Checking a group nobody uses: its inputs count as connected.
  var isDry = false

  var format = Format(width: 1920, height: 1080)
  var fps = 24.0
  var frames = 1...1
  var settings = DocumentSettings()
  /// The places of the rows that are asked for, and of the one that is being compiled.
  var rows: [Int] = []
  var row: Int?
  /// The cells of the table that went into what is being compiled.
  var cellsRead: [CellRead] = []
  /// The rows in which something is wrong, by what is wrong.
  var rowNotes: [Diagnostic: [RowNote]] = [:]
  private var unlisted = 0
  /// The view whose values are being compiled: what `${view}` stands for.
  var compiledView: String?

  struct Override {
    var param: String
    var field: NodeObject.Field
  }

  /// An exposed parameter of an instance in the making.
  final class SharedDraft {
    let exposed: GroupDefinition.Exposed
    let scope: Scope
    var shape: Shape?
    var source: ParamSource?
    /// The cells of the table that went into it; nil before it is compiled.
    var cells: [CellRead]?
    init(_ exposed: GroupDefinition.Exposed, _ scope: Scope) {
      self.exposed = exposed
      self.scope = scope
    }
  }

  func newTable() -> GroupTable {
    let table = GroupTable()
    tables.append(table)
    return table
  }

  /// Scopes know the scopes inside and around them, groups the groups beside them: they would keep each
  /// other for ever.
  deinit {
    for scope in roots + instances { scope.entries = [:] }
    for table in tables { table.definitions = [:] }
  }

  init(registry: Registry, options: LoadOptions) {
    self.registry = registry
    self.options = options
    settings.imageLimits = options.imageLimits
  }

  // MARK: Reporting

  func report(
    _ file: SourceFile, _ offset: Int, _ path: String, _ message: String,
    expected: String? = nil, suggestion: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    let (line, column) = file.text.position(offset)
    let diagnostic = Diagnostic(
      severity: severity, file: file.name, line: line, column: column, path: path,
      message: message, expected: expected, suggestion: suggestion)
    if let note = rowNote {
      // Of thousands of cells that are wrong, the first show what is.
      if !seen.contains(diagnostic), rowNotes.count >= Self.mostRowNotes {
        unlisted += 1
        return
      }
      if rowNotes[diagnostic]?.last?.row != note.row {
        rowNotes[diagnostic, default: []].append(note)
      }
    }
    add(diagnostic)
  }

  private static let mostRowNotes = 100

  func add(_ diagnostic: Diagnostic) {
    // Instances of one group repeat its errors.
    guard seen.insert(diagnostic).inserted else { return }
    note(order: diagnostic.file)
    diagnostics.append(diagnostic)
  }

  /// Files are reported in the order in which they are come upon.
  func note(order file: String) {
    if fileOrder[file] == nil { fileOrder[file] = fileOrder.count }
  }

  /// What was perhaps meant. A document with thousands of mistakes gets no more than the first few
  /// hundred suggestions: each looks at every name.
  func nearest(_ word: String, _ candidates: some Sequence<String>) -> String? {
    suggestions += 1
    return suggestions <= 200 ? Spelling.nearest(word, candidates) : nil
  }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  func result(_ rows: [Comp] = [], group: Comp? = nil) -> CheckResult {
    if unlisted > 0, let last = diagnostics.last(where: { rowNotes[$0] != nil }) {
      var more = last
      (more.path, more.expected, more.suggestion) = ("table", nil, nil)
      more.message = Messages.moreCells(unlisted)
      add(more)
    }
    func order(_ d: Diagnostic) -> (Int, Int, Int) { (fileOrder[d.file] ?? 0, d.line, d.column) }
    let sorted = diagnostics.enumerated().sorted {
      let (a, b) = (order($0.element), order($1.element))
      return a == b ? $0.offset < $1.offset : a < b
    }
    return CheckResult(
      rows: hasErrors ? [] : rows, group: hasErrors ? nil : group,
      diagnostics: sorted.map { complete($0.element) })
  }

  /// Parses a file; reports what is wrong with its JSON.
  func parse(_ file: SourceFile) -> JSONValue? {
    note(order: file.name)
    let (value, errors) = JSONParser.parse(file.text, limits: limits)
    for error in errors { add(error) }
    return value
  }

  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty || key.hasPrefix("[") ? path + key : path + "." + key
  }

  /// The members of an object by name; unknown ones are reported. Nil when it is no object.
  func members(
    _ value: JSONValue, _ file: SourceFile, _ path: String, known: [String], what: String
  ) -> [String: JSONMember]? {
    guard let object = value.object else {
      report(file, value.start, path, Messages.wrongType(value), expected: what)
      return nil
    }
    var result: [String: JSONMember] = [:]
    for member in object {
      if member.name == "note" {
        note(member.value, file, Self.join(path, "note"))
      } else if known.contains(member.name) {
        result[member.name] = member
      } else {
        let suggestion = nearest(member.name, known)
        report(
          file, member.start, path, Messages.unknownKey(member.name),
          expected: suggestion == nil ? Messages.oneOf(known) : nil, suggestion: suggestion)
      }
    }
    return result
  }

  func note(_ value: JSONValue, _ file: SourceFile, _ path: String) {
    if value.string == nil {
      report(file, value.start, path, Messages.wrongType(value), expected: "text")
    }
  }

  func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
    func letter(_ b: UInt8) -> Bool {
      (0x41...0x5a).contains(b) || (0x61...0x7a).contains(b) || b == UInt8(ascii: "_")
    }
    return letter(first) && name.utf8.allSatisfy { letter($0) || (0x30...0x39).contains($0) }
  }

  // MARK: The document

  func check(_ file: SourceFile) -> CheckResult {
    guard let root = parse(file) else { return result() }
    settings.directory = file.directory
    if looksAlone(root) { return checkGroup(root, file) }
    let known = [
      "$schema", "bipack", "format", "frames", "views", "variables", "table", "ocio",
      "workingSpace", "groups", "nodes",
    ]
    guard let members = members(root, file, "", known: known, what: Messages.documentObject) else {
      return result()
    }
    if let member = members["$schema"] { _ = text(member, file, "") }
    version(members["bipack"], root, file)
    if let member = members["format"] { readFormat(member.value, file) }
    if let member = members["frames"] { readFrames(member.value, file) }
    if let member = members["ocio"] {
      settings.ocio = text(member, file, "")
      if let word = settings.ocio.flatMap(PlainPath.shellWord) {
        report(file, member.value.start, "ocio", Messages.shellWord(word))
      }
    }
    if let member = members["workingSpace"] { settings.workingSpace = text(member, file, "") }
    if let member = members["views"] { readViews(member.value, file) }
    let variables = VariableTable()
    if let member = members["variables"] { readVariables(member.value, file, variables) }
    let others = overrideVariables(variables)
    if let member = members["table"] { readTable(member.value, file, variables) }
    if members["table"] == nil { refuseRows() }
    overrideColumns(others, variables)
    let groups = newTable()
    if let member = members["groups"] { readGroups(member.value, file, groups, variables) }
    readOverrides()

    let scope = Scope(
      file: file, prefix: "", location: "nodes", groups: groups, variables: variables,
      instance: nil)
    roots.append(scope)
    if let nodes = members["nodes"] {
      if let object = nodes.value.object {
        declare(object, in: scope)
      } else {
        report(
          file, nodes.value.start, "nodes", Messages.wrongType(nodes.value),
          expected: Messages.nodesObject)
      }
    } else {
      report(file, root.start, "", Messages.missingKey("nodes"))
    }
    if tooMany { return result() }
    reportUnusedOverrides()
    instantiateUnusedGroups(groups, scope)
    finish()
    let comps = compileRows(variables)
    // A misspelt use of a variable must not accuse the variable as well.
    if !hasErrors { reportUnusedVariables(variables, file) }
    return result(comps)
  }

  /// Everything after declaring.
  func finish() {
    for instance in instances {
      connect(instance: instance)
      checkExports(of: instance)
    }
    for draft in drafts { connect(draft) }
    compileParams()
  }

  func version(_ member: JSONMember?, _ root: JSONValue, _ file: SourceFile) {
    guard let member else {
      return report(file, root.start, "", Messages.missingVersion)
    }
    if member.value.number == 1 { return }
    if let version = member.value.number, version > 1 {
      report(file, member.value.start, "bipack", Messages.newerVersion(version))
    } else {
      report(
        file, member.value.start, "bipack", Messages.wrongType(member.value),
        expected: "1")
    }
  }

  func text(_ member: JSONMember, _ file: SourceFile, _ path: String) -> String? {
    if let text = member.value.string { return text }
    report(
      file, member.value.start, Self.join(path, member.name), Messages.wrongType(member.value),
      expected: "text")
    return nil
  }

  private func readFormat(_ value: JSONValue, _ file: SourceFile) {
    if let name = value.string { return readNamedFormat(name, value, file, "format") }
    let known = ["name", "width", "height", "pixelAspect", "fps"]
    guard
      let members = members(value, file, "format", known: known, what: Messages.formatObject)
    else { return }
    func number(_ name: String, _ range: ParamRange, whole: Bool = false) -> Double? {
      guard let value = members[name]?.value else { return nil }
      let path = "format." + name
      guard let number = value.number, !whole || number == number.rounded() else {
        report(
          file, value.start, path, Messages.wrongType(value),
          expected: whole ? "a whole number" : "a number")
        return nil
      }
      guard range.contains(number) else {
        report(file, value.start, path, Messages.outside(number, range))
        return nil
      }
      return number
    }
    if let rate = number("fps", .closed(0.01...1000)) { fps = rate }
    if let name = members["name"] {
      if let clash = members["width"] ?? members["height"] {
        report(file, clash.start, "format", Messages.formatNameAndSize)
      }
      if let text = text(name, file, "format") {
        readNamedFormat(text, name.value, file, "format.name")
      }
    } else if members["width"] == nil || members["height"] == nil {
      report(file, value.start, "format", Messages.formatWithoutSize)
    }
    let size = ParamRange.closed(1...1_048_576)
    if let width = number("width", size, whole: true),
      let height = number("height", size, whole: true)
    {
      format = Format(width: Int(width), height: Int(height))
    }
    if let aspect = number("pixelAspect", .closed(0.1...10)) { format.pixelAspect = aspect }
  }

  private func readNamedFormat(
    _ name: String, _ value: JSONValue, _ file: SourceFile, _ path: String
  ) {
    if let known = NamedFormat.named(name) {
      format = known
    } else {
      let names = NamedFormat.all.map(\.name)
      let suggestion = nearest(name, names)
      report(
        file, value.start, path, Messages.unknownFormat(name),
        expected: suggestion == nil ? Messages.oneOf(names) : nil, suggestion: suggestion)
    }
  }

  private func readFrames(_ value: JSONValue, _ file: SourceFile) {
    let numbers = value.array?.compactMap(\.number).compactMap(Int.init(exactly:)) ?? []
    guard numbers.count == 2, value.array?.count == 2, numbers.allSatisfy({ abs($0) < 1 << 31 })
    else {
      return report(
        file, value.start, "frames", Messages.wrongType(value), expected: Messages.framesShape)
    }
    if numbers[0] > numbers[1] {
      return report(file, value.start, "frames", Messages.framesReversed(numbers[0], numbers[1]))
    }
    frames = numbers[0]...numbers[1]
  }

  // MARK: Variables

  func readVariables(_ value: JSONValue, _ file: SourceFile, _ table: VariableTable) {
    guard let object = value.object else {
      return report(
        file, value.start, "variables", Messages.wrongType(value), expected: "an object")
    }
    for member in object {
      let path = "variables." + member.name
      if member.name == "note" {
        note(member.value, file, path)
        continue
      }
      if !isName(member.name) {
        report(file, member.start, path, Messages.badName(member.name))
      } else if ExpressionParser.reservedNames.contains(member.name)
        || member.name == "view" && !settings.views.isEmpty
      {
        report(file, member.start, path, Messages.reservedVariable(member.name))
      }
      switch member.value.content {
      case .number, .string, .bool: break
      default:
        report(
          file, member.value.start, path, Messages.wrongType(member.value),
          expected: Messages.variableShape)
        continue
      }
      table.variables[member.name] = VariableTable.Variable(
        value: member.value, start: member.start)
    }
  }

  /// `--var` for variables; gives those that are none.
  private func overrideVariables(_ table: VariableTable) -> [(name: String, value: String)] {
    var others: [(name: String, value: String)] = []
    for (name, text) in options.variables {
      let file = file(ofVariable: name, text)
      guard let known = table.variables[name] else {
        note(order: file.name)
        others.append((name, text))
        continue
      }
      let value: JSONValue
      if known.value.string != nil {
        value = JSONValue(.string(text))
      } else {
        let (parsed, errors) = JSONParser.parse(file.text, limits: limits)
        value = errors.isEmpty ? parsed ?? JSONValue(.string(text)) : JSONValue(.string(text))
        let isNumber = known.value.number != nil
        if (value.number != nil) != isNumber || value.string != nil {
          report(
            file, 0, "variables." + name, Messages.wrongType(value),
            expected: isNumber ? "a number" : "true or false")
          continue
        }
      }
      table.variables[name]?.value = value
    }
    return others
  }

  /// `--var` for columns of the table.
  private func overrideColumns(
    _ given: [(name: String, value: String)], _ table: VariableTable
  ) {
    for (name, text) in given where !table.hasBrokenTable {
      let file = file(ofVariable: name, text)
      if table.table?.columns.contains(name) == true {
        override(name, file, text, table)
      } else {
        report(
          file, 0, "", Messages.unknownVariable(name),
          expected: Messages.oneOf(table.names.sorted(), none: Messages.noVariables),
          suggestion: nearest(name, table.names))
      }
    }
  }

  private func file(ofVariable name: String, _ text: String) -> SourceFile {
    SourceFile(
      name: "--var \(name)=\(text)", bytes: Array(text.utf8), directory: settings.directory)
  }

  func reportUnusedVariables(_ table: VariableTable, _ file: SourceFile) {
    for (name, variable) in table.variables where !variable.isUsed {
      report(
        file, variable.start, "variables." + name, Messages.unusedVariable, severity: .warning)
    }
  }

  /// A piece of a text with `${...}` in it.
  enum TextPiece {
    case text(String)
    /// `${node.value}`: only the render knows it.
    case link(String)
  }

  /// Whether `${name.name}` stands in a text.
  static func hasLink(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return false }
    return text.replacing("$${", with: "").split(separator: "${", omittingEmptySubsequences: false)
      .dropFirst()
      .contains { $0.prefix { $0 != "}" }.contains(".") }
  }

  /// `${name}` in a text replaced by the variable; `$${` stands for `${` itself. With `keepsProxy`,
  /// `${proxy}` stays as it is.
  func interpolated(
    _ text: String, _ value: JSONValue, _ place: Place, keepsProxy: Bool = false,
    isFile: Bool = false
  ) -> String? {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    guard let pieces = pieces(text, value, place, keepsProxy: keepsProxy) else { return nil }
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .link(let name):
        report(place.file, value.start, place.path, Messages.linkNotHere(name, isFile: isFile))
        return nil
      }
    }
    return result
  }

  /// A cell as a part of a text; nil after reporting why it cannot be.
  private func cellText(_ cell: DocumentTable.Cell, _ place: Place, isTarget: Bool) -> String? {
    func refuse(_ message: String) -> String? {
      report(cell.file, cell.value.start, place.path, message)
      return nil
    }
    guard let text = Self.text(of: cell.value) else { return refuse(Messages.listInText) }
    guard isTarget, let problem = TableRow.nameProblem(text) else { return text }
    return refuse(Messages.cellInFileName(problem))
  }

  func pieces(
    _ text: String, _ value: JSONValue, _ place: Place, keepsProxy: Bool = false
  ) -> [TextPiece]? {
    let bytes = Array(text.utf8)
    var pieces: [TextPiece] = []
    var result: [UInt8] = []
    var i = 0
    let table = place.scope.variables
    while i < bytes.count {
      let rest = bytes[i...]
      if rest.starts(with: Array("$${".utf8)) {
        result += Array("${".utf8)
        i += 3
      } else if rest.starts(with: Array("${".utf8)) {
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
          report(place.file, value.start, place.path, Messages.unclosedVariable)
          return nil
        }
        let name = String(decoding: bytes[(i + 2)..<close], as: UTF8.self)
        i = close + 1
        if name == "view", let compiledView {
          result += Array(compiledView.utf8)
        } else if let variable = table.variables[name] {
          table.variables[name]?.isUsed = true
          result += Array((Self.text(of: variable.value) ?? "").utf8)
        } else if let cell = cell(name, table) {
          guard let text = cellText(cell, place, isTarget: keepsProxy) else { return nil }
          result += Array(text.utf8)
        } else if let column = column(name, table) {
          report(place.file, value.start, place.path, Messages.columnInText(column))
          return nil
        } else if name.contains(".") {
          pieces.append(.text(String(decoding: result, as: UTF8.self)))
          pieces.append(.link(name))
          result = []
        } else if name == "proxy", keepsProxy {
          result += Array("${proxy}".utf8)
        } else {
          if !table.hasBrokenTable {
            report(
              place.file, value.start, place.path, Messages.unknownInText(name),
              suggestion: nearest(name, table.names))
          }
          return nil
        }
      } else {
        result.append(bytes[i])
        i += 1
      }
    }
    pieces.append(.text(String(decoding: result, as: UTF8.self)))
    return pieces
  }

  // MARK: Overrides

  func readOverrides() {
    for (name, text) in options.overrides {
      let file = SourceFile(
        name: "--set \(name)=\(text)", bytes: Array(text.utf8), directory: settings.directory)
      guard let dot = name.lastIndex(of: ".") else {
        report(file, 0, "", Messages.overrideWithoutParam(name))
        continue
      }
      let (parsed, errors) = JSONParser.parse(file.text, limits: limits)
      let value = errors.isEmpty ? parsed : nil
      let field = NodeObject.Field(
        value: value ?? JSONValue(.string(text), end: text.utf8.count), start: 0, file: file)
      overrides[String(name[..<dot]), default: []].append(
        Override(param: String(name[name.index(after: dot)...]), field: field))
    }
  }

  func reportUnusedOverrides() {
    for (path, list) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let first = list.first else { continue }
      let paths = drafts.map(\.object.path) + instances.map { String($0.prefix.dropLast()) }
      report(
        first.field.file, 0, "", Messages.unknownNode(path),
        suggestion: nearest(path, paths))
    }
  }

  // MARK: The comp

  /// The comp as it is compiled; nil after errors. Of further rows, only what cells went into is new.
  func assemble(row: TableRow? = nil, like first: Comp? = nil) -> Comp? {
    if hasErrors { return nil }
    let nodes = drafts.map(node)
    let shared = shared.map { draft in
      SharedValue(
        path: draft.scope.prefix + draft.exposed.name, kind: draft.shape?.kind ?? .number,
        range: draft.shape?.range ?? .any, source: draft.source ?? .data(.number(0)))
    }
    if let first { return first.with(nodes, shared, row) }
    var aliases: [String: Int] = [:]
    var exports: [String: ExportedValue] = [:]
    for scope in instances {
      guard let instance = scope.instance else { continue }
      for (name, value) in exported(by: scope) {
        exports[instance.object.path + "." + name] = value
      }
      for (i, output) in instance.group.outputs.enumerated() {
        guard case .node(let id) = groupOutput(output, of: scope) else { continue }
        aliases[instance.object.path + "." + output.name] = id
        if i == 0 { aliases[instance.object.path] = id }
      }
    }
    return Comp(
      nodes: nodes, format: format, fps: fps, frames: frames, settings: settings, shared: shared,
      aliases: aliases, exports: exports, row: row)
  }

  /// A draft as a node; the one of the row before where it is the same.
  private func node(_ draft: Draft) -> CompNode {
    if let node = draft.node, node.links == draft.links { return node }
    let (line, column) = draft.object.file.text.position(draft.object.start)
    let node = CompNode(
      path: path(of: draft), declaration: draft.declaration, inputs: draft.inputs,
      lists: draft.lists, mask: draft.mask, maskChannel: Channel(draft.maskChannel),
      invertMask: draft.invertMask, params: draft.params, mix: draft.mix,
      disabled: draft.disabled, isCachePoint: draft.isCachePoint, links: draft.links,
      location: SourceLocation(file: draft.object.file.name, line: line, column: column))
    draft.node = node
    return node
  }

  func path(of draft: Draft) -> String {
    guard let output = draft.gateOutput,
      let first = draft.scope.instance?.group.outputs.first?.name, output != first
    else { return draft.object.path }
    return draft.object.path + "." + output
  }
}
