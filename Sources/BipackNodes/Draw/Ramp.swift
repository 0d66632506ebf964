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

  @Params public var drawing = Drawing()

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try drawing.spec(over: context.spec(source), context)
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let mask = RampMask(from: (p0.x, p0.y), to: (p1.x, p1.y), curve: rampType)
    return try drawing.program(mask, over: context.spec(source), context)
  }
}

extension RampCurve: ParamChoice {}
