public import BipackGraph
public import BipackKernels
import BipackPixels

/// Smears a picture along a movement.
public struct GodRays: CompositeNode {
  public static let abstract = """
    The mean (or the maximum) of 2^steps images of the picture, the first of them the picture itself, \
    each next one moved, turned and scaled about the centre by the same step, the last by all of \
    `translate`, `rotate` and `scale`. Each step turns by an equal part and scales by an equal factor, \
    so with different scales in x and y and a rotation together the last image is that of the steps. \
    With `fade` later images count less, by the same factor from one to the next. The images are \
    summed by doubling, one resample a step: a thousand cost ten. The result is cut to the format and \
    the source's data window.
    """
  public static let category = "Filter"

  @Input("The picture.")
  public var source

  @Param(unit: .pixels, "Movement of the last image; positive is right and down.")
  public var translate: Vec2 = 0

  @Param(unit: .degrees, "Rotation of the last image; positive is counter-clockwise.")
  public var rotate = 0.0

  @Param(0.001...1000, "Size of the last image, in x and y.")
  public var scale: Vec2 = 1

  @Param(
    unit: .pixels, "The point the rays come from; when not given, the middle of the format.")
  public var center = Center.middle

  @Param(0...14, "How many images, as a power of 2: 5 is 32.")
  public var steps = 5

  @Param(0.001...1000, "How bright the last image is against the first; 1 is all alike.")
  public var fade = 1.0

  @Param(
    "Whether the greatest value of all images is taken, channel by channel, instead of the mean.")
  public var max = false

  @Param("How images are read between their pixels.")
  public var filter = ResampleFilter.keys

  public init() {}

  private var isStill: Bool {
    steps == 0 || (translate == Vec2(0, 0) && rotate == 0 && scale == Vec2(1, 1))
  }

  public func identity(_ context: NodeContext) -> Int? {
    // Fading images of the same picture are the picture, but not its maximum where it is negative.
    isStill && (!max || steps == 0 || fade == 1) ? 0 : nil
  }

  /// From each image to the next.
  func step(_ format: Format) throws(NodeError) -> Matrix3 {
    let count = (1 << steps) - 1
    let part = 1 / Double(Swift.max(count, 1))
    func root(_ value: Double) -> Double { PortableMath.pow(value, part) }
    let turn = Matrix3.about(
      center.point(in: format), degrees: rotate * part, scale: Vec2(root(scale.x), root(scale.y)))
    if translate == Vec2(0, 0) { return turn }
    // All movements of a step, each turned and scaled by the steps after it, make up `translate`.
    let m = turn.m
    var power = (1.0, 0.0, 0.0, 1.0)
    var sum = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<count {
      sum = (sum.0 + power.0, sum.1 + power.1, sum.2 + power.2, sum.3 + power.3)
      power = (
        m[0] * power.0 + m[1] * power.2, m[0] * power.1 + m[1] * power.3,
        m[3] * power.0 + m[4] * power.2, m[3] * power.1 + m[4] * power.3
      )
    }
    let determinant = sum.0 * sum.3 - sum.1 * sum.2
    let size = Swift.max(abs(sum.0), abs(sum.1), abs(sum.2), abs(sum.3))
    guard abs(determinant) > 1e-9 * size * size, size > 1e-6 * Double(count) else {
      throw NodeError(
        "images that turn by whole turns come back to where they were: translate has no equal steps"
      )
    }
    let x = (sum.3 * translate.x - sum.1 * translate.y) / determinant
    let y = (sum.0 * translate.y - sum.2 * translate.x) / determinant
    return .translation(x, y) * turn
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    if steps == 0 { return .input(0) }
    let source = context.main
    let part = 1 / Double((1 << steps) - 1)
    let sum = ImageSum(
      doublings: steps, step: try step(source.format), weight: PortableMath.pow(fade, part),
      isMaximum: max, filter: filter, limit: source.format.window.union(source.dataWindow))
    return sum.add(to: &graph, first: .input(0), format: source.format)
  }
}
