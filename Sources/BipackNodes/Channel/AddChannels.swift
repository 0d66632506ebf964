public import BipackGraph
public import BipackPixels

/// Makes sure that channels exist.
public struct AddChannels: PointNode {
  public static let category = "Channel"
  public static let abstract = """
    Makes channels that are missing and fills them with a colour; those that exist stay as they are.
    """
  public static let isMaskable = false

  @Input("The picture.")
  public var source

  @Param("The channels made, spelled out: `rgba`, `depth.Z`, `mask.R mask.G`.")
  public var channels = ChannelSet.rgba

  @Param("The colour of new channels; alpha goes to alphas, red to channels that are no colour.")
  public var color: ColorValue = 0

  public init() {}

  private func missing(_ spec: ImageSpec) -> [Channel] {
    channels.spelledOut.filter { !spec.has($0) }
  }

  public func identity(_ context: NodeContext) -> Int? {
    missing(context.main).isEmpty ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(channels.spelledOut)
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in missing(context.main) {
      program.set(channel, .constant(Float(color[channel.slot ?? 0])))
    }
    return program
  }
}
