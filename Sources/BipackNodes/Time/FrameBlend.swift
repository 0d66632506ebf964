public import BipackGraph
import BipackPixels

/// Several frames of a clip in one.
public struct FrameBlend: PointNode {
  public static let abstract = """
    Combines several frames of a clip: the last `frames` ones up to the current, or with `useRange` \
    those from startFrame to endFrame, absolute or counted from the current frame. Average (Nuke's), \
    least, greatest, sum or product, each channel by itself; least and greatest leave NaN out.
    """
  public static let category = "Time"

  /// What is made of the frames.
  public enum Operation: String, ParamChoice {
    case average, min, max, sum, product
  }

  @Input("The clip.")
  public var source

  @Param(1...256, "How many frames, the current one and those before it.")
  public var frames = 5

  @Param("Whether startFrame and endFrame are used instead.")
  public var useRange = false

  @Param(unit: .frames, "First frame of the range.")
  public var startFrame = 0.0

  @Param(unit: .frames, "Last frame of the range.")
  public var endFrame = 0.0

  @Param("Whether the range is of frame numbers; else it counts from the current frame.")
  public var absolute = true

  @Param(1...256, "Every how many frames one is taken.")
  public var interval = 1

  @Param("What is made of the frames.")
  public var operation = Operation.average

  public static let conditions: [ParamCondition] = [
    .only("frames", without: "useRange"),
    .only("startFrame", "endFrame", "absolute", with: "useRange"),
  ]

  public init() {}

  /// More frames than this are thinned out evenly, keeping the first.
  static let most = 256

  private func chosen(_ context: FrameContext) -> [Double] {
    var first = context.frame - Double((frames - 1) * interval)
    var last = context.frame
    if useRange {
      let base = absolute ? 0 : context.frame
      first = base + Swift.min(startFrame, endFrame)
      last = base + Swift.max(startFrame, endFrame)
    }
    let count = Swift.max(
      1, Swift.min((last - first) / Double(interval) + 1e-9, 1e6).rounded(.down) + 1)
    let step = count > Double(Self.most) ? (count / Double(Self.most)).rounded(.up) : 1
    return (0..<Int((count / step).rounded(.up))).map {
      first + Double($0) * step * Double(interval)
    }
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    chosen(context).map { InputFrame(slot: 0, frame: $0) }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.inputs.joined(or: context.main)
  }

  public func identity(_ context: NodeContext) -> Int? { context.inputs.count == 1 ? 0 : nil }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in try spec(context).channels {
      let planes = context.planes(channel)
      let result = program.add(Reduce(operation: operation, count: planes.count), planes)
      program.set(channel, result[0])
    }
    return program
  }

  private struct Reduce: PointKernel {
    let operation: Operation
    let count: Int

    func apply(_ strip: borrowing Strip) {
      var out = strip.output(0)
      let n = strip.count
      let first = strip.input(0)
      for i in 0..<n { out[i] = first[i] }
      for k in 1..<Swift.max(count, 1) {
        let next = strip.input(k)
        switch operation {
        case .average, .sum:
          for i in 0..<n { out[i] += next[i] }
        case .product:
          for i in 0..<n { out[i] *= next[i] }
        case .min:
          for i in 0..<n {
            let (a, b) = (out[i], next[i])
            out[i] = b < a || a.isNaN ? b : a
          }
        case .max:
          for i in 0..<n {
            let (a, b) = (out[i], next[i])
            out[i] = b > a || a.isNaN ? b : a
          }
        }
      }
      if operation == .average {
        let divisor = Float(count)
        for i in 0..<n { out[i] /= divisor }
      }
    }
  }
}
