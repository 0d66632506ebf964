public import BipackGraph
import BipackKernels
import BipackPixels

/// Brings values above 1 below it, softly.
public struct SoftClip: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Brings what is brighter than 1 into the range below it. Values up to `softclipMin` (m) stay; from \
    there f(x) = m + a ln(1 + (x - m) / a) goes on without a corner, with the a that makes \
    f(softclipMax) = 1; above, everything is 1. Either each channel takes this way, or the largest of \
    red, green and blue does and the other two follow. Names and modes are Nuke's, whose formulas are \
    not public; its `softclip_max` of 1 cuts off hard here.
    """

  /// What a colour keeps.
  public enum Conversion: String, ParamChoice {
    /// Each channel by itself.
    case logarithmicCompress = "logarithmic-compress"
    /// Hue and brightness: colours lose saturation until their largest component fits.
    case preserveHueAndBrightness = "preserve-hue-and-brightness"
    /// Hue and saturation: colours are darkened until their largest component fits.
    case preserveHueAndSaturation = "preserve-hue-and-saturation"
  }

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("What a colour keeps when it is brought below 1.")
  public var conversion = Conversion.logarithmicCompress

  @Param(0...1, "Values up to this stay as they are.")
  public var softclipMin = 0.8

  @Param(1..., "This value becomes 1, and all above it too.")
  public var softclipMax = 4.0

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let selected = channels.select(from: spec.channels)
    let shoulder = Shoulder(low: softclipMin, high: softclipMax)
    let keeping: SoftClipKernel.Keeping
    switch conversion {
    case .logarithmicCompress:
      let kernel = ShoulderKernel(shoulder)
      return .perChannel(selected, of: spec, unpremultiplied: unpremult) { _ in kernel }
    case .preserveHueAndBrightness:
      let weights = LuminanceMath.rec709.weights ?? (0, 1, 0)
      keeping = .brightness(r: weights.r, g: weights.g, b: weights.b)
    case .preserveHueAndSaturation:
      keeping = .saturation
    }
    let kernel = SoftClipKernel(shoulder, keeping)
    return .perColor(selected, of: spec, unpremultiplied: unpremult) { _ in kernel }
  }
}
