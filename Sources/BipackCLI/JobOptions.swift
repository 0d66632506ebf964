import ArgumentParser
import Bipack

/// Which files of a graph a render makes, and what it may use for them. `check` takes the same, so that
/// both speak of the same render.
struct JobOptions: ParsableArguments {
  @OptionGroup var machine: MachineOptions
  @OptionGroup var view: ViewOptions

  @OptionGroup var range: RangeOption
  @OptionGroup var rows: RowsOption

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Writes only this node; may be repeated.", valueName: "node"))
  var outputs: [String] = []

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "Writes the node that -o names, of any kind, to this file (a.####.exr, a.png ..., or .json for what a node measures); - writes raw floats to standard output. Columns of a table may stand in it: '${name}.png', '${row}.png'.",
      valueName: "file"))
  var to: String?

  /// Whether values are written, not pictures.
  var takesValues: Bool { to.map(RenderTarget.takesValues) ?? false }

  /// Throws where the options do not go with so many graphs.
  func validate(graphs: Int) throws {
    if to != nil, graphs > 1 || outputs.count > 1 {
      throw ValidationError("--to takes one graph and one -o: everything else would share the file")
    }
  }

  /// Whether nothing is said of what to make, and the graph does not say it either.
  func writesNothing(_ graph: Comp) -> Bool { graph.sinks.isEmpty && outputs.isEmpty && to == nil }

  /// What is to be rendered of a graph, of all its rows.
  func job(of rows: [Comp]) throws -> RenderJob {
    guard !writesNothing(rows[0]) else {
      throw Failure(
        .usage,
        "the graph writes no file: it has no Write node; -o NODE --to FILE writes any node")
    }
    return try plan(of: rows)
  }

  /// The same; of a graph that writes nothing, all its nodes.
  func plan(of rows: [Comp]) throws -> RenderJob {
    let frames = try range.frames(of: rows[0])
    if to == "-" || takesValues { _ = try rows.only(for: "--to \(to ?? "")") }
    let targets = try rows.map(target)
    guard
      var job = RenderJob(
        rows: targets.map(\.0), frames: frames, outputs: targets[0].1, proxy: machine.proxy)
    else { throw Failure(.usage, "there is no row to make") }
    job.views = try view.places(in: job.comp)
    return job
  }

  /// The graph with what is to be made of it; nil for all its writers.
  private func target(in graph: Comp) throws -> (Comp, [Int]?) {
    if let to {
      let target = try RenderTarget(to)
      if takesValues { return (graph, [try target.meter(outputs.first, in: graph)]) }
      let (extended, id) = try target.writer(of: outputs.first, in: graph)
      return (extended, [id])
    }
    if !outputs.isEmpty { return (graph, try outputs.map { try writer($0, in: graph) }) }
    return (graph, nil)
  }

  private func writer(_ name: String, in comp: Comp) throws -> Int {
    let id = try comp.find(name)
    guard comp.nodes[id].declaration.isSink else {
      throw Failure(
        .usage,
        "'\(name)' is a \(comp.nodes[id].declaration.typeName) and writes no file; "
          + "say where it goes with --to FILE, or connect a Write node to it")
    }
    return id
  }
}

/// The files of the graphs of a call, and whose they are: no two may write the same.
struct WrittenFiles {
  private var graphs: [String: String] = [:]

  mutating func add(_ job: RenderJob, of graph: String, _ renderer: Renderer) throws {
    for (place, path) in renderer.filesWritten(job) {
      if let other = graphs.updateValue(graph, forKey: place) {
        throw Failure(
          .usage,
          "\(GraphOptions.name(of: graph)): \(path) is written by "
            + "\(GraphOptions.name(of: other)) too, in this call")
      }
    }
  }
}
