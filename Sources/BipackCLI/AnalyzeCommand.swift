import ArgumentParser
import Bipack

/// `bipack analyze`: measures the shots of a graph, so that its frames need not.
struct AnalyzeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Measures what a graph's nodes look for in whole shots.",
    discussion: """
      Statistics, cuts, tracks: every node that looks at a range of frames measures it now. The values \
      stay in the node's sidecar, if it names one, and in the cache folder (--cache); a frame rendered \
      alone then reads no other. On a farm this is the first step. What is known already is not \
      measured again. Of a table, every row is measured, or those that --rows names.
      """)

  @OptionGroup var graph: GraphOptions

  @Argument(help: "The nodes to measure; by default all that measure shots.")
  var nodes: [String] = []

  @OptionGroup var machine: MachineOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var view: ViewOptions
  @OptionGroup var rows: RowsOption

  @Flag(help: "Reports to programs: JSON lines on standard output.")
  var events = false

  func run() async throws {
    let comps = try graph.load(rows: rows)
    let comp = comps[0]
    let shots = try shots(of: comp)
    let disk = cache.open { text in
      Terminal.error.line(Terminal.error.styled("warning", .yellow) + ": " + text.printable)
    }
    let renderer = Renderer(machine.renderOptions(disk: disk))
    let views = try view.places(in: comp) ?? Array(0..<max(1, comp.views.count))
    let stream = EventStream()
    let reports = Locked<[ShotReport]>([])
    let task = Task { [events] in
      for shot in shots {
        for (row, comp) in comps.enumerated() {
          for view in views {
            _ = try await renderer.shot(comp, node: shot, view: view) { report in
              // What a row finds that another has measured is no news.
              if row > 0, report.isKnown { return }
              reports.withLock { $0.append(report) }
              if events { stream.shot(report) } else { Terminal.error.line(report.line) }
            }
          }
        }
      }
      disk?.flush()
    }
    Self.interrupts.stop { task.cancel() }
    do {
      try await task.value
    } catch {
      if let status = Self.interrupts.status { throw Failure(status) }
      throw Failure(error)
    }
    let made = reports.withLock { $0 }
    if let reason = made.lazy.compactMap(\.unwritten).first { throw Failure(.storage, reason) }
    let unkept = Set(made.filter { $0.sidecar == nil && disk == nil }.map(\.path)).sorted()
    if !unkept.isEmpty {
      Terminal.error.line(
        "nothing is kept of \(unkept.joined(separator: ", ")): give the node a \"sidecar\", or the command "
          + "a --cache folder")
    }
  }

  private static let interrupts = Interrupts()

  private func shots(of comp: Comp) throws -> [Int] {
    let all = comp.nodes.indices.filter { comp.nodes[$0].declaration.isShot }
    if nodes.isEmpty {
      if all.isEmpty {
        throw Failure(.usage, "the graph has no node that measures a shot, as FrameStats does")
      }
      return all
    }
    return try nodes.map { name in
      let id = try comp.find(Comp.plain(name))
      guard comp.nodes[id].declaration.isShot else {
        throw Failure(
          .usage,
          "'\(comp.nodes[id].path)' is a \(comp.nodes[id].declaration.typeName), which measures no shot"
        )
      }
      return id
    }
  }
}
