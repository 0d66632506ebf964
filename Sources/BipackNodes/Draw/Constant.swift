public import BipackGraph
public import BipackPixels

/// One colour everywhere.
public struct Constant: PointNode {
  public static let category = "Draw"
  public static let abstract = "Makes a picture of one colour. It takes no memory and no time."

  @Param("The colour; red, green, blue and alpha, or one number for all four.")
  public var color = ColorValue(0)

  @Param("The channels made.")
  public var channels = ChannelSet.rgba

  @Param("The size, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = ImageSpec(format: try format.resolve(context), channels: [])
    spec.add(channels.spelledOut)
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in channels.spelledOut {
      program.set(channel, .constant(Float(color[channel.slot ?? 0])))
    }
    return program
  }
}
