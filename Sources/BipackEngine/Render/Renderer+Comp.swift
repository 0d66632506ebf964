public import BipackGraph
public import BipackPixels

extension Renderer {
  /// Renders frames of a document, a few at a time, and reports as it goes. Failures are in the
  /// summary; cancelling the task stops within a tile's time and leaves no partial file.
  public func render(
    _ job: RenderJob, on event: @escaping @Sendable (RenderEvent) -> Void = { _ in }
  ) async -> RenderSummary {
    await RenderLoop(renderer: self, job: job, event: event).run()
  }

  /// The image of one node of a document at one frame. Of a node that gives a deep picture it is an error.
  public func image(
    _ comp: Comp, node: Int, frame: Double, view: Int = 0, region: Rect? = nil, proxy: Double = 1
  ) async throws -> Image {
    let made = try await payload(
      comp, node: node, frame: frame, view: view, region: region, proxy: proxy)
    do throws(NodeError) {
      return try made.expectPicture()
    } catch {
      throw RenderError(error, path: comp.nodes[node].path, frame: frame)
    }
  }

  /// What one node of a document gives at one frame: a picture or a deep picture.
  public func payload(
    _ comp: Comp, node: Int, frame: Double, view: Int = 0, region: Rect? = nil, proxy: Double = 1
  ) async throws -> Payload {
    let goal = FrameGraphBuilder.Goal(kind: .image, node: node, view: view)
    var request = try await request(comp, [goal], frame: frame, proxy: proxy)
    guard let goal = request.goals.first ?? nil else {
      return Payload(spec: .nothing(comp.format), grid: options.grid)
    }
    return try await deliver(&request.builder.graph, goal, region)
  }

  /// What a data node of a document measures at one frame.
  public func values(
    _ comp: Comp, node: Int, frame: Double, view: Int = 0, proxy: Double = 1
  ) async throws -> MeasuredValues {
    let ports = comp.nodes[node].declaration.values
    var found = MeasuredValues([:], ports)
    try await values(comp, node: node, frames: [frame], view: view, proxy: proxy) { found = $1 }
    return found
  }

  /// What a data or shot node measures at some frames, one after the other. Shots that it depends on are
  /// looked up once for all of them.
  public func values(
    _ comp: Comp, node: Int, frames: [Double], view: Int = 0, proxy: Double = 1,
    each: (Double, MeasuredValues) throws -> Void
  ) async throws {
    if comp.nodes[node].declaration.isShot {
      let values = try await shot(comp, node: node, view: view)
      for frame in frames { try each(frame, values) }
      return
    }
    let log = ShotLog()
    let goal = FrameGraphBuilder.Goal(kind: .measure, node: node, view: view)
    for frame in frames {
      let request = try await request(comp, [goal], frame: frame, proxy: proxy, log: log)
      var passes: [PassReport] = []
      try each(frame, try await measure(request, request.goals.first ?? nil, node, &passes))
    }
  }

  /// What a shot node of a document measures over its frames, found or measured. `report` hears how it
  /// came about, `progress` how many of its frames are done.
  public func shot(
    _ comp: Comp, node: Int, view: Int = 0,
    report: @escaping @Sendable (ShotReport) -> Void = { _ in },
    progress: @escaping @Sendable (_ path: String, _ done: Int, _ count: Int) -> Void = { _, _, _ in
    }
  ) async throws -> MeasuredValues {
    let log = ShotLog(report: report, progress: progress)
    let moment = comp.shot(node, view: view)
    return try await Shot(renderer: self, comp: comp, moment: moment, log: log).values()
  }

  /// The plan of one frame in some views (all by default), without running it (except data nodes that parameters need).
  public func plan(
    _ comp: Comp, outputs: [Int]? = nil, frame: Double, views: [Int]? = nil, proxy: Double = 1
  ) async throws -> FramePlan {
    let clock = ContinuousClock.now
    let request = try await request(
      comp, goals(comp, outputs, views: views), frame: frame, proxy: proxy)
    var plan = try plan(request)
    plan.measured = request.measured
    plan.planSeconds = (ContinuousClock.now - clock).seconds
    return plan
  }

  /// Sinks are written, other nodes delivered as images, each in each view. A sink that is the same
  /// in every view writes all of them into one file.
  func goals(_ comp: Comp, _ outputs: [Int]?, views: [Int]? = nil) -> [FrameGraphBuilder.Goal] {
    let views = views ?? (comp.views.isEmpty ? [0] : Array(comp.views.indices))
    return (outputs ?? comp.sinks).flatMap { id -> [FrameGraphBuilder.Goal] in
      let node = comp.nodes[id]
      let kind: FrameGraphBuilder.Goal.Kind =
        node.type is any SinkNode.Type
        ? .write : node.declaration.isData ? .measure : .image
      if kind == .write, views.count > 1, !node.isPerView {
        return [FrameGraphBuilder.Goal(kind: kind, node: id, view: views[0], joined: views)]
      }
      return views.map { FrameGraphBuilder.Goal(kind: kind, node: id, view: $0) }
    }
  }

  /// Plans and runs.
  func complete(
    _ request: FrameRequest, kept: Set<StableHash> = [],
    onKept: @escaping @Sendable (StableHash) -> Void = { _ in }
  ) async throws -> (plan: FramePlan, outcome: FrameRun.Outcome) {
    try await complete(request.graph, request.due, kept: kept, onKept: onKept)
  }

  /// Demands, fusion and order for everything that is wanted.
  func plan(_ request: FrameRequest, kept: Set<StableHash> = []) throws(RenderError) -> FramePlan {
    try plan(request.graph, request.due, kept: kept)
  }
}
