import BipackGraph
import BipackPixels

/// Plans a frame within its budget: as a whole when it fits, else in bands of rows.
///
/// Bands are cut at tile borders, all of one height, the largest that fits: two neighbours compute
/// both what filters and warps reach for across the border, so fewer bands are less work.
///
/// Before the bands, each frame operator has a stage of its own, so that it makes its picture once. What it
/// reads and others read too is computed for each of them.
struct FramePlanner {
  let graph: FrameGraph
  let goals: [Int]
  let options: RenderOptions
  /// Finds images made earlier. Bands do without, but for what frame operators made: they hold little, and
  /// nothing for long.
  let cached: (GraphNode) -> GraphNode.Work?
  /// What goes to the cache when the frame is planned as a whole.
  let kept: Set<StableHash>

  func plan() throws(RenderError) -> FramePlan {
    var whole = plan([FramePlan.Stage(bands: [try band(graph, goals)])])
    if whole.cachedBytes > 0, whole.cachedBytes + whole.peakBytes > options.memory {
      // What is in the cache already would have to stay while the frame is made.
      whole = plan([FramePlan.Stage(bands: [try band(graph, goals, usesCache: false)])])
    }
    if whole.peakBytes <= options.memory && options.bandTiles == nil { return whole }
    return plan(try stages())
  }

  private func plan(_ stages: [FramePlan.Stage]) -> FramePlan {
    FramePlan(
      stages: stages, frame: goals.last.map { graph[$0].context.frame } ?? 0,
      nodeCount: graph.nodes.count)
  }

  // MARK: Stages

  /// One for each frame operator whose picture is needed, and the last for what is wanted.
  private func stages() throws(RenderError) -> [FramePlan.Stage] {
    var sized = graph
    sized.demandGoals(goals)
    try sized.inferDemands(grid: options.grid) { _ in nil }
    var graph = graph
    var stages: [FramePlan.Stage] = []
    for id in sized.nodes.indices {
      guard case .frame(_, let computed) = sized[id].work, !computed.isEmpty else { continue }
      let whole = graph[id]
      graph[id].demand = sized[id].demand
      if let work = kept(sized[id]) { graph[id].work = work } else { graph[id].takesWhole = true }
      var stage = try stage(graph, [id], beside: stages.reduce(0) { $0 + $1.bytes })
      stage.bytes = sized[id].spec.bytes(of: sized[id].demand, options.grid)
      graph[id] = whole
      graph[id].work = .earlier(stage: stages.count)
      stages.append(stage)
    }
    stages.append(try stage(graph, goals, beside: stages.reduce(0) { $0 + $1.bytes }))
    for earlier in stages.indices.dropLast() {
      let user = stages.lastIndex { $0.reads(earlier) } ?? earlier
      stages[user].releases.append(earlier)
    }
    return stages
  }

  /// What a frame operator made in another run, if the disk cache has it.
  private func kept(_ node: GraphNode) -> GraphNode.Work? {
    guard let work = cached(node), case .diskImage = work else { return nil }
    return work
  }

  /// What makes `goals` in the memory that is left beside `bytes`: as a whole, or in bands as high as fit.
  private func stage(_ graph: FrameGraph, _ goals: [Int], beside bytes: Int) throws(RenderError)
    -> FramePlan.Stage
  {
    let budget = options.memory - bytes
    let isForced = options.bandTiles != nil
    let whole = FramePlan.Stage(bands: [try band(graph, goals, usesCache: false)])
    if whole.peakBytes <= budget && !isForced { return whole }
    guard let tiles = try tileRows(graph, goals) else { return whole }
    for height in heights(tiles.count) {
      let isLast = height == 1 || isForced
      let most = isLast ? Int.max : budget
      guard let bands = try bands(graph, goals, of: height, tiles, most: most) else { continue }
      let stage = FramePlan.Stage(bands: bands, bandRows: height * options.grid.size)
      if stage.peakBytes <= budget || isForced { return stage }
      // Nothing fits: then it is said how little would do.
      if isLast, stage.peakBytes < whole.peakBytes { return stage }
    }
    return whole
  }

  // MARK: Bands

