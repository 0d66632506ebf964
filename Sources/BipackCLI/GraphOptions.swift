import ArgumentParser
import Bipack

/// What a command that loads graphs takes beside them.
struct GraphChanges: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a parameter for this run: a number, true or false, a word, or JSON.",
      valueName: "node.param=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("var"),
    help: ArgumentHelp(
      "Gives a document variable a value, or a column of its table one for all rows.",
      valueName: "name=value"))
  var variables: [String] = []

  @OptionGroup var limits: ImageLimitOptions

  /// A graph's diagnostics, warnings included, and its comps when there is no error.
  func check(_ path: String, rows: RowList? = nil) throws -> CheckResult {
    var options = LoadOptions(
      overrides: try Self.pairs(overrides, "--set", "node.param=value"),
      variables: try Self.pairs(variables, "--var", "name=value"))
    options.imageLimits = limits.changes
    options.rows = rows
    let registry = BipackTool.registry
    if path != "-" { return Comp.check(path, registry: registry, options: options) }
    return Comp.check(
      bytes: try TextFile.read(path), name: GraphOptions.name(of: path), directory: ".",
      registry: registry, options: options)
  }

  /// The comp, or, where those are welcome, the group. Prints what is wrong with the graph, or only
  /// odd, and fails with 2 on errors.
  func load(
    _ path: String, takesGroups: Bool = false, _ report: (Diagnostic) -> Void = GraphOptions.report
  ) throws -> Comp {
    try loaded(path, check(path), takesGroups: takesGroups, report)[0]
  }

  /// The comps of a table's rows; of a graph without one, the comp alone.
  func load(
    _ path: String, rows: RowsOption, _ report: (Diagnostic) -> Void = GraphOptions.report
  ) throws -> [Comp] {
    try loaded(path, check(path, rows: rows.list), takesGroups: false, report)
  }

  private func loaded(
    _ path: String, _ result: CheckResult, takesGroups: Bool, _ report: (Diagnostic) -> Void
  ) throws -> [Comp] {
    for diagnostic in result.diagnostics { report(diagnostic) }
    let comps = takesGroups ? result.rows + [result.group].compactMap { $0 } : result.rows
    if comps.isEmpty {
      let name = GraphOptions.name(of: path)
      throw Failure(
        .usage,
        result.group != nil
          ? "\(name) is a group: a document uses it as a type; 'check', 'graph' and 'fmt' take it alone"
          : result.errors.isEmpty ? "\(name) could not be loaded" : "")
    }
    return comps
  }

  private static func pairs(_ arguments: [String], _ flag: String, _ form: String) throws
    -> [(name: String, value: String)]
  {
    try arguments.map { text in
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw ValidationError("\(flag) takes \(form), not '\(text)'")
      }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }
}

/// One graph, and what may be changed in it.
struct GraphOptions: ParsableArguments {
  @Argument(
    help: "The graph: a JSON document, or - for standard input.",
    completion: .file(extensions: ["json"]))
  var graph: String

  @OptionGroup var changes: GraphChanges

  func load(takesGroups: Bool = false) throws -> Comp {
    try changes.load(graph, takesGroups: takesGroups)
  }

  func load(rows: RowsOption) throws -> [Comp] { try changes.load(graph, rows: rows) }

  /// `file:line:column: error: nodes.key.gain: message`, as compilers print it.
  static func report(_ diagnostic: Diagnostic) {
    let t = Terminal.error
    let place = "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column): "
    let word = t.styled(
      diagnostic.severity.rawValue, diagnostic.severity == .error ? .red : .yellow)
    t.line(t.styled(place.printable, .bold) + word + ": " + diagnostic.text.printable)
  }

  /// What messages call a graph.
  static func name(of path: String) -> String { path == "-" ? "standard input" : path }
}

/// Several graphs, and what may be changed in each.
struct GraphsOptions: ParsableArguments {
  @Argument(
    help: "The graphs: JSON documents, or - for standard input.",
    completion: .file(extensions: ["json"]))
  var graphs: [String]

  @OptionGroup var changes: GraphChanges

  func validate() throws {
    if graphs.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("'-' is given twice, and standard input can be read once")
    }
  }
}

extension Comp {
  /// A node's path as the comp has it: messages write `nodes.` before it.
  static func plain(_ path: String) -> String {
    path.hasPrefix("nodes.") ? String(path.dropFirst(6)) : path
  }

  /// The id of a node the user named, or an error that names the nearest ones.
  func find(_ path: String) throws -> Int {
    let path = Self.plain(path)
    if let id = id(of: path) { return id }
    let near = paths.filter { $0.lowercased().hasPrefix(path.lowercased().prefix(3)) }.prefix(6)
    let hint =
      Spelling.nearest(path, paths).map { "; did you mean '\($0)'?" }
      ?? (near.isEmpty ? "" : "; there are " + near.joined(separator: ", "))
    throw Failure(.usage, "the graph has no node '\(path)'\(hint)")
  }
}
