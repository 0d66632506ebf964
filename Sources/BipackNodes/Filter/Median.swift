public import BipackGraph
import BipackKernels
public import BipackPixels

/// The middle value of a box around each pixel.
public struct Median: TileNode {
  public static let abstract = """
    Replaces each pixel by the middle value of a box of 2 size + 1 pixels around it: takes out single \
    bad pixels and keeps edges. Exact for values of any range. Outside the data window the nearest \
    pixel counts; a NaN counts as larger than every number. With a `master` all channels are taken from \
    one pixel, the nearest whose master has the middle value, so that no new colours arise. The size is a \
    radius, as in Natron.
    """
  public static let category = "Filter"

  @Input("The picture.")
  public var source

  @Param("Channels to filter.")
  public var channels: ChannelSet = .all

  @Param(
    0...128, unit: .pixels,
    "Radius of the box in x and y; larger removes larger specks, 0 does nothing.")
  public var size: Vec2 = 1

  @Param(
    "The channel that decides for all, `G` or `depth.Z` for example; `none`: each channel by itself."
  )
  public var master: ChannelSet = .none

  public init() {}

  private var radii: (x: Int, y: Int) { (ExtremesPart.whole(size.x), ExtremesPart.whole(size.y)) }

  public var cost: NodeCost { .heavy }

  public func identity(_ context: NodeContext) -> Int? { radii == (0, 0) ? 0 : nil }

  private func mastered(_ context: NodeContext) throws(NodeError) -> MasterFilter? {
    guard let master = try MasterFilter.master(master, of: context.main) else { return nil }
    return MasterFilter(choice: .middle, x: radii.x, y: radii.y, master: master)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    _ = try mastered(context)
    return context.main
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let source = context.main.dataWindow
    if let filter = try? mastered(context) { return [filter.demand(output, source)] }
    return [output.with(rect: reached(output.rect, radii.x, radii.y, source, .clamp))]
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    channels.select(from: context.main.channels)
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    if let filter = try mastered(context) {
      return MasterFilter.Kernel(filter, filtered: Set(computed(context)))
    }
    return Kernel(x: radii.x, y: radii.y)
  }

  private struct Kernel: TileKernel {
    let x: Int
    let y: Int

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices where !task.isCancelled() {
        let source = task.window(0, task.channels[i], task.rect.expanded(x: x, y: y), edge: .clamp)
        BipackKernels.Median.apply(
          radiusX: x, radiusY: y, source: source, into: task.target(i), pool: task.pool,
          isCancelled: task.isCancelled)
      }
    }
  }
}
