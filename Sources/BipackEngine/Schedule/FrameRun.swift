import BipackGraph
import BipackPixels
import Dispatch

/// Executes one frame's plan: stage after stage, band after band, pass after pass, each over its tiles, without ever
/// blocking a worker.
///
/// One pass of the frame is active at a time; the worker that finishes its last tile assembles the
/// image, drops what is no longer needed and starts the next pass. Several frames run side by side.
final class FrameRun: @unchecked Sendable {
  // SAFETY: everything but `outcome` is written only by the one thread that is between passes;
  // Dispatch orders those threads. `outcome` is a lock.
  private let plan: FramePlan
  private let priority: Int
  private let workers: Workers
  private let pool: BlockPool
  private let cache: ImageCache
  private let disk: DiskCache?
  private let isCancelled: @Sendable () -> Bool
  private let completion: @Sendable (Outcome) -> Void

  /// What came of a frame.
  struct Outcome: Sendable {
    /// The images wanted, in the order of the goals.
    var images: [Payload] = []
    var values: [String: ValueData] = [:]
    var reports: [PassReport] = []
    var failure: RenderError?
    /// Every pass has run to its end.
    var isComplete = false
    var warnings: [RenderWarning] = []
    /// An image could not be read back from the disk cache.
    var hasLostDiskImage = false
  }
  private let outcome = Locked(Outcome())

  /// The stage under way, and what those before it made that is still needed.
  private var stage = 0
  private var earlier: [Payload?] = []
  /// The band being made and the images its passes have made so far.
  private var band = 0
  private var images: [Payload?] = []
  /// What the pass under way reads. Here and nowhere else, so that it is gone when the pass ends,
  /// whichever thread is still on its way out of it.
  private var inputs: [Payload?] = [] {
    didSet { pictures = inputs.map { $0?.picture } }
  }
  /// Those that are pictures.
  private var pictures: [Image?] = []
  private var gathered: BandAssembly
  private var started = ContinuousClock.now
  private var waitsBefore = LockWaits()
  private var storePolicy = StorePolicy([])
  private let stores = PendingStores()
  /// A file changed while it was read: what is made of it has no content hash.
  private var isUnsteady = false
  /// Called when a kept image is there.
  private let onKept: @Sendable (StableHash) -> Void

  init(
    plan: FramePlan, priority: Int, workers: Workers, pool: BlockPool, cache: ImageCache,
    disk: DiskCache?,
    isCancelled: @escaping @Sendable () -> Bool, onKept: @escaping @Sendable (StableHash) -> Void,
    completion: @escaping @Sendable (Outcome) -> Void
  ) {
    self.plan = plan
    self.priority = priority
    self.workers = workers
    self.pool = pool
    self.cache = cache
    self.disk = disk
    self.isCancelled = isCancelled
    self.onKept = onKept
    self.completion = completion
    gathered = BandAssembly([])
  }

  func start() { startStage() }

  private func fail(_ error: RenderError) {
    outcome.withLock { if $0.failure == nil { $0.failure = error } }
  }

  private var hasFailed: Bool { outcome.withLock { $0.failure != nil } }
  private var isStopped: Bool { isCancelled() || hasFailed }
  /// Loops that say when the frame is given up.
  private var wantedLoops: Loops { workers.loops(into: nil, isCancelled: { [self] in isStopped }) }

  /// How threads waited for what all of them share: the queue of jobs and the pool of blocks.
  private var contention: LockWaits { workers.contention + pool.contention }

  private var bands: [FramePlan.Band] { plan.stages[stage].bands }
  private var passes: [FramePlan.Pass] { bands[band].passes }
  private var isLastBand: Bool { band + 1 == bands.count }

  private func startStage() {
    band = 0
    gathered = BandAssembly(bands)
    startBand()
  }

  private func startBand() {
    storePolicy = StorePolicy(passes, keepsEverything: disk?.keepsEverything ?? false)
    images = [Payload?](repeating: nil, count: passes.count)
    run(0)
  }

