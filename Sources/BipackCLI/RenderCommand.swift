import ArgumentParser
import Bipack
import Glibc

/// `bipack render`: evaluates a graph frame by frame and writes its files.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Renders frames of a graph and writes its files.",
    discussion: """
      Every file is complete under its name or is not there at all. EXR and PNG files say what they \
      were made from: a frame that would come out the same is left as it is (--force writes it \
      again). An interrupt (Ctrl-C) stops \
      within moments and leaves finished frames. With --events, standard output carries one JSON \
      object a line: start, frame, upToDate, skipped, outdated, warning, error, stats, done.
      """)

  @OptionGroup var graph: GraphOptions
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
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a reader of --events that went away does not stop the render
    signal(SIGXFSZ, SIG_IGN)  // a file-size limit is a storage error of the frame, not a death
    let stream = EventStream()
    let comp: Comp
    do {
      comp = try graph.load { diagnostic in
        if events { stream.diagnostic(diagnostic) } else { GraphOptions.report(diagnostic) }
      }
      if outputs.isEmpty, comp.sinks.isEmpty {
        throw Failure(.usage, "the graph writes no file: it has no Write node")
      }
      if frames == nil, comp.frames.count > FrameList.limit {
        throw Failure(
          .usage,
          "the graph has \(comp.frames.count) frames; name those to render with -F, "
            + "at most \(FrameList.limit) at a time")
      }
      for name in outputs {
        let id = try comp.find(name)
        guard comp.nodes[id].declaration.isSink else {
          throw Failure(
            .usage,
            "'\(name)' is a \(comp.nodes[id].declaration.typeName) and writes no file; "
              + "connect a Write node to it")
        }
      }
    } catch let failure as Failure {
      if events { stream.ended(failure) }
      throw failure
    }

    var job = RenderJob(
      comp, frames: frames?.frames, outputs: outputs.isEmpty ? nil : try outputs.map(comp.find),
      proxy: machine.proxy, continues: continues)
    job.views = try view.places(in: comp)
    job.isForced = force
    job.explains = why
    let isEventful = events
    let disk = cache.open { text in
      if isEventful {
        stream.warning("cache", text)
      } else {
        let t = Terminal.error
        t.line(t.styled("warning", .yellow) + ": " + text.printable)
      }
    }
    var options = machine.renderOptions(disk: disk)
    options.framesInFlight = parallelFrames
    let renderer = Renderer(options)
    let record = RenderRecord(keepsFrames: stats)
    let progress: any Progress =
      if events {
        stream
      } else if Terminal.error.isInteractive {
        ProgressBar(.error)
      } else {
        ProgressLines(.error)
      }

    let task = Task { [job] in
      await renderer.render(job) { event in
        record.note(event)
        progress.handle(event)
      }
    }
    let interrupts = Interrupts { task.cancel() }
    let summary = await task.value
    progress.end()
    if why, !events { Terminal.error.write(record.reasons()) }

    let status =
      interrupts.status ?? (summary.isRefused ? .usage : ExitStatus(summary.failures))
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
    if status != .done { throw Failure(status) }
  }
}
