import BipackGraph
import BipackPixels

extension FrameGraph {
  /// Sets what the goals themselves must deliver: images their whole data window, or the part of it
  /// in `rows`. Sinks and data nodes ask for what they need when their turn comes.
  mutating func demandGoals(_ goals: [Int], rows: Range<Int>? = nil) {
    for goal in goals where !isTerminal(goal) {
      self[goal].isMaterialised = true
      if self[goal].demand.rect.isEmpty {
        self[goal].demand = Demand(
          rect: self[goal].spec.dataWindow, channels: Set(self[goal].spec.channels))
      }
      self[goal].demand.rect = self[goal].demand.rect.within(rows)
    }
  }

  /// The rows in which some goal wants pixels.
  func rowsWanted(_ goals: [Int]) throws(RenderError) -> Range<Int>? {
    var hull = Rect.empty
    for goal in goals {
      for demand in try terminalDemands(goal) { hull = hull.union(demand.rect) }
    }
    return hull.isEmpty ? nil : hull.y0..<hull.y1
  }

  private func terminalDemands(_ goal: Int) throws(RenderError) -> [Demand] {
    do throws(NodeError) {
      return try demanded(by: goal) ?? [self[goal].demand]
    } catch {
      throw RenderError(error, path: self[goal].path, frame: self[goal].context.frame)
    }
  }

  /// What a node that ends the graph asks of each input; nil for other nodes.
  private func demanded(by id: Int) throws(NodeError) -> [Demand]? {
    let (spec, context) = (self[id].spec, self[id].context)
    switch self[id].work {
    case .sink(let sink): return [try sink.written(context)]
    case .data(let data):
      try data.verify(context)
      let all = Demand(rect: spec.dataWindow, channels: Set(spec.channels))
      return data.demand(all, context)
    default:
      guard self[id].takesWhole, case .frame(let frame) = self[id].operator.role else { return nil }
      return frame.demands(self[id].demand, context)
    }
  }

  /// Walks from the goals back to the sources and records what each node must deliver: a rectangle
  /// and some channels. Asks `cached` first; what it has needs nothing upstream: pixels, or where to
  /// read them. With `rows` sinks and data nodes want only what lies in these.
  mutating func inferDemands(
    grid: TileGrid, rows: Range<Int>? = nil, cached: (GraphNode) -> GraphNode.Work?
  ) throws(RenderError) {
    for id in nodes.indices.reversed() {
      let demand = clipped(self[id].demand, id, grid, isBand: rows != nil)
      self[id].demand = demand
      if demand.rect.isEmpty && !isTerminal(id) { continue }
      switch self[id].work {
      case .image, .earlier, .diskImage: continue
      default: break
      }
      if !isTerminal(id), let known = cached(self[id]) {
        self[id].work = known
        continue
      }
      do {
        try plan(id, demand, rows)
      } catch {
        throw RenderError(error, path: self[id].path, frame: self[id].context.frame)
      }
    }
  }

  /// Whether the node ends the graph: it writes, measures, or takes its inputs as a whole.
  private func isTerminal(_ id: Int) -> Bool {
    switch self[id].work {
    case .sink, .data: true
    default: self[id].takesWhole
    }
  }

  /// A demand inside the data window, of channels the image has, grown to what the work computes
  /// anyway: whole tiles.
  ///
  /// In bands it is not grown to whole tiles. Down a blur's pyramid a tile of the coarsest picture
  /// stands for a thousand rows of the frame, and growing would make every band a whole frame. Tiles
  /// at its border are then filled as far as was asked for; nobody looks at the rest.
  private func clipped(_ demand: Demand, _ id: Int, _ grid: TileGrid, isBand: Bool) -> Demand {
    let spec = self[id].spec
    var rect = demand.rect.intersection(spec.dataWindow)
    if rect.isEmpty { return .none }
    if !isBand || self[id].isMaterialised { rect = grid.rounded(rect) }
    let channels = demand.channels.within(spec)
    return channels.isEmpty
      ? .none : Demand(rect: rect.intersection(spec.dataWindow), channels: channels)
  }

