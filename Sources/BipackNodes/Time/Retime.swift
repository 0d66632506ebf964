public import BipackGraph
import BipackPixels

/// Speeds a clip up or down, or runs it backwards.
public struct Retime: PointNode {
  public static let abstract = """
    Plays frames inputFirst to inputLast of the clip from frame outputFirst on, at a given speed, or \
    so that they end at outputLast. A last frame left at 0 means: for the input, the end of the \
    document's range; for the output, that the speed decides where it ends. Between whole frames it shows the \
    nearest, a mix of the two (`linear`), or asks the input for the fraction itself (`none`).
    """
  public static let category = "Time"
  public static let isMaskable = false

  /// What is shown between two frames.
  public enum Filter: String, ParamChoice {
    case none, nearest, linear
  }

  @Input("The clip.")
  public var source

  @Param(unit: .frames, "First frame of the input played.")
  public var inputFirst = 0.0

  @Param(unit: .frames, "Last frame of the input played.")
  public var inputLast = 0.0

  @Param(unit: .frames, "Frame at which it begins.")
  public var outputFirst = 0.0

  @Param(unit: .frames, "Frame at which it ends.")
  public var outputLast = 0.0

  @Param(.above(0), "Speed when the output's end is not given; 2 is twice as fast.")
  public var speed = 1.0

  @Param("Whether the input runs backwards.")
  public var reverse = false

  @Param("What is shown before the beginning.")
  public var before = ClipEdge.hold

  @Param("What is shown after the end.")
  public var after = ClipEdge.hold

  @Param("What is shown between whole frames.")
  public var filter = Filter.nearest

  public init() {}

  /// The input's time at the node's own; nil is black.
  func time(_ context: FrameContext) -> Double? {
    let (first, last) = clipRange(inputFirst, inputLast, context)
    var (start, rate) = (outputFirst, speed)
    if outputFirst == outputLast || (outputLast == 0 && outputFirst > 0) {
      // Without an output range the first frame stays where it is, unless one was named.
      if outputFirst == 0 { start = first }
    } else {
      start = min(outputFirst, outputLast)
      rate = (last - first) / abs(outputLast - outputFirst)
    }
    let played = first + (context.frame - start) * rate
    guard let time = (played < first ? before : after).frame(played, first: first, last: last)
    else { return nil }
    return reverse ? first + last - time : time
  }

  /// The frames shown and the share of the second.
  private func frames(_ context: FrameContext) -> (a: Double, b: Double, share: Double)? {
    guard let time = time(context) else { return nil }
    switch filter {
    case .none: return (time, time, 0)
    case .nearest:
      let whole = (time + 0.5).rounded(.down)
      return (whole, whole, 0)
    case .linear:
      // Sums of fractions that should be whole are.
      let near = time.rounded()
      if abs(time - near) < 1e-9 { return (near, near, 0) }
      let whole = time.rounded(.down)
      return (whole, whole + 1, time - whole)
    }
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    guard let (a, b, share) = frames(context) else {
      return [InputFrame(slot: 0, frame: context.frame)]
    }
    let first = InputFrame(slot: 0, frame: a)
    return share == 0 ? [first] : [first, InputFrame(slot: 0, frame: b)]
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.inputs.joined(or: context.main)
  }

  public func identity(_ context: NodeContext) -> Int? {
    guard let (_, _, share) = frames(context.frameContext) else { return nil }
    return share == 0 ? 0 : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let shown = frames(context.frameContext)
    for channel in try spec(context).channels {
      guard let shown else {
        program.set(channel, .constant(0))
        continue
      }
      if shown.share == 0 || context.inputs.count < 2 { continue }
      let mixed = program.add(
        Mix(share: Float(shown.share)), context.planes(channel))
      program.set(channel, mixed[0])
    }
    return program
  }

  /// (1 - share) of the first and `share` of the second.
  private struct Mix: PointKernel {
    let share: Float

    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      let rest = 1 - share
      for i in 0..<strip.count { out[i] = rest * a[i] + share * b[i] }
    }
  }
}
