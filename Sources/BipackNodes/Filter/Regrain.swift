public import BipackGraph
import BipackKernels
public import BipackPixels

/// Gives a picture grain.
public struct Regrain: TileNode {
  public static let abstract = """
    Adds grain to red, green and blue: as strong as `grain` says by brightness, as large, and its colours as much \
    alike. A GrainProfile measures it of a plate (`"grain": {"from": "profile.grain"}`). Every pixel of every \
    frame has grain of its own, the same on every machine, in any order; another `seed` gives another. Give what was painted, \
    rendered or cleaned its grain back with a `mask` of where that is.
    """
  public static let category = "Filter"

  @Input("The picture without grain.")
  public var source

  @Param("The grain.")
  public var grain = Grain()

  @Param(0...10, "How strong, compared with `grain`: 1 is as strong, 0 is none.")
  public var amount = 1.0

  @Param(
    0.25...4, "How large, compared with `grain`: 2 for a picture that is to be shrunk to a half.")
  public var size = 1.0

  @Param("Which of the many grains of this kind.")
  public var seed = 0

  @Param("Whether grain covers as much as alpha does, if the picture has one.")
  public var throughAlpha = true

  public init() {}

  public var isTimeVarying: Bool { amount > 0 }

  public func identity(_ context: NodeContext) -> Int? {
    amount == 0 || grain.isNone ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    _ = try grain.correlation(proxy: context.proxy)
    return context.main
  }

  /// Alpha decides where grain may be, whatever else is asked for.
  private func alpha(_ context: NodeContext) -> Channel? {
    throughAlpha && context.main.has(.alpha) ? .alpha : nil
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var demand = output
    if let alpha = alpha(context), !output.rect.isEmpty { demand.channels.insert(alpha) }
    return [demand]
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    Channel.rgb.filter(context.main.has)
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    3 * rect.expanded(GrainCorrelation.furthest).area + 2 * rect.area
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let (correlation, share) = try grain.correlation(enlarged: size, proxy: context.proxy)
    let strengths = (0..<3).map { channel in
      let curve = grain.curve(channel)
      return GrainStrength(brightest: curve.points[curve.points.count - 1].x) {
        amount * share[channel] * Grain.deviation(curve, $0)
      }
    }
    return Kernel(
      field: GrainField(GrainFilter(correlation), frame: context.frame, seed: seed),
      strengths: strengths, alpha: alpha(context))
  }

  private struct Kernel: TileKernel {
    let field: GrainField
    let strengths: [GrainStrength]
    let alpha: Channel?

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      let wanted = Channel.rgb.map { task.channels.firstIndex(of: $0) }
      let noise = wanted.map { $0 == nil ? nil : task.pool.scratch(count: rect.area) }
      field.fill(noise.map { $0.map { PlaneView(rect, of: $0) } }, rect, pool: task.pool)
      let cover = task.window(0, alpha ?? .alpha, rect)
      for index in task.channels.indices {
        guard let color = wanted.firstIndex(of: index), let noise = noise[color] else {
          task.copy(0, index)
          continue
        }
        let source = task.window(0, task.channels[index], rect)
        let target = task.target(index)
        for y in rect.y0..<rect.y1 {
          strengths[color].add(
            noise.base + (y - rect.y0) * rect.width,
            to: source.pointer + (y - rect.y0) * source.stride,
            alpha: alpha == nil ? nil : cover.pointer + (y - rect.y0) * cover.stride,
            into: target.row(y),
            count: rect.width)
        }
      }
    }
  }
}
