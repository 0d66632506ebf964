/// A path of Bezier segments, open or closed: a roto shape, a stroke, a wire. The y axis points down, as
/// in pictures.
///
/// In the document `{ "closed": true, "points": [ ... ] }` or, in short, its points. Each point is
/// `[x, y]`, or an object with tangents, feather and width.
public struct Path: ValueRecord {
  public static let shorthand: String? = "points"
  public static let required = ["points"]

  @Param("Whether the last point leads back to the first.")
  public var closed = false

  @Param("The points, in order.")
  public var points: [PathPoint] = []

  public init() {}

  public init(_ points: [PathPoint], closed: Bool = false) {
    self.points = points
    self.closed = closed
  }
}

/// A point of a path.
public struct PathPoint: ValueRecord {
  public static let recordName = "point"
  public static let shorthand: String? = "position"
  public static let required = ["position"]

  @Param(unit: .pixels, "Where it is.")
  public var position = Vec2(0, 0)

  @Param(unit: .pixels, "The tangent towards the point before, relative to the point.")
  public var left = Vec2(0, 0)

  @Param(unit: .pixels, "The tangent towards the next point, relative to the point.")
  public var right = Vec2(0, 0)

  @Param(
    unit: .pixels, "How far the edge fades out, square to the outline; below 0 it fades inwards.")
  public var feather = 0.0

  @Param(
    unit: .pixels,
    "Where the feather outline passes, relative to the point; `feather`, a distance, is added.")
  public var featherOffset = Vec2(0, 0)

  @Param(unit: .pixels, "Added to the left tangent, for the feather outline.")
  public var featherLeft = Vec2(0, 0)

  @Param(unit: .pixels, "Added to the right tangent, for the feather outline.")
  public var featherRight = Vec2(0, 0)

  @Param(0..., unit: .pixels, "How wide a stroke is here; 0 leaves it to the stroke.")
  public var width = 0.0

  public init() {}

  public init(_ position: Vec2, left: Vec2 = 0, right: Vec2 = 0) {
    self.position = position
    self.left = left
    self.right = right
  }
}
