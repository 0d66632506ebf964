public import BipackGraph
public import BipackKernels
public import BipackPixels

/// Brings over what a picture has more, and less, than its clean plate.
public struct AdditiveKeyer: PointNode {
  public static let abstract = """
    Adds to a background what a picture has more than its clean plate, and takes away what it has less: \
    thin hair, smoke, reflections and shadows that no matte holds. Light is max(C - S, 0) highlights + \
    min(C - S, 0) shadows, per channel. Where a matte is solid nothing is added: there the keyed subject \
    lies on top. Despill picture and plate before, or take `saturation` down: otherwise hair before a \
    green screen is magenta.
    """
  public static let category = "Keying"

  /// What comes out.
  public enum Output: String, ParamChoice {
    /// The background with the light added.
    case result
    /// The light by itself.
    case light
  }

  @Input("What the light is added to.")
  public var background

  @Input("The picture.")
  public var source

  @Input("The same picture without the subject: a clean plate, or from ScreenPlate.")
  public var plate

  @Input("The matte of what is solid: there nothing is added.", optional: true, matte: true)
  public var matte

  @Param("A gain of what is brighter than the plate.")
  public var highlights: ColorValue = 1

  @Param("A gain of what is darker.")
  public var shadows: ColorValue = 1

  @Param("The saturation of the light: 0 is grey, 1 leaves it as it is.")
  public var saturation = 1.0

  @Param(
    0...1,
    """
    Multiplies the light by the luminance of the background, divided by the plate's: 1 where smoke and \
    hair are lit as brightly as what is behind them.
    """)
  public var multiply = 0.0

  @Param("How brightness is made of red, green and blue; `maximum` counts as `average`.")
  public var luminanceMath = LuminanceMath.rec709

  @Param("What comes out.")
  public var output = Output.result

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    output == .result && highlights == 0 && shadows == 0 ? background.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.spec(background) ?? context.main
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let inside = program.add(Product(), [.opaque(source.slot), .opaque(plate.slot)])
    let solid =
      context.spec(matte) == nil ? .constant(0) : PointProgram.Source.input(matte.slot, .alpha)
    let kernel = AdditiveKeyKernel(
      highlights: (Float(highlights.r), Float(highlights.g), Float(highlights.b)),
      shadows: (Float(shadows.r), Float(shadows.g), Float(shadows.b)),
      saturation: Float(saturation), multiply: Float(multiply),
      weights: luminanceMath.weights ?? (1 / 3, 1 / 3, 1 / 3))
    let behind = rgb(background.slot)
    let light = program.add(
      kernel,
      rgb(source.slot) + rgb(plate.slot) + behind + inside + [solid],
      outputs: 3)
    let plus = MergeKernel(.plus)
    for (i, channel) in Channel.rgb.enumerated() where context.main.has(channel) {
      program.set(
        channel, output == .light ? light[i] : program.add(plus, [light[i], behind[i]])[0])
    }
    return program
  }
}