  private func run(_ first: Int) {
    var index = first
    while index < passes.count, !isStopped {
      guard var image = ready(passes[index]) else {
        begin(index)
        return
      }
      image.spec = passes[index].spec
      images[index] = image
      release(after: index)
      index += 1
    }
    gathered.take(bands[band], images)
    if !isLastBand, !isStopped {
      band += 1
      startBand()
      return
    }
    if stage + 1 < plan.stages.count, !isStopped {
      endStage()
      return
    }
    images = []
    // A frame that is complete when it is cancelled is complete all the same.
    let isComplete = index == passes.count && isLastBand && stage + 1 == plan.stages.count
    if isCancelled(), !isComplete {
      fail(RenderError(kind: .invalid, frame: plan.frame, message: "cancelled"))
    }
    outcome.withLock { $0.isComplete = isComplete && $0.failure == nil }
    gathered.close()
    outcome.withLock { $0.images = gathered.results }
    stores.whenDone { [self] in completion(outcome.withLock { $0 }) }
  }

  /// The image of a pass that has nothing to do.
  private func ready(_ pass: FramePlan.Pass) -> Payload? {
    switch pass.work {
    case .image(let image): image
    case .earlier(let stage): earlier[stage]
    default: nil
    }
  }

  /// Keeps the picture of a stage for those after it.
  private func endStage() {
    let made = bands[band].goals.first.flatMap { $0 }.flatMap { images[$0] }
    images = []
    earlier.append(gathered.results.first ?? made)
    gathered.close()
    for stage in plan.stages[stage].releases { earlier[stage] = nil }
    stage += 1
    startStage()
  }

  private func begin(_ index: Int) {
    started = .now
    waitsBefore = contention
    let pass = passes[index]
    inputs = pass.inputs.map { $0.flatMap { images[$0] } }
    if pass.gathers {
      inputs = gathered.inputs(of: index, in: band, pass, inputs)
      if !isLastBand { return end(index, nil, Timings(items: 0)) }
    }
    switch pass.work {
    case .image, .earlier: break
    case .strips(let program, _): strips(index, pass, program)
    case .tiles(let kernel, let shape, let computed):
      tiles(index, pass, kernel, shape, computed)
    case .frame(let kernel, let computed):
      frame(index, pass, kernel, computed)
    case .deep(let kernel): deep(index, pass, kernel)
    case .read(let source):
      file(index) { [self] (loops: Loops) throws(NodeError) -> Payload? in
        var image = try source.read(pass.demand, pass.context, loops, pool)
        guard image.isComplete(in: pass.demand.rect, channels: Array(pass.demand.channels)) else {
          throw NodeError(.input, "the reader did not deliver \(pass.demand.rect)")
        }
        image.spec = pass.spec
        if try source.stamp(pass.context) != pass.stamp {
          if !plan.isWhole {
            throw NodeError(.input, "a file changed while the bands of the frame were read from it")
          }
          isUnsteady = true
        }
        if !pass.watches.isEmpty, plan.isWhole, let picture = image.picture {
          let look = WatchedRead(source: source, pass: pass, loops: loops, pool: pool)
          let warnings = look.warnings(picture)
          outcome.withLock { $0.warnings += warnings }
        }
        return image
      }
    case .diskImage(let diskImage):
      file(index) { [self] (loops: Loops) throws(NodeError) -> Payload? in
        if let image = diskImage.read(pass.demand, pass.spec, loops, pool) {
          return .picture(image)
        }
        outcome.withLock { $0.hasLostDiskImage = true }
        throw NodeError(.input, "its image in the disk cache is gone")
      }
    case .write(let sink):
      file(index) { [self] (loops: Loops) throws(NodeError) -> Payload? in
        try write(sink, index, inputs.first ?? nil, loops)
      }
    case .measure(let data):
      workers.run(1, priority: priority) { [self] _ in
        do throws(NodeError) {
          let values = try data.measure(
            DataTask(
              context: pass.context, pool: pool, loops: wantedLoops, inputs: pictures,
              demands: gathered.demands(of: index, in: band, pass)))
          outcome.withLock { $0.values = values }
        } catch {
          fail(RenderError(error, path: pass.path, frame: plan.frame))
        }
      } completion: { [self] timings in
        end(index, Payload(spec: pass.spec, grid: pool.grid), timings)
      }
    }
  }

