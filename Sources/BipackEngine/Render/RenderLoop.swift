import BipackGraph
import BipackPixels

/// Renders the frames of a job in order, a few in flight.
///
/// Each frame's graph is built one frame ahead. What this frame and the next have in common (equal
/// content hashes) is kept in the cache, at the last node before their graphs part: a static branch
/// is computed once, and so is a neighbour's frame that a temporal node reads again. A frame that
/// needs such an image waits until the frame before it has made it. Rows of a table are frames like
/// others (`JobSteps`): what they have in common is shared in the same way.
struct RenderLoop {
  let renderer: Renderer
  let job: RenderJob
  let event: @Sendable (RenderEvent) -> Void

  private let memo = IngredientMemo()
  private let steps: JobSteps
  /// One for each comp of the job.
  private let shots: [ShotLog]

  init(renderer: Renderer, job: RenderJob, event: @escaping @Sendable (RenderEvent) -> Void) {
    self.renderer = renderer
    self.job = job
    self.event = event
    steps = JobSteps(job)
    shots = job.comps.indices.map { comp in
      ShotLog(
        // What a row finds that another has measured is no news.
        report: { if comp == 0 || !$0.isKnown { event(.shotMeasured($0)) } },
        progress: { event(.measuring(path: $0, done: $1, count: $2)) })
    }
  }

  private enum Outcome: Sendable {
    case done(FrameReport)
    case failed(JobFrame, RenderError)
    case cancelled
  }

  func run() async -> RenderSummary {
    let clock = ContinuousClock.now
    let goals = renderer.goals(job.comp, job.outputs, views: job.views)
    let outputs = goals.map { job.comp.name(of: $0) }
    event(.started(rows: job.rows, frames: job.frames, outputs: outputs))
    var summary = RenderSummary()
    let files = renderer.files(of: job)
    summary.failures = files.errors()
    if !summary.failures.isEmpty {
      summary.isRefused = true
      for error in summary.failures {
        event(.frameFailed(frame: error.jobFrame, error))
      }
      event(.finished(summary))
      return summary
    }
    var outputFiles = files.outputs
    var folders = TargetFolders()
    let hits = renderer.cache.counters.hits
    let diskBefore = renderer.options.disk?.counters

    await withTaskGroup(of: Outcome.self) { group in
      var inFlight = 0
      var ahead: [Int: Result<FrameRequest, any Error>] = [:]
      let pending = PendingImages()
      var warned: Set<String> = []

      func warn(_ warnings: [RenderWarning], _ frame: JobFrame) {
        for var warning in warnings where warned.insert(warning.path + warning.message).inserted {
          warning.row = frame.row
          event(.warning(warning))
        }
      }
      func take(_ outcome: Outcome) {
        switch outcome {
        case .done(let report):
          summary.rendered += 1
          outputFiles.note(written: report.paths)
          warn(report.warnings, report.frame)
          event(.frameFinished(report))
        case .failed(let frame, var error):
          error.row = frame.row
          summary.failures.append(error)
          event(.frameFailed(frame: frame, error))
        case .cancelled: summary.isCancelled = true
        }
      }
      var isStopped: Bool {
        Task.isCancelled || summary.isCancelled || (!job.continues && !summary.failures.isEmpty)
      }

      for (index, step) in steps.enumerated() {
        let frame = step.frame
        while inFlight >= renderer.options.framesInFlight, let outcome = await group.next() {
          inFlight -= 1
          take(outcome)
        }
        if isStopped { break }
        let current: Result<FrameRequest, any Error>
        if let known = ahead.removeValue(forKey: index) {
          current = known
        } else {
          current = await request(goals, step)
        }
        let followers = steps.followers(of: index).sorted()
        for follower in followers where ahead[follower] == nil {
          ahead[follower] = await request(goals, steps[follower])
        }

        switch current {
        case .failure(let error): take(outcome(frame, error))
        case .success(let request):
          for path in request.disabled { summary.disabled[path, default: 0] += 1 }
          if request.isIdle {
            event(.frameSkipped(frame: frame))
            continue
          }
          do throws(RenderError) {
            let paths = try paths(request, frame, &folders)
            outputFiles.note(upToDate: paths.upToDate)
            if !request.outdated.isEmpty {
              event(.frameOutdated(frame: frame, request.outdated))
            }
            if request.due.isEmpty, !request.upToDate.isEmpty {
              summary.upToDate += 1
              event(.frameUpToDate(frame: frame, paths: paths.upToDate))
              continue
            }
            warn(request.losses, step.frame)
            var kept: Set<StableHash> = []
            for follower in followers where renderer.options.isCaching {
              guard case .success(let following)? = ahead[follower] else { continue }
              kept.formUnion(request.frontier(shared: following.hashes))
            }
            // What is there already keeps nobody waiting.
            pending.promise(kept.filter { !renderer.cache.holds($0) }, owner: index)
            inFlight += 1
            group.addTask { await render(frame, index, request, paths.due, kept, pending) }
          } catch {
            take(.failed(frame, error))
          }
        }
        if isStopped { break }
      }
      if !job.continues, !summary.failures.isEmpty { group.cancelAll() }
      for await outcome in group {
        if case .cancelled = outcome, !summary.failures.isEmpty { continue }
        take(outcome)
      }
    }
    if Task.isCancelled { summary.isCancelled = true }
    summary.files = outputFiles.counts()
    if !summary.isCancelled, summary.failures.isEmpty,
      let error = RenderError(idle: summary)
    {
      summary.failures = [error]
      summary.isRefused = true
      event(.frameFailed(frame: steps[0].frame, error))
    }
    if !summary.isCancelled { renderer.options.disk?.flush() }
    summary.seconds = (ContinuousClock.now - clock).seconds
    summary.peakBytes = renderer.pool.usage.peakTotal
    summary.cacheHits = renderer.cache.counters.hits - hits
    summary.disk = renderer.options.disk.map { $0.counters - (diskBefore ?? $0.counters) }
    event(.finished(summary))
    return summary
  }

