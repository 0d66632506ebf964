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
  private let counter = Atomic<Int>(0)

  public init(_ options: RenderOptions = RenderOptions()) {
    self.options = options
    pool = BlockPool(grid: options.grid)
    workers = Workers(width: options.threads)
    cache = ImageCache(limit: options.memory)
    ledger = MemoryLedger(budget: options.memory, cache: cache)
  }

  /// Drops every cached image and value.
  public func clearCache() { cache.removeAll() }

  func nextNumber() -> Int { counter.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Runs one node on images in memory and returns its output over `region` (its whole data window
  /// when nil). `inputs` are the images on its input slots, in order of declaration; a node that reads
  /// other frames gets the same image for each.
  public func run(
    _ node: any Node, inputs: [Image?] = [], format: Format? = nil, frame: Double = 1,
    region: Rect? = nil
  ) async throws -> Image {
    let format =
      format ?? inputs.lazy.compactMap { $0?.format }.first ?? Format(width: 1920, height: 1080)
    let context = NodeContext(
      frame: frame, frames: 1...1, fps: 24, format: format, proxy: 1, settings: DocumentSettings(),
      inputs: [], samples: [])
    var builder = PlanBuilder()
    var ids: [Int?] = []
    for image in inputs {
      guard let image else {
        ids.append(nil)
        continue
      }
      var hasher = StableHasher()
      hasher.combine("given")
      hasher.combine(nextNumber())
      ids.append(builder.add(image: image, hash: hasher.finalize(), context: context))
    }
    let name = type(of: node).typeName
    let bound = NodeDeclaration.bind(node, inputs: ids.count)
    let frames = bound.inputFrames(
      FrameContext(frame: frame, frames: 1...1, fps: 24, connected: ids.map { $0 != nil }))
    let feeds = frames.map { $0.slot < ids.count ? ids[$0.slot] : nil }
    guard let goal = try builder.add(bound, inputs: feeds, context: context, path: name) else {
      return Image(
        spec: ImageSpec(format: format, dataWindow: .empty, channels: []), grid: options.grid)
    }
    return try await deliver(&builder, goal, region)
  }

  /// The image of one plan node. Where there is nothing to compute, an image without pixels.
  func deliver(_ builder: inout PlanBuilder, _ goal: Int, _ region: Rect?) async throws -> Image {
    let plan = try plan(&builder, image: goal, region: region, kept: [])
    return try await run(plan).results.first
      ?? Image(spec: builder[goal].spec, grid: options.grid)
  }

  /// Plans the passes that make one image of `builder`'s graph.
  func plan(
    _ builder: inout PlanBuilder, image goal: Int, region: Rect?, kept: Set<StableHash>
  ) throws(RenderError) -> FramePlan {
    let spec = builder[goal].spec
    builder[goal].demand = Demand(
      rect: region ?? spec.dataWindow, channels: Set(spec.channels))
    builder[goal].isMaterialised = true
    return try finish(&builder, [goal], kept)
  }

  func finish(_ builder: inout PlanBuilder, _ goals: [Int], _ kept: Set<StableHash>)
    throws(RenderError) -> FramePlan
  {
    for id in builder.nodes.indices where kept.contains(builder[id].hash) {
      builder[id].isMaterialised = true
    }
    let cache = options.isCaching ? cache : nil
    try builder.inferDemands(grid: options.grid) { node in
      cache?.image(node.hash, covering: node.demand)
    }
    return PassList.plan(
      builder, goals: goals, grid: options.grid, threads: options.threads,
      isFused: options.isFused, kept: options.isCaching ? kept : [])
  }

  /// Reserves the plan's memory and runs it.
  func run(
    _ plan: FramePlan, onKept: @escaping @Sendable (StableHash) -> Void = { _ in }
  ) async throws -> FrameRun {
    guard plan.peakBytes <= options.memory else {
      let pass = plan.passes[plan.peakPass]
      throw RenderError(
        kind: .memory, path: pass.path, frame: plan.frame,
        message: """
          the frame needs \(mebibytes(plan.peakBytes)) of pixels (most at pass \
          \(plan.peakPass + 1), \(pass.typeName)), more than the \(mebibytes(options.memory)) allowed; \
          raise it with --memory
          """)
    }
    await ledger.reserve(plan.peakBytes)
    defer { ledger.release(plan.peakBytes) }
    let flag = CancelFlag()
    let priority = nextNumber()
    let run = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        FrameRun(
          plan: plan, priority: priority, workers: workers, pool: pool, cache: cache,
          isCancelled: { flag.isSet }, onKept: onKept
        ) { continuation.resume(returning: $0) }.start()
      }
    } onCancel: {
      flag.set()
    }
    if flag.isSet { throw CancellationError() }
    if let failure = run.failure { throw failure }
    return run
  }
}

/// A switch that only turns on.
final class CancelFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

/// `1536 MiB`, rounded up.
func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
