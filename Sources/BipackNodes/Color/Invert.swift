public import BipackGraph
import BipackKernels
import BipackPixels

/// Makes the negative.
public struct Invert: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Subtracts each channel from 1. As in Nuke all channels are inverted by default, alpha too.
    """

  @Input("The picture inverted.")
  public var source

  @Param("The channels inverted.")
  public var channels = ChannelSet.all

  @Param("Holds the result between 0 and 1.")
  public var clamp = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel: any PointKernel =
      clamp ? BoundedAffine(-1, 1, low: 0, high: 1) : Affine(-1, 1)
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
