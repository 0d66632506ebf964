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

  @Param("The colour painted.")
  public var color = ColorValue(1)

  @Param("The channels painted into; missing ones are made.")
  public var output = ChannelSet.rgba

  @Param(0...1, "How opaque the paint is; 0 leaves the source as it is.")
  public var opacity = 1.0

  @Param("Paints outside the ellipse instead of inside.")
  public var invert = false

  @Param("Paints on black instead of on the source.")
  public var replace = false

  @Param("Channels that are multiplied by the ellipse afterwards.")
  public var premult = ChannelSet.none

  @Param(
    """
    With a source, how large the result is: the format, the source's data window, both, or what \
    they share.
    """)
  public var clipType = DrawingClip.format

  @Param("The size without a source, for example `1920x1080`; empty for the document's format.")
  public var format = FormatName.document

  public static let conditions: [ParamCondition] = Drawing.conditions

  public init() {}

  private func drawing(_ context: NodeContext) -> Drawing {
    Drawing(
      source: context.spec(source), output: output, color: color, opacity: opacity, invert: invert,
      replace: replace, premult: premult, clip: clipType, format: format)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try drawing(context).spec(context)
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
    return try drawing(context).program(mask, context)
  }
}
