import BipackGraph
import BipackPixels

/// Plans a frame within its budget: as a whole when it fits, else in bands of rows.
///
/// Bands are cut at tile borders, all of one height, the largest that fits: two neighbours compute
/// both what filters and warps reach for across the border, so fewer bands are less work.
struct FramePlanner {
  let graph: FrameGraph
  let goals: [Int]
  let options: RenderOptions
  /// Finds images made earlier. Bands do without: they hold little, and nothing for long.
  let cached: (GraphNode) -> GraphNode.Work?
  /// What goes to the cache when the frame is planned as a whole.
  let kept: Set<StableHash>

  func plan() throws(RenderError) -> FramePlan {
    var band = try band(nil)
    var whole = frame([band], rows: nil)
    if whole.cachedBytes > 0, whole.cachedBytes + whole.peakBytes > options.memory {
      // What is in the cache already would have to stay while the frame is made.
      band = try self.band(nil, usesCache: false)
      whole = frame([band], rows: nil)
    }
    let isForced = options.bandTiles != nil
    if whole.peakBytes <= options.memory && !isForced || band.wholeFramePass != nil { return whole }
    guard let tiles = try tileRows() else { return whole }
    for height in heights(tiles.count) {
      let mayGiveUp = height > 1 && !isForced
      guard let bands = try bands(of: height, tiles, mayGiveUp: mayGiveUp) else { continue }
      let plan = frame(bands, rows: height * options.grid.size)
      if plan.peakBytes <= options.memory || !mayGiveUp { return plan }
    }
    return whole
  }

  /// The frame cut into bands `height` tiles high; nil as soon as one is over budget, if that may be.
  private func bands(of height: Int, _ tiles: Range<Int>, mayGiveUp: Bool) throws(RenderError)
    -> [FramePlan.Band]?
  {
    let size = options.grid.size
    let cuts = stride(from: tiles.lowerBound, to: tiles.upperBound, by: height).map {
      $0 * size..<min($0 + height, tiles.upperBound) * size
    }
    // The middle is where most images have most to do: a glance at it spares the rest.
    let middle = cuts.count / 2
    var planned: [Int: FramePlan.Band] = [:]
    for index in [middle] + cuts.indices.filter({ $0 != middle }) {
      let band = try band(cuts[index])
      if mayGiveUp, band.peakBytes > options.memory { return nil }
      planned[index] = band
    }
    return cuts.indices.compactMap { planned[$0] }
  }

  /// The rows of tiles in which some goal wants pixels.
  private func tileRows() throws(RenderError) -> Range<Int>? {
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

  private func frame(_ bands: [FramePlan.Band], rows: Int?) -> FramePlan {
    FramePlan(
      bands: bands, bandRows: rows, frame: goals.last.map { graph[$0].context.frame } ?? 0,
      nodeCount: graph.nodes.count)
  }

  private func band(_ rows: Range<Int>?, usesCache: Bool = true) throws(RenderError)
    -> FramePlan.Band
  {
    var graph = graph
    if rows == nil {
      for id in graph.nodes.indices
      where graph[id].isCachePoint || kept.contains(graph[id].hash) {
        graph[id].isMaterialised = true
      }
    }
    graph.demandGoals(goals, rows: rows)
    try graph.inferDemands(grid: options.grid, rows: rows) {
      rows == nil && usesCache ? cached($0) : nil
    }
    var band = PassPlanner.plan(
      graph, goals: goals, options: options,
      kept: rows == nil && options.isCaching ? kept : nil)
    if let rows { try band.confine(to: rows, options.grid) }
    return band
  }
}

extension FramePlan.Band {
  /// Makes it one band of several: sinks that can, write as it comes; what the other goals take
  /// stays in memory.
  fileprivate mutating func confine(to rows: Range<Int>, _ grid: TileGrid) throws(RenderError) {
    self.rows = rows
    for case let index? in goals {
      let pass = passes[index]
      if case .write(let sink) = pass.work {
        do throws(NodeError) {
          passes[index].writesBands = try sink.writesBands(pass.context)
        } catch {
          throw RenderError(error, path: pass.path, frame: pass.context.frame)
        }
        if passes[index].writesBands { continue }
      }
      for demand in pass.isTerminal ? pass.inputDemands : [pass.demand] {
        gatheredBytes += grid.bytes(demand.rect, channels: demand.channels.count)
      }
    }
  }

  /// A pass that needs its picture as a whole, so that rows of it cannot be had for less.
  var wholeFramePass: FramePlan.Pass? {
    passes.first {
      if case .tiles(_, .frame, let computed) = $0.work { !computed.isEmpty } else { false }
    }
  }
}
