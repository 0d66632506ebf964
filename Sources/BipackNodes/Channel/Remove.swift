public import BipackGraph
public import BipackPixels

/// Takes channels away.
public struct Remove: PointNode {
  public static let category = "Channel"
  public static let abstract = """
    Takes channels away, or all others. What nobody reads is not computed: a Remove is not needed \
    for speed, but it keeps files small.
    """
  public static let isMaskable = false

  /// What happens to the channels named.
  public enum Operation: String, ParamChoice {
    case remove
    case keep
  }

  @Input("The picture.")
  public var source

  @Param("Whether the channels named go, or are all that stays.")
  public var operation = Operation.remove

  @Param("The channels.")
  public var channels = ChannelSet.none

  public init() {}

  private func kept(_ spec: ImageSpec) -> [Channel] {
    let named = Set(channels.select(from: spec.channels))
    return spec.channels.filter { named.contains($0) == (operation == .keep) }
  }

  public func identity(_ context: NodeContext) -> Int? {
    kept(context.main) == context.main.channels ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = kept(spec)
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}
