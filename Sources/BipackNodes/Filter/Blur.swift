public import BipackGraph
public import BipackPixels

/// Softens a picture.
///
/// Gaussian of any size, exact to 0.3 % of its peak; box, triangle and quadratic to rounding.
/// Channels are blurred as they are, premultiplied. Nuke's size and sigma are not published; size is
/// Natron's: a Gaussian's sigma is size / 2.4.
public struct Blur: CompositeNode {
  public static let abstract = """
    Softens a picture with a Gaussian, box, triangle or quadratic filter. The size is a diameter: a \
    box is exactly so wide, a Gaussian has sigma size / 2.4 (Natron's definition; Nuke's is not \
    published). The data window grows by 1.5 sizes (Gaussian), half a size for a box, a whole one \
    for a triangle, one and a half for a quadratic.
    """
  public static let category = "Filter"

  @Input("The picture to soften.")
  public var source

  @Param("Channels to blur.")
  public var channels: ChannelSet = .all

  @Param(
    0...largestFilterSize, unit: .pixels, "Diameter in x and y; larger is softer, 0 does nothing.")
  public var size: Vec2 = 0

  @Param("Shape of the filter.")
  public var filter = BlurFilter.gaussian

  @Param("What lies outside the picture: black, its nearest pixel, or its mirror image.")
  public var edge = BlurEdge.black

  @Param("Whether the data window keeps to the format on sides where the source did.")
  public var cropToFormat = true

  public init() {}

  private func shape(_ context: NodeContext) -> BlurShape {
    BlurShape(filter, size, edge.mode, pixelAspect: context.main.format.pixelAspect)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = shape(context).dataWindow(spec, cropToFormat: cropToFormat)
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    shape(context).isIdentity || channels.select(from: context.main.channels).isEmpty ? 0 : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let shape = shape(context)
    return shape.expand(
      &graph, .input(0), context.main, channels,
      window: shape.dataWindow(context.main, cropToFormat: cropToFormat))
  }
}
