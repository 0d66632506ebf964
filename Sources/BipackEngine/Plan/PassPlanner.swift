import BipackGraph
import BipackPixels

/// Orders the live nodes into passes and works out what memory they take.
struct PassPlanner {
  private let nodes: [GraphNode]
  private let grid: TileGrid
  private let threads: Int
  private let fusion: Fusion
  private var passes: [FramePlan.Pass] = []
  /// For each pass, the plan nodes it reads.
  private var reads: [[Int?]] = []
  private var passOf: [Int?]

  /// `kept` are the images that go to the cache, besides those of cache points; nil keeps none.
  static func plan(
    _ graph: FrameGraph, goals: [Int], options: RenderOptions, kept: Set<StableHash>?
  ) -> FramePlan.Band {
    var planner = PassPlanner(graph.nodes, goals, options)
    planner.makePasses(kept)
    return planner.ordered(goals)
  }

  private init(_ nodes: [GraphNode], _ goals: [Int], _ options: RenderOptions) {
    self.nodes = nodes
    grid = options.grid
    threads = options.threads
    var live = [Bool](repeating: false, count: nodes.count)
    for goal in goals { live[goal] = true }
    for id in nodes.indices where !nodes[id].demand.rect.isEmpty { live[id] = true }
    fusion = Fusion(nodes, live: live, isEnabled: options.isFused)
    passOf = [Int?](repeating: nil, count: nodes.count)
    self.live = live
  }

  private let live: [Bool]

  private mutating func makePasses(_ kept: Set<StableHash>?) {
    var groups: [Int: [Int]] = [:]
    for id in nodes.indices {
      if let root = fusion.root[id] { groups[root, default: []].append(id) }
    }
    for id in nodes.indices where live[id] {
      switch nodes[id].work {
      case .point where groups[id] == nil: continue
      case .unplanned: continue
      default: break
      }
      let node = nodes[id]
      var pass = FramePlan.Pass(
        work: .image(Payload(spec: node.spec, grid: grid)), path: node.path,
        typeName: type(of: node.operator).typeName, hash: node.hash, spec: node.spec,
        demand: node.demand, context: node.context, inputs: [], inputDemands: [])
      var read = node.inputs
      switch node.work {
      case .unplanned: break
      case .image(let image):
        pass.work = .image(image)
        pass.cachedBytes = node.operator is GivenImage ? 0 : image.bytes
        read = []
      case .point:
        let group = groups[id] ?? [id]
        let lowered = Lowering.lower(group, root: id, nodes)
        pass.work = .strips(lowered.program, nodes: group.map { nodes[$0].path })
        read = lowered.externals
        pass.bytes = node.spec.bytes(
          node.demand.rect, channels: lowered.program.computedPlanes, grid)
        pass.scratchBytes = threads * (lowered.program.steps.count + 8) * 8192
      case .tile(let kernel, let shape, let computed):
        pass.work = .tiles(kernel, shape, computed: computed)
        pass.bytes = node.spec.bytes(node.demand.rect, channels: computed.count, grid)
        pass.scratchBytes = scratch(shape, node, computed.count)
      case .frame(let kernel, let computed):
        pass.work = .frame(kernel, computed: computed)
        pass.bytes = node.spec.bytes(node.demand.rect, channels: computed.count, grid)
        pass.scratchBytes = workingBytes(node, computed.count)
      case .earlier(let stage):
        pass.work = .earlier(stage: stage)
        read = []
      case .deep(let kernel):
        pass.work = .deep(kernel)
        pass.bytes = node.spec.bytes(of: node.demand, grid)
        if case .deep(let deep) = node.operator.role, deep.takesRoom {
          pass.scratchBytes = pass.bytes
        }
      case .diskImage(let diskImage):
        pass.work = .diskImage(diskImage)
        pass.bytes = node.spec.bytes(of: node.demand, grid)
        pass.scratchBytes = threads << 21
        read = []
      case .source(let source):
        pass.work = .read(source)
        pass.scratchBytes = source.decodingBytes(node.context, threads: threads)
        pass.bytes = node.spec.bytes(of: node.demand, grid)
      case .sink(let sink):
        pass.work = .write(sink)
        pass.scratchBytes = sink.encodingBytes(node.context)
      case .data(let data): pass.work = .measure(data)
      }
      pass.isKept = kept.map { $0.contains(node.hash) || node.isCachePoint } ?? false
      pass.isCachePoint = node.isCachePoint
      pass.takesWhole = node.takesWhole
      (pass.stamp, pass.contentHash) = (node.stamp, node.contentHash)
      pass.watches = node.watches
      pass.inputDemands = read.map { $0.map { nodes[$0].demand } ?? .none }
      passOf[id] = passes.count
      passes.append(pass)
      reads.append(read)
    }
    for index in passes.indices {
      passes[index].inputs = reads[index].map { $0.flatMap { passOf[$0] } }
    }
  }

