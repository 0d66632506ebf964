public import BipackGraph
public import BipackKernels
import BipackPixels

/// Keys by brightness.
public struct LumaKeyer: ColorKeyer {
  public static let abstract = """
    Keys by one number of each colour: the matte is 0 up to `a`, rises to 1 at `b`, is 1 up to `c` and \
    falls to 0 at `d` (as Nuke's and Natron's Keyer). Writes alpha; colours stay as they are.
    """

  /// What is measured.
  public enum Measure: String, ParamChoice {
    /// As `luminanceMath` says.
    case luminance
    case red, green, blue, alpha
    /// The least of red, green and blue.
    case minimum
    /// (greatest - least) / greatest, 0 in black.
    case saturation
  }

  @Input("The picture.")
  public var source

  @Input("What must be kept: the matte is at least as much.", optional: true, matte: true)
  public var core

  @Input("What must go: the matte is at most 1 less it.", optional: true, matte: true)
  public var garbage

  @Param("What is measured.")
  public var measure = Measure.luminance

  @Param("How brightness is made of red, green and blue; `maximum` is the greatest of them.")
  public var luminanceMath = LuminanceMath.rec709

  @Param("Up to here the matte is 0.")
  public var a = 0.0

  @Param("From here on it is 1; not below `a`, where equal it is a step.")
  public var b = 1.0

  @Param("Up to here it is 1. From 1000000, the default, on nothing is too bright.")
  public var c = LumaKeyer.open

  @Param("From here on it is 0 again; not below `c`.")
  public var d = LumaKeyer.open

  @Param(0...1, "Rounds the ramps off: 0 straight, 1 smooth (3t² - 2t³).")
  public var softness = 0.0

  @Param("Turns the matte round.")
  public var invert = false

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public init() {}

  /// An upper end that is none.
  private static let open = 1e6

  public func matte(_ program: inout PointProgram, _ context: NodeContext) throws(NodeError)
    -> PointProgram.Source
  {
    guard a <= b else {
      throw NodeError("'a' is above 'b' (\(a) and \(b)): the ramp rises from a to b")
    }
    guard c <= d else {
      throw NodeError("'c' is above 'd' (\(c) and \(d)): the ramp falls from c to d")
    }
    let value: PointProgram.Source
    func measured(_ kernel: ColorMeasureKernel) -> PointProgram.Source {
      program.add(kernel, rgb(source.slot))[0]
    }
    switch measure {
    case .luminance: value = measured(ColorMeasureKernel(luminanceMath))
    case .red: value = .input(source.slot, .red)
    case .green: value = .input(source.slot, .green)
    case .blue: value = .input(source.slot, .blue)
    case .alpha: value = .plane(.alpha, of: context.spec(source), in: source.slot)
    case .minimum: value = measured(ColorMeasureKernel(.least))
    case .saturation: value = measured(ColorMeasureKernel(.saturation))
    }
    let isOpen = c >= Self.open
    return program.add(
      TrapezoidKernel(
        a: a, b: b, c: isOpen ? .infinity : c, d: isOpen ? .infinity : d, softness: softness),
      [value])[0]
  }
}
