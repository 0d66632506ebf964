import BipackGraph
import BipackKernels
import BipackPixels

/// A picture with a matte made elsewhere, given as keyers give theirs. Inputs: picture, matte, then a
/// core and a garbage matte, as far as there are any.
struct GiveMattePart: PointOperator {
  let output: KeyOutput
  var inverts = false
  /// The inputs these are.
  var core: Int?
  var garbage: Int?

  init(_ output: KeyOutput) { self.output = output }

  /// As large as the matte.
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = context.inputs[1]?.dataWindow ?? spec.dataWindow
    spec.add(output == .matte ? Channel.rgba : [.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let matte = program.finished(
      .input(1, .alpha), inverts: inverts, core: core, garbage: garbage)
    program.give(matte, as: output, with: 0, of: context.main)
    return program
  }
}
