public import BipackGraph
import BipackKernels
import BipackPixels

/// Moves a picture by whole pixels.
public struct Position: Warping, TileNode {
  public static let abstract = """
    Moves a picture by whole pixels, without touching their values. Positive is right and down \
    (Nuke's positive y is up). Fractions are rounded to the nearest whole pixel.
    """
  public static let category = "Transform"

  @Input("The picture to move.")
  public var source

  @Param(unit: .pixels, "Movement in x and y; positive is right and down.")
  public var translate: Vec2 = 0

  public init() {}

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    guard abs(translate.x) < 1e9, abs(translate.y) < 1e9 else {
      throw NodeError("translate is more than a thousand million pixels")
    }
    let moments = try MapMoments(of: self, context) { node in
      Matrix3.translation(node.translate.x.rounded(), node.translate.y.rounded())
    }
    return WarpPlan(
      moments, filter: .impulse, blackOutside: true, format: context.main.format)
  }
}
