public import BipackGraph
import BipackKernels
import BipackPixels

/// Sets black and white point of a matte.
public struct MatteClip: PointNode {
  public static let abstract = """
    Sets the black and the white point of a matte, with a gamma between: values up to `black` become \
    0, those from `white` on 1. On premultiplied pictures colour follows alpha, so that edges get \
    no fringe.
    """
  public static let category = "Keying"
  public static let version = 2

  @Input("The matte, or a premultiplied picture with it.")
  public var source

  @Param("Which channels are the matte.")
  public var channels = ChannelSet.alpha

  @Param(0...0.999, "What becomes 0.")
  public var black = 0.0

  @Param(0.001...1, "What becomes 1.")
  public var white = 1.0

  @Param(0.01...100, "Gamma between them: above 1 makes the matte more solid.")
  public var gamma = 1.0

  @Param("Multiplies the colour of a layer whose alpha is changed by as much as its alpha.")
  public var premultiplied = true

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    black == 0 && white == 1 && gamma == 1 ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    var program = PointProgram()
    for channel in channels.select(from: spec.channels) {
      let before = PointProgram.Source.input(0, channel)
      var matte = program.add(MatteRampKernel(black: black, white: white), [before])[0]
      if gamma != 1 { matte = program.add(PowerKernel(Float(1 / gamma)), [matte])[0] }
      program.set(channel, matte)
      if premultiplied, channel.isAlpha {
        program.follow(channel, matte, before: before, of: spec)
      }
    }
    return program
  }
}
