public import BipackGraph
import BipackKernels
import BipackPixels

/// What statistics are made of: a layer inside a box.
public struct MeasuredRegion: ParamGroup {
  @Param("The layer; empty for the root's R, G, B, A.")
  public var layer = ""

  @Param(
    unit: .pixels, "The box: left, top, right, bottom, the last two excluded. All 0 is the format.")
  public var area = Box(0, 0, 0, 0)

  public init() {}

  static let values: [ValuePort] = [
    ValuePort("min", .vector(4), "Least value of red, green, blue and alpha."),
    ValuePort("max", .vector(4), "Greatest value of red, green, blue and alpha."),
    ValuePort("mean", .vector(4), "Mean of red, green, blue and alpha."),
    ValuePort("stddev", .vector(4), "Standard deviation of red, green, blue and alpha."),
    ValuePort("rms", .vector(4), "Root mean square of red, green, blue and alpha."),
    ValuePort("luminance", .number, "Mean of 0.2126 red + 0.7152 green + 0.0722 blue."),
    ValuePort("invalid", .number, "How many samples are NaN or infinite."),
  ]

  private func box(_ context: NodeContext) -> Rect { area.area(of: context.main.format.window) }

  private func channels(_ spec: ImageSpec) -> [Channel?] {
    (0..<4).map { slot in spec.channels.first { $0.layer == layer && $0.slot == slot } }
  }

  func demand(_ context: NodeContext) -> [Demand] {
    [
      Demand(
        rect: box(context).intersection(context.main.dataWindow),
        channels: Set(channels(context.main).compactMap { $0 }))
    ]
  }

  func verify(_ context: NodeContext) throws(NodeError) {
    try context.checkHasPicture()
    let layers = Set(context.main.channels.map(\.layer))
    if !layer.isEmpty, !layers.contains(layer) {
      throw NodeError(
        "the picture has no layer '\(layer)'; it has "
          + layers.map { $0.isEmpty ? "rgba" : $0 }.sorted().joined(separator: ", "))
    }
    if box(context).isEmpty {
      throw NodeError("the area is empty: right must lie right of left, and bottom below top")
    }
  }

  func measure(_ task: borrowing DataTask) -> [String: ValueData] {
    let box = box(task.context)
    var results: [Statistics] = []
    for channel in channels(task.context.main) {
      // Outside its data window, and in channels it has not, a picture is black.
      guard let channel, let image = task.input(0) else {
        results.append(Statistics.constant(0, count: box.area))
        continue
      }
      results.append(Statistics.measure(image, channel, in: box, task.pool, task.loops))
    }
    let luminance =
      0.2126 * results[0].mean + 0.7152 * results[1].mean + 0.0722 * results[2].mean
    return [
      "min": .vector(results.map(\.least)), "max": .vector(results.map(\.greatest)),
      "mean": .vector(results.map(\.mean)), "stddev": .vector(results.map(\.deviation)),
      "rms": .vector(results.map(\.rms)), "luminance": .number(luminance),
      "invalid": .number(Double(results.reduce(0) { $0 + $1.invalid })),
    ]
  }
}
