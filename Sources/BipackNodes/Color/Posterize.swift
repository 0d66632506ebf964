public import BipackGraph
import BipackKernels
import BipackPixels

/// Reduces each channel to a few levels.
public struct Posterize: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Reduces each channel to `colors` levels, evenly spread from 0 to 1. With n levels a value x above 0 \
    becomes ceil(x n - 1) / (n - 1), others floor(x n) / (n - 1): Nuke's, and Natron's Quantize \
    without dither. Values above 1 and below 0 fall on levels of the same spacing.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param(2...65536, "The number of levels of each channel from 0 to 1.")
  public var colors = 16

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let kernel = PosterizeKernel(levels: colors)
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
