public import BipackGraph
public import BipackKernels
import BipackPixels

/// Repeats a picture side by side, or moves it so that what leaves on one side comes in on the other.
public struct Tile: TileNode {
  public static let abstract = """
    Fills the format with `columns` times `rows` copies of itself, each second one turned over where \
    it is mirrored, and moves the result by `translate`: what leaves the format on one side comes in \
    on the other. With one column and one row that is a wrapping offset; by whole pixels it copies \
    values untouched, by fractions it goes through the filter, which sees the neighbouring copy \
    across a seam. What lies outside the format is not repeated.
    """
  public static let category = "Transform"

  @Input("The picture.")
  public var source

  @Param(1...256, "Copies side by side; a fraction cuts the last one.")
  public var columns = 1.0

  @Param(1...256, "Copies above one another; a fraction cuts the last one.")
  public var rows = 1.0

  @Param("Whether every second column is turned over left to right.")
  public var mirrorColumns = false

  @Param("Whether every second row is turned over top to bottom.")
  public var mirrorRows = false

  @Param(unit: .pixels, "Movement of the result in x and y, wrapping; positive is right and down.")
  public var translate: Vec2 = 0

  @Param("How the picture is read between its pixels.")
  public var filter = ResampleFilter.cubic

  public init() {}

  public var cost: NodeCost { .heavy }

  private func tiling(_ context: NodeContext) -> Tiling? {
    let window = context.main.format.window
    if window.isEmpty || context.main.dataWindow.isEmpty { return nil }
    return Tiling(
      cell: RepeatedCell(window, mirrorX: mirrorColumns, mirrorY: mirrorRows),
      scale: (columns, rows), translate: (translate.x, translate.y), filter: filter)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = spec.dataWindow.isEmpty ? .empty : spec.format.window
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    let isStill = columns == 1 && rows == 1 && translate == Vec2(0, 0)
    return isStill && context.main.format.window.contains(context.main.dataWindow) ? 0 : nil
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    guard let tiling = tiling(context) else { return context.inputs.map { _ in .none } }
    let needed = tiling.demand(output.rect).intersection(context.main.dataWindow)
    return [output.with(rect: needed)]
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    tiling(context)?.scratch(rect)
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(tiling: tiling(context))
  }

  private struct Kernel: TileKernel {
    let tiling: Tiling?

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let tiling, let source = task.input(0) else {
        for i in task.channels.indices { task.copy(0, i) }
        return
      }
      for (i, channel) in task.channels.enumerated() {
        tiling.render(channel, of: source, into: task.target(i), pool: task.pool)
      }
    }
  }
}
