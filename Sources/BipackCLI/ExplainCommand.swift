import ArgumentParser
import Bipack

/// `bipack explain`: the plan of a frame: what is computed, where, in which order, with what memory.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Prints how a frame would be rendered, without rendering it.",
    discussion: """
      Each line is a pass: fused nodes share one. Values of data nodes that parameters depend on are \
      computed, since the plan depends on them.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var view: ViewOptions

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
    let comp = try graph.load()
    let ids = try outputs.map(comp.find)
    let views = try view.places(in: comp)
    guard !ids.isEmpty || !comp.sinks.isEmpty else {
      throw Failure(.usage, "the graph writes no file; name a node with -o")
    }
    let renderer = Renderer(machine.renderOptions(disk: cache.open { _ in }))
    for frame in frames?.frames ?? [comp.frames.lowerBound] {
      do {
        let plan = try await renderer.plan(
          comp, outputs: ids.isEmpty ? nil : ids, frame: Double(frame), views: views,
          proxy: machine.proxy)
        Terminal.output.write(plan.description)
      } catch {
        throw Failure(error)
      }
    }
  }
}
