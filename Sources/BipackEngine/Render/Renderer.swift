public import BipackGraph
public import BipackPixels
import Synchronization

/// Evaluates graphs: owns the threads, the pixel memory and the cache.
///
/// One renderer can serve many documents and calls at once; nothing is global, and two renderers do
/// not know of each other.
public final class Renderer: Sendable {
  public let options: RenderOptions
  public let pool: BlockPool
  let workers: Workers
  let cache: ImageCache
  let ledger: MemoryLedger
  /// Shots that are being measured.
  let measuring = Locked<Set<StableHash>>([])
  /// Sidecars that were written, and for whom.
  let sidecars = Locked<[String: (path: String, view: Int, row: Int?, hash: StableHash)]>([:])
  private let counter = Atomic<Int>(0)

  public init(_ options: RenderOptions = RenderOptions()) {
    self.options = options
    pool = BlockPool(grid: options.grid)
    workers = Workers(width: options.threads, order: options.order)
    cache = ImageCache(limit: options.memory)
    ledger = MemoryLedger(budget: options.memory, cache: cache)
  }

  /// Drops every cached image and value.
  public func clearCache() { cache.removeAll() }

  func nextNumber() -> Int { counter.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Runs one operator on images in memory and returns its output over `region` (its whole data window
  /// when nil). For a node, `inputs` are the images on its input slots, in order of declaration; one that
  /// reads other frames gets the same image for each.
  public func run(
    _ work: any Operator, inputs: [Image?] = [], format: Format? = nil, frame: Double = 1,
    region: Rect? = nil
  ) async throws -> Image {
    try await run(
      work, payloads: inputs.map { $0.map(Payload.picture) }, format: format, frame: frame,
      region: region
    ).expectPicture()
  }

  /// The same where an input, or what comes of it, is a deep picture.
  public func run(
    _ work: any Operator, payloads inputs: [Payload?], format: Format? = nil, frame: Double = 1,
    region: Rect? = nil
  ) async throws -> Payload {
    var (graph, goal) = try await answeredGraph(of: work, inputs, format, frame)
    guard let goal else {
      let format = format ?? inputs.lazy.compactMap { $0?.spec.format }.first ?? Self.usualFormat
      return Payload(spec: .nothing(format), grid: options.grid)
    }
    return try await deliver(&graph, goal, region)
  }

  /// The graph of an operator, with the answers to what its composites ask of their inputs.
  private func answeredGraph(
    of work: any Operator, _ inputs: [Payload?], _ format: Format?, _ frame: Double
  ) async throws -> (FrameGraph, Int?) {
    var areas: [StableHash: Rect] = [:]
    let hashes = inputs.map { _ in givenHash() }
    while true {
      var graph = FrameGraph(areas: areas, wholePixels: options.wholePixels)
      do {
        let goal = try build(&graph, work, inputs, hashes, format, frame)
        return (graph, goal)
      } catch {
        guard let missing = graph.missingBounds else { throw error }
        let goal = try graph.addGoal(missing)
        let found = try await complete(graph, [goal]).outcome.values
        areas[missing.key] = BoundsMeasure.rect(found) ?? graph[missing.node].spec.dataWindow
      }
    }
  }

  /// A name for pixels that somebody gives.
  private func givenHash() -> StableHash {
    var hasher = StableHasher()
    hasher.combine("given")
    hasher.combine(nextNumber())
    return hasher.finalize()
  }

  private static let usualFormat = Format(width: 1920, height: 1080)

  /// One operator on images in memory, and its place; nil where it comes to nothing.
  func graph(
    of work: any Operator, inputs: [Payload?], format: Format? = nil, frame: Double = 1
  ) throws(RenderError) -> (FrameGraph, Int?) {
    var graph = FrameGraph()
    let hashes = inputs.map { _ in givenHash() }
    let goal = try build(&graph, work, inputs, hashes, format, frame)
    return (graph, goal)
  }

  private func build(
    _ graph: inout FrameGraph, _ work: any Operator, _ inputs: [Payload?], _ hashes: [StableHash],
    _ format: Format?, _ frame: Double
  ) throws(RenderError) -> Int? {
    let format = format ?? inputs.lazy.compactMap { $0?.spec.format }.first ?? Self.usualFormat
    let context = NodeContext(
      frame: frame, frames: 1...1, fps: 24, format: format, proxy: 1, settings: DocumentSettings(),
      inputs: [], samples: [])
    let ids = zip(inputs, hashes).map { image, hash in
      image.map { graph.add(image: $0, hash: hash, context: context) }
    }
    let path = type(of: work).typeName
    let bound = work.bound(inputs: ids.count)
    var feeds = ids
    if let node = bound as? any Node {
      let frames = node.inputFrames(
        FrameContext(frame: frame, frames: 1...1, fps: 24, connected: ids.map { $0 != nil }))
      feeds = try graph.watching(
        frames.map { $0.slot < ids.count ? ids[$0.slot] : nil }, frames,
        NodeDeclaration.of(type(of: node)).watchedInputs(of: ids.count), context: context,
        path: path)
    }
    return try graph.add(bound, inputs: feeds, context: context, path: path)
  }

  /// The image of one plan node. Where there is nothing to compute, an image without pixels.
  func deliver(_ graph: inout FrameGraph, _ goal: Int, _ region: Rect?) async throws -> Payload {
    let spec = graph[goal].spec
    if let region {
      graph[goal].demand = Demand(
        rect: region.intersection(spec.dataWindow), channels: Set(spec.channels))
    }
    let empty = Payload(spec: spec, grid: options.grid)
    if let region, region.intersection(spec.dataWindow).isEmpty { return empty }
    return try await complete(graph, [goal]).outcome.images.first ?? empty
  }

  /// Plans what makes `goals`; images in `kept` go to the cache.
  func plan(_ graph: FrameGraph, _ goals: [Int], kept: Set<StableHash> = [])
    throws(RenderError) -> FramePlan
  {
    let clock = ContinuousClock.now
    let cache = options.isCaching ? cache : nil
    let (disk, grid) = (options.disk, options.grid)
    var graph = graph
    if let disk { graph.identify(disk) }
    var plan = try FramePlanner(
      graph: graph, goals: goals, options: options,
      cached: { node in
        if let image = cache?.image(node.hash, covering: node.demand) { return .image(image) }
        guard let disk, node.spec.kind == .picture, node.isCostly || node.isCachePoint,
          let hash = node.contentHash,
          disk.holds(hash, node.demand, grid)
        else { return nil }
        return .diskImage(DiskImage(cache: disk, hash: hash))
      }, kept: kept
    ).plan()
    plan.planSeconds = (ContinuousClock.now - clock).seconds
    return plan
  }

  /// Plans and runs. An image of the disk cache that is gone when its turn comes is computed after
  /// all: the cache does not promise it again.
  func complete(
    _ graph: FrameGraph, _ goals: [Int], kept: Set<StableHash> = [],
    onKept: @escaping @Sendable (StableHash) -> Void = { _ in }
  ) async throws -> (plan: FramePlan, outcome: FrameRun.Outcome) {
    while true {
      let plan = try plan(graph, goals, kept: kept)
      do {
        return (plan, try await run(plan, onKept: onKept))
      } catch is LostDiskImage {}
    }
  }

  /// Reserves the plan's memory and runs it.
  func run(
    _ plan: FramePlan, onKept: @escaping @Sendable (StableHash) -> Void = { _ in }
  ) async throws -> FrameRun.Outcome {
    guard plan.peakBytes <= options.memory else {
      throw RenderError(tooLarge: plan, options.memory)
    }
    let pinned = cache.pin(plan.cached)
    defer { cache.unpin(pinned) }
    await ledger.reserve(plan.peakBytes + plan.cachedBytes)
    defer { ledger.release(plan.peakBytes + plan.cachedBytes) }
    let flag = CancelFlag()
    let end = FrameEnd()
    let priority = nextNumber()
    let outcome = await withTaskCancellationHandler {
      await end.outcome { over in
        FrameRun(
          plan: plan, priority: priority, workers: workers, pool: pool, cache: cache,
          disk: options.disk, isCancelled: { flag.isSet }, onKept: onKept
        ) { over($0) }.start()
      }
    } onCancel: {
      flag.set()
      end.giveUpSoon()
    }
    if flag.isSet, !outcome.isComplete { throw CancellationError() }
    if outcome.hasLostDiskImage { throw LostDiskImage() }
    if let failure = outcome.failure { throw failure }
    return outcome
  }
}

extension RenderError {
  /// A frame that cannot be made in `budget` bytes: how much it needs, where, and why no less.
  init(tooLarge plan: FramePlan, _ budget: Int) {
    let stage = plan.stages[plan.peakStage]
    let pass = stage.peakPass
    var message = "the frame needs \(mebibytes(plan.peakBytes)) of pixels"
    if let rows = stage.bandRows { message += " even in bands of \(rows) rows" }
    if let pass {
      message += ", most at pass \(stage.bands[stage.peakBand].peakPass + 1), \(pass.typeName)"
    }
    message += "; \(mebibytes(budget)) are allowed (--memory)"
    var whole: [String] = []
    for case let path? in plan.stages.map(\.wholePath) where whole.last != path {
      whole.append(path)
    }
    if !whole.isEmpty {
      let names = whole.map { "nodes.\($0)" }.joined(separator: ", ")
      message += ". These work on their pictures as a whole: \(names)"
    }
    self.init(kind: .memory, path: pass?.path ?? "", frame: plan.frame, message: message)
  }
}

/// An entry of the disk cache was gone or damaged when its turn came: the frame is planned again,
/// without it.
struct LostDiskImage: Error {}

/// A switch that only turns on.
final class CancelFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

/// `1536 MiB`, rounded up.
func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