  /// Writes a picture, a band of it, or puts the band by until the picture is whole.
  private func write(_ sink: any SinkNode, _ index: Int, _ input: Payload?, _ loops: Loops)
    throws(NodeError) -> Payload?
  {
    let pass = passes[index]
    var context = pass.context
    if isUnsteady { context.record = nil }
    // Where the picture has no pixels inside what is written, there was nothing to compute.
    let none = Payload(spec: pass.spec, grid: pool.grid)
    guard pass.writesBands else {
      let image = gathered.inputs(of: index, in: band, pass, [input])[0] ?? none
      if isLastBand { try sink.write(image, context, loops, pool) }
      return image
    }
    let writer = try gathered.writer(of: index, in: band) { () throws(NodeError) in
      try sink.bandWriter(context)
    }
    if isLastBand {
      try writer.finish(input ?? none, loops)
    } else if let rows = bands[band].rows {
      try writer.append(input ?? none, above: rows.upperBound, loops)
    }
    return nil
  }

  private func file(
    _ index: Int, _ work: @escaping @Sendable (Loops) throws(NodeError) -> Payload?
  ) {
    workers.files.async { [self] in
      var image: Payload?
      let timings = Locked(Timings(items: 0))
      do throws(NodeError) {
        image = try work(workers.loops(into: timings, isCancelled: { [self] in isStopped }))
      } catch {
        fail(RenderError(error, path: passes[index].path, frame: plan.frame))
      }
      end(index, consume image, timings.withLock { $0 })
    }
  }

  /// Collects the planes of finished tiles.
  private final class Result: Sendable {
    let planes: Locked<[TiledPlane]>
    init(_ planes: [TiledPlane]) { self.planes = Locked(planes) }

    /// Gives them away; from then on they are held elsewhere only.
    func take() -> [TiledPlane] {
      planes.withLock { planes in
        defer { planes = [] }
        return planes
      }
    }
  }

  private func strips(
    _ index: Int, _ pass: FramePlan.Pass, _ program: StripProgram
  ) {
    let channels = pass.spec.channels.filter(pass.demand.channels.contains)
    let tiles = pool.grid.tiles(covering: pass.demand.rect)
    let empty = TiledPlane(grid: pool.grid, tiles: tiles)
    let result = Result(channels.map { _ in empty })
    let (pool, window) = (pool, pass.spec.dataWindow)
    let order = TileOrder(tiles.area, options: workers.order)
    workers.run(tiles.area, priority: priority) { [self] turn in
      if isStopped { return }
      let item = order[turn]
      let (x, y) = (tiles.x0 + item % tiles.width, tiles.y0 + item / tiles.width)
      let planes = program.run(tileX: x, tileY: y, dataWindow: window, inputs: pictures, pool: pool)
      result.planes.withLock { all in
        for (channel, plane) in planes.enumerated() { all[channel][x, y] = plane }
      }
    } completion: { [self] timings in
      var image = Image(spec: pass.spec, grid: pool.grid)
      for (channel, plane) in zip(channels, result.take()) {
        image[channel] = plane
      }
      end(index, .picture(consume image), timings)
    }
  }

  private func tiles(
    _ index: Int, _ pass: FramePlan.Pass, _ kernel: any TileKernel, _ shape: TileShape,
    _ computed: [Channel]
  ) {
    let region = pool.grid.tiles(covering: pass.demand.rect)
    let items = computed.isEmpty ? [] : Self.items(shape, region)
    run(index, pass, kernel, items, isRun: shape == .run, computed)
  }

  /// One call for all of the region.
  private func frame(
    _ index: Int, _ pass: FramePlan.Pass, _ kernel: any TileKernel, _ computed: [Channel]
  ) {
    let region = pool.grid.tiles(covering: pass.demand.rect)
    run(index, pass, kernel, computed.isEmpty ? [] : [region], isRun: false, computed)
  }

