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
      one that fails ends the run without --continue. A document with a table is rendered for each of its \
      rows, or for those that --rows names; what rows have in common is computed once. \
      With --to -, standard output gets each frame of the node as 32-bit little-endian floats, red, \
      green, blue, alpha of each pixel, rows from the top, no header. With --events, standard output carries one JSON \
      object a line: start, measuring, shot, frame, upToDate, skipped, outdated, warning, error, stats, done.
      """)

  @OptionGroup var graphs: GraphsOptions
  @OptionGroup var options: JobOptions
  @OptionGroup var cache: CacheOptions

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
    try options.validate(graphs: graphs.graphs.count)
    if options.takesValues, events {
      throw ValidationError("--events is about frames; values to \(options.to ?? "") have none")
    }
    if options.to == "-", events {
      throw ValidationError("standard output takes the pixels of --to - or --events, not both")
    }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)  // a reader of --events that went away does not stop the render
    signal(SIGXFSZ, SIG_IGN)  // a file-size limit is a storage error of the frame, not a death
    let stream = EventStream()
    var machine = options.machine.renderOptions(disk: cache.open { warn($0, stream) })
    // A pipe takes frames one after the other.
    machine.framesInFlight = options.to == "-" ? 1 : parallelFrames
    let renderer = Renderer(machine)
    var statuses: [ExitStatus] = []
    var written = WrittenFiles()
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
    let comps = try graphs.changes.load(graph, rows: options.rows) { diagnostic in
      if events { stream.diagnostic(diagnostic) } else { GraphOptions.report(diagnostic) }
    }
    var job = try options.job(of: comps)
    job.continues = continues
    job.isForced = force
    job.explains = why
    return job
  }

  /// Writes what a node measures, frame by frame.
  private func measure(_ graph: String, _ path: String, _ renderer: Renderer) async throws
    -> ExitStatus
  {
    let job = try options.job(of: graphs.changes.load(graph, rows: options.rows))
    if let error = renderer.conflict(writing: path, of: job) {
      throw Failure(.usage, error.description)
    }
    let task = Task { try await ValuesFile.measured(job, renderer)?.text ?? "" }
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

  /// `written` are the files of the graphs before.
  private func render(
    _ graph: String, _ renderer: Renderer, _ stream: EventStream, _ written: inout WrittenFiles
  ) async throws -> ExitStatus {
    if let to = options.to, options.takesValues { return try await measure(graph, to, renderer) }
    let job = try job(graph, stream)
    if graphs.graphs.count > 1 { try written.add(job, of: graph, renderer) }
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
      Terminal.error.write(record.conclusion(summary, of: job.count, status))
    }
    return status
  }
}
