public import BipackGraph
public import BipackKernels
import BipackPixels

/// A shape or an open stroke.
public struct RotoShape: ValueRecord {
  public static let recordName = "shape"
  public static let required = ["path"]

  /// What the points of a path mean.
  public enum Curve: String, ParamChoice {
    case bezier
    case bspline
  }

  @Param("What it is called, for people.")
  public var name = ""

  @Param(
    """
    Its outline, `closed`, with tangents, feather and, of an open stroke, width. Points are in pixels with y down.
    """)
  public var path = Path()

  @Param(
    """
    Whether the outline goes through its points, by their tangents, or is drawn towards them: a uniform cubic \
    B-spline.
    """)
  public var curve = Curve.bezier

  @Param("The layer it is in; empty for none.")
  public var layer = ""

  @Param(
    """
    How it meets what is drawn before it, B, with its colour v where it covers m of a pixel: `over` is \
    B (1 - m) + v m, `union` the greater of B and v m, `subtract` B (1 - m), `intersect` B m, and the others are \
    B + m (f - B), where f is B + v, B - v, B v, B + v - B v, the greater or smaller of both, or their difference.
    """)
  public var blend = ShapeBlend.over

  @Param(0...1, "How opaque it is.")
  public var opacity = 1.0

  @Param("Its colour, for the channels drawn into.")
  public var color = ColorValue(1)

  @Param("Draws where it is not.")
  public var invert = false

  @Param("Whether it is drawn.")
  public var visible = true

  @Param("First and last frame in which it is drawn; empty is always.")
  public var range: NumberList = []

  @Param(
    unit: .pixels,
    "How far the edge fades out all round, added to the feather of the points; below 0 it fades inwards."
  )
  public var feather = 0.0

  @Param(
    "How a soft edge goes from nothing to full: evenly, evenly to the eye, or smooth at one or both ends."
  )
  public var falloff = RampCurve.smooth

  @Param(0..., unit: .pixels, "How wide an open stroke is where its points have no width.")
  public var width = 10.0

  @Param("Whether motion blur counts for it.")
  public var motionBlur = true

  @Params public var placing = RotoPlacement()

  public init() {}

  /// As the rasteriser takes it.
  var spline: Spline { path.spline(curve == .bezier ? .bezier : .bSpline, width: width) }
}

extension Path {
  /// As the rasteriser takes it; points without a width have `width`.
  func spline(_ basis: Spline.Basis, width: Double) -> Spline {
    let points = points.map { point in
      var made = SplinePoint(point.position.x, point.position.y)
      (made.left, made.right) = (point.left.simd, point.right.simd)
      made.offset = point.featherOffset.simd
      (made.offsetLeft, made.offsetRight) = (point.featherLeft.simd, point.featherRight.simd)
      (made.feather, made.width) = (point.feather, point.width > 0 ? point.width : width)
      return made
    }
    return Spline(points, basis: basis, isClosed: closed)
  }
}

extension Vec2 {
  fileprivate var simd: SIMD2<Double> { SIMD2(x, y) }
}

extension ShapeBlend: ParamChoice {}