  /// Calls a kernel for each of `items`, rectangles of tiles, and puts the image together.
  private func run(
    _ index: Int, _ pass: FramePlan.Pass, _ kernel: any TileKernel, _ items: [Rect], isRun: Bool,
    _ computed: [Channel]
  ) {
    let grid = pool.grid
    let empty = TiledPlane(grid: grid, tiles: grid.tiles(covering: pass.demand.rect))
    let result = Result(computed.map { _ in empty })
    let (pool, loops) = (pool, wantedLoops)
    let order = TileOrder(items.count, options: workers.order)
    workers.run(items.count, priority: priority) { [self] turn in
      if isStopped { return }
      let item = order[turn]
      let tiles = items[item]
      let rect = grid.pixels(of: tiles).intersection(pass.demand.rect)
      if rect.isEmpty { return }
      do throws(NodeError) {
        let output = try Self.render(
          kernel, isRun: isRun, tiles: tiles, rect: rect, computed, pass.spec, inputs, pool, loops)
        result.planes.withLock { all in
          for (channel, tile) in output { all[channel][tile.x, tile.y] = .block(tile.block) }
        }
      } catch {
        fail(RenderError(error, path: pass.path, frame: plan.frame))
      }
    } completion: { [self] timings in
      var image = Image(spec: pass.spec, grid: grid)
      let planes = result.take()
      for channel in pass.spec.channels {
        if let place = computed.firstIndex(of: channel) {
          image[channel] = planes[place]
        } else if pass.demand.channels.contains(channel), let input = pictures.first ?? nil {
          image[channel] = input[channel]
        }
      }
      end(index, .picture(consume image), timings)
    }
  }

  private func deep(_ index: Int, _ pass: FramePlan.Pass, _ kernel: any DeepKernel) {
    let region = pool.grid.tiles(covering: pass.demand.rect)
    let result = Locked(DeepImage(spec: pass.spec, grid: pool.grid))
    let channels = pass.spec.channels.filter(pass.demand.channels.contains)
    let pool = pool
    let order = TileOrder(region.area, options: workers.order)
    workers.run(region.area, priority: priority) { [self] turn in
      if isStopped { return }
      let item = order[turn]
      let (x, y) = (region.x0 + item % region.width, region.y0 + item / region.width)
      let rect = pool.grid.pixels(tileX: x, tileY: y).intersection(pass.demand.rect)
      if rect.isEmpty { return }
      do throws(NodeError) {
        let tile = try kernel.tile(
          DeepTask(
            tileX: x, tileY: y, rect: rect, channels: channels, spec: pass.spec, pool: pool,
            inputs: inputs))
        result.withLock { $0[x, y] = tile }
      } catch {
        fail(RenderError(error, path: pass.path, frame: plan.frame))
      }
    } completion: { [self] timings in
      let image = result.withLock { image in
        defer { image = DeepImage(spec: pass.spec, grid: pool.grid) }
        return image
      }
      end(index, .deep(image), timings)
    }
  }

  /// Tiles in a run: few enough that what they share stays in the caches and that there are many runs.
  private static let longestRun = 4

  /// The pieces of work, as rectangles of tiles.
  private static func items(_ shape: TileShape, _ region: Rect) -> [Rect] {
    switch shape {
    case .tile:
      (0..<region.area).map {
        Rect(
          x: region.x0 + $0 % region.width, y: region.y0 + $0 / region.width, width: 1, height: 1)
      }
    case .run:
      (region.y0..<region.y1).flatMap { y in
        let count = (region.width + longestRun - 1) / longestRun
        return (0..<count).map {
          Rect(
            x0: region.x0 + region.width * $0 / count, y0: y,
            x1: region.x0 + region.width * ($0 + 1) / count, y1: y + 1)
        }
      }
    case .rows:
      (region.y0..<region.y1).map { Rect(x0: region.x0, y0: $0, x1: region.x1, y1: $0 + 1) }
    case .columns:
      (region.x0..<region.x1).map { Rect(x0: $0, y0: region.y0, x1: $0 + 1, y1: region.y1) }
    }
  }

