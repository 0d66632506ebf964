public import BipackGraph
import BipackKernels
public import BipackPixels

/// Fades from one input to the next.
public struct Dissolve: PointNode {
  public static let category = "Merge"
  public static let abstract = """
    Fades between inputs: `which` 0 is the first, 1 the second, 0.25 three parts of the first and \
    one of the second. Only the two inputs concerned are computed.
    """

  @Inputs(2...64, "The pictures, in order.")
  public var inputs

  @Param(0...63, "The place between the inputs; 0 is the first, larger fades to later ones.")
  public var which = 0.0

  @Param("The channels that fade; the others are those of the earlier input.")
  public var channels = ChannelSet.all

  public init() {}

  /// The earlier of the two inputs, and how far the fade has gone to the next.
  private var place: (first: Int, fraction: Double) {
    let last = Double(max(0, inputs.slots.count - 1))
    let position = min(max(which, 0), last)
    let first = position.rounded(.down)
    return (Int(first), position - first)
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    guard !inputs.slots.isEmpty else { return [] }
    let (first, fraction) = place
    let slot = inputs.slots.lowerBound + first
    var frames = [InputFrame(slot: slot, frame: context.frame)]
    if fraction > 0 { frames.append(InputFrame(slot: slot + 1, frame: context.frame)) }
    return frames
  }

  public func identity(_ context: NodeContext) -> Int? { place.fraction == 0 ? 0 : nil }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    for input in context.inputs.dropFirst() {
      guard let input else { continue }
      spec.dataWindow = spec.dataWindow.union(input.dataWindow)
      spec.add(channels.select(from: input.channels))
    }
    return spec
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let kernel = Lerp(Float(place.fraction))
    for channel in channels.select(from: try spec(context).channels) {
      program.set(channel, program.add(kernel, context.planes(channel))[0])
    }
    return program
  }
}
