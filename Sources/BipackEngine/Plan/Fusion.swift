import BipackGraph
import BipackPixels

/// Which point nodes run together.
///
/// A group is one point node whose image must exist (the root) and every point node that feeds only
/// the group. Going from the outputs backward, a point node joins the group of its consumers when
/// they all are in the same one; otherwise it becomes a root. A node that is kept (an output, a
/// cache point) is always a root.
struct Fusion {
  /// The root of each live point node's group; the node itself for roots; nil for others.
  private(set) var root: [Int?]

  /// With `isEnabled` false every point node is a group of its own: the tests compare.
  init(_ nodes: [GraphNode], live: [Bool], isEnabled: Bool) {
    root = [Int?](repeating: nil, count: nodes.count)
    var consumers: [[Int]] = Array(repeating: [], count: nodes.count)
    for id in nodes.indices where live[id] {
      switch nodes[id].work {
      case .image, .earlier, .diskImage: continue
      default: break
      }
      for case let input? in nodes[id].inputs where live[input] { consumers[input].append(id) }
    }
    for id in nodes.indices.reversed() where live[id] {
      guard case .point = nodes[id].work else { continue }
      root[id] = id
      guard isEnabled, !nodes[id].isMaterialised, let first = consumers[id].first,
        let only = root[first], consumers[id].allSatisfy({ root[$0] == only })
      else { continue }
      root[id] = only
    }
  }
}

/// Turns a group of point nodes into one strip program.
struct Lowering {
  private let nodes: [GraphNode]
  private let group: [Int]
  private let region: Rect
  private var steps: [StripProgram.Step] = []
  /// For each member of the group, the planes asked of it.
  private var values: [[(channel: Channel, value: StripProgram.Value)]] = []
  /// Plan nodes outside the group that it reads; the program's inputs in this order.
  private(set) var externals: [Int] = []

  /// The result: the program, its outputs' channels, and what it reads.
  struct Result {
    var program: StripProgram
    var channels: [Channel]
    var externals: [Int]
  }

  /// The members of `group` stand in the order of the nodes.
  static func lower(_ group: [Int], root: Int, _ nodes: [GraphNode]) -> Result {
    var lowering = Lowering(nodes, group, nodes[root].demand.rect)
    for id in group { lowering.lower(id) }
    let channels = nodes[root].spec.channels.filter(nodes[root].demand.channels.contains)
    let place = lowering.place(of: root) ?? group.count
    let outputs = channels.map { lowering.known(place, $0) ?? .constant(0) }
    return Result(
      program: StripProgram(steps: lowering.steps, outputs: outputs), channels: channels,
      externals: lowering.externals)
  }

  private init(_ nodes: [GraphNode], _ group: [Int], _ region: Rect) {
    self.nodes = nodes
    self.group = group
    self.region = region
    values.reserveCapacity(group.count)
  }

  /// The plane given by the member at `place`, once lowered; nil for one it was not asked for.
  private func known(_ place: Int, _ channel: Channel) -> StripProgram.Value? {
    guard place < values.count else { return nil }
    return values[place].first { $0.channel == channel }?.value
  }

  private func place(of id: Int) -> Int? {
    var (low, high) = (0, group.count)
    while low < high {
      let middle = (low + high) / 2
      if group[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < group.count && group[low] == id ? low : nil
  }

  private mutating func lower(_ id: Int) {
    guard case .point(let program) = nodes[id].work else { return values.append([]) }
    let demanded = nodes[id].demand.channels
    let needed = program.worksNeeded(for: demanded)
    var works = [[StripProgram.Value]](repeating: [], count: program.works.count)
    for index in program.works.indices where needed[index] {
      let work = program.works[index]
      let inputs = work.inputs.map { value(of: $0, at: id, works) }
      works[index] = add(work.kernel, inputs, work.outputs, clip: nodes[id].spec.dataWindow)
    }
    var planes: [(channel: Channel, value: StripProgram.Value)] = []
    planes.reserveCapacity(demanded.count)
    for channel in nodes[id].spec.channels where demanded.contains(channel) {
      let source = program.source(of: channel)
      var result = value(of: source, at: id, works)
      if case .work = source {} else { result = clipped(result, to: nodes[id].spec.dataWindow) }
      planes.append((channel, result))
    }
    values.append(planes)
  }

  private mutating func add(
    _ kernel: any PointKernel, _ inputs: [StripProgram.Value], _ outputs: Int, clip: Rect
  ) -> [StripProgram.Value] {
    // Mixing a plane with itself, however it is masked, is that plane.
    if kernel is MaskMixKernel, inputs[0] == inputs[1] { return [inputs[0]] }
    steps.append(
      StripProgram.Step(kernel: kernel, inputs: inputs, outputs: outputs, clip: clip))
    return (0..<outputs).map { .step(steps.count - 1, output: $0) }
  }

  private mutating func value(
    of source: PointProgram.Source, at id: Int, _ works: [[StripProgram.Value]]
  ) -> StripProgram.Value {
    switch source {
    case .constant(let number): return .constant(number)
    case .opaque(let index):
      guard index < nodes[id].inputs.count, let input = nodes[id].inputs[index] else {
        return .constant(0)
      }
      return clipped(.constant(1), to: nodes[input].spec.dataWindow)
    case .work(let index, let output):
      return output < works[index].count ? works[index][output] : .constant(0)
    case .input(let index, let channel):
      guard index < nodes[id].inputs.count, let input = nodes[id].inputs[index] else {
        return .constant(0)
      }
      if let place = place(of: input) { return known(place, channel) ?? .constant(0) }
      guard nodes[input].spec.has(channel), nodes[input].demand.channels.contains(channel) else {
        return .constant(0)
      }
      return .external(
        input: slot(of: input), channel: channel, clip: nodes[input].spec.dataWindow)
    }
  }

  private mutating func slot(of id: Int) -> Int {
    if let known = externals.firstIndex(of: id) { return known }
    externals.append(id)
    return externals.count - 1
  }

  /// A plane passed on by a node whose data window is smaller than where the plane has values.
  private mutating func clipped(_ value: StripProgram.Value, to window: Rect)
    -> StripProgram.Value
  {
    switch value {
    case .external(let input, let channel, let clip):
      return .external(input: input, channel: channel, clip: clip.intersection(window))
    case .constant(let number):
      if number == 0 || window.contains(region) { return value }
    case .step(let index, _):
      if window.contains(steps[index].clip.intersection(region)) { return value }
    }
    return add(CopyKernel(), [value], 1, clip: window)[0]
  }
}

/// Passes a plane on; the step's clip does the work. It must run per pixel even on constants, since
/// its result differs inside and outside the clip.
private struct CopyKernel: PointKernel {
  func apply(_ strip: borrowing Strip) {
    let source = strip.input(0)
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = source[i] }
  }
}