  private struct Tile: Sendable {
    var x: Int
    var y: Int
    var block: Block
  }

  /// Runs a kernel on one piece. Single tiles and those of a run are written straight into their
  /// blocks; larger pieces into contiguous buffers that are then cut up.
  private static func render(
    _ kernel: any TileKernel, isRun: Bool, tiles: Rect, rect: Rect, _ channels: [Channel],
    _ spec: ImageSpec,
    _ inputs: [Payload?], _ pool: BlockPool, _ loops: Loops
  ) throws(NodeError) -> [(Int, Tile)] {
    let grid = pool.grid
    var output: [(Int, Tile)] = []
    var canvases: [Canvas] = []
    func run(_ parts: [Rect]) throws(NodeError) {
      try kernel.render(
        TileTask(
          rect: rect, tiles: parts, channels: channels, spec: spec, pool: pool, inputs: inputs,
          canvases: canvases, loops: loops))
    }
    if tiles.area == 1 || isRun {
      let y = tiles.y0
      let parts = (tiles.x0..<tiles.x1).map {
        grid.pixels(tileX: $0, tileY: y).intersection(rect)
      }
      for channel in channels.indices {
        for (x, part) in zip(tiles.x0..<tiles.x1, parts) {
          let block = pool.allocate()
          canvases.append(Canvas(tile: block, of: grid, tileX: x, tileY: y, rect: part))
          output.append((channel, Tile(x: x, y: y, block: block)))
        }
      }
      try run(parts)
      return output
    }
    canvases = channels.map { _ in Canvas(rect: rect, pool: pool) }
    try run([rect])
    for channel in channels.indices {
      for y in tiles.y0..<tiles.y1 {
        for x in tiles.x0..<tiles.x1 {
          let block = canvases[channel].cut(tileX: x, tileY: y, pool: pool)
          output.append((channel, Tile(x: x, y: y, block: block)))
        }
      }
    }
    return output
  }

  private func end(_ index: Int, _ image: consuming Payload?, _ timings: Timings) {
    let pass = passes[index]
    let seconds = (ContinuousClock.now - started).seconds
    let waits = contention - waitsBefore
    inputs = []
    let report = PassReport(
      path: pass.path, typeName: pass.typeName, seconds: seconds, timings, waits: waits,
      bytes: image?.bytes ?? 0)
    outcome.withLock { $0.reports.append(report) }
    if pass.isKept, let image, !isStopped {
      cache.insert(image, pass.hash, pass.demand, seconds: seconds)
      onKept(pass.hash)
    }
    if case .measure = pass.work, !isStopped, isLastBand {
      cache.insert(outcome.withLock { $0.values }, pass.hash)
    }
    if let disk, !isStopped { store(index, image, seconds, disk) }
    images[index] = consume image
    stores.whenDone(pass.releases) { [self] in
      release(after: index)
      run(index + 1)
    }
  }

  /// Hands a result that is worth it to the disk cache. The next passes go on; only where the image
  /// is due to be dropped does the frame wait for it to be written, so that memory stays as planned.
  /// Bands are left alone: they are parts of images, and made twice at their borders. What a frame operator
  /// made is whole.
  private func store(_ index: Int, _ image: Payload?, _ seconds: Double, _ disk: DiskCache) {
    let pass = passes[index]
    guard let hash = pass.contentHash, !isUnsteady else { return }
    if case .measure = pass.work {
      if isLastBand { disk.store(outcome.withLock { $0.values }, hash) }
    } else if plan.isWhole || pass.takesWhole, let image,
      storePolicy.note(index, seconds: seconds, bytes: image.bytes), let image = image.picture
    {
      stores.begin(index)
      disk.store(image, hash, pass.demand) { [stores] in stores.end(index) }
    }
  }

  private func release(after index: Int) {
    for released in passes[index].releases { images[released] = nil }
  }
}

extension Duration {
  var seconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
