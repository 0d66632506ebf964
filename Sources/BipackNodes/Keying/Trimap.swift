public import BipackGraph
import BipackKernels
public import BipackPixels

/// Says of a matte what is certain and what is to be found out.
public struct Trimap: CompositeNode {
  public static let abstract = """
    A matte in three levels, for Matting: 1 where it is solid for `inside` pixels around, 0 where it \
    is clear for `outside` pixels around, 0.5 between. Distances are round and exact, fractions of a \
    pixel count. From a quick key, a roto or a painted shape; what lies outside the frame says nothing. \
    The same in all four channels, to be looked at and painted on.
    """
  public static let category = "Keying"

  @Input("The matte.", matte: true)
  public var source

  @Input("What is certainly subject, where its alpha is above 0.5.", optional: true, matte: true)
  public var core

  @Input(
    "What is certainly not, where its alpha is above 0.5. It has the last word.", optional: true,
    matte: true)
  public var garbage

  @Param(
    0...1000, unit: .pixels,
    "How far solid must reach around a pixel for it to be certainly subject.")
  public var inside = 8.0

  @Param(
    0...1000, unit: .pixels, "How far clear must reach around a pixel for it to be certainly not.")
  public var outside = 8.0

  @Param(0.001...1, "Alpha from this on is solid.")
  public var solid = 0.98

  @Param(0...0.999, "Alpha up to this is clear.")
  public var clear = 0.02

  public init() {}

  /// What the result covers: beyond the matte's data window there is nothing but clear, further than
  /// `outside` certainly.
  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.spec(source) ?? context.main
    let reach = TrimapColumnsPart.reach(outside)
    spec.dataWindow =
      spec.dataWindow.isEmpty
      ? .empty : cropped(spec.dataWindow.expanded(x: reach, y: reach), spec, true)
    spec.channels = Channel.rgba
    return spec
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard clear < solid else {
      throw NodeError("'clear' must lie below 'solid', or a pixel would be both")
    }
    let window = try spec(context).dataWindow
    guard context.spec(source) != nil, !window.isEmpty else { return .input(source.slot) }
    let distances = [
      SeedDistance(
        level: Float(solid), isBelow: false, reach: TrimapColumnsPart.reach(inside)),
      SeedDistance(
        level: Float(clear), isBelow: true, reach: TrimapColumnsPart.reach(outside)),
    ]
    let columns = graph.add(
      TrimapColumnsPart(distances, .alpha, window), [.input(source.slot)])
    var levels = TrimapLevelsPart()
    (levels.inside, levels.outside) = (inside, outside)
    var inputs = [graph.add(TrimapRowsPart(distances), [columns])]
    for (matte, isGiven) in [(core, \TrimapLevelsPart.hasCore), (garbage, \.hasGarbage)]
    where context.spec(matte) != nil {
      levels[keyPath: isGiven] = true
      inputs.append(.input(matte.slot))
    }
    return graph.add(levels, inputs)
  }
}

/// The planes between the parts: squares of distances to what is not solid, to what is not clear.
private let distanceChannels: [Channel] = ["trimap.solid", "trimap.clear"]

/// Distances along the columns.
private struct TrimapColumnsPart: FilterOperator {
  let distances: [SeedDistance]
  let matte: Channel
  let window: Rect

  init(_ distances: [SeedDistance], _ matte: Channel, _ window: Rect) {
    self.distances = distances
    self.matte = matte
    self.window = window
  }

  /// Whole pixels in which a distance shows.
  static func reach(_ distance: Double) -> Int { Int(distance.rounded(.up)) + 1 }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.channels = distanceChannels
    return spec
  }

  var shape: TileShape { .columns }

  private func seen(_ rect: Rect) -> Rect {
    let reach = distances.map(\.reach).max() ?? 0
    return rect.expanded(x: 0, y: reach).intersection(window)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [Demand(rect: seen(output.rect).intersection(context.main.dataWindow), channels: [matte])]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(part: self) }

  private struct Kernel: TileKernel {
    let part: TrimapColumnsPart

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for (index, channel) in task.channels.enumerated() {
        guard let place = distanceChannels.firstIndex(of: channel) else { continue }
        part.distances[place].columns(
          task.window(0, part.matte, part.seen(task.rect)), into: task.target(index),
          pool: task.pool)
      }
    }
  }
}

/// The same along the rows.
private struct TrimapRowsPart: FilterOperator {
  let distances: [SeedDistance]

  init(_ distances: [SeedDistance]) { self.distances = distances }

  var shape: TileShape { .rows }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let reach = distances.map(\.reach).max() ?? 0
    return [
      output.with(
        rect: output.rect.expanded(x: reach, y: 0).intersection(context.main.dataWindow))
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(distances: distances, window: context.main.dataWindow)
  }

  private struct Kernel: TileKernel {
    let distances: [SeedDistance]
    let window: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for (index, channel) in task.channels.enumerated() {
        guard let place = distanceChannels.firstIndex(of: channel) else { continue }
        let seen = task.rect.expanded(x: distances[place].reach, y: 0).intersection(window)
        distances[place].rows(
          task.window(0, channel, seen), into: task.target(index), pool: task.pool)
      }
    }
  }
}

/// Distances to levels. Inputs: distances, then a core and a garbage matte as far as there are any.
private struct TrimapLevelsPart: KeyOperator {
  var inside = 0.0
  var outside = 0.0
  var hasCore = false
  var hasGarbage = false

  var made: [Channel] { Channel.rgba }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let garbage = hasCore ? 2 : 1
    let level = program.add(
      Levels(inside: Float(inside * inside), outside: Float(outside * outside)),
      [
        .input(0, distanceChannels[0]), .input(0, distanceChannels[1]),
        hasCore ? .input(1, .alpha) : .constant(0),
        hasGarbage ? .input(garbage, .alpha) : .constant(0),
      ])
    for channel in made { program.set(channel, level[0]) }
    return program
  }

  private struct Levels: PointKernel {
    let inside: Float
    let outside: Float

    func apply(_ strip: borrowing Strip) {
      let (solid, clear) = (strip.input(0), strip.input(1))
      let (core, garbage) = (strip.input(2), strip.input(3))
      var out = strip.output(0)
      for i in 0..<strip.count {
        let found: Float = solid[i] > inside ? 1 : clear[i] > outside ? 0 : 0.5
        out[i] = garbage[i] > 0.5 ? 0 : core[i] > 0.5 ? 1 : found
      }
    }
  }
}
