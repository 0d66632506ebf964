public import BipackGraph
import BipackKernels
import BipackPixels

/// Blurs in one direction.
public struct DirectionalBlur: CompositeNode {
  public static let abstract = """
    Blurs along a straight line of a given angle and length, as a camera moved while its shutter is \
    open, and then towards a centre (`zoom`) and around it (`spin`). The line is a box filter of any \
    length, fractions too, half before the pixel and half behind. Zoom and spin average images from \
    half the movement backwards to half of it forwards, no further apart than a pixel, resampled by \
    the `keys` filter (see GodRays for the way). Outside the picture it is black; the result is cut to \
    the format and the source's data window.
    """
  public static let category = "Filter"

  @Input("The picture to blur.")
  public var source

  @Param(unit: .degrees, "Direction of the line, counter-clockwise; 0 is along the rows.")
  public var angle = 0.0

  @Param(0...4096, unit: .pixels, "Length of the line; 0 is no blur.")
  public var length = 0.0

  @Param(0.01...100, "How much larger the last image is than the first; 1 is no zoom.")
  public var zoom = 1.0

  @Param(-3600...3600, unit: .degrees, "How far the picture turns; 0 is no spin.")
  public var spin = 0.0

  @Param(
    unit: .pixels,
    "The point zoom and spin leave in place; when not given, the middle of the format.")
  public var center = Center.middle

  public static let conditions: [ParamCondition] = [
    .only("angle", with: "length"),
    .only(
      "center",
      whereAny: [
        ("zoom", { @Sendable in $0 != .number(1) }), ("spin", { @Sendable in $0 != .number(0) }),
      ],
      "'zoom' is not 1 or 'spin' is not 0"),
  ]

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    length == 0 && zoom == 1 && spin == 0 ? 0 : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let source = context.main
    let limit = source.format.window.union(source.dataWindow)
    var result = Expansion.Ref.input(0)
    if length > 0 {
      let line = LineBlur(length: length, angle: angle)
      let window = source.dataWindow.expanded(x: line.reach.x, y: line.reach.y)
      result = graph.add(
        LinePart(length: length, angle: angle, window: window.intersection(limit)), [result])
    }
    if zoom == 1 && spin == 0 { return result }
    let middle = center.point(in: source.format)
    let doublings = doublings(limit, middle)
    let part = 1 / Double(1 << doublings)
    func image(_ t: Double) -> Matrix3 {
      let scale = PortableMath.pow(zoom, t)
      return .about(middle, degrees: spin * t, scale: Vec2(scale, scale))
    }
    let first = graph.add(
      ConcatenatedWarp(
        WarpPlan(
          MapMoments(image(-0.5 + part / 2)), filter: .keys, blackOutside: true,
          format: source.format)), [result])
    return ImageSum(doublings: doublings, step: image(part), filter: .keys, limit: limit)
      .add(to: &graph, first: first, format: source.format)
  }

  /// As many images, as a power of 2, as the corner that moves furthest moves pixels.
  private func doublings(_ rect: Rect, _ center: Vec2) -> Int {
    var radius = 0.0
    for x in [rect.x0, rect.x1] {
      for y in [rect.y0, rect.y1] {
        let (dx, dy) = (Double(x) - center.x, Double(y) - center.y)
        radius = max(radius, (dx * dx + dy * dy).squareRoot())
      }
    }
    let larger = max(zoom, 1 / zoom)
    let away = PortableMath.log(larger) * larger.squareRoot()
    let around = abs(spin) * Double.pi / 180
    let moved: Double = min(radius * (away * away + around * around).squareRoot(), 16384)
    var doublings = 1
    while Double(1 << doublings) < moved { doublings += 1 }
    return doublings
  }
}

/// The straight line.
private struct LinePart: FilterOperator {
  let length: Double
  let angle: Double
  let window: Rect

  private var blur: LineBlur { LineBlur(length: length, angle: angle) }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let reach = blur.reach
    return [
      output.with(
        rect: reached(output.rect, reach.x, reach.y, context.main.dataWindow, .black))
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(blur: blur) }

  private struct Kernel: TileKernel {
    let blur: LineBlur

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        let source = task.window(
          0, task.channels[i], task.rect.expanded(x: blur.reach.x, y: blur.reach.y))
        blur.render(source, into: task.target(i))
      }
    }
  }
}
