public import BipackGraph
public import BipackKernels
import BipackPixels

/// Corrects colours by their hue.
public struct HueCorrect: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Corrects colours by their hue. Curves run over the hue from 0 to 6 and repeat: magenta 0, red 1, \
    yellow 2, green 3, cyan 4, blue 5. First the suppressions, then the gains, then the saturation; \
    the formulas are Natron's, Nuke's are not public.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("The saturation by hue; 1 leaves it as it is.")
  public var sat = LookupCurve.constant(1)

  @Param("A gain of all three colours by hue.")
  public var lum = LookupCurve.constant(1)

  @Param("A gain of red by hue.")
  public var red = LookupCurve.constant(1)

  @Param("A gain of green by hue.")
  public var green = LookupCurve.constant(1)

  @Param("A gain of blue by hue.")
  public var blue = LookupCurve.constant(1)

  @Param("How much red may exceed the lesser of green and blue, by hue; 0 takes all excess away.")
  public var rSup = LookupCurve.constant(1)

  @Param("How much green may exceed the lesser of red and blue, by hue.")
  public var gSup = LookupCurve.constant(1)

  @Param("How much blue may exceed the lesser of red and green, by hue.")
  public var bSup = LookupCurve.constant(1)

  @Param(
    "Colours less saturated than this are not gained, by hue; above it the gain sets in slowly.")
  public var satThrsh = LookupCurve.constant(0)

  @Param("How brightness is made of red, green and blue.")
  public var luminanceMath = LuminanceMath.rec709

  @Param(0...1, "How much of the original brightness is restored; 1 is all of it.")
  public var mixLuminance = 0.0

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    [sat, lum, red, green, blue, rSup, gSup, bSup].allSatisfy { $0.isConstant(1) }
      ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let steps = HueCorrectKernel.steps
    let tables = [sat, lum, red, green, blue, rSup, gSup, bSup, satThrsh].map { curve in
      let first = curve.points[0].y
      return curve.isConstant(first)
        ? [Float(first)] : curve.table(from: 0, to: 6, count: 6 * steps + 1, period: 6)
    }
    let kernel = HueCorrectKernel(tables: tables, math: luminanceMath, mixLuminance: mixLuminance)
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in kernel }
  }
}
