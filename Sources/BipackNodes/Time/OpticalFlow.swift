public import BipackGraph
import BipackPixels

/// Finds how things move.
public struct OpticalFlow: CompositeNode {
  public static let abstract = """
    Where each pixel goes: forward.u and forward.v lead from a pixel of this frame to where the same is seen in the \
    next, backward.u and backward.v to where it was in the one before; in pixels, u to the right and v down, so \
    that what moves right has a positive forward.u and a negative backward.u. forward.confidence and \
    backward.confidence are 1 where the way back leads to where one came from, below 0.5 where it does not: what \
    is hidden or outside in the other frame; `confidence` is the lesser of the two. Beyond a cut, and beyond the ends of \
    the document's range, confidence is 0, and there the flow too. Exposure may drift. The picture passes through. \
    Who looks at forward.u and forward.v alone pays for these alone.
    """
  public static let category = "Time"
  public static let isMaskable = false

  @Input("The clip.")
  public var source

  @Params public var flow = FlowSettings()

  public init() {}

  /// The frame, the next and the one before.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    [0, 1, -1].map { InputFrame(slot: source.slot, frame: context.neighbour($0) ?? context.frame) }
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard let spec = context.spec(source), !spec.dataWindow.isEmpty else {
      return .input(source.slot)
    }
    let flows = FlowGraph(settings: flow)
    let here = try FlowFrame(&graph, .input(source.slot), spec, flow)
    var inputs = [Expansion.Ref.input(source.slot)]
    var layers = FlowLayersPart()
    for (index, step) in [(1, 1), (2, -1)] {
      guard let spec = context.inputs[index], context.neighbour(step) != nil else { continue }
      let other = try FlowFrame(&graph, .input(index), spec, flow)
      let vectors = flows.flow(&graph, from: here, to: other)
      let checked = flows.checked(&graph, from: here, to: other)
      let place = inputs.count
      inputs += [vectors, checked].map { flows.enlarged(&graph, $0, as: here) }
      if step > 0 { layers.forward = place } else { layers.backward = place }
    }
    return graph.add(layers, inputs)
  }
}

/// A picture with flow as layers. Inputs: the picture, then flow and trust of each direction.
struct FlowLayersPart: PointOperator {
  /// The input that has its flow, of which the next has its trust; nil where there is no other frame.
  var forward: Int?
  var backward: Int?

  static let made: [Channel] =
    ["forward", "backward"].flatMap { layer in
      ["u", "v", "confidence"].map { Channel(layer: layer, component: $0) }
    } + ["confidence"]

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add(Self.made)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    var trusts: [PointProgram.Source] = []
    for (layer, input) in [("forward", forward), ("backward", backward)] {
      func source(_ offset: Int, _ channel: Channel) -> PointProgram.Source {
        input.map { .input($0 + offset, channel) } ?? .constant(0)
      }
      let trust = source(1, FlowChannel.trust)
      program.set(Channel(layer: layer, component: "u"), source(0, FlowChannel.u))
      program.set(Channel(layer: layer, component: "v"), source(0, FlowChannel.v))
      program.set(Channel(layer: layer, component: "confidence"), trust)
      trusts.append(trust)
    }
    program.set("confidence", program.add(Lesser(), trusts)[0])
    return program
  }

  private struct Lesser: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = a[i] < b[i] ? a[i] : b[i] }
    }
  }
}
