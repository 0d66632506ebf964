public import BipackGraph

/// Measures a picture.
public struct ImageStats: DataNode {
  public static let abstract = """
    Measures the red, green, blue and alpha of a layer inside a box: least, greatest, mean, standard \
    deviation, root mean square, mean luminance (Rec. 709) and how many samples are NaN or infinite \
    (those are left out of the rest). Parameters use the values by {"from": "stats.mean"}. Pixels of \
    the box outside the data window count as black. As an image it passes its input on.
    """
  public static let category = "Data"

  @Input("The picture to measure.")
  public var source

  @Params public var region = MeasuredRegion()

  public init() {}

  public static let values = MeasuredRegion.values

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    region.demand(context)
  }

  public func verify(_ context: NodeContext) throws(NodeError) { try region.verify(context) }

  public func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    region.measure(task)
  }
}
