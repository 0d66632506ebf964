public import BipackGraph
public import BipackPixels

/// The brightest pixel of a box around each pixel.
public struct Dilate: CompositeNode {
  public static let abstract = """
    Grows bright areas: each pixel becomes the greatest value in a box of 2 size + 1 pixels. A \
    negative size shrinks them (the least value). Exact, whatever the size; fractions of a pixel are \
    dropped. Outside the data window nothing is compared; growing extends the data window. A NaN is \
    left out of the comparison. With a `master` all channels are taken from one pixel of the box: the \
    nearest whose master is the greatest (the least); colours then grow with their matte, or with the \
    nearest depth. Nuke's Erode (fast) and Dilate are this node.
    """
  public static let category = "Filter"

  @Input("The picture or matte.")
  public var source

  @Param("Channels to change.")
  public var channels: ChannelSet = .all

  @Param(-4096...4096, unit: .pixels, "Pixels to grow in x and y; negative shrinks.")
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

  private var radii: (x: Int, y: Int) { (ExtremesPart.whole(size.x), ExtremesPart.whole(size.y)) }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if try MasterFilter.master(master, of: spec) != nil {
      try MasterFilter.checkSize(radii.x, radii.y)
    }
    let grown = spec.dataWindow.expanded(x: max(0, radii.x), y: max(0, radii.y))
    spec.dataWindow = cropped(grown, spec, cropToFormat)
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    radii == (0, 0) || channels.select(from: context.main.channels).isEmpty ? 0 : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let window = try spec(context).dataWindow
    if let master = try MasterFilter.master(master, of: context.main) {
      return MasterPart.expand(
        &graph, .input(0), x: radii.x, y: radii.y, channels, master: master, window: window)
    }
    return ExtremesPart.expand(
      &graph, .input(0), x: radii.x, y: radii.y, channels, window: window)
  }
}
