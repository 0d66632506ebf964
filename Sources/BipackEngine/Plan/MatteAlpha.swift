import BipackGraph
import BipackPixels

/// Gives a matte without alpha one, from the channel its matte is in.
struct MatteAlpha: PointOperator {
  let channel: Channel

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add([.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    program.set(.alpha, .input(0, channel))
    return program
  }
}
