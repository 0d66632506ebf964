import BipackGraph
import BipackKernels
import BipackPixels

/// A tile operator whose result is worth keeping.
protocol FilterOperator: TileOperator {}

extension FilterOperator {
  var cost: NodeCost { .heavy }
}

/// How a filter treats channels: those of `set` are filtered; where the data window changes, the
/// others are carried over pixel by pixel, else they are shared.
struct FilteredChannels: Sendable, Hashable {
  var set: ChannelSet

  /// What a kernel must write.
  func computed(_ input: ImageSpec, dataWindow: Rect) -> [Channel] {
    dataWindow == input.dataWindow ? set.select(from: input.channels) : input.channels
  }

  /// Those of `computed` that are filtered.
  func filtered(_ input: ImageSpec) -> Set<Channel> { Set(set.select(from: input.channels)) }
}

extension TileTask {
  /// Copies `channel` of an input to its canvas, black outside its data window.
  func copy(_ input: Int, _ index: Int) {
    for tile in tiles.indices {
      let (to, rect) = (output(index, tile: tile).view, tiles[tile])
      let window = window(input, channels[index], rect)
      for y in rect.y0..<rect.y1 {
        (to.row(y) + rect.x0 - to.rect.x0)
          .update(from: window.pointer + (y - rect.y0) * window.stride, count: rect.width)
      }
    }
  }

  /// Where the tiles of a channel go. Valid while the task lives.
  func targets(_ index: Int) -> [PlaneView] {
    tiles.indices.map { output(index, tile: $0).view.part(tiles[$0]) }
  }

  /// Where a channel goes. Valid while the task lives.
  func target(_ index: Int) -> PlaneView { output(index).view.part(rect) }
}

/// A separable filter: both axes in runs of tiles, or one axis along whole lines where the reach is
/// long.
struct SeparablePart: FilterOperator {
  let x: LineFilter
  let y: LineFilter
  let edge: EdgeMode
  let channels: FilteredChannels
  /// The output's data window; the input's when nil.
  let window: Rect?

  /// Beyond this the apron of a tile costs more than working along whole lines.
  static let tileReach = 48

  /// Pictures of more pixels, all channels together, are gone from the caches when they are done.
  static let cachedPixels = 8 << 20

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if let window { spec.dataWindow = window }
    return spec
  }

  var shape: TileShape {
    if x.reach <= Self.tileReach && y.reach <= Self.tileReach { return .run }
    if case .none = y { return .rows }
    if case .none = x { return .columns }
    return .run
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let source = context.main.dataWindow
    return [output.with(rect: reached(output.rect, x.reach, y.reach, source, edge))]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    channels.computed(context.main, dataWindow: window ?? context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    let filtered = channels.filtered(context.main)
    let pixels = (window ?? context.main.dataWindow).area
    let filter = SeparableFilter(
      x: x, y: y, streams: pixels * filtered.count > Self.cachedPixels)
    return Kernel(filter: filter, edge: edge, filtered: filtered)
  }

  private struct Kernel: TileKernel {
    let filter: SeparableFilter
    let edge: EdgeMode
    let filtered: Set<Channel>

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        if filtered.contains(task.channels[i]), let source = task.input(0) {
          filter.apply(
            source, task.channels[i], edge: edge, rect: task.rect, into: task.targets(i),
            pool: task.pool)
        } else {
          task.copy(0, i)
        }
      }
    }
  }
}

/// The pixels of `source` that `rect` grown by a reach sees, with an edge rule.
func reached(_ rect: Rect, _ x: Int, _ y: Int, _ source: Rect, _ edge: EdgeMode) -> Rect {
  if rect.isEmpty || source.isEmpty { return .empty }
  let grown = rect.expanded(x: x, y: y)
  let columns = edge.sources(grown.x0..<grown.x1, in: source.x0..<source.x1)
  let rows = edge.sources(grown.y0..<grown.y1, in: source.y0..<source.y1)
  if columns.isEmpty || rows.isEmpty { return .empty }
  return Rect(
    x0: columns.lowerBound, y0: rows.lowerBound, x1: columns.upperBound, y1: rows.upperBound)
}

/// One step down the blur pyramid. Its image holds the filtered channels only.
struct HalvePart: FilterOperator {
  var x = true
  var y = true
  var edge = EdgeMode.black
  var channels = ChannelSet.all
  var window = Rect.empty

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.channels = channels.select(from: spec.channels)
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let fine = GaussianPyramid.fine(for: output.rect, x: x, y: y)
    return [output.with(rect: reached(fine, 0, 0, context.main.dataWindow, edge))]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(part: self) }

  private struct Kernel: TileKernel {
    let part: HalvePart

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        let fine = GaussianPyramid.fine(for: task.rect, x: part.x, y: part.y)
        let source = task.window(0, task.channels[i], fine, edge: part.edge)
        GaussianPyramid.halve(
          source, x: part.x, y: part.y, into: task.target(i), pool: task.pool)
      }
    }
  }
}

/// One step up the blur pyramid. With two inputs it is the last one: the first is the picture that
/// was blurred, whose other channels are carried over.
struct DoublePart: FilterOperator {
  var x = true
  var y = true
  var channels = ChannelSet.all
  var window = Rect.empty

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let coarse = GaussianPyramid.coarse(for: output.rect, x: x, y: y)
    guard context.inputs.count > 1, let first = context.inputs[0], let low = context.inputs[1]
    else {
      return [output.with(rect: coarse.intersection(context.main.dataWindow))]
    }
    let filtered = Set(channels.select(from: first.channels))
    let others = output.channels.subtracting(filtered)
    return [
      Demand(
        rect: others.isEmpty ? .empty : output.rect.intersection(first.dataWindow),
        channels: others),
      Demand(
        rect: coarse.intersection(low.dataWindow),
        channels: output.channels.intersection(filtered)),
    ]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    FilteredChannels(set: channels).computed(context.main, dataWindow: window)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(
      part: self, filtered: Set(channels.select(from: context.main.channels)),
      low: context.inputs.count - 1)
  }

  private struct Kernel: TileKernel {
    let part: DoublePart
    let filtered: Set<Channel>
    let low: Int

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for i in task.channels.indices {
        guard filtered.contains(task.channels[i]) else {
          task.copy(0, i)
          continue
        }
        let coarse = GaussianPyramid.coarse(for: task.rect, x: part.x, y: part.y)
        let source = task.window(low, task.channels[i], coarse)
        GaussianPyramid.double(
          source, x: part.x, y: part.y, into: task.target(i), pool: task.pool)
      }
    }
  }
}

/// a first + b second, for the filtered channels; the rest is the first's.
struct WeightedSumPart: PointOperator {
  let a: Double
  let b: Double
  let channels: ChannelSet

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in channels.select(from: context.main.channels) {
      let sum = program.add(
        Sum(a: Float(a), b: Float(b)), [.input(0, channel), .input(1, channel)])
      program.set(channel, sum[0])
    }
    return program
  }

  private struct Sum: PointKernel {
    let a: Float
    let b: Float

    func apply(_ strip: borrowing Strip) {
      let (p, q) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = a * p[i] + b * q[i] }
    }
  }
}
