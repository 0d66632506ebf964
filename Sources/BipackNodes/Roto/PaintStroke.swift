public import BipackGraph
import BipackKernels
import BipackPixels

/// A stroke of a brush.
public struct PaintStroke: ValueRecord {
  public static let recordName = "stroke"
  public static let required = ["path"]

  /// What the brush does.
  public enum Tool: String, ParamChoice {
    case paint
    case clone
    case reveal
    case blur
    case erase
  }

  /// Where clone and reveal take their picture from.
  public enum Donor: String, ParamChoice {
    case bg
    case bg1
    case painted
  }

  /// How a time offset counts.
  public enum TimeMode: String, ParamChoice {
    case relative
    case absolute
  }

  @Param("What it is called, for people.")
  public var name = ""

  @Param(
    """
    What the brush does: `paint` puts on `color`; `clone` another picture, moved; `reveal` another picture in its \
    place; `blur` softens what is painted so far; `erase` takes strokes away again.
    """)
  public var tool = Tool.paint

  @Param(
    "Where the brush goes, in pixels with y down. The width of a point goes before `size`; one point is a dab."
  )
  public var path = Path()

  @Param(0..., unit: .pixels, "The diameter of the brush.")
  public var size = 25.0

  @Param(0...1, "How much of the brush is full: 1 is a hard edge, 0 falls off from the middle on.")
  public var hardness = 0.2

  @Param(0...1, "How much it covers at most.")
  public var opacity = 1.0

  @Param("The colour of paint.")
  public var color = ColorValue(1)

  @Param("Whether it is drawn.")
  public var visible = true

  @Param("First and last frame in which it is drawn; empty is always.")
  public var range: NumberList = []

  @Param(
    """
    Of clone and reveal, which picture: `bg`, the second input `bg1`, or, at the same frame only, `bg` as \
    `painted` so far.
    """)
  public var donor = Donor.bg

  @Param(
    unit: .frames,
    "Of clone and reveal, how many frames later that picture is taken; below 0 earlier.")
  public var timeOffset = 0.0

  @Param("Whether `timeOffset` counts from the frame, or is a frame itself.")
  public var timeOffsetMode = TimeMode.relative

  @Param(0...500, unit: .pixels, "Of blur, how wide: as the size of a Blur.")
  public var blur = 15.0

  @Params public var placement = Placement()

  public init() {}

  /// The frame its donor is taken at.
  func donorFrame(_ frame: Double) -> Double {
    timeOffsetMode == .absolute ? timeOffset : frame + timeOffset
  }

  /// Whether it takes a picture from an input.
  var hasDonor: Bool { tool == .clone || tool == .reveal }

  /// What the brush covers. Its hard middle is the line, its rim a soft edge.
  var brush: BrushPart.Brush {
    var spline = path.spline(.bezier, width: size)
    for i in spline.points.indices {
      let width = spline.points[i].width
      spline.points[i].width = width * hardness
      spline.points[i].feather = width / 2 * (1 - hardness)
    }
    // A line around something is still a line.
    if spline.isClosed, let first = spline.points.first {
      spline.isClosed = false
      spline.points.append(first)
    }
    return BrushPart.Brush(spline: spline)
  }
}
