public import BipackGraph
import BipackKernels
public import BipackPixels

/// Filters by a matrix of numbers, or by another picture.
public struct Convolve: TileNode {
  public static let abstract = """
    Filters a picture by a square matrix of numbers or by a second picture. The matrix lies on the \
    picture as it is written: its first number weighs the pixel above and to the left (Nuke's and \
    Natron's Matrix). A filter picture is what a single bright pixel turns into, centred on its \
    format (Nuke's Convolve); each channel uses the filter's channel of the same name, else its \
    alpha, else its first.
    """
  public static let category = "Filter"

  @Input("The picture to filter.")
  public var source

  @Input("The filter, as a picture; used instead of the matrix.", optional: true)
  public var filter

  @Param("Channels to filter.")
  public var channels: ChannelSet = .all

  @Param("The weights, row by row from the top: 9, 25, 49 ... numbers, or a list of rows.")
  public var matrix: NumberList = [0, 0, 0, 0, 1, 0, 0, 0, 0]

  @Param("Whether the weights are divided by their sum (when it is not 0).")
  public var normalize = false

  @Param("What lies outside the picture: black, its nearest pixel, or its mirror image.")
  public var edge = BlurEdge.black

  @Param("Whether the data window keeps to the format on sides where the source did.")
  public var cropToFormat = true

  public static let conditions: [ParamCondition] = [
    .only("matrix", withoutInput: "filter")
  ]

  public init() {}

  /// Sides a filter picture may have; the work grows with their product.
  static let largest = 1024

  public var cost: NodeCost { .heavy }

  private func isPicture(_ context: NodeContext) -> Bool { context.spec(filter) != nil }

  /// What the taps reach around a pixel: offsets left, up, right and down.
  private func taps(_ context: NodeContext) throws(NodeError) -> Rect {
    if let spec = context.spec(filter) {
      let window = spec.dataWindow
      if window.isEmpty {
        throw NodeError("the filter picture is empty; connect one with pixels, or none at all")
      }
      if window.width > Self.largest || window.height > Self.largest {
        throw NodeError(
          "the filter picture is \(window.width) x \(window.height) pixels; at most "
            + "\(Self.largest) x \(Self.largest) are allowed: Reformat or Crop it first")
      }
      let (cx, cy) = Self.center(spec)
      // The pixel at x sees the source at x - (k - centre) for each filter pixel k.
      return Rect(
        x0: cx - (window.x1 - 1), y0: cy - (window.y1 - 1), x1: cx - window.x0 + 1,
        y1: cy - window.y0 + 1)
    }
    let side = Int(Double(matrix.values.count).squareRoot().rounded())
    guard side * side == matrix.values.count, side % 2 == 1, side <= Self.largest else {
      throw NodeError(
        "matrix has \(matrix.values.count) numbers; a square with an odd side is needed: 9, 25, 49 "
          + "... numbers")
    }
    return Rect(x: -(side / 2), y: -(side / 2), width: side, height: side)
  }

  static func center(_ spec: ImageSpec) -> (x: Int, y: Int) {
    let window = spec.format.window
    return (window.x0 + window.width / 2, window.y0 + window.height / 2)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    let taps = try taps(context)
    if spec.dataWindow.isEmpty { return spec }
    let source = spec.dataWindow
    // A pixel sees something when one of its taps falls in the source.
    let grown = Rect(
      x0: source.x0 - taps.x1 + 1, y0: source.y0 - taps.y1 + 1, x1: source.x1 - taps.x0,
      y1: source.y1 - taps.y0)
    spec.dataWindow = cropped(grown, spec, cropToFormat)
    return spec
  }

  public func identity(_ context: NodeContext) -> Int? {
    if isPicture(context) { return nil }
    let values = matrix.values
    let sum = values.reduce(0, +)
    let scale = normalize && sum != 0 ? sum : 1
    guard values.count % 2 == 1, values[values.count / 2] == scale else { return nil }
    let rest = values.enumerated().allSatisfy { $0 == values.count / 2 || $1 == 0 }
    return rest ? 0 : nil
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    guard let taps = try? taps(context), !output.rect.isEmpty else {
      return context.inputs.map { _ in .none }
    }
    let seen = Rect(
      x0: output.rect.x0 + taps.x0, y0: output.rect.y0 + taps.y0, x1: output.rect.x1 + taps.x1 - 1,
      y1: output.rect.y1 + taps.y1 - 1)
    var result = [output.with(rect: reached(seen, 0, 0, context.main.dataWindow, edge.mode))]
    for spec in context.inputs.dropFirst() {
      result.append(
        spec.map { Demand(rect: $0.dataWindow, channels: Set($0.channels)) } ?? .none)
    }
    return result
  }

  public func computed(_ context: NodeContext) -> [Channel] {
    let window = (try? spec(context).dataWindow) ?? context.main.dataWindow
    return FilteredChannels(set: channels).computed(context.main, dataWindow: window)
  }

  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    guard let taps = try? taps(context) else { return nil }
    return (rect.width + taps.width) * (rect.height + taps.height) + 2 * taps.area
  }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    var weights = matrix.values
    let sum = weights.reduce(0, +)
    if normalize, sum != 0 { weights = weights.map { $0 / sum } }
    return Kernel(
      taps: try taps(context), weights: weights.map { Float($0) }, normalize: normalize,
      picture: isPicture(context) ? filter.slot : nil, edge: edge.mode,
      filtered: Set(channels.select(from: context.main.channels)))
  }

  private struct Kernel: TileKernel {
    let taps: Rect
    let weights: [Float]
    let normalize: Bool
    let picture: Int?
    let edge: EdgeMode
    let filtered: Set<Channel>

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        let channel = task.channels[i]
        guard filtered.contains(channel) else {
          task.copy(0, i)
          continue
        }
        let seen = Rect(
          x0: task.rect.x0 + taps.x0, y0: task.rect.y0 + taps.y0,
          x1: task.rect.x1 + taps.x1 - 1, y1: task.rect.y1 + taps.y1 - 1)
        let source = task.window(0, channel, seen, edge: edge)
        var used = weights
        if let picture, let image = task.input(picture) {
          used = flipped(image, channel, task.pool)
        }
        Correlation.apply(used, columns: taps.width, source: source, into: task.target(i))
      }
    }

    /// The filter picture turned by 180 degrees, as correlation wants it.
    private func flipped(_ image: Image, _ channel: Channel, _ pool: BlockPool) -> [Float] {
      let plane =
        image.channels.contains(channel)
        ? channel : image.channels.first(where: \.isAlpha) ?? image.channels.first ?? .red
      var values: [Float] = image.pixels(plane, in: image.dataWindow, pool: pool).reversed()
      let sum = values.reduce(0.0) { $0 + Double($1) }
      if normalize, sum != 0, sum.isFinite { values = values.map { Float(Double($0) / sum) } }
      return values
    }
  }
}
