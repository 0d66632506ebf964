public import BipackGraph
public import BipackPixels

/// Copies channels of one picture into another.
public struct Copy: PointNode {
  public static let category = "Channel"
  public static let abstract = """
    Copies channels of A into B: `A=A` (the default) gives B the alpha of A, `A=R, depth.Z=Z` its \
    red as alpha and its depth.
    """

  @Input("The picture that receives the channels; gives the format.")
  public var b

  @Input("The picture they come from.")
  public var a

  @Param(
    """
    The channels copied, separated by commas: `channel=origin`, the origin a channel of A or a \
    number; `rgb` and `rgba` stand for their components, a layer on both sides for its channels.
    """)
  public var mapping = "A=A"

  @Param("The size of the result: both pictures, what they share, or that of A or B.")
  public var bbox = Merge.BBox.union

  public init() {}

  private func parsed(_ context: NodeContext) throws(NodeError) -> ChannelMapping {
    try ChannelMapping(mapping, [.init(name: "a", input: a.slot, spec: context.spec(a))])
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(b) ?? context.main
    guard let other = context.spec(a) else { return spec }
    try parsed(context).extend(&spec)
    spec.dataWindow = bbox.window(a: other.dataWindow, b: spec.dataWindow)
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    try parsed(context).program
  }
}
