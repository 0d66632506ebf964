import BipackGraph
import BipackPixels

/// What is asked of one frame.
struct Wanted: Sendable {
  var goals: [FrameGraphBuilder.Goal]
  var frame: Double
}

extension Renderer {
  /// The graph of a frame; whenever a parameter needs the value of a data node, that node's own frame is
  /// planned and run first.
  func request(
    _ comp: Comp, _ goals: [FrameGraphBuilder.Goal], frame: Double, proxy: Double,
    log: ShotLog = ShotLog()
  ) async throws -> FrameRequest {
    let clock = ContinuousClock.now
    var values: [FrameGraphBuilder.Moment: MeasuredValues] = [:]
    var areas: [StableHash: Rect] = [:]
    var measured: [PassReport] = []
    // A stack of plans waiting for each other's values.
    var pending = [Wanted(goals: goals, frame: frame)]
    while let top = pending.last {
      do {
        var builder = FrameGraphBuilder(
          comp: comp, proxy: proxy, values: values, areas: areas, wholePixels: options.wholePixels)
        var ids: [Int?] = []
        do {
          for goal in top.goals { ids.append(try builder.add(goal, frame: top.frame)) }
        } catch {
          guard let missing = builder.graph.missingBounds else { throw error }
          try Task.checkCancellation()
          areas[missing.key] = try await bounds(
            missing, builder, for: pending[0], values, &measured)
          continue
        }
        let request = FrameRequest(
          builder: builder, wanted: top.goals, goals: ids, frame: top.frame,
          seconds: (ContinuousClock.now - clock).seconds, disk: options.disk, measured: measured)
        if pending.count == 1 { return request }
        if let goal = top.goals.first {
          values[FrameGraphBuilder.Moment(node: goal.node, frame: top.frame, view: goal.view)] =
            try await measure(
              request, ids.first ?? nil, goal.node, &measured, for: pending[0], values)
        }
        pending.removeLast()
      } catch let missing as FrameGraphBuilder.MissingValues {
        try Task.checkCancellation()
        guard pending.count <= comp.nodes.count else {
          throw RenderError(
            kind: .invalid, path: comp.nodes[missing.moment.node].path,
            frame: missing.moment.frame,
            message: "its values depend on themselves")
        }
        let moment = missing.moment
        if comp.nodes[moment.node].declaration.isShot {
          values[moment] = try await Shot(renderer: self, comp: comp, moment: moment, log: log)
            .values()
          continue
        }
        guard values.count < FrameGraphBuilder.mostMeasured else {
          throw FrameGraphBuilder.tooManyMeasured(comp, moment)
        }
        let goal = FrameGraphBuilder.Goal(kind: .measure, node: moment.node, view: moment.view)
        pending.append(Wanted(goals: [goal], frame: moment.frame))
      }
    }
    throw RenderError(kind: .invalid, frame: frame, message: "nothing to plan")
  }

  /// The values of a node by its own graph: kept ones, or measured.
  ///
  /// What is measured are mostly pictures that the frame shows as well. So the frame is planned with made-up
  /// values first: pictures both need are made as the frame wants them, and kept for it.
  func measure(
    _ request: FrameRequest, _ id: Int?, _ node: Int, _ passes: inout [PassReport],
    for frame: Wanted? = nil, _ values: [FrameGraphBuilder.Moment: MeasuredValues] = [:]
  ) async throws -> MeasuredValues {
    let ports = request.builder.comp.nodes[node].declaration.values
    guard let id else { return MeasuredValues([:], ports) }
    let found = try await measured(request.builder, id, for: frame, values, &passes)
    return MeasuredValues(found, ports)
  }

  /// Where something is in a picture that a composite asked about.
  private func bounds(
    _ missing: MissingBounds, _ builder: FrameGraphBuilder, for frame: Wanted,
    _ values: [FrameGraphBuilder.Moment: MeasuredValues], _ passes: inout [PassReport]
  ) async throws -> Rect {
    var builder = builder
    let goal = try builder.graph.addGoal(missing)
    let found = try await measured(builder, goal, for: frame, values, &passes)
    return BoundsMeasure.rect(found) ?? builder.graph[missing.node].spec.dataWindow
  }

  /// What a goal measures: kept in memory or on disk, or measured now.
  private func measured(
    _ builder: FrameGraphBuilder, _ goal: Int, for frame: Wanted?,
    _ values: [FrameGraphBuilder.Moment: MeasuredValues], _ passes: inout [PassReport]
  ) async throws -> [String: ValueData] {
    let hash = builder.graph[goal].hash
    if let known = cache.values(hash) { return known }
    var builder = builder
    if let disk = options.disk {
      builder.graph.identify(disk)
      if let contentHash = builder.graph[goal].contentHash, let known = disk.values(contentHash) {
        cache.insert(known, hash)
        return known
      }
    }
    var kept: Set<StableHash> = []
    if options.isCaching, let frame {
      let demands = demands(of: frame, builder, values)
      kept = builder.graph.frontier(of: [goal], shared: Set(demands.keys))
      for id in builder.graph.nodes.indices where kept.contains(builder.graph[id].hash) {
        if let demand = demands[builder.graph[id].hash] { builder.graph[id].demand = demand }
      }
    }
    let outcome = try await complete(builder.graph, [goal], kept: kept).outcome
    passes += outcome.reports
    return outcome.values
  }

  /// What a frame will probably ask of each of its pictures. Nothing where made-up values do not do.
  private func demands(
    of wanted: Wanted, _ builder: FrameGraphBuilder,
    _ values: [FrameGraphBuilder.Moment: MeasuredValues]
  ) -> [StableHash: Demand] {
    var builder = FrameGraphBuilder(comp: builder.comp, proxy: builder.proxy, values: values)
    builder.makesValuesUp = true
    var ids: [Int] = []
    for goal in wanted.goals {
      guard let id = try? builder.add(goal, frame: wanted.frame) else { continue }
      ids.append(id)
    }
    builder.graph.demandGoals(ids)
    guard (try? builder.graph.inferDemands(grid: options.grid, cached: { _ in nil })) != nil else {
      return [:]
    }
    return Dictionary(
      builder.graph.nodes.filter { !$0.demand.rect.isEmpty }.map { ($0.hash, $0.demand) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension FrameGraph {
  /// The goal that answers a query.
  mutating func addGoal(_ missing: MissingBounds) throws(RenderError) -> Int {
    let work = BoundsMeasure(query: missing.query)
    var context = nodes[missing.node].context
    context.samples = []
    context.shutters = []
    let goal = try addGoal(work, inputs: [missing.node], context: context, path: missing.path)
    self[goal].work = .data(work)
    self[goal].hash = missing.key
    return goal
  }
}
