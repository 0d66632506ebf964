import BipackGraph
import BipackPixels

/// What `mask` and `mix` do: between the untouched main input and the filtered result.
///
/// Inputs: 0 the main input, 1 the result, 2 the mask (optional). `out = in*(1-k) + result*k` with
/// `k = mix * clamp(mask, 0, 1)` (`1 - mask` when inverted); exactly the result where k >= 1 and exactly the input where k <= 0, so that an
/// infinite pixel on one side cannot leak through a closed mask.
struct MaskMix: PointOperator {
  let mix: Double
  let channel: Channel
  let isInverted: Bool

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard var spec = context.inputs[1] else { return context.main }
    if let main = context.inputs[0] {
      spec.dataWindow = spec.dataWindow.union(main.dataWindow)
      spec.add(main.channels)
    }
    if let mask = context.inputs[2], !mask.has(channel) {
      throw NodeError("maskChannel", hasNo: ChannelWord(channel), in: mask.channels)
    }
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let mask: PointProgram.Source =
      context.inputs[2] == nil ? .constant(isInverted ? 0 : 1) : .input(2, channel)
    let kernel = MaskMixKernel(mix: Float(mix), isInverted: isInverted && context.inputs[2] != nil)
    for channel in try spec(context).channels {
      let planes = context.planes(channel)
      program.set(channel, program.add(kernel, [planes[0], planes[1], mask])[0])
    }
    return program
  }
}

struct MaskMixKernel: PointKernel {
  let mix: Float
  let isInverted: Bool

  func apply(_ strip: borrowing Strip) {
    let (original, result, mask) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    let (offset, slope): (Float, Float) = isInverted ? (1, -1) : (0, 1)
    for i in 0..<strip.count {
      let m = offset + slope * mask[i]
      let k = mix * (m > 0 ? (m < 1 ? m : 1) : 0)
      let blend = original[i] * (1 - k) + result[i] * k
      out[i] = k >= 1 ? result[i] : (k > 0 ? blend : original[i])
    }
  }
}
