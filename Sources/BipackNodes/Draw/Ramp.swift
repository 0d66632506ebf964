public import BipackGraph
public import BipackKernels
public import BipackPixels

/// A gradient between two points.
public struct Ramp: PointNode {
  public static let category = "Draw"
  public static let abstract = """
    Paints a colour over the source through a gradient: nothing at `p0` and before it, all of it at \
    `p1` and beyond. Without a source it paints on black. Positions have y down; in Nuke y is up \
    and `rampType` is called `type`.
    """

  @Input("The picture painted on.", optional: true)
  public var source

  @Param(unit: .pixels, "Where the gradient begins, in pixels from the top left corner.")
  public var p0 = Vec2(100, 400)

  @Param(unit: .pixels, "Where the colour is full, in pixels from the top left corner.")
  public var p1 = Vec2(100, 100)

  @Param(
    "How it goes from nothing to full: evenly, evenly to the eye, or smooth at one or both ends.")
  public var rampType = RampCurve.linear

  @Param("The colour painted.")
  public var color = ColorValue(1)

  @Param("The channels painted into; missing ones are made.")
  public var output = ChannelSet.rgba

  @Param(0...1, "How opaque the paint is; 0 leaves the source as it is.")
  public var opacity = 1.0

  @Param("Paints where there would be nothing, and the other way round.")
  public var invert = false

  @Param("Paints on black instead of on the source.")
  public var replace = false

  @Param("Channels that are multiplied by the gradient afterwards.")
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
    let mask = RampMask(from: (p0.x, p0.y), to: (p1.x, p1.y), curve: rampType)
    return try drawing(context).program(mask, context)
  }
}

extension RampCurve: ParamChoice {}
