/// Grain: how strong it is by brightness, how large, and how its colours go together. A GrainProfile measures it, a Regrain
/// makes it.
///
/// In the document `{ "red": [[0, 0.002], [0.18, 0.008], [1, 0.02]], "green": ..., "blue": ..., "size": 0.6 }`, or
/// `{ "from": "profile.grain" }`.
public struct Grain: ValueRecord {
  /// A sensor's of about ISO 800.
  private static let plain: LookupCurve = {
    let points = [(0.0, 0.002), (0.02, 0.0028), (0.18, 0.0063), (1, 0.0143), (4, 0.0284)]
    return LookupCurve(points.map { LookupCurve.Point($0, $1) }) ?? .constant(0)
  }()

  @Param(
    "How strong red's grain is: points of linear light and the standard deviation there. Below the first point and above the last it is as there."
  )
  public var red = plain

  @Param("The same of green.")
  public var green = plain

  @Param("The same of blue.")
  public var blue = plain

  @Param(
    0...3,
    "How large it is in pixels of the full size, where `correlation` does not say it: each random number becomes a bell of this standard deviation. 0 is another number in each pixel."
  )
  public var size = 0.6

  @Param(
    -0.5...1,
    "How much the grain of one colour is that of the others, where `correlation` does not say it: 0 not at all, 1 the same."
  )
  public var alike = 0.0

  @Param(
    """
    How pixels go together, measured: for red with red, green with green, blue with blue, red with green, red with blue and \
    green with blue in turn, rows for the distances 0 to r down, each of the distances -r to r to the right. Their count says r.
    """
  )
  public var correlation: NumberList = []

  public init() {}

  /// The curve of a channel: 0 red, 1 green, 2 blue.
  public func curve(_ channel: Int) -> LookupCurve {
    channel == 0 ? red : channel == 1 ? green : blue
  }

  /// How strong grain is by such a curve.
  public static func deviation(_ curve: LookupCurve, _ light: Double) -> Double {
    let (first, last) = (curve.points[0], curve.points[curve.points.count - 1])
    if !(light > first.x) { return max(0, first.y) }
    return max(0, light < last.x ? curve.evaluate(light) : last.y)
  }

  /// Whether there is none.
  public var isNone: Bool {
    [red, green, blue].allSatisfy { curve in curve.points.allSatisfy { $0.y <= 0 } }
  }
}
