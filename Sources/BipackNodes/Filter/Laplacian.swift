public import BipackGraph
import BipackPixels

/// What a blur takes away.
public struct Laplacian: CompositeNode {
  public static let abstract = """
    The difference between the source and a blurred copy: 0 in flat areas, positive on ridges, \
    negative in valleys.
    """
  public static let category = "Filter"

  @Input("The picture to look at.")
  public var source

  @Param("Channels to filter.")
  public var channels: ChannelSet = .rgb

  @Param(
    0...largestFilterSize, unit: .pixels,
    "Diameter of the blur in x and y; larger shows coarser detail.")
  public var size: Vec2 = 3

  @Param("Shape of the blur.")
  public var filter = BlurFilter.gaussian

  public init() {}

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let shape = BlurShape(filter, size, .clamp, pixelAspect: context.main.format.pixelAspect)
    let blurred = shape.expand(
      &graph, .input(0), context.main, channels, window: context.main.dataWindow)
    return graph.add(WeightedSumPart(a: 1, b: -1, channels: channels), [.input(0), blurred])
  }
}
