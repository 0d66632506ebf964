public import BipackGraph
public import BipackPixels

/// Shows A where the mask is, B elsewhere.
public struct KeyMix: PointNode {
  public static let category = "Merge"
  public static let abstract = """
    Shows A where the mask is white and B where it is black: B + (A - B) mask mix. Unlike Merge's \
    over it takes no notice of A's own alpha. Without a mask it is a dissolve from B to A by `mix`.
    """

  @Input("The picture outside the mask; gives the format.")
  public var b

  @Input("The picture inside the mask.")
  public var a

  @Param("The channels taken from A; the others stay B's.")
  public var channels = ChannelSet.all

  @Param("The size of the result: both pictures, what they share, or that of A or B.")
  public var bbox = Merge.BBox.union

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(b) ?? context.main
    guard let top = context.spec(a) else { return spec }
    spec.dataWindow = bbox.window(a: top.dataWindow, b: spec.dataWindow)
    spec.add(channels.select(from: top.channels))
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in channels.select(from: try spec(context).channels) {
      program.set(channel, .plane(channel, of: context.spec(a), in: a.slot))
    }
    return program
  }
}
