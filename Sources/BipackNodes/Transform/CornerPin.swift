public import BipackGraph
import BipackKernels
import BipackPixels

/// Pins four points of a picture to four others.
public struct CornerPin: Warping, TileNode {
  public static let abstract = """
    Pins four points of the picture to four others, by an exact homography. The points go round from \
    the top left: 1 top left, 2 top right, 3 bottom right, 4 bottom left (Nuke, y up, begins at the \
    bottom left: the same numbers, seen upside down). Points that are all equal, as by default, mean \
    the corners of the format. With fewer points enabled: three make an affine map, two a rotation \
    with scale and translation, one a translation. What lies behind the horizon is black. \
    A pin is a link in a chain of transforms, which is one resample in all.
    """
  public static let category = "Transform"

  @Input("The picture to pin.")
  public var source

  @Param(unit: .pixels, "Where point 1 goes.") public var to1: Vec2 = 0
  @Param(unit: .pixels, "Where point 2 goes.") public var to2: Vec2 = 0
  @Param(unit: .pixels, "Where point 3 goes.") public var to3: Vec2 = 0
  @Param(unit: .pixels, "Where point 4 goes.") public var to4: Vec2 = 0
  @Param("Whether point 1 is used.") public var enable1 = true
  @Param("Whether point 2 is used.") public var enable2 = true
  @Param("Whether point 3 is used.") public var enable3 = true
  @Param("Whether point 4 is used.") public var enable4 = true
  @Param(unit: .pixels, "Where point 1 is in the source.") public var from1: Vec2 = 0
  @Param(unit: .pixels, "Where point 2 is in the source.") public var from2: Vec2 = 0
  @Param(unit: .pixels, "Where point 3 is in the source.") public var from3: Vec2 = 0
  @Param(unit: .pixels, "Where point 4 is in the source.") public var from4: Vec2 = 0

  @Param("Nine numbers, row by row: a matrix applied before the pins; empty for none.")
  public var transformMatrix: NumberList = []

  @Param("Whether to do the opposite.")
  public var invert = false

  @Params public var resampling = Resampling()
  @Params public var motion = MotionBlur()

  public static let conditions: [ParamCondition] = [
    .only("to1", "from1", with: "enable1"),
    .only("to2", "from2", with: "enable2"),
    .only("to3", "from3", with: "enable3"),
    .only("to4", "from4", with: "enable4"),
  ]

  public init() {}

  public var sampleOffsets: [Double] { motion.offsets }

  private typealias Point = (x: Double, y: Double)

  private static func points(_ all: [Vec2], _ format: Rect) -> [Point] {
    if all.allSatisfy({ $0 == all[0] }) {
      let (x0, y0, x1, y1) = (
        Double(format.x0), Double(format.y0), Double(format.x1), Double(format.y1)
      )
      return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    }
    return all.map { ($0.x, $0.y) }
  }

  private func forward(_ format: Rect) throws(NodeError) -> Matrix3 {
    let from = Self.points([from1, from2, from3, from4], format)
    let to = Self.points([to1, to2, to3, to4], format)
    let used = [enable1, enable2, enable3, enable4].enumerated().filter(\.element).map(\.offset)
    guard var matrix = Self.map(used.map { from[$0] }, used.map { to[$0] }) else {
      throw NodeError("three of the pinned points lie on a line, or two are the same")
    }
    if !transformMatrix.values.isEmpty {
      guard transformMatrix.values.count == 9 else {
        throw NodeError(
          "transformMatrix has \(transformMatrix.values.count) numbers; 9 are needed, or none")
      }
      matrix = matrix * Matrix3(transformMatrix.values)
    }
    if !invert { return matrix }
    guard let inverse = matrix.inverse else {
      throw NodeError("transformMatrix squeezes the picture into a line; it cannot be inverted")
    }
    return inverse
  }

  /// The map of as many points as there are.
  private static func map(_ from: [Point], _ to: [Point]) -> Matrix3? {
    switch from.count {
    case 0: return .identity
    case 1: return .translation(to[0].x - from[0].x, to[0].y - from[0].y)
    case 2:
      let (a, b) = (from[1].x - from[0].x, from[1].y - from[0].y)
      let (c, d) = (to[1].x - to[0].x, to[1].y - to[0].y)
      let length = a * a + b * b
      guard length > 0, c * c + d * d > 0 else { return nil }
      let (p, q) = ((a * c + b * d) / length, (a * d - b * c) / length)
      return Matrix3([
        p, -q, to[0].x - p * from[0].x + q * from[0].y, q, p,
        to[0].y - q * from[0].x - p * from[0].y, 0, 0, 1,
      ])
    case 3:
      func frame(_ p: [Point]) -> Matrix3 {
        Matrix3([
          p[1].x - p[0].x, p[2].x - p[0].x, p[0].x, p[1].y - p[0].y, p[2].y - p[0].y, p[0].y, 0, 0,
          1,
        ])
      }
      guard let back = frame(from).inverse, frame(to).inverse != nil else { return nil }
      return frame(to) * back
    default: return Matrix3.homography(from: from, to: to)
    }
  }

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = context.main.format
    let moments = try MapMoments(of: self, context) { node throws(NodeError) in
      try node.forward(format.window)
    }
    return WarpPlan(moments, resampling, format: format)
  }
}
