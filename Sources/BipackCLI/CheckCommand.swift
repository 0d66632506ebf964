import ArgumentParser
import Bipack

/// `bipack check`: everything wrong with graphs, without rendering them.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says everything that is wrong with a graph.")

  @OptionGroup var graph: GraphOptions

  @Flag(help: "Prints the diagnostics as a JSON array on standard output.")
  var json = false

  @Flag(help: "Fails on warnings too.")
  var strict = false

  func run() async throws {
    let result = try graph.check()
    var diagnostics = result.diagnostics
    if let comp = result.comp { diagnostics += await Self.rehearse(comp) }
    if json {
      let list = diagnostics.map {
        JSONOut.object([("severity", .string($0.severity.rawValue))] + $0.members)
      }
      Terminal.output.line(JSONOut.array(list).pretty())
    } else {
      for diagnostic in diagnostics { GraphOptions.report(diagnostic) }
    }
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    if let comp = result.comp, errors == 0, warnings == 0 || !strict {
      guard !json else { return }
      let (first, last) = (comp.frames.lowerBound, comp.frames.upperBound)
      var text = "\(graph.graph): ok, \(Text.count(comp.nodes.count, "node")), "
      text += first == last ? "frame \(first)" : "frames \(first)-\(last)"
      text += ", \(comp.format.width)x\(comp.format.height)"
      if warnings > 0 { text += ", \(Text.count(warnings, "warning"))" }
      Terminal.output.line(text)
    } else {
      let count = errors > 0 ? Text.count(errors, "error") : Text.count(warnings, "warning")
      throw Failure(.usage, json ? "" : "\(graph.graph) has \(count)")
    }
  }

  /// Files in each other's way, and what the nodes themselves refuse when the first frame is planned.
  private static func rehearse(_ comp: Comp) async -> [Diagnostic] {
    let renderer = Renderer()
    return await (renderer.conflicts(RenderJob(comp)) + renderer.rehearse(comp)).map { error in
      let place = comp.id(of: error.path).map { comp.nodes[$0].location }
      return Diagnostic(
        file: place?.file ?? "", line: place?.line ?? 1, column: place?.column ?? 1,
        path: error.path.isEmpty ? "" : "nodes." + error.path, message: error.message)
    }
  }
}
