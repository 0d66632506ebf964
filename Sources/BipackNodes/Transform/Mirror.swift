public import BipackGraph
import BipackKernels
import BipackPixels

/// Turns a picture over.
public struct Mirror: Warping, TileNode {
  public static let abstract = """
    Turns a picture over inside its format, top to bottom (`flip`) or left to right (`flop`), without \
    touching the values of its pixels.
    """
  public static let category = "Transform"

  @Input("The picture to turn over.")
  public var source

  @Param("Whether top and bottom change places.")
  public var flip = false

  @Param("Whether left and right change places.")
  public var flop = false

  public init() {}

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = context.main.format
    let moments = try MapMoments(of: self, context) { node in node.forward(format.window) }
    return WarpPlan(moments, filter: .impulse, blackOutside: true, format: format)
  }

  private func forward(_ window: Rect) -> Matrix3 {
    Matrix3([
      flop ? -1 : 1, 0, flop ? Double(window.x0 + window.x1) : 0, 0, flip ? -1 : 1,
      flip ? Double(window.y0 + window.y1) : 0, 0, 0, 1,
    ])
  }
}
