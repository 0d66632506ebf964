public import BipackGraph

/// Measures every frame of a shot.
public struct FrameStats: ShotNode {
  public static let abstract = """
    Measures every frame of a shot: least, greatest, mean, standard deviation and root mean square of \
    red, green, blue and alpha, and mean luminance (Rec. 709), each as a curve over frames. A flickering \
    shot is held at the brightness of its first frame by a Grade with "multiply": \
    {"expr": "stats.luminance(first) / stats.luminance"}. The frames are measured once for all \
    that use them, by `bipack analyze` or when first asked for. Pixels of the box outside the data \
    window count as black. As an image it passes its input on.
    """
  public static let category = "Data"

  @Input("The shot to measure.")
  public var source

  @Params public var region = MeasuredRegion()
  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] =
    MeasuredRegion.values.map { port in
      ValuePort(port.name, port.kind, overFrames: true, port.help)
    } + [
      ValuePort("average", .vector(4), "Mean of red, green, blue and alpha over all frames.")
    ]

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    region.demand(context)
  }

  public func verify(_ context: NodeContext) throws(NodeError) { try region.verify(context) }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    let values = region.measure(task)
    return .object(
      Self.values.compactMap { port in
        values[port.name].map { ValueMember(port.name, $0) }
      })
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    var values: [String: ValueData] = [:]
    for port in Self.values where port.isOverFrames {
      values[port.name] = notes.curve { $0[port.name] ?? .number(0) }
    }
    let means = notes.map { $0.note["mean"]?.components ?? [] }
    values["average"] = .vector(
      (0..<4).map { slot in
        means.reduce(0) { $0 + (slot < $1.count ? $1[slot] : 0) } / Double(max(1, means.count))
      })
    return values
  }
}
