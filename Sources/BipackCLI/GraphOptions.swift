import ArgumentParser
import Bipack

/// What every command that loads a graph takes.
struct GraphOptions: ParsableArguments {
  @Argument(help: "The graph: a JSON document.", completion: .file(extensions: ["json"]))
  var graph: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes a parameter for this run: a number, true or false, a word, or JSON.",
      valueName: "node.param=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("var"),
    help: ArgumentHelp("Gives a document variable a value.", valueName: "name=value"))
  var variables: [String] = []

  @OptionGroup var limits: ImageLimitOptions

  /// The graph's diagnostics, warnings included, and the comp when there is no error.
  func check() throws -> CheckResult {
    var options = LoadOptions(
      overrides: try Self.pairs(overrides, "--set", "node.param=value"),
      variables: try Self.pairs(variables, "--var", "name=value"))
    options.imageLimits = limits.changes
    return Comp.check(graph, registry: .standard, options: options)
  }

  /// The comp. Prints what is wrong with the graph, or only odd, and fails with 2 on errors.
  func load(_ report: (Diagnostic) -> Void = Self.report) throws -> Comp {
    let result = try check()
    for diagnostic in result.diagnostics { report(diagnostic) }
    guard let comp = result.comp else {
      throw Failure(.usage, result.errors.isEmpty ? "the graph could not be loaded" : "")
    }
    return comp
  }

  /// `file:line:column: error: nodes.key.gain: message`, as compilers print it.
  static func report(_ diagnostic: Diagnostic) {
    let t = Terminal.error
    let place = "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column): "
    let word = t.styled(
      diagnostic.severity.rawValue, diagnostic.severity == .error ? .red : .yellow)
    t.line(t.styled(place.printable, .bold) + word + ": " + diagnostic.text.printable)
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

extension Comp {
  /// The id of a node the user named, or an error that names the nearest ones.
  func find(_ path: String) throws -> Int {
    let path = path.hasPrefix("nodes.") ? String(path.dropFirst(6)) : path
    if let id = id(of: path) { return id }
    let near = paths.filter { $0.lowercased().hasPrefix(path.lowercased().prefix(3)) }.prefix(6)
    let hint = near.isEmpty ? "" : "; there are " + near.joined(separator: ", ")
    throw Failure(.usage, "the graph has no node '\(path)'\(hint)")
  }
}
