import BipackGraph
import BipackPixels

extension PlanBuilder {
  /// Walks from the goals back to the sources and records what each node must deliver: a rectangle
  /// and some channels. Asks `cached` first; what it has needs nothing upstream.
  mutating func inferDemands(
    grid: TileGrid, cached: (PlanNode) -> Image?
  ) throws(RenderError) {
    for id in nodes.indices.reversed() {
      let demand = clipped(self[id].demand, id, grid)
      self[id].demand = demand
      if demand.rect.isEmpty && !isGoal(id) { continue }
      if case .image = self[id].work { continue }
      if !isGoal(id), let image = cached(self[id]) {
        self[id].work = .image(image)
        continue
      }
      do {
        try plan(id, demand)
      } catch {
        throw RenderError(error, path: self[id].path, frame: self[id].context.frame)
      }
    }
  }

  private func isGoal(_ id: Int) -> Bool {
    switch self[id].work {
    case .sink, .data: true
    default: false
    }
  }

  /// A demand grown to what the work computes anyway: whole tiles, lines or frames, inside the data
  /// window; only channels the image has.
  private func clipped(_ demand: Demand, _ id: Int, _ grid: TileGrid) -> Demand {
    let spec = self[id].spec
    var rect = demand.rect.intersection(spec.dataWindow)
    if rect.isEmpty { return .none }
    rect = grid.rounded(rect)
    if let tile = self[id].node as? any TileNode {
      switch tile.shape {
      case .tile: break
      case .rows: (rect.x0, rect.x1) = (spec.dataWindow.x0, spec.dataWindow.x1)
      case .columns: (rect.y0, rect.y1) = (spec.dataWindow.y0, spec.dataWindow.y1)
      case .frame: rect = spec.dataWindow
      }
    }
    let channels = demand.channels.intersection(spec.channels)
    return channels.isEmpty
      ? .none : Demand(rect: rect.intersection(spec.dataWindow), channels: channels)
  }

  private mutating func plan(_ id: Int, _ demand: Demand) throws(NodeError) {
    let node = self[id].node
    let context = self[id].context
    switch self[id].work {
    case .sink(let sink):
      request([try sink.written(context)], from: id)
      return
    case .data(let data):
      let all = Demand(rect: self[id].spec.dataWindow, channels: Set(self[id].spec.channels))
      request(data.demand(all, context), from: id)
      return
    default: break
    }

    if let point = node as? any PointNode {
      let program = try point.program(context)
      self[id].work = .point(program)
      let rects = node.demand(demand, context)
      var channels = program.channelsRead(for: demand.channels)
      for (index, rect) in rects.enumerated() {
        request(
          Demand(rect: rect.rect, channels: channels.removeValue(forKey: index) ?? []),
          input: index, from: id)
      }
    } else if let tile = node as? any TileNode {
      let computed = tile.computed(context).filter(demand.channels.contains)
      self[id].work = .tile(try tile.kernel(context), tile.shape, computed: computed)
      let shared = demand.channels.subtracting(computed)
      if !computed.isEmpty {
        request(node.demand(Demand(rect: demand.rect, channels: Set(computed)), context), from: id)
      }
      if !shared.isEmpty {
        request(Demand(rect: demand.rect, channels: shared), input: 0, from: id)
      }
    } else if let source = node as? any SourceNode {
      self[id].work = .source(source)
    } else {
      throw NodeError(
        "'\(type(of: node).typeName)' is no point, tile, composite, source, sink or data node; the engine cannot run it"
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
    let channels = demand.channels.intersection(self[feed].spec.channels)
    if clipped.isEmpty || channels.isEmpty { return }
    self[feed].demand = Demand(
      rect: self[feed].demand.rect.union(clipped),
      channels: self[feed].demand.channels.union(channels))
  }
}

extension PointProgram {
  /// Where an output channel comes from; unmentioned ones are the first input's.
  func source(of channel: Channel) -> Source { outputs[channel] ?? .input(0, channel) }

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
  func channelsRead(for channels: Set<Channel>) -> [Int: Set<Channel>] {
    var result: [Int: Set<Channel>] = [:]
    func read(_ source: Source) {
      if case .input(let index, let channel) = source { result[index, default: []].insert(channel) }
    }
    for channel in channels { read(source(of: channel)) }
    let needed = worksNeeded(for: channels)
    for index in works.indices where needed[index] { works[index].inputs.forEach(read) }
    return result
  }
}
