public import BipackGraph
import BipackKernels
import BipackPixels

/// Keys a wedge of hues.
public struct ChromaKeyer: ColorKeyer {
  public static let abstract = """
    Keys the hues around a colour: what a pixel has of it is its chroma along the colour's hue, less the \
    chroma across divided by tan(acceptance / 2); divided by the same of the colour itself, that is how \
    much screen there is (Jack, Video Demystified; Natron's ChromaKeyer, but in linear light). Writes \
    alpha; colours stay as they are.
    """

  /// The weights of luma in Cb and Cr.
  public enum ColorSpace: String, ParamChoice {
    case rec601, rec709, rec2020

    var weights: (r: Double, g: Double, b: Double) {
      switch self {
      case .rec601: (0.299, 0.587, 0.114)
      case .rec709: (0.2126, 0.7152, 0.0722)
      case .rec2020: (0.2627, 0.678, 0.0593)
      }
    }
  }

  @Input("The picture.")
  public var source

  @Input("What must be kept: the matte is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: the matte is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Param("The colour of the screen.")
  public var color = ColorValue(0.06, 0.36, 0.09, 1)

  @Param(1...180, unit: .degrees, "How wide the wedge of hues is: a wider one takes more colours.")
  public var acceptance = 120.0

  @Param(0...0.999, "Screen up to this much counts as none: raises what is nearly solid to solid.")
  public var lift = 0.0

  @Param(
    0.01...100,
    "How much more of the colour than `color` has makes a pixel clear; below 1 less does."
  )
  public var gain = 1.0

  @Param(
    """
    Measures chroma by the brightness it comes with: a change of exposure, as a shadow on the screen, \
    leaves the matte. Off, a pixel that is half screen gives exactly half.
    """)
  public var relative = true

  @Param(
    0...1,
    "Brightness is taken as at least so much of that of `color`: the grain of blacks has no hue."
  )
  public var darkest = 0.05

  @Param("Which luma the chroma is taken from.")
  public var colorspace = ColorSpace.rec709

  @Param("Turns the matte round: keeps the screen.")
  public var invert = false

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public init() {}

  public func matte(_ program: inout PointProgram, _ context: NodeContext) throws(NodeError)
    -> PointProgram.Source
  {
    let kernel = ChromaKeyKernel(
      key: (color.r, color.g, color.b), weights: colorspace.weights, acceptance: acceptance,
      lift: lift, gain: gain, isRelative: relative, darkest: darkest)
    guard let kernel else {
      throw NodeError("'color' is a grey, which has no hue: set it to the colour of the screen")
    }
    return program.add(kernel, rgb(source.slot))[0]
  }
}
