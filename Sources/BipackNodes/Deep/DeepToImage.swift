public import BipackGraph
import BipackKernels
public import BipackPixels

/// Flattens a deep picture.
public struct DeepToImage: TileNode {
  public static let abstract = """
    Makes a picture of a deep one: the samples of each pixel over one another, from front to back. Samples that \
    overlap are first cut at each other's ends and mixed, as "Interpreting OpenEXR Deep Pixels" says, so that two \
    volumes in one place show both. A picture always has an alpha: samples without one are opaque, and \
    alphas count from 0 to 1. All channels but Z, ZBack and ids are treated as colours.
    """
  public static let category = "Deep"

  /// What of the depths goes into the picture.
  public enum Depth: String, ParamChoice {
    case none, nearest, mean
  }

  @DeepInput("The deep picture.")
  public var source

  @Param("Which channels to flatten, besides A.")
  public var channels = ChannelSet.all

  @Param(
    """
    A depth for `depth.Z`: where the nearest sample begins that hides anything, or the mean depth of what is \
    seen, weighted by how much it hides. 0 where there is nothing.
    """)
  public var depth = Depth.none

  static let depthChannel: Channel = "depth.Z"

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard var spec = context.spec(source), let deep = spec.deep else {
      throw NodeError("expected a deep picture at 'source'")
    }
    let colors = spec.channels.filter { $0 != .z && $0 != .zBack && !deep.ids.contains($0) }
    spec.channels = channels.select(from: colors)
    spec.add([.alpha])
    if depth != .none { spec.add([Self.depthChannel]) }
    spec.deep = nil
    return spec
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var demand = output
    demand.channels.remove(Self.depthChannel)
    demand.channels.formUnion([.z, .zBack, .alpha])
    return [demand]
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let rule: DeepFlattening.Depth? =
      switch depth {
      case .none: nil
      case .nearest: .nearest
      case .mean: .mean
      }
    return Kernel(depth: rule)
  }

  private struct Kernel: TileKernel {
    let depth: DeepFlattening.Depth?

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let (rect, grid) = (task.rect, task.pool.grid)
      let tile = task.deep(0).flatMap { $0[rect.x0 >> grid.log2Size, rect.y0 >> grid.log2Size] }
      let asksDepth = depth != nil && task.channels.contains(depthChannel)
      let colors = task.channels.filter { !asksDepth || $0 != depthChannel }
      var flattening = DeepFlattening(tile, colors, depth: asksDepth ? depth : nil)
      var views: [PlaneView] = []
      for channel in colors + (asksDepth ? [depthChannel] : []) {
        guard let place = task.channels.firstIndex(of: channel) else { continue }
        views.append(task.output(place).view)
      }
      flattening.flatten(rect, grid, into: views)
    }
  }
}
