public import BipackGraph
import BipackPixels

/// Averages what the shutter sees.
public struct TimeBlur: PointNode {
  public static let abstract = """
    Averages the input over the time a shutter is open: `divisions` moments, the middles of equal \
    parts of it, so that whatever moves blurs. The input is evaluated at fractions of a frame: \
    animated parameters, expressions and retimes give what they are then. A Read has whole frames \
    only and gives the one before (a frame and its fraction rounded down). Every moment costs the \
    whole branch above that changes with time.
    """
  public static let category = "Time"
  public static let isMaskable = false

  @Input("The clip.")
  public var source

  @Param(1...256, "How many moments are averaged.")
  public var divisions = 10

  @Params public var timing = Shutter(.start)

  public static let conditions: [ParamCondition] = [.only("divisions", with: "shutter")]

  public init() {}

  private var offsets: [Double] { timing.shutter == 0 ? [0] : timing.offsets(divisions) }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    offsets.map { InputFrame(slot: 0, frame: context.frame + $0) }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.inputs.joined(or: context.main)
  }

  public func identity(_ context: NodeContext) -> Int? { context.inputs.count == 1 ? 0 : nil }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let kernel = FrameSum(
      operation: .average, weights: context.inputs.map { _ in 1 }, hasAlpha: false)
    for channel in try spec(context).channels {
      let planes = context.planes(channel)
      program.set(channel, program.add(kernel, planes)[0])
    }
    return program
  }
}
