import ArgumentParser
import Bipack

/// `bipack explain`: the plan of a frame: what is computed, where, in which order, with what memory.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Prints how a frame would be rendered, without rendering it.",
    discussion: """
      Each line is a pass: fused nodes share one. Values of data nodes that parameters depend on are \
      computed, since the plan depends on them. Of a table, the first row is explained, or those that \
      --rows names.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var rows: RowsOption

  @Option(
    name: [.customShort("F"), .customLong("frames")], parsing: .unconditional,
    help: ArgumentHelp("Frames; by default the graph's first.", valueName: "range"),
    transform: { try FrameList($0) })
  var frames: FrameList?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Explains what this node needs; any node, not only writers.", valueName: "node"))
  var outputs: [String] = []

  func run() async throws {
    let comps = try graph.load(rows: rows)
    let comp = comps[0]
    let ids = try outputs.map(comp.find)
    let views = try view.places(in: comp)
    guard !ids.isEmpty || !comp.sinks.isEmpty else {
      throw Failure(.usage, "the graph writes no file; name a node with -o")
    }
    let renderer = Renderer(machine.renderOptions(disk: cache.open { _ in }))
    let frames = frames?.frames ?? [comp.frames.lowerBound]
    do {
      for comp in rows.list == nil ? [comp] : comps {
        for frame in frames {
          let plan = try await renderer.plan(
            comp, outputs: ids.isEmpty ? nil : ids, frame: Double(frame), views: views,
            proxy: machine.proxy)
          if let row = comp.row { Terminal.output.write("row \(row.number), ") }
          Terminal.output.write(plan.description)
        }
      }
    } catch {
      throw Failure(error)
    }
  }
}
