import BipackGraph
import BipackIO
import BipackPixels

/// A prepared colour conversion, made by the nodes that name one.
///
/// The processor's hash stands for what it does, contents of files included: a changed LUT is another
/// picture.
struct ColorPass: PointOperator {
  let processor: ColorProcessor
  let channels: ChannelSet
  let unpremult: Bool

  init(_ processor: ColorProcessor, channels: ChannelSet, unpremult: Bool) {
    self.processor = processor
    self.channels = channels
    self.unpremult = unpremult
  }

  func identity(_ context: NodeContext) -> Int? {
    processor.isNoOp || context.main.isData ? 0 : nil
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perColor(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { _ in Kernel(processor: processor) }
  }

  private struct Kernel: PointKernel {
    let processor: ColorProcessor

    /// Pixels at a time: converted while they are in the nearest cache.
    private static let run = 2048

    func apply(_ strip: borrowing Strip) {
      for start in stride(from: 0, to: strip.count, by: Self.run) {
        let count = min(Self.run, strip.count - start)
        processor.apply(
          from: (
            strip.inputPointer(0) + start, strip.inputPointer(1) + start,
            strip.inputPointer(2) + start
          ), strip.outputPointer(0) + start, strip.outputPointer(1) + start,
          strip.outputPointer(2) + start, count: count)
      }
    }
  }
}

/// Runs a colour task and words its failure for the engine.
func colorTask(_ body: () throws(ColorError) -> ColorProcessor) throws(NodeError) -> ColorProcessor
{
  do { return try body() } catch { throw NodeError(error) }
}
