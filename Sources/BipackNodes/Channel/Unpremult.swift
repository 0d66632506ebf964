public import BipackGraph
import BipackKernels
import BipackPixels

/// Divides colour by alpha.
public struct Unpremult: PointNode {
  public static let category = "Channel"
  public static let abstract = """
    Divides colour by alpha, or by another channel. Where that is 0 the colour stays as it is, so \
    that light without cover (a flame, a reflection) is not lost.
    """

  @Input("The picture to unpremultiply.")
  public var source

  @Param("The channels divided.")
  public var channels = ChannelSet.rgb

  @Param("The channel they are divided by.")
  public var alpha = "A"

  @Param("Divides by what the channel lacks to 1.")
  public var invert = false

  public init() {}

  private func divisor(_ context: NodeContext) throws(NodeError) -> Channel {
    try ChannelWord.channel(alpha, param: "alpha", in: context.main.channels)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    var by = PointProgram.Source.plane(
      try divisor(context), of: context.main, in: source.slot)
    if invert { by = program.add(Affine(-1, 1), [by])[0] }
    for channel in channels.select(from: context.main.channels) {
      program.set(channel, program.add(Quotient(), [.input(source.slot, channel), by])[0])
    }
    return program
  }
}
