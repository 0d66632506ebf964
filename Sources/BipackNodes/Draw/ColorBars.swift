public import BipackGraph
import BipackKernels
public import BipackPixels

/// Television colour bars.
public struct ColorBars: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Makes the colour bars of SMPTE RP 219 (as Nuke and Natron do) or of SMPTE EG 1. The numbers are \
    video levels, not light: follow with a ColorSpace node to make them linear.
    """

  /// Which test picture.
  public enum Standard: String, ParamChoice {
    /// High definition, SMPTE RP 219.
    case rp219
    /// Standard definition, SMPTE EG 1.
    case eg1
  }

  @Param("The test picture: `rp219` for high definition, `eg1` for standard definition.")
  public var standard = Standard.rp219

  @Param(0...100, "The level of the coloured bars in IRE units; 75 or 100.")
  public var barIntensity = 75.0

  @Param("On: black is 0 and white is 1. Off: the 8-bit studio range, black 16/256, white 235/256.")
  public var outputIRE = false

  @Param("The size, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(format: try format.resolve(context))
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let window = try format.resolve(context).window
    let bands = standard == .rp219 ? rp219 : eg1
    // Rows are counted from the bottom, as in the standards' drawings.
    let kinds = (window.y0..<window.y1).map { y in
      let height = (window.y1 - 1 - y) * 1080 / window.height
      return bands.firstIndex { height < $0.top } ?? bands.count - 1
    }
    var program = PointProgram()
    for (slot, channel) in Channel.rgb.enumerated() {
      let rows = bands.map { band in
        (window.x0..<window.x1).map { x in
          level(band, (x - window.x0) * 1920 / window.width, slot)
        }
      }
      let kernel = PatternKernel(rect: window, kinds: kinds, rows: rows)
      program.set(channel, program.add(kernel, [])[0])
    }
    program.set(.alpha, .constant(1))
    return program
  }

  private func level(_ band: Band, _ x: Int, _ slot: Int) -> Float {
    let patch = band.patches.first { x < $0.right } ?? band.patches[band.patches.count - 1]
    let ire = patch.level(x, slot) * (band.isBars ? barIntensity / 75 : 1)
    return Float(outputIRE ? ire / 100 : 0.0625 + (0.917_968_75 - 0.0625) * ire / 100)
  }

  /// A row of patches, up to the height `top` of 1080.
  private struct Band {
    var top: Int
    var isBars = false
    var patches: [Patch]
  }

  /// A patch that ends before column `right` of 1920; its levels in IRE.
  private struct Patch {
    var right: Int
    var rgb: (Double, Double, Double)
    /// Where a ramp from 0 to 100 begins.
    var rampFrom: Int?

    init(_ right: Int, _ r: Double, _ g: Double, _ b: Double) {
      self.right = right
      rgb = (r, g, b)
    }

    init(_ right: Int, _ grey: Double) { self.init(right, grey, grey, grey) }

    init(ramp: Range<Int>) {
      self.init(ramp.upperBound, 0)
      rampFrom = ramp.lowerBound
    }

    func level(_ x: Int, _ slot: Int) -> Double {
      if let rampFrom { return 100 * Double(x - rampFrom) / Double(right - rampFrom) }
      return slot == 0 ? rgb.0 : slot == 1 ? rgb.1 : rgb.2
    }
  }

  private var rp219: [Band] {
    [
      Band(
        top: 270,
        patches: [
          Patch(240, 15), Patch(548, 0), Patch(960, 100), Patch(1130, 0), Patch(1198, -2),
          Patch(1268, 0), Patch(1336, 2), Patch(1406, 0), Patch(1474, 4), Patch(1680, 0),
          Patch(1920, 15),
        ]),
      Band(
        top: 360,
        patches: [
          Patch(240, 100, 100, 0), Patch(446, 0), Patch(ramp: 446..<1474), Patch(1680, 100),
          Patch(1920, 100, 0, 0),
        ]),
      Band(
        top: 450,
        patches: [
          Patch(240, 0, 100, 100), Patch(446, 100), Patch(1680, 75), Patch(1920, 0, 0, 100),
        ]),
      Band(
        top: 1080, isBars: true,
        patches: [
          Patch(240, 40), Patch(446, 75), Patch(652, 75, 75, 0), Patch(858, 0, 75, 75),
          Patch(1062, 0, 75, 0), Patch(1268, 75, 0, 75), Patch(1474, 75, 0, 0),
          Patch(1680, 0, 0, 75), Patch(1920, 40),
        ]),
    ]
  }

  /// Seven bars in the upper two thirds, their reversed castellation, then -I, white, +Q and the
  /// pluge. -I and +Q are composite signals outside RGB; these are the usual nearest colours.
  private var eg1: [Band] {
    let bars = [
      (75.0, 75.0, 75.0), (75, 75, 0), (0, 75, 75), (0, 75, 0), (75, 0, 75), (75, 0, 0),
      (0, 0, 75),
    ]
    func edge(_ bar: Int) -> Int { 1920 * (bar + 1) / 7 }
    let castellation = [6, -1, 4, -1, 2, -1, 0]
    return [
      Band(
        top: 270,
        patches: [
          Patch(1920 * 5 / 28, 0, 12.9, 29.8), Patch(1920 * 10 / 28, 100),
          Patch(1920 * 15 / 28, 19.6, 0, 41.6), Patch(1920 * 5 / 7, 0),
          Patch(1920 * 16 / 21, -4), Patch(1920 * 17 / 21, 0), Patch(1920 * 6 / 7, 4),
          Patch(1920, 0),
        ]),
      Band(
        top: 360, isBars: true,
        patches: castellation.enumerated().map { place, bar in
          bar < 0
            ? Patch(edge(place), 0) : Patch(edge(place), bars[bar].0, bars[bar].1, bars[bar].2)
        }),
      Band(
        top: 1080, isBars: true,
        patches: bars.enumerated().map { Patch(edge($0), $1.0, $1.1, $1.2) }),
    ]
  }
}