  private mutating func plan(_ id: Int, _ demand: Demand, _ rows: Range<Int>?) throws(NodeError) {
    let node = self[id].operator
    let context = self[id].context
    if case .frame(let frame) = node.role {
      let computed = frame.computed(context).filter(demand.channels.contains)
      self[id].work = .frame(try frame.kernel(context), computed: computed)
    }
    if let demands = try demanded(by: id) {
      return request(demands.map { $0.within(rows) }, from: id)
    }
    switch node.role {
    case .point(let point):
      let program = try point.program(context)
      self[id].work = .point(program)
      let rects = node.demand(demand, context)
      let channels = program.channelsRead(for: demand.channels, inputs: rects.count)
      for (index, rect) in rects.enumerated() where !channels[index].isEmpty {
        request(Demand(rect: rect.rect, channels: channels[index]), input: index, from: id)
      }
    case .tile(let tile):
      let computed = tile.computed(context).filter(demand.channels.contains)
      self[id].work = .tile(try tile.kernel(context), tile.shape, computed: computed)
      let shared = demand.channels.subtracting(computed)
      if !computed.isEmpty {
        request(node.demand(Demand(rect: demand.rect, channels: Set(computed)), context), from: id)
      }
      if !shared.isEmpty {
        request(Demand(rect: demand.rect, channels: shared), input: 0, from: id)
      }
    case .frame(let frame):
      request(frame.demands(demand, context), from: id)
    case .deep(let deep):
      self[id].work = .deep(try deep.kernel(context))
      request(node.demand(demand, context), from: id)
    case .source(let source):
      self[id].work = .source(source)
    case .composite, .sink, .data, .shot, .none:
      throw NodeError(
        "'\(type(of: node).typeName)' is no point, tile, frame, deep, composite, source, sink or data node; the engine cannot run it"
      )
    }
  }

  private mutating func request(_ demands: [Demand], from id: Int) {
    for (index, demand) in demands.enumerated() { request(demand, input: index, from: id) }
  }

  private mutating func request(_ demand: Demand, input: Int, from id: Int) {
    guard input < self[id].inputs.count, let feed = self[id].inputs[input], !demand.rect.isEmpty
    else { return }
    let clipped = demand.rect.intersection(self[feed].spec.dataWindow)
    let channels = demand.channels.within(self[feed].spec)
    if clipped.isEmpty || channels.isEmpty { return }
    self[feed].demand.rect = self[feed].demand.rect.union(clipped)
    if self[feed].demand.channels.isEmpty {
      self[feed].demand.channels = channels
    } else {
      self[feed].demand.channels.formUnion(channels)
    }
  }
}

extension FrameOperator {
  /// What it needs of its inputs: what it says, and of the first input the channels it hands on.
  fileprivate func demands(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let computed = Set(computed(context)).intersection(output.channels)
    let shared = output.channels.subtracting(computed)
    var demands =
      computed.isEmpty ? [] : demand(Demand(rect: output.rect, channels: computed), context)
    guard !shared.isEmpty else { return demands }
    if demands.isEmpty { demands = [.none] }
    demands[0].rect = demands[0].rect.union(output.rect)
    demands[0].channels.formUnion(shared)
    return demands
  }
}

extension Demand {
  /// The part in `rows`; all of it when nil.
  fileprivate func within(_ rows: Range<Int>?) -> Demand { with(rect: rect.within(rows)) }
}

extension Set<Channel> {
  /// Those the image has: nearly always all, which is seen without making a new set.
  fileprivate func within(_ spec: ImageSpec) -> Set<Channel> {
    allSatisfy(spec.has) ? self : intersection(spec.channels)
  }
}

extension Rect {
  fileprivate func within(_ rows: Range<Int>?) -> Rect {
    guard let rows else { return self }
    return intersection(Rect(x0: x0, y0: rows.lowerBound, x1: x1, y1: rows.upperBound))
  }
}

extension PointProgram {
  /// The works needed for `channels`, in order.
  func worksNeeded(for channels: Set<Channel>) -> [Bool] {
    var needed = [Bool](repeating: false, count: works.count)
    for channel in channels {
      if case .work(let index, _) = source(of: channel) { needed[index] = true }
    }
    for index in works.indices.reversed() where needed[index] {
      for case .work(let other, _) in works[index].inputs { needed[other] = true }
    }
    return needed
  }

  /// The channels of each input that are read to make `channels`.
  func channelsRead(for channels: Set<Channel>, inputs: Int) -> [Set<Channel>] {
    var lists = [[Channel]](repeating: [], count: inputs)
    func read(_ source: Source) {
      guard case .input(let index, let channel) = source, index < inputs,
        !lists[index].contains(channel)
      else { return }
      lists[index].append(channel)
    }
    for channel in channels { read(source(of: channel)) }
    let needed = worksNeeded(for: channels)
    for index in works.indices where needed[index] { works[index].inputs.forEach(read) }
    // Most nodes read just what they make: the same set again costs nothing.
    return lists.map { list in
      list.count == channels.count && channels.allSatisfy(list.contains) ? channels : Set(list)
    }
  }
}
