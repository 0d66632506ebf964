public import BipackGraph
public import BipackPixels

/// Moves the edge of a matte by a fraction of a pixel: blur, then cut out the part of the ramp where
/// the new edge lies.
public struct ErodeBlur: CompositeNode {
  public static let abstract = """
    Shrinks a matte (grows it where `size` is negative) by any fraction of a pixel: the matte is \
    blurred with a triangle 2 |size| wide and the values a straight edge would have half a pixel to \
    either side of the new place become 0 and 1. Meant for mattes; results lie in 0 to 1. Natron's \
    ErodeBlur, the like of Nuke's Erode (blur).
    """
  public static let category = "Filter"

  @Input("The matte.")
  public var source

  @Param("Channels to change.")
  public var channels: ChannelSet = .alpha

  @Param(-4096...4096, unit: .pixels, "Pixels to shrink; negative grows.")
  public var size = 0.0

  @Param(0...1, "Softness of the new edge; larger is softer.")
  public var blur = 0.0

  public init() {}

  /// A step edge after a triangle filter of width `s`, at distance `x` inside.
  static func ramp(_ s: Double, _ x: Double) -> Double {
    if s <= 0 { return x >= 0 ? 1 : 0 }
    if x <= -s { return 0 }
    if x >= s { return 1 }
    let t = x / s
    return 0.5 + t * (1 + (x < 0 ? 0.5 : -0.5) * t)
  }

  private func shape(_ context: NodeContext) -> BlurShape {
    BlurShape(
      .triangle, Vec2(2 * abs(size), 2 * abs(size)), .black,
      pixelAspect: context.main.format.pixelAspect)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = shape(context).dataWindow(spec, cropToFormat: true)
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? { size == 0 ? 0 : nil }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let blurred = shape(context).expand(
      &graph, .input(0), context.main, channels, window: try spec(context).dataWindow)
    let width = 2 * abs(size)
    let low = Self.ramp(width, (size - 0.5) * (size > 0 ? 1 - blur : 1))
    let high = Self.ramp(width, (size + 0.5) * (size < 0 ? 1 - blur : 1))
    return graph.add(CutPart(low: low, high: high, channels: channels), [blurred])
  }

  /// Values from `low` to `high` become 0 to 1, the rest is held there.
  struct CutPart: PointOperator {
    let low: Double
    let high: Double
    let channels: ChannelSet

    func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
      PointProgram.perChannel(channels.select(from: context.main.channels), of: context.main) { _ in
        Cut(low: Float(low), high: Float(high), scale: Float(1 / max(high - low, 1e-9)))
      }
    }

    struct Cut: PointKernel {
      let low: Float
      let high: Float
      let scale: Float

      func apply(_ strip: borrowing Strip) {
        let input = strip.input(0)
        var out = strip.output(0)
        for i in 0..<strip.count {
          let v = input[i]
          let inside = (v - low) * scale
          out[i] = v < low ? 0 : v > high ? 1 : inside
        }
      }
    }
  }
}
