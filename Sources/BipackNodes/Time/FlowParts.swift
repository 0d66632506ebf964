import BipackGraph
import BipackKernels
import BipackPixels

/// The planes that pass between the parts of a flow, in pixels of the picture; `trust` is 0 to 1. And
/// brightness, by which flow is found.
enum FlowChannel {
  static let u: Channel = "flow.u"
  static let v: Channel = "flow.v"
  static let trust: Channel = "flow.trust"
  static let all = [u, v, trust]
  static let light: Channel = "flow.light"
}

/// The brightness of a picture, halved some times.
struct FlowLightPart: FilterOperator {
  let halvings: Int
  let channels: ChannelSet

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = FlowSizes.halved(spec.dataWindow, halvings)
    spec.channels = [FlowChannel.light]
    spec.isData = true
    return spec
  }

  private func light(_ context: NodeContext) -> FlowLight {
    FlowLight(channels.select(from: context.main.channels), halvings: halvings)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let seen = light(context).source(of: output.rect)
    return [
      output.with(
        rect: reached(seen, 0, 0, context.main.dataWindow, .clamp),
        channels.select(from: context.main.channels))
    ]
  }

  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? { light(context).scratch(rect) }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(light: light(context))
  }

  private struct Kernel: TileKernel {
    let light: FlowLight

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let image = task.input(0), !task.channels.isEmpty else { return }
      light.fill(task.target(0), from: image, pool: task.pool)
    }
  }
}

/// The flow from one picture to another, by their brightness; trusted where the two belong to one shot. Inputs:
/// here, there.
struct FlowPart: FrameOperator {
  let halvings: Int
  let smoothness: Double

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = FlowChannel.all
    return spec
  }

  /// What is anywhere in the pictures may matter.
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    context.inputs.map { spec in
      guard let spec, !output.rect.isEmpty else { return .none }
      return output.with(rect: spec.dataWindow, [FlowChannel.light])
    }
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    let window = context.main.dataWindow
    return window.isEmpty ? 0 : DenseFlow.workingBytes(region, FlowSizes(window))
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(part: self, sizes: FlowSizes(context.main.dataWindow))
  }

  private struct Kernel: TileKernel {
    let part: FlowPart
    let sizes: FlowSizes

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let here = task.input(0), let there = task.input(1), !task.channels.isEmpty else {
        return
      }
      let loops = task.loops.whileWanted
      let pictures = [here, there].map {
        FlowPicture($0, FlowChannel.light, sizes, pool: task.pool, loops: loops)
      }
      if loops.isCancelled() { return }
      let flow = DenseFlow(
        from: pictures[0], to: pictures[1], sizes: sizes, smoothness: Float(part.smoothness))
      let targets = TogetherTargets([FlowChannel.u, FlowChannel.v], task)
      let isOne = withExtendedLifetime(targets) {
        flow.fill(
          targets.views[0], targets.views[1], scale: Float(1 << part.halvings), pool: task.pool,
          loops: loops)
      }
      if let trust = task.channels.firstIndex(of: FlowChannel.trust) {
        task.target(trust).fill(isOne == true && !there.dataWindow.isEmpty ? 1 : 0)
      }
    }
  }
}

/// How far a flow is to be trusted: where the flow back leads to where one came from. Inputs: there, back.
struct FlowCheckPart: FilterOperator {
  let halvings: Int

  var shape: TileShape { .rows }

  /// The way back may begin anywhere.
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    wayOn(output, context, [FlowChannel.u, FlowChannel.v])
  }

  func computed(_ context: NodeContext) -> [Channel] { [FlowChannel.trust] }

  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    2 * (context.inputs[1]?.dataWindow.area ?? 0) + 3 * rect.area
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(scale: Float(1 << halvings))
  }

  private struct Kernel: TileKernel {
    let scale: Float

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let there = task.input(0), let back = task.input(1), !task.channels.isEmpty else {
        return
      }
      let planes = Planes(task.rect, task.pool)
      let own = planes.add(there, FlowChannel.all)
      let reading = FlowReading(
        back, [FlowChannel.u, FlowChannel.v], scale: scale, pool: task.pool)
      let target = task.target(0)
      for (row, y) in (task.rect.y0..<task.rect.y1).enumerated() {
        let (first, out) = (row * task.rect.width, target.row(y))
        reading.check(
          own[0] + first, own[1] + first, x: task.rect.x0, y: y, count: task.rect.width, into: out)
        for x in 0..<task.rect.width { out[x] *= own[2][first + x] }
      }
    }
  }
}

/// A step, and on from where it leads: flow over several frames. Nothing is resampled but the flow. Inputs: the step,
/// the rest of the way.
struct FlowChainPart: FilterOperator {
  let halvings: Int

  var shape: TileShape { .rows }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    wayOn(output, context, FlowChannel.all)
  }

  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    3 * (context.inputs[1]?.dataWindow.area ?? 0) + 6 * rect.area
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(scale: Float(1 << halvings))
  }

  private struct Kernel: TileKernel {
    let scale: Float

    func render(_ task: borrowing TileTask) throws(NodeError) {
      guard let step = task.input(0), let rest = task.input(1) else { return }
      let planes = Planes(task.rect, task.pool)
      let own = planes.add(step, FlowChannel.all)
      let made = task.pool.scratch(count: 3 * task.rect.width)
      let reading = FlowReading(rest, FlowChannel.all, scale: scale, pool: task.pool)
      let (width, targets) = (task.rect.width, task.channels.indices.map { task.target($0) })
      let lines = (0..<3).map { made.base + $0 * width }
      for (row, y) in (task.rect.y0..<task.rect.y1).enumerated() {
        reading.chain(
          own.map { $0 + row * width }, x: task.rect.x0, y: y, count: width, into: lines)
        for (channel, target) in zip(task.channels, targets) {
          guard let index = FlowChannel.all.firstIndex(of: channel) else { continue }
          target.row(y).update(from: lines[index], count: width)
        }
      }
    }
  }
}

/// A flow as it is, and all of another that begins where it leads.
private func wayOn(_ output: Demand, _ context: NodeContext, _ channels: [Channel]) -> [Demand] {
  context.inputs.enumerated().map { index, spec in
    guard let spec, !output.rect.isEmpty else { return .none }
    return index == 0
      ? output.with(rect: output.rect.intersection(spec.dataWindow), FlowChannel.all)
      : output.with(rect: spec.dataWindow, channels)
  }
}

/// A flow as large as its picture.
struct FlowEnlargePart: FilterOperator {
  let halvings: Int
  let window: Rect

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    return spec
  }

  func identity(_ context: NodeContext) -> Int? { halvings == 0 ? 0 : nil }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [
      output.with(
        rect: FlowEnlarging.source(
          of: output.rect, halvings: halvings, in: context.main.dataWindow))
    ]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(halvings: halvings, window: context.main.dataWindow)
  }

  private struct Kernel: TileKernel {
    let halvings: Int
    let window: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let source = FlowEnlarging.source(of: task.rect, halvings: halvings, in: window)
      for (index, channel) in task.channels.enumerated() {
        let small = task.window(0, channel, source)
        FlowEnlarging.fill(
          task.target(index), from: small, halvings: halvings, of: window, pool: task.pool)
      }
    }
  }
}
