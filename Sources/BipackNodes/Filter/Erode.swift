public import BipackGraph
public import BipackPixels

/// The darkest pixel of a box around each pixel: Dilate the other way round.
public struct Erode: CompositeNode {
  public static let abstract = """
    Shrinks bright areas: each pixel becomes the least value in a box of 2 size + 1 pixels. A \
    negative size grows them. Dilate with the opposite sign; see there.
    """
  public static let category = "Filter"

  @Input("The picture or matte.")
  public var source

  @Param("Channels to change.")
  public var channels: ChannelSet = .all

  @Param(-4096...4096, unit: .pixels, "Pixels to shrink in x and y; negative grows.")
  public var size: Vec2 = 0

  @Param(
    """
    The channel that decides for all, `alpha` or `depth.Z` for example; `none`: each channel by itself. \
    With one, sizes are at most 128 and the time grows with the box.
    """)
  public var master: ChannelSet = .none

  @Param("Whether the data window keeps to the format on sides where the source did.")
  public var cropToFormat = true

  public init() {}

  private var opposite: Dilate {
    var dilate = Dilate()
    dilate.channels = channels
    dilate.size = Vec2(-size.x, -size.y)
    dilate.master = master
    dilate.cropToFormat = cropToFormat
    return dilate
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try opposite.spec(context)
  }

  public func identity(_ context: NodeContext) -> Int? { opposite.identity(context) }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    try opposite.expand(&graph, context)
  }
}
