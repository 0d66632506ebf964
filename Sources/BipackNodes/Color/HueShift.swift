public import BipackGraph
public import BipackKernels
import BipackPixels

/// Turns all hues.
public struct HueShift: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Turns all hues and changes how strong they are, by one matrix: light goes to CIE XYZ, where it is \
    skewed so that `ingray` has no X and Z; there X and Z are scaled along `color`, scaled, and turned \
    about Y; all is scaled by `brightness`, skewed so that greys become `outgray`, and brought back. The \
    luminance Y of a colour stays while it turns. What Nuke's HueShift is said to do; it takes linear light.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("The grey about which colours are turned and scaled; only its chromaticity counts.")
  public var ingray: ColorValue = 0.25

  @Param("What has the chromaticity of `ingray` gets that of this colour.")
  public var outgray: ColorValue = 0.25

  @Param("0 is grey, 1 leaves colours as they are, larger makes them stronger.")
  public var saturation = 1.0

  @Param("The colour along which `colorSaturation` works, on the side of its complement too.")
  public var color: ColorValue = ColorValue(1, 0, 0, 1)

  @Param("How strong colours are along `color`; 1 leaves them as they are.")
  public var colorSaturation = 1.0

  @Param(unit: .degrees, "Turns hues, from red towards green and blue.")
  public var hueRotation = 0.0

  @Param("Multiplies the result; larger is brighter.")
  public var brightness = 1.0

  @Param("What red, green and blue are.")
  public var primaries = Primaries.rec709

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private var isIdentity: Bool {
    saturation == 1 && colorSaturation == 1 && brightness == 1 && ingray == outgray
      && hueRotation.truncatingRemainder(dividingBy: 360) == 0
  }

  public func identity(_ context: NodeContext) -> Int? { isIdentity ? source.slot : nil }

  /// Takes from X and Z so much of Y that a grey has none.
  private func skew(_ grey: ColorValue, _ name: String) throws(NodeError) -> ColorMatrix3 {
    let xyz = primaries.toXYZ.apply([grey.r, grey.g, grey.b])
    guard xyz[1] > 0 else {
      throw NodeError(.invalid, "\(name): expected a colour brighter than black, found \(grey.rgb)")
    }
    return ColorMatrix3([1, -xyz[0] / xyz[1], 0, 0, 1, 0, 0, -xyz[2] / xyz[1], 1])
  }

  private func matrix() throws(NodeError) -> ColorMatrix3 {
    let there = try skew(ingray, "ingray") * primaries.toXYZ
    guard let back = try (skew(outgray, "outgray") * primaries.toXYZ).inverse else {
      return .identity
    }
    // I + (k - 1) d dᵀ scales by k along d.
    let axis = there.apply([color.r, color.g, color.b])
    let square = axis[0] * axis[0] + axis[2] * axis[2]
    let k = square > 1e-18 ? (colorSaturation - 1) / square : 0
    let along = ColorMatrix3([
      1 + k * axis[0] * axis[0], 0, k * axis[0] * axis[2], 0, 1, 0, k * axis[0] * axis[2], 0,
      1 + k * axis[2] * axis[2],
    ])
    let (sine, cosine) = Turn.degrees(hueRotation)
    let turn = ColorMatrix3([cosine, 0, sine, 0, 1, 0, -sine, 0, cosine])
    let size = ColorMatrix3.diagonal(brightness * saturation, brightness, brightness * saturation)
    return back * size * turn * along * there
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let kernel = ColorMatrixKernel(try matrix())
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
