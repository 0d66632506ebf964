public import BipackGraph
public import BipackKernels
import BipackPixels

/// Corrects shadows, midtones and highlights.
public struct ColorCorrect: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Corrects shadows, midtones and highlights each by itself, then all of them together. A correction is a \
    saturation, y + (x - y) saturation with the brightness y, then per channel \
    ((x / 0.18)^contrast 0.18)^(1/gamma) gain + offset; contrast leaves 0.18 alone, and values of 0 and below \
    take no part in the powers. How much of shadow and highlight a pixel has say two curves of its brightness, \
    held within 0 and 1; midtones have the rest. The order is Natron's; Nuke's formulas are not public.
    """

  @Input("The picture corrected.")
  public var source

  @Param("The channels corrected. Alpha is not used.")
  public var channels = ChannelSet.rgb

  @Param("The saturation of all; 0 is grey, 1 leaves it as it is.")
  public var saturation: ColorValue = 1

  @Param(0..., "The contrast of all; larger is harder, about 0.18.")
  public var contrast: ColorValue = 1

  @Param(.above(0), "The gamma of all; larger is brighter.")
  public var gamma: ColorValue = 1

  @Param("The gain of all; larger is brighter.")
  public var gain: ColorValue = 1

  @Param("Added to all; larger is brighter.")
  public var offset: ColorValue = 0

  @Param("The saturation of the shadows.")
  public var shadowsSaturation: ColorValue = 1

  @Param(0..., "The contrast of the shadows.")
  public var shadowsContrast: ColorValue = 1

  @Param(.above(0), "The gamma of the shadows.")
  public var shadowsGamma: ColorValue = 1

  @Param("The gain of the shadows.")
  public var shadowsGain: ColorValue = 1

  @Param("Added to the shadows.")
  public var shadowsOffset: ColorValue = 0

  @Param("The saturation of the midtones.")
  public var midtonesSaturation: ColorValue = 1

  @Param(0..., "The contrast of the midtones.")
  public var midtonesContrast: ColorValue = 1

  @Param(.above(0), "The gamma of the midtones.")
  public var midtonesGamma: ColorValue = 1

  @Param("The gain of the midtones.")
  public var midtonesGain: ColorValue = 1

  @Param("Added to the midtones.")
  public var midtonesOffset: ColorValue = 0

  @Param("The saturation of the highlights.")
  public var highlightsSaturation: ColorValue = 1

  @Param(0..., "The contrast of the highlights.")
  public var highlightsContrast: ColorValue = 1

  @Param(.above(0), "The gamma of the highlights.")
  public var highlightsGamma: ColorValue = 1

  @Param("The gain of the highlights.")
  public var highlightsGain: ColorValue = 1

  @Param("Added to the highlights.")
  public var highlightsOffset: ColorValue = 0

  @Param("How much of the shadows a pixel has, by its brightness.")
  public var shadow = LookupCurve([.init(0, 1), .init(0.09, 0)]) ?? .identity

  @Param("How much of the highlights a pixel has, by its brightness.")
  public var highlight = LookupCurve([.init(0.5, 0), .init(1, 1)]) ?? .identity

  @Param("How brightness is made of red, green and blue.")
  public var luminanceMath = LuminanceMath.rec709

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  /// One correction.
  private struct Correction {
    var saturation: ColorValue
    var contrast: ColorValue
    var gamma: ColorValue
    var gain: ColorValue
    var offset: ColorValue

    var isSaturating: Bool { saturation.rgb != [1, 1, 1] }

    func changes(_ slot: Int) -> Bool {
      contrast[slot] != 1 || gamma[slot] != 1 || gain[slot] != 1 || offset[slot] != 0
    }

    var isIdentity: Bool { !isSaturating && !(0..<3).contains(where: changes) }

    func apply(
      to planes: [PointProgram.Source], in program: inout PointProgram, _ math: LuminanceMath
    ) -> [PointProgram.Source] {
      var planes = planes
      if isSaturating {
        let kernel = SaturationKernel((saturation.r, saturation.g, saturation.b), math)
        planes = program.add(kernel, planes, outputs: 3)
      }
      for slot in 0..<3 where changes(slot) {
        let kernel = ToneKernel(
          contrast: contrast[slot], gamma: gamma[slot], gain: gain[slot], offset: offset[slot])
        planes[slot] = program.add(kernel, [planes[slot]])[0]
      }
      return planes
    }
  }

  private var master: Correction {
    Correction(
      saturation: saturation, contrast: contrast, gamma: gamma, gain: gain, offset: offset)
  }

  /// Shadows, midtones, highlights.
  private var tones: [Correction] {
    [
      Correction(
        saturation: shadowsSaturation, contrast: shadowsContrast, gamma: shadowsGamma,
        gain: shadowsGain, offset: shadowsOffset),
      Correction(
        saturation: midtonesSaturation, contrast: midtonesContrast, gamma: midtonesGamma,
        gain: midtonesGain, offset: midtonesOffset),
      Correction(
        saturation: highlightsSaturation, contrast: highlightsContrast, gamma: highlightsGamma,
        gain: highlightsGain, offset: highlightsOffset),
    ]
  }

  public func identity(_ context: NodeContext) -> Int? {
    master.isIdentity && tones.allSatisfy(\.isIdentity) ? source.slot : nil
  }

  /// How much of a range each pixel has.
  private func share(
    _ curve: LookupCurve, of brightness: PointProgram.Source, in program: inout PointProgram
  )
    -> PointProgram.Source
  {
    let kernel = CurveKernel(breaks: curve.points.map(\.x)) { curve.evaluate($0) }
    let free = program.add(kernel, [brightness])
    return program.add(Bounds(low: 0, under: 0, high: 1, over: 1), free)[0]
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let (master, tones) = (master, tones)
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { program, planes, _ in
      var planes = planes
      if !tones.allSatisfy(\.isIdentity) {
        let brightness = program.add(ColorMeasureKernel(luminanceMath), planes)[0]
        let shares = [shadow, highlight].map { share($0, of: brightness, in: &program) }
        let parts = tones.map { $0.apply(to: planes, in: &program, luminanceMath) }
        planes = (0..<3).map { slot in
          program.add(TonesKernel(), parts.map { $0[slot] } + shares)[0]
        }
      }
      return master.apply(to: planes, in: &program, luminanceMath)
    }
  }
}
