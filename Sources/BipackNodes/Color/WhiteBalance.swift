public import BipackGraph
public import BipackKernels
import BipackPixels

/// Takes away the colour of the light.
public struct WhiteBalance: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Takes away the colour of the light: `neutral`, picked from something grey, becomes grey with the luminance \
    it had, and light of `temperature` and `tint` becomes white. Both are done by adaptation in XYZ, one \
    matrix: what the eye does when it gets used to a light. Temperatures lie on the black body's curve \
    (Krystek 1985), moved as far to the green as D65 is, so that 6504 kelvin leave the picture as it is.
    """

  @Input("The picture changed: linear light.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("A colour of the picture that should be grey; 1, or any grey, changes nothing.")
  public var neutral: ColorValue = 1

  @Param(
    1667...15000,
    "The light in kelvin that should be white: 3200 takes away the warmth of tungsten, 9000 the blue of shade."
  )
  public var temperature = LightColor.neutral

  @Param(
    -100...100,
    "How much greener that light is, in thousandths of CIE 1960 uv; larger makes the picture more magenta."
  )
  public var tint = 0.0

  @Param("How the eye gets used to a light.")
  public var adaptation = Adaptation.bradford

  @Param("What red, green, blue and white are.")
  public var primaries = Primaries.rec709

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private var isGrey: Bool { neutral.r == neutral.g && neutral.g == neutral.b }
  private var isDaylight: Bool { temperature == LightColor.neutral && tint == 0 }

  public func identity(_ context: NodeContext) -> Int? {
    isGrey && isDaylight ? source.slot : nil
  }

  private func matrix() throws(NodeError) -> ColorMatrix3 {
    var adapted = ColorMatrix3.identity
    if !isGrey {
      let xyz = primaries.toXYZ.apply([neutral.r, neutral.g, neutral.b])
      guard xyz[1] > 0,
        let matrix = adaptation.matrix(from: xyz.map { $0 / xyz[1] }, to: primaries.white)
      else {
        throw NodeError(
          .invalid,
          "neutral: expected a colour that could be grey under some light, found \(neutral.rgb); "
            + "pick something less saturated")
      }
      adapted = matrix
    }
    if !isDaylight {
      let light = LightColor.xyz(temperature: temperature, tint: tint)
      let white = LightColor.xyz(temperature: LightColor.neutral, tint: 0)
      guard let matrix = adaptation.matrix(from: light, to: white) else {
        throw NodeError(.invalid, "tint: there is no such light at \(temperature) kelvin")
      }
      adapted = matrix * adapted
    }
    return primaries.fromXYZ * adapted * primaries.toXYZ
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel = ColorMatrixKernel(try matrix())
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}

extension Adaptation: ParamChoice {}
