public import BipackGraph
import BipackKernels
public import BipackPixels

/// Changes the colours of a range of hues, saturations and values.
public struct HSVTool: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Changes the colours of a range of hues, saturations and brightnesses (the V of HSV), or makes a matte of \
    them. What lies in all three ranges is changed wholly, what lies within a range's rolloff in part, \
    the least of the three parts p counting: the hue h becomes h + p (rotation + (gain - 1) (h - m)), m being the \
    middle of its range, and so do the saturation (not below 0) and the brightness. Names and formulas \
    are Natron's, but nothing is clamped, and an end of a range at 0 or 1 is open. To replace one colour \
    by another, give the ranges about the first and the differences as rotation and adjustments.
    """

  /// What alpha becomes.
  public enum OutputAlpha: String, ParamChoice {
    /// The source's.
    case source
    /// The share of one range, or the least of several.
    case hue, saturation, brightness
    case hueSaturation = "hue-saturation"
    case hueBrightness = "hue-brightness"
    case saturationBrightness = "saturation-brightness"
    case all

    fileprivate var parts: (hue: Bool, saturation: Bool, brightness: Bool) {
      (
        [.hue, .hueSaturation, .hueBrightness, .all].contains(self),
        [.saturation, .hueSaturation, .saturationBrightness, .all].contains(self),
        [.brightness, .hueBrightness, .saturationBrightness, .all].contains(self)
      )
    }
  }

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param(
    0...360, unit: .degrees,
    """
    From which hue to which: red 0, green 120, blue 240. Of the two ways round the shorter one: \
    `[348, 12]` and `[12, 348]` are red; `[0, 360]` is all. Greys have hue 0.
    """)
  public var hueRange: Vec2 = Vec2(0, 360)

  @Param(unit: .degrees, "Turns hues, from red towards green and blue.")
  public var hueRotation = 0.0

  @Param("Spreads hues about the middle of the range; 0 makes all hues the middle one.")
  public var hueRotationGain = 1.0

  @Param(0...180, unit: .degrees, "Degrees beyond the range over which the change fades.")
  public var hueRangeRolloff = 0.0

  @Param("From which saturation to which.")
  public var saturationRange: Vec2 = Vec2(0, 1)

  @Param("Added to the saturation; larger is stronger.")
  public var saturationAdjustment = 0.0

  @Param("Spreads saturations about the middle of the range; 0 makes all the middle one.")
  public var saturationAdjustmentGain = 1.0

  @Param(0..., "How far beyond the range the change fades.")
  public var saturationRangeRolloff = 0.0

  @Param("From which brightness to which.")
  public var brightnessRange: Vec2 = Vec2(0, 1)

  @Param("Added to the brightness; larger is brighter.")
  public var brightnessAdjustment = 0.0

  @Param("Spreads brightnesses about the middle of the range; 0 makes all the middle one.")
  public var brightnessAdjustmentGain = 1.0

  @Param(0..., "How far beyond the range the change fades.")
  public var brightnessRangeRolloff = 0.0

  @Param(
    """
    What alpha becomes: the source's, or what the source's colours have of the ranges named, the least \
    counting.
    """)
  public var outputAlpha = OutputAlpha.source

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private var changesColor: Bool {
    hueRotation != 0 || saturationAdjustment != 0 || brightnessAdjustment != 0
      || hueRotationGain != 1 || saturationAdjustmentGain != 1 || brightnessAdjustmentGain != 1
  }

  private func selection() throws(NodeError) -> HSVSelection {
    for (range, name) in [
      (saturationRange, "saturationRange"), (brightnessRange, "brightnessRange"),
    ] where range.x > range.y {
      throw NodeError(
        .invalid, "\(name): expected the lower end first, found [\(range.x), \(range.y)]")
    }
    let (low, high) = (min(hueRange.x, hueRange.y), max(hueRange.x, hueRange.y))
    let width = high - low == 360 ? 360 : min(high - low, 360 - (high - low))
    let isAcross = high - low > 180 && high - low < 360
    func band(_ range: Vec2, _ rolloff: Double) -> Band {
      Band(
        range.x == 0 ? -.infinity : range.x, range.y == 1 ? .infinity : range.y, rolloff: rolloff)
    }
    return HSVSelection(
      center: (low + high) / 2 + (isAcross ? 180 : 0),
      hues: Band(-width / 2, width / 2, rolloff: hueRangeRolloff),
      saturations: band(saturationRange, saturationRangeRolloff),
      values: band(brightnessRange, brightnessRangeRolloff))
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if outputAlpha != .source { spec.add([.alpha]) }
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    changesColor || outputAlpha != .source ? nil : source.slot
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let selection = try selection()
    let kernel = HSVToolKernel(
      selection, hue: .init(amount: hueRotation, gain: hueRotationGain, center: 0),
      saturation: .init(
        amount: saturationAdjustment, gain: saturationAdjustmentGain,
        center: (saturationRange.x + saturationRange.y) / 2),
      value: .init(
        amount: brightnessAdjustment, gain: brightnessAdjustmentGain,
        center: (brightnessRange.x + brightnessRange.y) / 2))
    var program = PointProgram.perColor(
      changesColor ? channels.select(from: spec.channels) : [], of: spec,
      unpremultiplied: unpremult
    ) { _ in kernel }
    if outputAlpha != .source {
      let parts = outputAlpha.parts
      let matte = HSVMatteKernel(
        selection, hue: parts.hue, saturation: parts.saturation, value: parts.brightness)
      let planes = program.colors(
        Channel.rgb.map { spec.has($0) ? $0 : nil },
        over: unpremult && spec.has(.alpha) ? .alpha : nil)
      program.set(.alpha, program.add(matte, planes)[0])
    }
    return program
  }
}
