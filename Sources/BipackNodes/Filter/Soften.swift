public import BipackGraph
import BipackPixels

/// The opposite of Sharpen: source + amount (blurred - source).
public struct Soften: CompositeNode {
  public static let abstract = """
    Softens by mixing in a blurred copy: the source minus `amount` times its difference from the \
    blur. At amount 1 it is the blur, without growing the data window.
    """
  public static let category = "Filter"

  @Input("The picture to soften.")
  public var source

  @Param("Channels to soften.")
  public var channels: ChannelSet = .all

  @Param("How much of the difference is taken away; 0 does nothing, 1 leaves the blur.")
  public var amount = 1.0

  @Param(0...largestFilterSize, unit: .pixels, "Diameter of the blur in x and y; larger is softer.")
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
      WeightedSumPart(a: 1 - amount, b: amount, channels: channels), [.input(0), blurred])
  }
}
