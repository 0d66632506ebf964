public import BipackGraph
import BipackKernels
import BipackPixels

/// Carries a painted frame along with the shot.
public struct Propagate: CompositeNode {
  public static let abstract = """
    What was painted on one frame, on all of them: `painted` is read at the key frames only and follows whatever is \
    under it in `source`, forward and backward, by optical flow. Between two key frames both are mixed, the nearer \
    and the more trusted one counting more. Vectors are followed to the key, `step` frames at a time, and the painted frame \
    is sampled once, so that nothing blurs. The channel `confidence` is 1 on a key frame and falls where flow is not \
    sure, where what was painted is hidden or outside, and beyond cuts. A patch with an alpha, a matte, or any other \
    layer. A frame costs the flow from it to its keys; of a clip that is rendered in order each flow is found once.
    """
  public static let category = "Time"
  public static let isMaskable = false

  @Input("The shot whose motion is followed.")
  public var source

  @Input("What is painted: a patch with alpha, a matte, a retouched frame.")
  public var painted

  @Param("The frames at which `painted` is drawn; empty is the first frame of the document.")
  public var keys: NumberList = []

  @Param(
    1...1000, unit: .frames,
    "How far from a key frame it is carried; further on it is black, with confidence 0.")
  public var range = 100

  @Param(
    1...16, unit: .frames,
    """
    How many frames vectors leap over: fewer leaps err less in all and cost less, but things that move far between \
    them are lost.
    """)
  public var step = 1

  @Params public var flow = FlowSettings.finest

  @Params public var resampling = Resampling()

  public init() {}

  /// The way from a frame to a key frame.
  private struct Way {
    /// The frames on it, from the next one to the key.
    var frames: [Double]
    var isTooFar = false
  }

  /// The ways to the keys before and after a frame: one if it is a key, at most two.
  private func ways(from frame: Double, _ document: ClosedRange<Int>) -> [Way] {
    let keys = keys.values.isEmpty ? [Double(document.lowerBound)] : keys.values
    let before = keys.filter { $0 <= frame }.max()
    let after = keys.filter { $0 >= frame }.min()
    let ends = before == after ? [before] : [before, after]
    return ends.compactMap { key in
      guard let key else { return nil }
      if (frame - key).magnitude > Double(range) { return Way(frames: [key], isTooFar: true) }
      let leap = Double(key < frame ? -step : step)
      var frames: [Double] = []
      var next = frame
      while next != key {
        next = (key - next).magnitude > leap.magnitude ? next + leap : key
        frames.append(next)
      }
      return Way(frames: frames)
    }
  }

  /// The shot at the frame and what is painted at a key, then of each way the shot on it and what is painted at its
  /// end: nobody asks for a painted frame that is not there.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    let ways = ways(from: context.frame, context.frames)
    func painting(_ way: Way?) -> InputFrame {
      InputFrame(slot: painted.slot, frame: way?.frames.last ?? context.frame)
    }
    let own = [InputFrame(slot: source.slot, frame: context.frame), painting(ways.first)]
    return own
      + ways.flatMap { way in
        (way.isTooFar ? [] : way.frames).map { InputFrame(slot: source.slot, frame: $0) }
          + [painting(way)]
      }
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let shot = context.spec(source), !shot.dataWindow.isEmpty,
      let paint = context.spec(painted)
    else { return .input(painted.slot) }
    let here = try FlowFrame(&graph, .input(source.slot), shot, flow)
    var blend = PropagateBlendPart()
    var inputs = [Expansion.Ref.input(painted.slot)]
    var place = 2
    for way in ways(from: context.frame, context.frames) {
      let steps = way.isTooFar ? 0 : way.frames.count
      var frames: [FlowFrame] = []
      for index in place..<place + steps {
        guard let spec = context.inputs[index] else { continue }
        frames.append(try FlowFrame(&graph, .input(index), spec, flow))
      }
      let key = Expansion.Ref.input(place + steps)
      let drawn = context.inputs[place + steps] ?? paint
      place += steps + 1
      if way.isTooFar || frames.count < steps { continue }
      var side = PropagateBlendPart.Side(
        input: inputs.count, distance: (way.frames.last ?? context.frame) - context.frame)
      inputs.append(key)
      if !frames.isEmpty {
        let positions = positions(&graph, [here] + frames, in: drawn)
        var map = STMap()
        map.uv = FlowPositionsPart.channels
        (map.useAlpha, map.flipV, map.resampling) = (false, true, resampling)
        inputs[side.input] = graph.add(map, [key, positions])
        side.trust = inputs.count
        inputs.append(positions)
      }
      blend.sides.append(side)
    }
    return graph.add(blend, inputs)
  }

  /// Where the pixels of the first frame are on the last.
  private func positions(_ graph: inout Expansion, _ frames: [FlowFrame], in drawn: ImageSpec)
    -> Expansion.Ref
  {
    let flows = FlowGraph(settings: flow)
    let last = frames.count - 1
    var way = flows.checked(&graph, from: frames[last - 1], to: frames[last])
    for index in (0..<last - 1).reversed() {
      let step = flows.checked(&graph, from: frames[index], to: frames[index + 1])
      way = graph.add(FlowChainPart(halvings: flow.halvings), [step, way])
    }
    return graph.add(
      FlowPositionsPart(frame: drawn.format.window),
      [flows.enlarged(&graph, way, as: frames[0])])
  }
}

