public import BipackGraph
public import BipackPixels

/// Rearranges channels.
public struct Shuffle: PointNode {
  public static let category = "Channel"
  public static let abstract = """
    Rearranges channels: `R=A, G=b.G, A=1, depth.Z=R, rgb=diffuse`. Channels not mentioned stay. \
    Nothing is copied or computed.
    """
  public static let isMaskable = false

  @Input("The picture whose channels are rearranged.")
  public var source

  @Input("A second picture; its channels are written `b.R`.", optional: true)
  public var b

  @Param(
    """
    What each channel is made of, separated by commas: `channel=origin`. The origin is a channel of \
    the source, `b.` and one of b, or a number; `rgb` and `rgba` stand for their components, a layer on \
    both sides for its channels.
    """)
  public var mapping = ""

  public init() {}

  private func parsed(_ context: NodeContext) throws(NodeError) -> ChannelMapping {
    try ChannelMapping(
      mapping,
      [
        .init(name: "source", input: source.slot, spec: context.spec(source)),
        .init(name: "b", input: b.slot, spec: context.spec(b)),
      ])
  }

  public func identity(_ context: NodeContext) -> Int? {
    (try? parsed(context))?.isIdentity == true ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    let mapping = try parsed(context)
    mapping.extend(&spec)
    let readsB = mapping.entries.contains {
      if case .channel(let input, _) = $0.origin { return input == b.slot }
      return false
    }
    if readsB, let other = context.spec(b) {
      spec.dataWindow = spec.dataWindow.union(other.dataWindow)
    }
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    try parsed(context).program
  }
}
