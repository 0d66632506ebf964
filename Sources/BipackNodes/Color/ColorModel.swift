public import BipackGraph
public import BipackKernels
import BipackPixels

/// Converts between models of colour.
public struct ColorModel: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Converts between models of colour, as Nuke's Colorspace and Natron's RGBToHSV and its like. The three \
    numbers of a model lie in red, green and blue, in the order of its name. No transfer curve is applied \
    (ColorSpace does that): `lab` and `xyz` take linear light in `primaries`, `ycbcr` is defined on \
    encoded values, the others work on what they get.

    `hsv`, `hsl` and `hsi`: hues are 0 to 1 (red 0, green 1/3, blue 2/3), 0 for greys; the rest is 0 to 1 for \
    colours from 0 to 1. Other colours come back too, but those whose value (`hsv`) or intensity (`hsi`) is \
    0, or whose lightness (`hsl`) is 0 or 1. `xyz`: Y of white is 1. `lab`: CIE L*a*b* against the white \
    of `primaries`, L* from 0 to 100. `ycbcr601`, `ycbcr709`, `ycbcr2020` (constants of ITU-R BT.601, 709 \
    and 2020): Y from 0 to 1, Cb and Cr from -0.5 to 0.5; with `videoRange` the codes of 8 bits by 255: \
    Y 16 to 235, Cb and Cr 16 to 240 about 128.
    """

  /// A model of colour.
  public enum Model: String, ParamChoice {
    case rgb, hsv, hsl, hsi, lab, xyz, ycbcr601, ycbcr709, ycbcr2020
  }

  @Input("The picture converted.")
  public var source

  @Param("The channels that receive the result.")
  public var channels = ChannelSet.rgb

  @Param("The model the picture is in.")
  public var inModel = Model.rgb

  @Param("The model it is converted to.")
  public var outModel = Model.hsv

  @Param("Of `lab` and `xyz`: what red, green, blue and white are.")
  public var primaries = Primaries.rec709

  @Param("Of `ycbcr`: the codes of video instead of 0 to 1 and -0.5 to 0.5.")
  public var videoRange = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public static let conditions: [ParamCondition] = [
    .only("primaries", where: "inModel", or: "outModel", is: "lab", "xyz"),
    .only(
      "videoRange", where: "inModel", or: "outModel", is: "ycbcr601", "ycbcr709", "ycbcr2020"),
  ]

  public init() {}

  /// What makes red, green and blue of `model`, or `model` of them, step by step.
  private func steps(_ model: Model, back: Bool) -> [any PointKernel] {
    switch model {
    case .rgb: []
    case .hsv: [HueModelKernel(.hsv, back: back)]
    case .hsl: [HueModelKernel(.hsl, back: back)]
    case .hsi: [HSIKernel(back: back)]
    case .xyz: [matrix(primaries.toXYZ, back)]
    case .lab:
      back
        ? [LabKernel(back: true), matrix(shares, true)]
        : [matrix(shares, false), LabKernel(back: false)]
    case .ycbcr601: [matrix(ycbcr(0.299, 0.114), back)]
    case .ycbcr709: [matrix(ycbcr(0.2126, 0.0722), back)]
    case .ycbcr2020: [matrix(ycbcr(0.2627, 0.0593), back)]
    }
  }

  private func matrix(_ matrix: ColorMatrix3, _ back: Bool) -> ColorMatrixKernel {
    ColorMatrixKernel(back ? matrix.inverse ?? .identity : matrix)
  }

  /// XYZ in shares of the white's.
  private var shares: ColorMatrix3 {
    let white = primaries.white
    return .diagonal(1 / white[0], 1 / white[1], 1 / white[2]) * primaries.toXYZ
  }

  /// The weights of red and blue in Y say all.
  private func ycbcr(_ r: Double, _ b: Double) -> ColorMatrix3 {
    let g = 1 - r - b
    let (u, v) = (0.5 / (1 - b), 0.5 / (1 - r))
    let full = ColorMatrix3([r, g, b, -r * u, -g * u, 0.5, 0.5, -g * v, -b * v])
    guard videoRange else { return full }
    let codes = ColorMatrix3(
      [219.0 / 255, 0, 0, 0, 224.0 / 255, 0, 0, 0, 224.0 / 255],
      offset: [16.0 / 255, 128.0 / 255, 128.0 / 255])
    return codes * full
  }

  public func identity(_ context: NodeContext) -> Int? { inModel == outModel ? source.slot : nil }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let steps = steps(inModel, back: true) + steps(outModel, back: false)
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { program, planes, _ in
      steps.reduce(planes) { program.add($1, $0, outputs: 3) }
    }
  }
}

extension Primaries: ParamChoice {}