  private func request(_ goals: [FrameGraphBuilder.Goal], _ step: JobSteps.Step) async
    -> Result<FrameRequest, any Error>
  {
    do {
      var request = try await renderer.request(
        job.comps[step.comp], goals, frame: Double(step.frame.number), proxy: job.proxy,
        log: shots[step.comp])
      request.memo = memo
      if !job.isForced { request.compareFiles(explains: job.explains) }
      return .success(request)
    } catch {
      return .failure(error)
    }
  }

  private func render(
    _ frame: JobFrame, _ owner: Int, _ request: FrameRequest, _ paths: [String],
    _ kept: Set<StableHash>, _ pending: PendingImages
  ) async -> Outcome {
    let clock = ContinuousClock.now
    defer { pending.end(owner: owner) }
    await pending.settled(request.hashes, before: owner)
    var request = request
    request.attachRecords()
    do {
      let (plan, outcome) = try await renderer.complete(request, kept: kept) { pending.keep($0) }
      return .done(
        FrameReport(
          frame: frame, paths: paths, seconds: (ContinuousClock.now - clock).seconds,
          planSeconds: request.seconds + plan.planSeconds, peakBytes: plan.peakBytes,
          passes: request.measured + outcome.reports, warnings: outcome.warnings))
    } catch {
      return outcome(frame, error)
    }
  }

  /// The files of a frame. No two frames or outputs share one: `JobFiles` saw to that. Folders of those
  /// still to be made are tried.
  private func paths(
    _ request: FrameRequest, _ frame: JobFrame, _ folders: inout TargetFolders
  ) throws(RenderError) -> (due: [String], upToDate: [String]) {
    var paths: (due: [String], upToDate: [String]) = ([], [])
    for (index, goal) in request.goals.enumerated() {
      guard let goal, case .sink(let sink) = request.graph[goal].work else { continue }
      let node = request.graph[goal]
      do throws(NodeError) {
        let files = try sink.paths(node.context)
        if request.upToDate.contains(index) {
          paths.upToDate += files
        } else {
          for path in files { try folders.attempt(sink, path, node.context) }
          paths.due += files
        }
      } catch {
        throw RenderError(error, path: node.path, frame: Double(frame.number))
      }
    }
    return paths
  }

  private func outcome(_ frame: JobFrame, _ error: any Error) -> Outcome {
    let number = Double(frame.number)
    return switch error {
    case let error as RenderError: .failed(frame, error)
    case let error as NodeError: .failed(frame, RenderError(error, path: "", frame: number))
    case is CancellationError: .cancelled
    default: .failed(frame, RenderError(kind: .invalid, frame: number, message: "\(error)"))
    }
  }
}

extension RenderError {
  /// The frame it is about, or else 0.
  fileprivate var jobFrame: JobFrame { JobFrame(Int(frame ?? 0), row: row) }

  /// A render that had nothing to write at any of its frames.
  fileprivate init?(idle summary: RenderSummary) {
    guard !summary.disabled.isEmpty, summary.rendered + summary.upToDate == 0 else { return nil }
    self.init(allDisabled: Set(summary.disabled.keys))
  }
}

extension Comp {
  /// A goal as people call it: the node's path, and the view where only one of several is meant.
  fileprivate func name(of goal: FrameGraphBuilder.Goal) -> String {
    let path = nodes[goal.node].path
    return views.count > 1 && goal.joined.isEmpty ? "\(path) (\(views[goal.view]))" : path
  }
}

extension FrameRequest {
  func frontier(shared other: Set<StableHash>) -> Set<StableHash> {
    graph.frontier(of: due, shared: other)
  }
}

extension FrameGraph {
  /// The nodes that `goals` need and `other` has too, at the last place before the graphs part, if they
  /// cost something.
  func frontier(of goals: [Int], shared other: Set<StableHash>) -> Set<StableHash> {
    var isReached = [Bool](repeating: false, count: nodes.count)
    var isFrontier = [Bool](repeating: false, count: nodes.count)
    let due = Set(goals)
    for goal in due { isReached[goal] = true }
    for id in nodes.indices.reversed() where isReached[id] {
      var isShared = other.contains(nodes[id].hash)
      // Writing the same picture to the next frame's file is still work to do.
      if case .sink = nodes[id].work { isShared = false }
      for case let input? in nodes[id].inputs {
        isReached[input] = true
        if !isShared, other.contains(nodes[input].hash) { isFrontier[input] = true }
      }
      if isShared, due.contains(id) { isFrontier[id] = true }
    }
    return Set(nodes.indices.filter { isFrontier[$0] && nodes[$0].isCostly }.map { nodes[$0].hash })
  }
}