  /// Windows and canvases of the tasks that run at once.
  private func scratch(_ shape: TileShape, _ node: GraphNode, _ channels: Int) -> Int {
    let rect = node.demand.rect
    /// What the kernel says of itself, for a piece of the rectangle.
    func own(_ width: Int, _ height: Int) -> Int? {
      guard case .tile(let tile) = node.operator.role else { return nil }
      let piece = Rect(x: rect.x0, y: rect.y0, width: width, height: height)
      return tile.scratch(piece.intersection(rect), node.context)
    }
    let floats: Int
    switch shape {
    case .tile: floats = threads * (own(grid.size, grid.size) ?? 4 * grid.area)
    case .run: floats = threads * (own(4 * grid.size, grid.size) ?? 12 * grid.area)
    case .rows:
      let canvases = rect.width * grid.size * max(1, channels)
      floats = threads * (canvases + (own(rect.width, grid.size) ?? canvases))
    case .columns:
      let canvases = rect.height * grid.size * max(1, channels)
      floats = threads * (canvases + (own(grid.size, rect.height) ?? canvases))
    }
    return floats * MemoryLayout<Float>.stride
  }

  /// The canvases of a frame operator, and what it says of itself.
  private func workingBytes(_ node: GraphNode, _ channels: Int) -> Int {
    guard case .frame(let frame) = node.operator.role, channels > 0 else { return 0 }
    let rect = node.demand.rect
    return rect.area * channels * MemoryLayout<Float>.stride
      + frame.workingBytes(rect, node.context)
  }

  /// Depth first from the goals; at each pass the input that needs the most memory beyond what it
  /// leaves behind comes first (Sethi and Ullman's rule for registers), so that few images are
  /// alive at once.
  private func ordered(_ goals: [Int]) -> FramePlan.Band {
    var need = [Int](repeating: 0, count: passes.count)
    for index in passes.indices {
      var held = 0
      var most = 0
      for input in sortedInputs(index, need) {
        most = max(most, held + need[input])
        held += passes[input].bytes
      }
      need[index] = max(most, held + passes[index].bytes + passes[index].scratchBytes)
    }

    var order: [Int] = []
    var state = [UInt8](repeating: 0, count: passes.count)
    let roots = goals.compactMap { passOf[$0] }
    for root in roots where state[root] == 0 {
      var stack = [root]
      while let top = stack.last {
        if state[top] == 0 {
          state[top] = 1
          for input in sortedInputs(top, need).reversed() where state[input] == 0 {
            stack.append(input)
          }
        } else {
          stack.removeLast()
          if state[top] == 1 {
            state[top] = 2
            order.append(top)
          }
        }
      }
    }

    var position = [Int?](repeating: nil, count: passes.count)
    for (place, index) in order.enumerated() { position[index] = place }
    var result = order.map { index in
      var pass = passes[index]
      pass.inputs = pass.inputs.map { $0.flatMap { position[$0] } }
      return pass
    }
    let wanted = Set(roots.compactMap { position[$0] })
    var lastUse = [Int?](repeating: nil, count: result.count)
    for index in result.indices {
      for case let input? in result[index].inputs { lastUse[input] = index }
    }
    for case (let input, let user?) in lastUse.enumerated() where !wanted.contains(input) {
      result[user].releases.append(input)
    }
    var band = FramePlan.Band(
      passes: result, goals: goals.map { passOf[$0].flatMap { position[$0] } })
    band.measurePeak()
    return band
  }

  private func sortedInputs(_ index: Int, _ need: [Int]) -> [Int] {
    Set(passes[index].inputs.compactMap { $0 }).sorted {
      let (a, b) = (need[$0] - passes[$0].bytes, need[$1] - passes[$1].bytes)
      return a == b ? $0 < $1 : a > b
    }
  }
}

extension FramePlan.Band {
  /// Follows the passes and adds up what is alive.
  mutating func measurePeak() {
    (peakBytes, peakPass) = (0, 0)
    var live = 0
    for (index, pass) in passes.enumerated() {
      live += pass.bytes
      if live + pass.scratchBytes > peakBytes {
        peakBytes = live + pass.scratchBytes
        peakPass = index
      }
      for released in pass.releases { live -= passes[released].bytes }
    }
  }
}

extension StripProgram {
  /// Planes it makes: channels that are the same value share one.
  fileprivate var computedPlanes: Int {
    Set(outputs.filter { if case .step = $0 { true } else { false } }).count
  }
}

extension ImageSpec {
  /// Bytes of memory that hold what a demand asks of it.
  func bytes(of demand: Demand, _ grid: TileGrid) -> Int {
    bytes(demand.rect, channels: demand.channels.count, grid)
  }
}
