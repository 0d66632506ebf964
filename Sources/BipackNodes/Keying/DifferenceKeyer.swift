public import BipackGraph
public import BipackKernels
import BipackPixels

/// Keys what differs from a clean plate.
public struct DifferenceKeyer: ColorKeyer {
  public static let abstract = """
    Keys what differs from a clean plate: (distance - offset) gain, held within 0 and 1 (as Nuke's and \
    Natron's Difference). Distances are measured in lightness, where equal steps look equally far apart, \
    or in light. Blur both inputs alike where grain is strong. Writes alpha; colours stay as they are.
    """

  /// How the differences of the channels make one distance.
  public enum Norm: String, ParamChoice {
    /// The root of the sum of their squares.
    case euclidean
    /// The sum of their sizes.
    case sum
    /// The greatest.
    case maximum
    /// The difference of the luminances, as `luminanceMath` weighs them.
    case luminance
  }

  /// What numbers are compared.
  public enum Space: String, ParamChoice {
    /// CIE lightness of each channel, 0 to 1.
    case lightness
    /// The pixels as they are.
    case linear
  }

  @Input("The picture.")
  public var source

  @Input("The same picture without the subject.")
  public var plate

  @Input("What must be kept: the matte is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: the matte is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Param("How the differences of the channels make one distance.")
  public var norm = Norm.euclidean

  @Param("What numbers are compared.")
  public var space = Space.lightness

  @Param(
    "How brightness is made of red, green and blue, for `luminance`; `maximum` counts as `average`."
  )
  public var luminanceMath = LuminanceMath.rec709

  @Param(0..., "A distance up to this is none: grain.")
  public var offset = 0.04

  @Param(0..., "What the distance beyond is multiplied by.")
  public var gain = 5.0

  @Param("Turns the matte round: keeps what is like the plate.")
  public var invert = false

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public static let conditions: [ParamCondition] = [
    .only("luminanceMath", where: "norm", is: "luminance")
  ]

  public init() {}

  public func matte(_ program: inout PointProgram, _ context: NodeContext) throws(NodeError)
    -> PointProgram.Source
  {
    var planes = rgb(source.slot) + rgb(plate.slot)
    if space == .lightness {
      planes = planes.map { program.add(LightnessKernel(), [$0])[0] }
    }
    let kernel: ColorDistanceKernel =
      switch norm {
      case .euclidean: ColorDistanceKernel(.euclidean)
      case .sum: ColorDistanceKernel(.sum)
      case .maximum: ColorDistanceKernel(.greatest)
      case .luminance:
        ColorDistanceKernel(
          luminanceMath.weights.map { .weighted(r: $0.r, g: $0.g, b: $0.b) }
            ?? .weighted(r: 1.0 / 3, g: 1.0 / 3, b: 1.0 / 3))
      }
    let distance = program.add(kernel, planes)[0]
    return program.add(
      BoundedAffine(Float(gain), Float(-offset * gain), low: 0, high: 1), [distance])[0]
  }
}
