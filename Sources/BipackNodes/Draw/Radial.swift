public import BipackGraph
import BipackKernels
public import BipackPixels

/// A soft ellipse.
public struct Radial: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Paints a colour over the source through an ellipse that falls off towards its edge. Without a \
    source it paints on black. The area has y down; in Nuke y is up. The edge is antialiased, as in \
    Natron.
    """

  @Input("The picture painted on.", optional: true)
  public var source

  @Param(
    unit: .pixels,
    """
    The rectangle around the ellipse: left, top, right and bottom in pixels. All 0 is the middle \
    half of the format.
    """)
  public var area = Box(0, 0, 0, 0)

  @Param(0...1, "Where the falloff begins: 0 is a hard edge, 1 falls off from the centre on.")
  public var softness = 1.0

  @Param("Makes the falloff look even to the eye: its cube.")
  public var plinear = false

  @Params public var drawing = Drawing()

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try drawing.spec(over: context.spec(source), context)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let window = try spec(context).format.window
    var rect = (left: area.x0, top: area.y0, right: area.x1, bottom: area.y1)
    if area == Box(0, 0, 0, 0) {
      let (w, h) = (Double(window.width), Double(window.height))
      let (x, y) = (Double(window.x0), Double(window.y0))
      rect = (x + w / 4, y + h / 4, x + w * 3 / 4, y + h * 3 / 4)
    }
    let mask = RadialMask(rect: rect, softness: softness, plinear: plinear)
    return try drawing.program(mask, over: context.spec(source), context)
  }
}
