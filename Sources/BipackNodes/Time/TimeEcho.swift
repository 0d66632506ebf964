public import BipackGraph
import BipackPixels

/// Shows the frames before with the current one.
public struct TimeEcho: PointNode {
  public static let abstract = """
    Combines the current frame with the `framesBehind` frames before it, like an echo. Frame k before \
    the current one has the weight 1, or over the last n = `framesFade` frames (N + 1 - k)/(n + 1), \
    where N is framesBehind. plus adds the weighted frames, average divides that by the sum of the \
    weights, max takes the greatest of each channel; over lays newer frames over older ones, under \
    older ones over newer, each frame's colour and alpha multiplied by its weight.
    """
  public static let category = "Time"

  /// How frames are combined.
  public enum Method: String, ParamChoice {
    case plus, average, max, over, under
  }

  @Input("The clip.")
  public var source

  @Param(0...255, "How many frames before the current one.")
  public var framesBehind = 5

  @Param(
    0...255, "Over how many of them, the earliest, the echo fades; more than there are fades all.")
  public var framesFade = 5

  @Param(1...1000, "Every how many frames one is taken.")
  public var interval = 1

  @Param("How the frames are combined.")
  public var method = Method.max

  public init() {}

  /// From the current frame backwards.
  var weights: [Double] {
    let fade = Swift.min(framesFade, framesBehind)
    return (0...framesBehind).map { k in
      Swift.min(1, Double(framesBehind + 1 - k) / Double(fade + 1))
    }
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    (0...framesBehind).map { InputFrame(slot: 0, frame: context.frame - Double($0 * interval)) }
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    context.inputs.joined(or: context.main)
  }

  public func identity(_ context: NodeContext) -> Int? { context.inputs.count == 1 ? 0 : nil }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    // What lies on top comes first.
    let order =
      method == .under ? Array(context.inputs.indices.reversed()) : Array(context.inputs.indices)
    let hasAlpha = method == .over || method == .under
    let weights = weights
    let kernel = FrameSum(
      operation: method, weights: order.map { Float(weights[$0]) }, hasAlpha: hasAlpha)
    for channel in try spec(context).channels {
      let all = context.planes(channel)
      var planes = order.map { all[$0] }
      if hasAlpha {
        planes += order.map { .alpha(for: channel, of: context.inputs[$0], in: $0) }
      }
      program.set(channel, program.add(kernel, planes)[0])
    }
    return program
  }
}

/// Frames of one channel, weighted and combined, the first on top; with `hasAlpha` their alphas follow.
struct FrameSum: PointKernel {
  let operation: TimeEcho.Method
  let weights: [Float]
  let hasAlpha: Bool

  func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    let n = strip.count
    let top = strip.input(0)
    let first = weights[0]
    for i in 0..<n { out[i] = top[i] * first }
    if hasAlpha { return layer(strip) }
    for k in 1..<max(weights.count, 1) {
      let (next, weight) = (strip.input(k), weights[k])
      if operation == .max {
        for i in 0..<n {
          let (a, b) = (out[i], next[i] * weight)
          out[i] = b > a || a.isNaN ? b : a
        }
      } else {
        for i in 0..<n { out[i] += next[i] * weight }
      }
    }
    if operation == .average {
      let sum = weights.reduce(0, +)
      for i in 0..<n { out[i] /= sum }
    }
  }

  /// Each frame seen through all that lie over it.
  private func layer(_ strip: borrowing Strip) {
    let (n, count) = (strip.count, weights.count)
    var out = strip.output(0)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: n) { buffer in
      buffer.initialize(repeating: 1)
      var seen = buffer.mutableSpan
      for k in 1..<max(count, 1) {
        let (next, over) = (strip.input(k), strip.input(count + k - 1))
        let (weight, above) = (weights[k], weights[k - 1])
        for i in 0..<n {
          seen[i] *= 1 - over[i] * above
          out[i] += next[i] * weight * seen[i]
        }
      }
    }
  }
}
