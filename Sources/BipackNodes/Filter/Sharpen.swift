public import BipackGraph
import BipackPixels

/// Unsharp masking: source + amount (source - blurred).
public struct Sharpen: CompositeNode {
  public static let abstract = """
    Sharpens: the source plus `amount` times its difference from a blurred copy of itself. The \
    difference may overshoot below 0 and above 1. Nuke's node also limits the effect to a range of \
    differences by a formula that is not published; this one, like Natron's, does not.
    """
  public static let category = "Filter"

  @Input("The picture to sharpen.")
  public var source

  @Param("Channels to sharpen.")
  public var channels: ChannelSet = .all

  @Param("How much of the difference is added; 0 does nothing.")
  public var amount = 1.0

  @Param(
    0...largestFilterSize, unit: .pixels,
    "Diameter of the blur in x and y; larger sharpens coarser detail.")
  public var size: Vec2 = 3

  @Param("Shape of the blur.")
  public var filter = BlurFilter.gaussian

  public init() {}

  private func shape(_ context: NodeContext) -> BlurShape {
    BlurShape(filter, size, .clamp, pixelAspect: context.main.format.pixelAspect)
  }

  public func identity(_ context: NodeContext) -> Int? {
    amount == 0 || shape(context).isIdentity ? 0 : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let blurred = shape(context).expand(
      &graph, .input(0), context.main, channels, window: context.main.dataWindow)
    return graph.add(
      WeightedSumPart(a: 1 + amount, b: -amount, channels: channels), [.input(0), blurred])
  }
}
