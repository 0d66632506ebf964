public import BipackGraph
import BipackKernels
import BipackPixels

/// Keys by hue.
public struct HueKeyer: ColorKeyer {
  public static let abstract = """
    Keys by hue: the matte is 1 less `amount` at the pixel's hue, which fades where the saturation is \
    below a threshold. Curves run over the hue from 0 to 6 and repeat: magenta 0, red 1, yellow 2, \
    green 3, cyan 4, blue 5, as in HueCorrect. Exposure changes neither hue nor saturation. The formula is \
    Natron's; Nuke's is not public. Writes alpha; colours stay as they are.
    """

  @Input("The picture.")
  public var source

  @Input("What must be kept: the matte is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: the matte is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Param("How much of a hue goes: 1 all of it.")
  public var amount =
    LookupCurve([
      .init(1.6, 0), .init(2.4, 1), .init(3.6, 1), .init(4.4, 0),
    ]) ?? .constant(0)

  @Param(
    """
    The saturation, (greatest - least) / greatest, from which a hue goes as `amount` says; less \
    saturated colours go in proportion.
    """)
  public var satThrsh = LookupCurve.constant(0.1)

  @Param("Turns the matte round: keeps the hues.")
  public var invert = false

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public init() {}

  public func matte(_ program: inout PointProgram, _ context: NodeContext) throws(NodeError)
    -> PointProgram.Source
  {
    func table(_ curve: LookupCurve) -> [Float] {
      curve.table(from: 0, to: 6, count: 6 * HueKeyKernel.steps + 1, period: 6)
    }
    let kernel = HueKeyKernel(amount: table(amount), threshold: table(satThrsh))
    return program.add(kernel, rgb(source.slot))[0]
  }
}
