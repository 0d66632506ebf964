import BipackGraph
import BipackKernels
import BipackPixels

/// A filter that chooses one pixel of a box by one channel, and takes all channels from there: the
/// nearest pixel whose master has the greatest, least or middle value. Shared by Dilate, Erode and
/// Median.
struct MasterFilter: Sendable, Hashable {
  enum Choice: UInt8, Sendable {
    case greatest, least, middle
  }

  var choice: Choice
  var x: Int
  var y: Int
  var master: Channel

  /// The greatest radius: each pixel of the box is looked at, the nearest first.
  static let largest = 128

  /// The channel that `set` names; nil for none.
  static func master(_ set: ChannelSet, of spec: ImageSpec) throws(NodeError) -> Channel? {
    if set == .none || set.text.isEmpty { return nil }
    let named = set.select(from: spec.channels)
    if named.isEmpty, let word = set.words.first {
      throw NodeError("master", hasNo: word, in: spec.channels)
    }
    guard named.count == 1 else {
      throw NodeError(
        .invalid, "master: expected one channel, \"\(set.text)\" names \(named.count)")
    }
    return named[0]
  }

  static func checkSize(_ x: Int, _ y: Int) throws(NodeError) {
    if max(abs(x), abs(y)) > largest {
      throw NodeError(.invalid, "size: with a master, at most \(largest) pixels are possible")
    }
  }

  /// What a part of a picture needs: the box, and the master too.
  func demand(_ output: Demand, _ source: Rect) -> Demand {
    var demand = output.with(rect: reached(output.rect, x, y, source, .clamp))
    demand.channels.insert(master)
    return demand
  }

  /// Works on `filtered` and copies other channels.
  struct Kernel: TileKernel {
    let filter: MasterFilter
    let filtered: Set<Channel>
    private let match: NearestMatch

    init(_ filter: MasterFilter, filtered: Set<Channel>) {
      self.filter = filter
      self.filtered = filtered
      match = NearestMatch(radiusX: filter.x, radiusY: filter.y)
    }

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let (rect, area) = (task.rect, task.rect.area)
      let box = rect.expanded(x: filter.x, y: filter.y)
      let master = task.window(0, filter.master, box, edge: .clamp)
      let wanted = task.scratch(count: area)
      // Outside the data window the middle value counts the nearest pixel, the extremes nothing.
      var bounds = task.input(0)?.dataWindow
      switch filter.choice {
      case .greatest, .least:
        Extremes(maximum: filter.choice == .greatest, radiusX: filter.x, radiusY: filter.y).apply(
          source: master, into: PlaneView(rect, of: wanted), pool: task.pool)
      case .middle:
        bounds = nil
        BipackKernels.Median.apply(
          radiusX: filter.x, radiusY: filter.y, source: master, into: PlaneView(rect, of: wanted),
          pool: task.pool)
      }
      let places = task.scratch(count: area)
      let found = UnsafeMutableRawPointer(places.base).assumingMemoryBound(to: Int32.self)
      match.find(wanted.base, in: master, rect: rect, bounds: bounds, into: found)
      for i in task.channels.indices {
        guard filtered.contains(task.channels[i]) else {
          task.copy(0, i)
          continue
        }
        let source = task.window(0, task.channels[i], box, edge: .clamp)
        match.take(found, from: source, into: task.target(i))
      }
    }
  }
}

/// Dilate's and Erode's use of it.
struct MasterPart: FilterOperator {
  let filter: MasterFilter
  let channels: FilteredChannels
  let window: Rect?

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    if let window { spec.dataWindow = window }
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [filter.demand(output, context.main.dataWindow)]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    channels.computed(context.main, dataWindow: window ?? context.main.dataWindow)
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    MasterFilter.Kernel(filter, filtered: channels.filtered(context.main))
  }

  /// Adds what dilates by `x` and `y` (negative erodes): erosion first where the axes differ.
  static func expand(
    _ graph: inout Expansion, _ source: Expansion.Ref, x: Int, y: Int, _ channels: ChannelSet,
    master: Channel, window: Rect?
  ) -> Expansion.Ref {
    var current = source
    for choice in [MasterFilter.Choice.least, .greatest] {
      let (rx, ry) = choice == .least ? (max(0, -x), max(0, -y)) : (max(0, x), max(0, y))
      if rx == 0, ry == 0 { continue }
      let filter = MasterFilter(choice: choice, x: rx, y: ry, master: master)
      current = graph.add(
        MasterPart(filter: filter, channels: FilteredChannels(set: channels), window: window),
        [current])
    }
    return current
  }
}
