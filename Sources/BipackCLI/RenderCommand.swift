import ArgumentParser
import Bipack
import Glibc

/// `bipack render`: evaluates a graph frame by frame and writes its files.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Renders frames of graphs and writes their files.",
    discussion: """
      Every file is complete under its name or is not there at all. EXR and PNG files say what they \
      were made from: a frame that would come out the same is left as it is (--force writes it \
      again). An interrupt (Ctrl-C) stops \
      within moments and leaves finished frames. Several graphs are rendered one after the other; \
      one that fails ends the run without --continue. \
      With --to -, standard output gets each frame of the node as 32-bit little-endian floats, red, \
      green, blue, alpha of each pixel, rows from the top, no header. With --events, standard output carries one JSON \
      object a line: start, frame, upToDate, skipped, outdated, warning, error, stats, done.
      """)

  @OptionGroup var graphs: GraphsOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var view: ViewOptions

  @Option(
    name: [.customShort("F"), .customLong("frames")], parsing: .unconditional,
    help: ArgumentHelp(
      "Frames: 1001, 1001-1048, 1-100x2, 1-10,20,30-25; by default the graph's own.",
      valueName: "range"),
    transform: { try FrameList($0) })
  var frames: FrameList?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Writes only this node; may be repeated.", valueName: "node"))
  var outputs: [String] = []

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "Writes the node that -o names, of any kind, to this file (a.####.exr, a.png ..., or .json for what a node measures); - writes raw floats to standard output.",
      valueName: "file"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "Frames under way at once: 1 needs the least memory, more keep threads busy between passes.",
      valueName: "n"))
  var parallelFrames = 2

  @Flag(name: .customLong("continue"), help: "Goes on with the other frames after one failed.")
  var continues = false

  @Flag(help: "Writes every frame, also those that are up to date.")
  var force = false

  @Flag(
    help: "Says why frames are written again: which parameter, input file, node or version changed."
  )
  var why = false

  @Flag(help: "Reports to programs: JSON lines on standard output.")
  var events = false

  @Flag(help: "Prints time per frame, time per node, passes and peak memory at the end.")
  var stats = false

  mutating func validate() throws {
    guard (1...64).contains(parallelFrames) else {
      throw ValidationError("--parallel-frames is a number from 1 to 64")
    }
    if to != nil, graphs.graphs.count > 1 || outputs.count > 1 {
      throw ValidationError("--to takes one graph and one -o: everything else would share the file")
    }
    if to?.hasSuffix(".json") == true, events {
      throw ValidationError("--events is about frames; values to \(to ?? "") have none")
    }
    if to == "-", events {
      throw ValidationError("standard output takes the pixels of --to - or --events, not both")
    }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a reader of --events that went away does not stop the render
    signal(SIGXFSZ, SIG_IGN)  // a file-size limit is a storage error of the frame, not a death
    let stream = EventStream()
    var options = machine.renderOptions(disk: cache.open { warn($0, stream) })
    // A pipe takes frames one after the other.
    options.framesInFlight = to == "-" ? 1 : parallelFrames
    let renderer = Renderer(options)
    var statuses: [ExitStatus] = []
    var written: [String: String] = [:]
    for graph in graphs.graphs {
      do {
        statuses.append(try await render(graph, renderer, stream, &written))
      } catch let failure as Failure {
        if events { stream.ended(failure) }
        failure.report()
        statuses.append(failure.status)
      }
      if statuses.last != .done, !continues || Self.interrupts.status != nil { break }
    }
    let status = Self.interrupts.status ?? ExitStatus(all: statuses)
    if status != .done { throw Failure(status) }
  }

  /// Signals end the process as they please until something is rendered.
  private static let interrupts = Interrupts()

  private func warn(_ text: String, _ stream: EventStream) {
    if events { return stream.warning("cache", text) }
    let t = Terminal.error
    t.line(t.styled("warning", .yellow) + ": " + text.printable)
  }

  /// What is to be rendered of a graph.
  private func job(_ graph: String, _ stream: EventStream) throws -> RenderJob {
    var comp = try graphs.changes.load(graph) { diagnostic in
      if events { stream.diagnostic(diagnostic) } else { GraphOptions.report(diagnostic) }
    }
    if frames == nil, comp.frames.count > FrameList.limit {
      throw Failure(
        .usage,
        "the graph has \(comp.frames.count) frames; name those to render with -F, "
          + "at most \(FrameList.limit) at a time")
    }
    var wanted: [Int]?
    if let to {
      let (extended, id) = try RenderTarget(to).writer(of: outputs.first, in: comp)
      (comp, wanted) = (extended, [id])
    } else if outputs.isEmpty {
      guard !comp.sinks.isEmpty else {
        throw Failure(
          .usage,
          "the graph writes no file: it has no Write node; -o NODE --to FILE writes any node")
      }
    } else {
      wanted = try outputs.map { try writer($0, in: comp) }
    }
    var job = RenderJob(
      comp, frames: frames?.frames, outputs: wanted, proxy: machine.proxy, continues: continues)
    job.views = try view.places(in: comp)
    job.isForced = force
    job.explains = why
    return job
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

  /// Writes what a node measures, frame by frame.
  private func measure(_ graph: String, _ path: String, _ renderer: Renderer) async throws
    -> ExitStatus
  {
    let comp = try graphs.changes.load(graph)
    let (id, type) = try RenderTarget(path).meter(outputs.first, in: comp)
    let (frames, proxy) = (frames?.frames ?? Array(comp.frames), machine.proxy)
    let view = try view.places(in: comp)?.first ?? 0
    if let error = renderer.conflict(writing: path, of: RenderJob(comp, frames: frames)) {
      throw Failure(.usage, error.description)
    }
    let task = Task {
      var file = ValuesFile(comp.nodes[id].path, type)
      for frame in frames {
        let values = try await renderer.values(
          comp, node: id, frame: Double(frame), view: view, proxy: proxy)
        file.add(values, frame: frame)
      }
      return file.text
    }
    Self.interrupts.stop { task.cancel() }
    do {
      try TextFile.write(try await task.value, to: path)
    } catch {
      if let status = Self.interrupts.status { return status }
      throw Failure(error)
    }
    Terminal.error.line("wrote \(path)")
    return .done
  }

  /// `written` are the files of the graphs before, and whose they are.
  private func render(
    _ graph: String, _ renderer: Renderer, _ stream: EventStream, _ written: inout [String: String]
  ) async throws -> ExitStatus {
    if let to, try RenderTarget(to).takesValues { return try await measure(graph, to, renderer) }
    let job = try job(graph, stream)
    if graphs.graphs.count > 1 {
      for (place, path) in renderer.filesWritten(job) {
        if let other = written.updateValue(graph, forKey: place) {
          throw Failure(
            .usage,
            "\(GraphOptions.name(of: graph)): \(path) is written by "
              + "\(GraphOptions.name(of: other)) too, in this call")
        }
      }
    }
    if graphs.graphs.count > 1, !events { Terminal.error.line(GraphOptions.name(of: graph) + ":") }
    let record = RenderRecord(keepsFrames: stats)
    let progress: any Progress =
      if events {
        stream
      } else if Terminal.error.isInteractive {
        ProgressBar(.error)
      } else {
        ProgressLines(.error)
      }
    stream.begin(GraphOptions.name(of: graph))

    let task = Task { [job] in
      await renderer.render(job) { event in
        record.note(event)
        progress.handle(event)
      }
    }
    Self.interrupts.stop { task.cancel() }
    let summary = await task.value
    progress.end()
    if why, !events { Terminal.error.write(record.reasons()) }

    let status =
      Self.interrupts.status ?? (summary.isRefused ? .usage : ExitStatus(summary.failures))
    if stats {
      if events {
        stream.stats(record, summary)
      } else {
        Terminal.error.write(record.statistics(summary, threads: renderer.options.threads))
      }
    }
    if events {
      stream.done(summary, status)
    } else {
      Terminal.error.write(record.conclusion(summary, of: job.frames.count, status))
    }
    return status
  }
}