  /// Bands `height` tiles high; nil as soon as one takes more than `most`.
  private func bands(
    _ graph: FrameGraph, _ goals: [Int], of height: Int, _ tiles: Range<Int>, most: Int
  ) throws(RenderError) -> [FramePlan.Band]? {
    let size = options.grid.size
    let cuts = stride(from: tiles.lowerBound, to: tiles.upperBound, by: height).map {
      $0 * size..<min($0 + height, tiles.upperBound) * size
    }
    // The middle is where most images have most to do: a glance at it spares the rest.
    let middle = cuts.count / 2
    var planned: [Int: FramePlan.Band] = [:]
    for index in [middle] + cuts.indices.filter({ $0 != middle }) {
      var band = try band(graph, goals, rows: cuts[index])
      try band.confine(to: cuts[index], isLast: index + 1 == cuts.count, options.grid)
      if band.peakBytes > most { return nil }
      planned[index] = band
    }
    return cuts.indices.compactMap { planned[$0] }
  }

  /// The rows of tiles in which some goal wants pixels.
  private func tileRows(_ graph: FrameGraph, _ goals: [Int]) throws(RenderError) -> Range<Int>? {
    var sized = graph
    sized.demandGoals(goals)
    guard let rows = try sized.rowsWanted(goals) else { return nil }
    let shift = options.grid.log2Size
    return (rows.lowerBound >> shift)..<((rows.upperBound - 1) >> shift) + 1
  }

  /// Heights of a band to try, in tiles, from half of the frame down: each makes about a quarter more
  /// bands than the one before.
  private func heights(_ tiles: Int) -> [Int] {
    if let forced = options.bandTiles { return [max(1, forced)] }
    var heights: [Int] = []
    var count = 2
    while count < tiles {
      let height = (tiles + count - 1) / count
      if heights.last != height { heights.append(height) }
      count += max(1, count / 4)
    }
    return heights.last == 1 || tiles < 2 ? heights : heights + [1]
  }

  private func band(
    _ graph: FrameGraph, _ goals: [Int], rows: Range<Int>? = nil, usesCache: Bool = true
  ) throws(RenderError) -> FramePlan.Band {
    var graph = graph
    let isWhole = rows == nil
    if isWhole {
      for id in graph.nodes.indices
      where graph[id].isCachePoint || kept.contains(graph[id].hash) {
        graph[id].isMaterialised = true
      }
    }
    graph.demandGoals(goals, rows: rows)
    try graph.inferDemands(grid: options.grid, rows: rows) {
      isWhole && usesCache ? cached($0) : nil
    }
    return PassPlanner.plan(
      graph, goals: goals, options: options, kept: isWhole && options.isCaching ? kept : nil)
  }
}

extension FramePlan.Stage {
  /// Whether it reads the picture of an earlier stage.
  fileprivate func reads(_ earlier: Int) -> Bool {
    bands.contains { band in
      band.passes.contains {
        if case .earlier(let stage) = $0.work { stage == earlier } else { false }
      }
    }
  }
}

extension FramePlan.Band {
  /// Makes it one band of several: sinks that can, write as it comes; what the other goals take
  /// stays in memory. What takes its inputs as a whole works in the last band.
  fileprivate mutating func confine(to rows: Range<Int>, isLast: Bool, _ grid: TileGrid)
    throws(RenderError)
  {
    self.rows = rows
    for case let index? in goals {
      let pass = passes[index]
      if pass.takesWhole, !isLast { (passes[index].bytes, passes[index].scratchBytes) = (0, 0) }
      if case .write(let sink) = pass.work {
        do throws(NodeError) {
          passes[index].writesBands = try sink.writesBands(pass.context)
        } catch {
          throw RenderError(error, path: pass.path, frame: pass.context.frame)
        }
        if passes[index].writesBands { continue }
      }
      if pass.isTerminal {
        for (input, demand) in zip(pass.inputs, pass.inputDemands) {
          if let input { gatheredBytes += passes[input].spec.bytes(of: demand, grid) }
        }
      } else {
        gatheredBytes += pass.spec.bytes(of: pass.demand, grid)
      }
    }
    measurePeak()
  }
}
