public import BipackGraph
import BipackKernels
import BipackPixels

/// Multiplies colour by alpha.
public struct Premult: PointNode {
  public static let category = "Channel"
  public static let abstract =
    "Multiplies colour by alpha, or by another channel. A picture without alpha stays as it is."

  @Input("The picture to premultiply.")
  public var source

  @Param("The channels multiplied.")
  public var channels = ChannelSet.rgb

  @Param("The channel they are multiplied by.")
  public var alpha = "A"

  @Param("Multiplies by what the channel lacks to 1.")
  public var invert = false

  public init() {}

  /// A picture without alpha is opaque: there is nothing to multiply by.
  public func identity(_ context: NodeContext) -> Int? {
    alpha == "A" && !invert && !(context.spec(source)?.has(.alpha) ?? true) ? source.slot : nil
  }

  private func factor(_ context: NodeContext) throws(NodeError) -> Channel {
    try ChannelWord.channel(alpha, param: "alpha", in: context.main.channels)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let by = PointProgram.Source.plane(
      try factor(context), of: context.main, in: source.slot)
    let kernel: any PointKernel = invert ? ProductWithComplement() : Product()
    for channel in channels.select(from: context.main.channels) {
      program.set(channel, program.add(kernel, [.input(source.slot, channel), by])[0])
    }
    return program
  }
}
