public import BipackGraph
public import BipackKernels
import BipackPixels

/// Makes colours stronger or weaker.
public struct Saturation: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Moves colours away from or towards their own brightness y: y + (c - y) saturation. The weights \
    of `rec709` are Nuke's (0.2125, 0.7154, 0.0721); Natron's are 0.2126, 0.7152, 0.0722.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("0 is grey, 1 leaves colours as they are, larger makes them stronger.")
  public var saturation = 1.0

  @Param("How brightness is made of red, green and blue.")
  public var mode = LuminanceMath.rec709

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func identity(_ context: NodeContext) -> Int? { saturation == 1 ? source.slot : nil }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel = SaturationKernel(saturation, mode)
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}

extension LuminanceMath: ParamChoice {}