/// Where flow leads, as parts of a frame, from its upper left corner; trust passes through.
struct FlowPositionsPart: FilterOperator {
  let frame: Rect

  static let channels: ChannelSet = "flow.x,flow.y"
  private static let made: [Channel] = ["flow.x", "flow.y", FlowChannel.trust]

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.channels = Self.made
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect, FlowChannel.all)]
  }

  func computed(_ context: NodeContext) -> [Channel] { ["flow.x", "flow.y"] }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(frame: frame)
  }

  private struct Kernel: TileKernel {
    let frame: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let rect = task.rect
      for (index, channel) in task.channels.enumerated() {
        let isX = channel == "flow.x"
        let flow = task.window(0, isX ? FlowChannel.u : FlowChannel.v, rect)
        let size = Float(max(1, isX ? frame.width : frame.height))
        let canvas = task.output(index)
        for y in rect.y0..<rect.y1 {
          let line = flow.row(y)
          var out = canvas.row(y)
          let first = isX ? rect.x0 - frame.x0 : y - frame.y0
          for x in 0..<rect.width {
            out[x] = (Float(isX ? first + x : first) + 0.5 + line[x]) / size
          }
        }
      }
    }
  }
}

/// Painted frames brought to this one, mixed. Inputs: what is painted, for its channels; then each side's picture and
/// what it is trusted by.
struct PropagateBlendPart: PointOperator {
  struct Side: Hashable {
    var input: Int
    /// The input that has its trust; nil on a key frame.
    var trust: Int?
    /// From this frame to the key, in frames.
    var distance: Double
  }
  var sides: [Side] = []

  static let confidence: Channel = "confidence"

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    for side in sides {
      guard let other = context.inputs[side.input] else { continue }
      spec.dataWindow = spec.dataWindow.union(other.dataWindow)
      spec.add(other.channels)
    }
    spec.add([Self.confidence])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let trusts = sides.map { side in
      side.trust.map { PointProgram.Source.input($0, FlowChannel.trust) } ?? .constant(1)
    }
    for channel in try spec(context).channels {
      let planes =
        channel == Self.confidence
        ? trusts : sides.map { PointProgram.Source.input($0.input, channel) }
      switch sides.count {
      case 0: program.set(channel, .constant(0))
      case 1: program.set(channel, planes[0])
      default:
        let (before, after) = (sides[0].distance.magnitude, sides[1].distance.magnitude)
        let kernel = TrustedMix(share: Float(before / (before + after)))
        program.set(channel, program.add(kernel, planes + trusts)[0])
      }
    }
    return program
  }

  /// Two planes, mixed by the share of the second and by how far each is trusted.
  private struct TrustedMix: PointKernel {
    let share: Float

    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      let (trustA, trustB) = (strip.input(2), strip.input(3))
      var out = strip.output(0)
      // Where neither is trusted time alone counts.
      let least: Float = 0.001
      for i in 0..<strip.count {
        let (p, q) = ((1 - share) * (trustA[i] + least), share * (trustB[i] + least))
        out[i] = (p * a[i] + q * b[i]) / (p + q)
      }
    }
  }
}
